"""Which commits brought content in is remembered, and never tells anything else than a walk of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyguard.cache import Shelf
from keyguard.git import commits
from keyguard.git.commits import Introduction
from keyguard.git.repository import Repository, discover
from keyguard.sources.attribution import Attribution
from keyguard.sources.walked import Walked
from tests.support.anything import damaged, spelled
from tests.support.repository import Repo

PATHS = ("a", "b", "c/d")
BLOBS = 3
COMMITS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 9), max_size=2),
        st.dictionaries(st.sampled_from(PATHS), st.none() | st.integers(0, BLOBS - 1), max_size=2),
    ),
    min_size=2,
    max_size=10,
)
REFS = st.lists(st.integers(0, 9), min_size=1, max_size=3)
WANTED = st.sets(st.integers(0, BLOBS - 1), min_size=1)


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def came(repo: Repo, blobs: Collection[str], shelf: Shelf | None = None) -> dict[str, list[Introduction]]:
    return Attribution(opened(repo), shelf).blobs(blobs)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return Shelf(folder, "this one")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commits that git is asked about, walk by walk."""
    walks: list[list[str]] = []
    asked = commits.introductions

    def noted(repository: Repository, those: list[str], **options: Any) -> Iterator[Introduction]:
        walks.append(list(those))
        return asked(repository, those, **options)

    monkeypatch.setattr(commits, "introductions", noted)
    return walks


def imported(repo: Repo, history: list[tuple[list[int], dict[str, int | None]]]) -> list[str]:
    """Store commits with these parents, of those before them, and changes; return the ids of blobs, then of commits."""
    lines = [f"blob\nmark :{1 + each}\ndata 6\nblob {each}\n" for each in range(BLOBS)]
    for number, (parents, changes) in enumerate(history):
        lines.append(f"reset refs/imported/{number}\ncommit refs/imported/{number}\nmark :{1 + BLOBS + number}\n")
        lines.append(f"committer A <a@example.com> {1_700_000_000 + number} +0000\ndata 1\nx\n")
        above = dict.fromkeys(parent % number for parent in parents) if number else {}
        lines += [f"{'merge' if at else 'from'} :{1 + BLOBS + parent}\n" for at, parent in enumerate(above)]
        lines += [f"D {path}\n" if blob is None else f"M 100644 :{1 + blob} {path}\n" for path, blob in changes.items()]
        lines.append("\n")
    marks = repo.top.parent / "marks"
    repo.git("fast-import", "--quiet", f"--export-marks={marks}", stdin="".join(lines).encode())
    ids = dict(line.split() for line in marks.read_text("ascii").splitlines())
    repo.git("for-each-ref", "--format=delete %(refname)", "refs/imported")
    return [ids[f":{1 + number}"] for number in range(BLOBS + len(history))]


def point(repo: Repo, ids: list[str], refs: list[int]) -> None:
    """Let branches name these commits, and no other ref any."""
    known = repo.git("for-each-ref", "--format=%(refname)").split()
    lines = [f"delete {name}\n" for name in known]
    lines += [f"create refs/heads/new{at} {ids[BLOBS + ref % (len(ids) - BLOBS)]}\n" for at, ref in enumerate(refs)]
    for some in (lines[: len(known)], lines[len(known) :]):
        repo.git("update-ref", "--stdin", stdin="".join(some).encode())


@settings(max_examples=25)
@given(COMMITS, st.lists(st.tuples(REFS, WANTED), min_size=2, max_size=4))
def test_what_is_remembered_tells_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[list[int], dict[str, int | None]]],
    scans: list[tuple[list[int], set[int]]],
) -> None:
    folder = tmp_path_factory.mktemp("walked")
    repo = Repo(folder / "repo")
    shelf = Shelf(folder, "this one")
    ids = imported(repo, history)
    for refs, wanted in scans:
        point(repo, ids, refs)
        blobs = [ids[each] for each in sorted(wanted)]
        assert came(repo, blobs, shelf) == came(repo, blobs)


