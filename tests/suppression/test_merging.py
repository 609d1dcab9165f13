"""Branches that each change the baseline are merged by git itself, and what comes out is read as the sum of both."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.suppression.baseline import FILE, Baseline, Decision, Entry
from tests.support.repository import Repo

KEYS = st.integers(0, 2**128 - 1).map("kg1-{:032x}".format)
NEAR = st.integers(0, 8).map("kg1-{:032x}".format)
ENTRIES = st.builds(Entry, st.just("some-rule"), st.sampled_from(["", "why", "密"]), st.sampled_from([None, *Decision]))
SOME = st.dictionaries(KEYS | NEAR, ENTRIES, max_size=6)


def merged(folder: Path, base: Baseline, ours: Baseline, theirs: Baseline, *options: str) -> tuple[int, bytes]:
    """Return how many conflicts git sees in the three files, and what it makes of them."""
    for name, each in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(each.dumps(), encoding="utf-8")
    files = ["ours", "base", "theirs"]
    done = subprocess.run(["git", "merge-file", "-p", *options, *files], cwd=folder, capture_output=True, check=False)
    return done.returncode, done.stdout


@settings(max_examples=40)
@given(SOME, SOME, SOME)
def test_union_keeps_what_either_side_has_and_the_stricter_of_two(tmp_path_factory, base, ours, theirs):
    sides = [Baseline({**base, **side}) for side in (ours, theirs)]
    conflicts, text = merged(tmp_path_factory.getbasetemp(), Baseline(base), sides[0], sides[1], "--union")
    found = Baseline.parse(text)
    assert conflicts == 0
    assert found.entries.keys() == {**base, **ours, **theirs}.keys()
    for key, entry in found.entries.items():
        said = {side.entries[key].decision for side in sides if key in side.entries}
        if Decision.REAL in said and base.get(key) not in [side.entries.get(key) for side in sides]:
            assert not entry.accepts
        assert entry.decision in {*said, None, base[key].decision if key in base else None}


@settings(max_examples=20)
@given(SOME, SOME)
def test_union_of_two_first_baselines(tmp_path_factory, ours, theirs):
    folder = tmp_path_factory.getbasetemp()
    (folder / "empty").write_bytes(b"")
    for name, each in (("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(Baseline(each).dumps(), encoding="utf-8")
    command = ["git", "merge-file", "-p", "--union", "ours", "empty", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert Baseline.parse(done.stdout).entries.keys() == {**ours, **theirs}.keys()


def test_lines_of_two_branches_seldom_meet_even_where_nobody_tells_git_how_to_merge(tmp_path):
    chance = random.Random(0)
    some = [f"kg1-{chance.randrange(2**128):032x}" for _ in range(6 * 40)]
    met = 0
    for start in range(0, len(some), 6):
        ours, theirs = (Baseline(dict.fromkeys(some[at : at + 3], Entry("a-a"))) for at in (start, start + 3))
        conflicts, _ = merged(tmp_path, Baseline(), ours, theirs)
        met += bool(conflicts)
    assert met <= 4  # of 40; 9 pairs of lines meet in one of 256 places with a chance of 3.5 %


def test_git_merges_by_what_lies_beside_the_file(repo: Repo):
    repo.save("a", "x")
    keys = [f"kg1-00{number:030x}" for number in range(4)]
    for branch, accepted in (("ours", keys[:2]), ("theirs", keys[2:])):
        repo.branch(branch, "main")
        Baseline(dict.fromkeys(accepted, Entry("a-a", branch))).write(repo.top / FILE, repo.top)
        repo.stage()
        repo.commit()
    repo.merge("ours")
    assert Baseline.load(repo.top / FILE).entries.keys() == set(keys)
