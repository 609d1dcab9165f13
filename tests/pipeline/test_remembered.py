"""What an earlier scan has read is not read again, and hides nothing."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard import cache
from keyguard.detection.engine import Engine
from keyguard.git import objects
from keyguard.git.repository import Repository, discover
from keyguard.model import Chunk, Item, Match, Stats
from keyguard.pipeline import remembered
from keyguard.pipeline.clean import Clean
from keyguard.pipeline.remembered import Frontier, Remembered
from keyguard.pipeline.setup import Settings, prepare
from keyguard.pipeline.workers import BulkReader
from keyguard.rules import loader
from keyguard.sources.stored import ObjectReader
from tests.conftest import Copied
from tests.support import keys
from tests.support.anything import damaged
from tests.support.repository import Repo

ENGINE = Engine(loader.load(), bulk=True)
KEYS = [keys.project_key(random.Random(seed)) for seed in range(3)]


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def told(items: Iterator[Item | Match]) -> list[str]:
    found: list[object] = []
    for item in items:
        found += ENGINE.detect(item) if isinstance(item, Chunk) else [item]
    return sorted(
        f"{each.rule} {each.secret.fingerprint} {each.place}" if isinstance(each, Match) else str(each)
        for each in found
    )


def scanned(repo: Repo, rules: bytes | None = b"", jobs: int = 1) -> tuple[list[str], Stats]:
    """What a scan tells, with what is remembered, or without it for no rules."""
    repository = opened(repo)
    remembered = None if rules is None else Remembered(repository, rules, cache.own())
    reader = ObjectReader(repository, Stats(), ENGINE.reach, bulk=BulkReader(ENGINE, jobs, remembered))
    return told(reader.everything(objects.EVERYTHING)), reader.stats


@pytest.fixture
def packed(copied: Copied) -> Repo:
    return copied(pack)


def pack(repo: Repo) -> None:
    for number in range(4):
        repo.save("a.txt", f"{'text ' * 40}{number} {KEYS[0] if number == 2 else ''}\n")
    repo.git("repack", "-adq")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_second_scan_reads_only_what_holds_something(
    packed: Repo, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyguard.pipeline.workers.ALONE", 0)
    found, first = scanned(packed, jobs=jobs)
    again, second = scanned(packed, jobs=jobs)
    assert (found, len(found)) == (again, 1)
    assert (first.remembered, second.remembered) == (0, 7)  # 4 commits, 4 blobs but for the one; nobody counts trees
    assert (first.blobs, first.commits, first.bytes) == (second.blobs, second.commits, second.bytes)


def test_what_is_new_is_read(packed: Repo) -> None:
    scanned(packed)
    packed.save("b.txt", KEYS[1])
    found, stats = scanned(packed)
    assert (len(found), stats.remembered) == (2, 7)


def test_objects_in_files_of_their_own_are_read_each_time(repo: Repo) -> None:
    repo.save("a.txt", "nothing\n")
    scanned(repo)
    assert scanned(repo)[1].remembered == 0


@pytest.mark.parametrize("change", ["rules", "version", "pack", "file"])
def test_whatever_changes_the_verdict_drops_it(packed: Repo, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned(packed)
    rules = b"other" if change == "rules" else b""
    if change == "version":
        monkeypatch.setattr("keyguard.cache.store.identity", lambda: "another one")
    elif change == "pack":
        packed.save("b.txt", "more\n")
        packed.git("repack", "-adfq")
    elif change == "file":
        folder = cache.folder()
        assert folder is not None
        (file,) = folder.glob("history-*")
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert scanned(packed, rules)[1].remembered == 0


def test_a_refusal_makes_the_rules_others(repo: Repo) -> None:
    rule = "[[rule]]\nid = 'acme'\npattern = 'acme-[a-z0-9]{20}'\nliterals = ['acme-']\n"
    made = []
    for refusal in ("", "[[refuse]]\nwords = ['sample']\n"):
        repo.write(".keyguard.toml", rule + refusal)
        made.append(prepare(Settings(), opened(repo)).made_of)
    assert made[0] != made[1]


@pytest.mark.parametrize("damaged_as_well", [False, True])
def test_a_pack_that_git_only_touched_is_the_same(packed: Repo, damaged_as_well: bool) -> None:
    before = scanned(packed)[0]
    (pack,) = (packed.git_dir / "objects/pack").glob("*.pack")
    if damaged_as_well:
        pack.chmod(0o600)
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 0xFF
        pack.write_bytes(bytes(data))
    os.utime(pack, (1, 1))
    found, stats = scanned(packed)
    assert (found == before, bool(stats.remembered)) == (not damaged_as_well, not damaged_as_well)
    if not damaged_as_well:
        kept = Remembered(opened(packed), b"", cache.own())
        assert (kept.holds_any, kept._is_new) == (True, False)  # and its new time is known


def test_what_was_saved_before_touches_a_pack(packed: Repo) -> None:
    scanned(packed)
    (pack,) = (packed.git_dir / "objects/pack").glob("*.pack")
    os.utime(pack, (1, 1))
    packed.write("a.txt", packed.git("show", "HEAD~1:a.txt") + "\n")
    packed.stage()
    assert pack.stat().st_mtime > 1
    assert scanned(packed)[1].remembered


def test_a_pack_that_was_damaged_since_is_told(packed: Repo) -> None:
    assert not any("Unread" in each for each in scanned(packed)[0])
    (pack,) = (packed.git_dir / "objects/pack").glob("*.pack")
    pack.chmod(0o600)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.write_bytes(bytes(data))
    assert any("Unread" in each for each in scanned(packed)[0])


def test_a_pack_that_lost_its_index_since_is_told(repo: Repo) -> None:
    repo.save("a.txt", f"{'nothing in it that would be read again ' * 40}\n")
    repo.git("repack", "-adq")
    (oldest,) = (repo.git_dir / "objects/pack").glob("*.idx")
    repo.save("b.txt", "in a pack of its own\n")
    repo.git("repack", "-dq")
    repo.git("reflog", "expire", "--expire=now", "--all")  # so that nothing but the second commit names the first
    assert not any("Unread" in each for each in scanned(repo)[0])
    assert scanned(repo)[1].remembered
    oldest.unlink()
    assert any("Unread" in each for each in scanned(repo)[0])


def test_an_index_of_all_packs_that_was_damaged_since_is_told(packed: Repo) -> None:
    packed.save("b.txt", "in a pack of its own\n")
    packed.git("repack", "-dq")
    packed.git("multi-pack-index", "write")
    scanned(packed)
    assert scanned(packed)[1].remembered
    index = packed.git_dir / "objects/pack/multi-pack-index"
    data = index.read_bytes()
    blob = bytes.fromhex(packed.git("rev-parse", "HEAD~1:a.txt"))
    assert data.count(blob) == 1
    index.chmod(0o600)
    index.write_bytes(data.replace(blob, blob[:-1] + bytes([blob[-1] ^ 1])))
    assert scanned(packed)[0] == scanned(packed, None)[0]
    assert any("missing" in each for each in scanned(packed)[0])


def test_packs_from_which_nothing_is_borrowed_any_more_are_not_believed(repo: Repo) -> None:
    repo.save("a.txt", "nothing in it that would be read again\n")
    repo.git("repack", "-adq")
    repo.git("clone", "-q", "--shared", ".", "../borrowing")
    borrowing = Repo(repo.top.with_name("borrowing"))
    borrowing.save("a.txt", "all of the newest commit is its own\n")
    borrowing.git("update-ref", "--no-deref", "-d", "refs/remotes/origin/HEAD")
    borrowing.git("update-ref", "-d", "refs/remotes/origin/main")
    borrowing.git("reflog", "expire", "--expire=now", "--all")
    assert not any("Unread" in each for each in scanned(borrowing)[0])
    assert scanned(borrowing)[1].remembered
    (borrowing.git_dir / "objects/info/alternates").unlink()
    assert scanned(borrowing)[0] == scanned(borrowing, None)[0] != []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every file")
@pytest.mark.parametrize("suffix", [".pack", ".idx"])
def test_a_pack_that_may_not_be_read_any_more_is_told(packed: Repo, suffix: str) -> None:
    packed.save("b.txt", "in a pack of its own\n")
    packed.git("repack", "-dq")
    scanned(packed)
    assert scanned(packed)[1].remembered
    oldest = max((packed.git_dir / "objects/pack").glob("*.idx"), key=lambda path: path.stat().st_size)
    oldest.with_suffix(suffix).chmod(0)
    assert scanned(packed)[0] == scanned(packed, None)[0] != []


def test_the_folder_is_the_user_s_alone_and_nothing_lies_in_the_repository(packed: Repo) -> None:
    before = sorted(path for path in packed.top.rglob("*"))
    scanned(packed)
    assert sorted(path for path in packed.top.rglob("*")) == before
    folder = cache.folder()
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    (file,) = folder.glob("history-*")
    assert KEYS[0].encode() not in file.read_bytes()


def amend(repo: Repo, at: int, number: int) -> None:
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", f"amended {at} {KEYS[number] if number else ''}")


def stage(repo: Repo, at: int, number: int) -> None:
    repo.write(f"{number}.txt", f"{at} staged {KEYS[number] if number else ''}\n")
    repo.stage()


def remove(repo: Repo, _at: int, number: int) -> None:
    repo.git("rm", "-qf", "--ignore-unmatch", f"{number}.txt")
    repo.commit("remove")


STEPS: dict[str, Callable[[Repo, int, int], object]] = {
    "save": lambda repo, at, number: repo.save(f"{number}.txt", f"{at} {'text ' * 30}\n"),
    "save more": lambda repo, at, number: repo.save(f"{number}.txt", f"{at} {'text ' * 30}\n"),
    "save the same": lambda repo, _, number: repo.save(f"{number}.txt", f"the same {KEYS[2] if number == 2 else ''}\n"),
    "save a key": lambda repo, at, number: repo.save(f"{number}.txt", f"{at} {'text ' * 30}{KEYS[number]}\n"),
    "stage": stage,
    "remove": remove,
    "amend": amend,
    "repack": lambda repo, _, number: repo.git("repack", "-adq" if number else "-dq"),
    "gc": lambda repo, *_: repo.git("gc", "-q", "--prune=now"),
    "tag": lambda repo, at, number: repo.tag(f"v{at}", message=f"tagged {KEYS[number] if number else ''}"),
    "branch": lambda repo, _, number: repo.git("branch", "-f", f"other{number}"),
    "drop": lambda repo, _, number: repo.git("branch", "-D", "-q", f"other{number}", check=False),
    "forget": lambda repo, *_: repo.git("reflog", "expire", "--expire=now", "--all"),
    "go back": lambda repo, *_: repo.git("reset", "-q", "--hard", "HEAD~1", check=False),
}


@settings(max_examples=8)
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 2)), min_size=2, max_size=7))
def test_whatever_happens_between_scans_nothing_is_hidden(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    repo = Repo(Path(tmp_path_factory.mktemp("steps")) / "repo")
    repo.save("base.txt", "begin\n")
    for at, (what, number) in enumerate(steps):
        STEPS[what](repo, at, number)
        (found, counted), (plain, plainly) = scanned(repo), scanned(repo, None)
        assert found == plain
        assert (counted.blobs, counted.commits, counted.tags) == (plainly.blobs, plainly.commits, plainly.tags)
        assert counted.bytes == plainly.bytes


@given(st.data())
@settings(max_examples=40)
def test_any_file_of_what_is_remembered_is_read_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    """A cache is not trusted to be whole: a crash, a full disk or another program may have had it."""
    pack = tmp_path_factory.getbasetemp() / "a.pack"
    pack.write_bytes(b"x")
    pack.with_suffix(".idx").write_bytes(b"y")
    signature = remembered._signature(str(pack))
    assert signature is not None
    clean = Clean()
    for number in range(data.draw(st.integers(0, 3))):
        clean.add(f"{number:040x}", "blob", number)
    tips, again, doubtful = (frozenset(f"{number:040x}" for number in range(at)) for at in (1, 2, 3))
    totals = [("blob", len(clean), sum(clean.sizes)), ("commit", 0, 0), ("tree", 0, 0), ("tag", 0, 0)]
    frontier = Frontier(tips, tuple(totals), again, clean, doubtful)
    whole = remembered._written({str(pack): (signature, clean)}, frontier)
    places = {pack.parent}
    assert remembered._read(whole, 40, places) == remembered._Kept({str(pack): (signature, clean)}, frontier)
    flipped = [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(len(whole))]
    for each in (*flipped, data.draw(damaged([whole]) | st.binary(max_size=60))):
        packs, read, _ = remembered._read(each, 40, places)
        assert all(len(identity) == 40 for _, clean in packs.values() for identity in clean.ids)
        named = (*read.tips, *read.again, *read.doubtful, *read.beside.ids) if read else ()
        assert all(set(identity) <= set("0123456789abcdef") and len(identity) == 40 for identity in named)


def test_what_is_remembered_twice_counts_once() -> None:
    clean = Clean()
    for identity, kind, size in (("aa", "blob", 3), ("bb", "commit", 4), ("aa", "blob", 3), ("cc", "blob", 5)):
        clean.add(identity, kind, size)
    known = clean.among({"aa", "bb", "dd"})
    assert known.ids == ["aa", "bb"]
    assert list(known.totals()) == [("blob", 1, 3), ("commit", 1, 4), ("tree", 0, 0), ("tag", 0, 0)]


def test_what_is_marked_counts_once_and_is_counted_by_nobody_else() -> None:
    clean = Clean()
    for identity, kind, size in (("aa", "blob", 3), ("bb", "tag", 4), ("aa", "blob", 3), ("cc", "blob", 5)):
        clean.add(identity, kind, size)
    left = {"aa", "bb", "dd"}
    assert clean.mark(left).ids == ["aa", "bb"]
    assert left == {"dd"}
    assert clean.mark({"aa", "bb"}).ids == []
    assert clean.among({"bb", "cc"}).ids == ["bb", "cc"]
    assert list(clean.among({"bb", "cc"}).totals())[0::3] == [("blob", 1, 5), ("tag", 0, 0)]
    assert not any(number for _, number, _ in clean.among({"aa"}).totals())
    clean.unmark()
    assert list(clean.among({"bb", "cc"}).totals())[0::3] == [("blob", 1, 5), ("tag", 1, 4)]


def test_of_more_than_is_remembered_one_by_one_the_frontier_is(packed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 10)
    found, first = scanned(packed)
    again, second = scanned(packed)
    assert (found, len(found), first.remembered, second.remembered) == (again, 1, 0, 7)
    assert (first.blobs, first.commits, first.bytes) == (second.blobs, second.commits, second.bytes)
    packed.save("b.txt", KEYS[1])
    new, third = scanned(packed)
    assert (len(new), third.remembered) == (2, 7)
    assert (
        Remembered(opened(packed), b"", cache.own()).known(objects.reachable(opened(packed).git, ["HEAD"]).ids).ids
        == []
    )


@pytest.mark.parametrize("is_staged", [False, True])
def test_what_comes_back_counts_once_where_only_the_frontier_is_remembered(
    packed: Repo, is_staged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST", 10)
    scanned(packed)
    if is_staged:  # without a write, which would give the pack a new time
        packed.git("read-tree", "HEAD~2")
    else:
        packed.git("update-ref", "HEAD", packed.git("commit-tree", "-p", "HEAD", "-m", "as it was", "HEAD~2^{tree}"))
    for _ in range(3):
        (found, counted), (plain, plainly) = scanned(packed), scanned(packed, None)
        assert (found, counted.blobs, counted.commits) == (plain, plainly.blobs, plainly.commits)
        assert (counted.bytes, counted.remembered) == (plainly.bytes, 7)


def test_a_part_knows_of_nothing_else(packed: Repo) -> None:
    scanned(packed)
    whole, part = Remembered(opened(packed), b"", cache.own()), Remembered(opened(packed), b"", cache.own(), part=1)
    assert whole.holds_any
    assert whole.earlier.tips
    assert not part.holds_any
    assert not part.earlier.tips


def test_a_frontier_that_would_name_too_much_is_none(packed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_BEYOND", 1)
    scanned(packed)
    assert Remembered(opened(packed), b"", cache.own()).earlier.tips == frozenset()
    assert scanned(packed)[1].remembered == 7


def test_what_nothing_reaches_any_more_is_not_told(packed: Repo) -> None:
    packed.git("checkout", "-q", "-b", "other")
    packed.save("b.txt", KEYS[1])
    packed.git("repack", "-dq")
    assert len(scanned(packed)[0]) == 2
    packed.git("checkout", "-q", "-")
    packed.git("branch", "-q", "-D", "other")
    packed.git("reflog", "expire", "--expire=now", "--all")
    for _ in range(2):
        found, stats = scanned(packed)
        assert (len(found), stats.commits) == (1, 4)
        assert stats.bytes == scanned(packed, None)[1].bytes


def test_what_is_beside_counts_though_it_is_not_read(packed: Repo) -> None:
    packed.tag("v1", message="nothing")
    packed.git("repack", "-adq")
    for remembered_now in (0, 8, 8):
        stats = scanned(packed)[1]
        assert (stats.tags, stats.bytes, stats.remembered) == (1, scanned(packed, None)[1].bytes, remembered_now)


def test_what_another_kind_of_scan_read_beyond_the_frontier_is_not_read_again(packed: Repo) -> None:
    scanned(packed)
    packed.save("b.txt", "more\n")
    packed.git("repack", "-dq")
    repository = opened(packed)
    bulk = BulkReader(ENGINE, 1, Remembered(repository, b"", cache.own()))
    told(ObjectReader(repository, Stats(), ENGINE.reach, bulk=bulk).everything(objects.EVERYTHING, unreachable=True))
    stats, plainly = scanned(packed)[1], scanned(packed, None)[1]
    assert stats.remembered == 9
    assert (stats.blobs, stats.commits, stats.bytes) == (plainly.blobs, plainly.commits, plainly.bytes)


@pytest.mark.parametrize("place", range(3))
def test_git_is_given_nothing_but_ids(tmp_path: Path, place: int) -> None:
    named = [frozenset[str]() for _ in range(3)]
    for identity, is_read in (("ab" * 20, True), ("--all".ljust(40), False)):
        named[place] = frozenset({identity})
        frontier = Frontier(named[0], (), named[1], Clean(), named[2])
        read = remembered._read(remembered._written({}, frontier), 40, {tmp_path}).frontier
        assert (read is not None) == is_read


def test_what_only_the_index_held_is_told_once_only_a_commit_holds_it(packed: Repo) -> None:
    packed.save("b.txt", KEYS[1])
    packed.git("repack", "-adq")
    assert len(scanned(packed)[0]) == 2
    packed.git("rm", "-q", "b.txt")
    packed.commit("without it")
    found, stats = scanned(packed)
    assert len(found) == 2
    assert (stats.blobs, stats.bytes) == (scanned(packed, None)[1].blobs, scanned(packed, None)[1].bytes)


def test_a_scan_that_was_interrupted_leaves_no_frontier(packed: Repo) -> None:
    repository = opened(packed)
    bulk = BulkReader(ENGINE, 1, Remembered(repository, b"", cache.own()))
    items = ObjectReader(repository, Stats(), ENGINE.reach, bulk=bulk).everything(objects.EVERYTHING)
    next(items)
    assert isinstance(items, Generator)
    items.close()
    assert Remembered(repository, b"", cache.own()).earlier.tips == frozenset()
    scanned(packed)
    assert packed.head in Remembered(repository, b"", cache.own()).earlier.tips


def test_where_something_is_missing_it_is_told_each_time(packed: Repo) -> None:
    blob = packed.git("rev-parse", "HEAD:a.txt")
    (pack,) = (packed.git_dir / "objects/pack").glob("*.pack")
    data = pack.read_bytes()
    for each in pack.parent.iterdir():
        each.unlink()
    packed.git("unpack-objects", "-q", stdin=data)
    (packed.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    for _ in range(2):
        assert any(blob in each and "missing" in each for each in scanned(packed)[0])
        assert Remembered(opened(packed), b"", cache.own()).earlier.tips == frozenset()