def test_only_new_commits_are_looked_at(repo: Repo, shelf: Shelf, looked_at: list[list[str]]) -> None:
    first = repo.save("a", "held\n")
    blob = repo.git("rev-parse", "HEAD:a").strip()
    repo.save("b", "nothing\n")
    came(repo, [blob], shelf)
    third = repo.save("c", "held\n")
    found = came(repo, [blob], shelf)
    assert [each.commit for each in found[blob]] == [first, third]
    assert [len(each) for each in looked_at] == [2, 2]
    assert looked_at[1] == [first, third]


def test_for_content_that_is_not_known_all_are_looked_at(repo: Repo, shelf: Shelf) -> None:
    repo.save("a", "held\n")
    repo.save("b", "also held\n")
    one, other = repo.git("rev-parse", "HEAD:a", "HEAD:b").split()
    came(repo, [one], shelf)
    assert came(repo, [one, other], shelf) == came(repo, [one, other])


def test_what_brought_it_in_may_be_reached_no_more(repo: Repo, shelf: Shelf) -> None:
    begun = repo.save("x", "begin\n")
    repo.save("a", "held\n")
    blob = repo.git("rev-parse", "HEAD:a").strip()
    repo.branch("other", begun)
    second = repo.save("a", "held\n", "Again")
    came(repo, [blob], shelf)
    repo.git("branch", "-D", "main")
    repo.git("reflog", "expire", "--expire=now", "--all")
    assert [each.commit for each in came(repo, [blob], shelf)[blob]] == [second]


def test_what_a_shallow_clone_seemed_to_bring_in_is_forgotten_with_its_end(
    repo: Repo, tmp_path: Path, shelf: Shelf
) -> None:
    first = repo.save("a", "held\n")
    blob = repo.git("rev-parse", "HEAD:a").strip()
    last = repo.save("b", "nothing\n")
    repo.git("clone", "--quiet", "--depth=1", repo.top.as_uri(), tmp_path / "clone")
    clone = Repo(tmp_path / "clone")
    assert [each.commit for each in came(clone, [blob], shelf)[blob]] == [last]
    clone.git("fetch", "--quiet", "--unshallow")
    assert [each.commit for each in came(clone, [blob], shelf)[blob]] == [first]


def test_after_a_gap_nothing_is_remembered(repo: Repo, shelf: Shelf) -> None:
    repo.save("c/d", "lost\n")
    lost = repo.git("rev-parse", "HEAD:c").strip()
    repo.save("a", "held\n")
    blob = repo.git("rev-parse", "HEAD:a").strip()
    (repo.git_dir / "objects" / lost[:2] / lost[2:]).unlink()
    came(repo, [blob], shelf)
    assert shelf.names("walked") == []


BEFORE = spelled({"shallow": [], "tips": ["0" * 40], "brought": {"1" * 40: ["2" * 40], "3" * 40: []}})
GRAPH = {"2" * 40: ["0" * 40], "0" * 40: []}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return opened(Repo(tmp_path_factory.mktemp("empty") / "repo"))


@settings(max_examples=60)
@given(damaged([BEFORE]))
@example(spelled({"shallow": [], "tips": 7, "brought": {"1" * 40: []}}))
@example(spelled({"shallow": [], "tips": [], "brought": {"1" * 40: 7}}))
@example(spelled({"shallow": [], "tips": [[]], "brought": {"1" * 40: []}}))
@example(spelled({"shallow": [], "tips": [], "brought": ["1" * 40]}))
def test_nothing_that_is_kept_can_end_a_scan(
    empty: Repository, tmp_path_factory: pytest.TempPathFactory, kept: bytes
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"), "this one")
    Walked(empty, shelf).keep(["1" * 40], (), {})
    (name,) = shelf.names("walked")
    shelf.write(name, kept)
    assert set(Walked(empty, shelf).worth(["1" * 40], GRAPH)) <= set(GRAPH)
