"""What git stores is read as git reads it, however it was stored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyguard.git.packs import planning
from keyguard.git.packs.planning import LoosePart, PackPart, plan
from keyguard.git.packs.reading import read
from tests.git.packs.reader import all_is_read, blobs, delivered, history, opened, oracle, versions
from tests.support.packs import BLOB, OFFSET, Entry, copy, delta, identity, insert, write
from tests.support.repository import Repo

ABSENT = "12" * 20


def test_nothing_is_read_of_nothing(repo):
    assert delivered(repo, []) == ({}, set())


def test_what_is_not_stored_or_no_id_is_left(repo):
    there = repo.blob("there")
    found, left = delivered(repo, [there, ABSENT, "odd name", "12" * 32, ""])
    assert found == {there: ("blob", b"there")}
    assert left == {ABSENT, "odd name", "12" * 32, ""}


def test_only_what_is_wanted_is_read_and_each_once(repo):
    history(repo, 20)
    repo.git("repack", "-adfq")
    expected = oracle(repo)
    wanted = sorted(expected)[::7]
    found, left = delivered(repo, [*wanted, *wanted])
    assert found == {each: expected[each] for each in wanted}
    assert not left


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("parts", [1, 4, 60])
def test_whatever_the_number_of_parts(tmp_path, object_format, parts):
    repo = Repo(tmp_path / "repo", object_format=object_format)
    history(repo)
    repo.git("repack", "-adfq", "--depth=200", "--window=50")
    assert len(all_is_read(repo, parts)) > 100


REPACKED = {
    "as git does": ["repack", "-adq"],
    "with one delta after the other": ["repack", "-adfq", "--depth=4095", "--window=40"],
    "with bases only": ["repack", "-adfq", "--depth=1"],
    "without deltas": ["repack", "-adfq", "--window=0"],
    "with bases by id": ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"],
    "not compressed": ["-c", "core.compression=0", "-c", "pack.compression=0", "repack", "-adFq"],
    "compressed best": ["-c", "pack.compression=9", "repack", "-adFq"],
    "with an index over packs": ["repack", "-adq", "--write-midx"],
}


@pytest.mark.parametrize("how", REPACKED)
def test_however_it_is_packed(repo, how):
    history(repo)
    repo.git(*REPACKED[how])
    all_is_read(repo)


def test_loose_objects(repo):
    for number, content in enumerate((b"", b"x", b"blob 3\0abc", os.urandom(100_000), b"long\n" * 100_000)):
        repo.save(f"file-{number}", content)
    repo.tag("v1", message="A note")
    assert {kind for kind, _ in all_is_read(repo).values()} == {"blob", "commit", "tag", "tree"}


def test_several_packs_and_the_same_objects_twice_and_loose_ones(repo):
    history(repo)
    repo.git("repack", "-adfq")
    some = repo.git("rev-list", "--objects", "--no-object-names", "HEAD~9", "--")
    repo.git("pack-objects", "-q", ".git/objects/pack/pack", stdin=some.encode() + b"\n")
    for number in range(3):
        repo.save("packed", f"{number}")
    repo.git("repack", "-q")
    repo.git("prune-packed", "-q")
    repo.save("loose", "loose")
    parts = plan(opened(repo), oracle(repo), 4).parts
    assert len({each.pack for each in parts if isinstance(each, PackPart)}) == 2  # the third has nothing of its own
    assert any(isinstance(each, LoosePart) for each in parts)
    all_is_read(repo)


def test_offsets_of_eight_bytes(repo):
    history(repo)
    repo.git("repack", "-adfq")
    (pack,) = repo.git_dir.glob("objects/pack/*.pack")
    for each in (pack.with_suffix(".idx"), pack.with_suffix(".rev")):
        each.unlink(missing_ok=True)
    repo.git("index-pack", "--index-version=2,0x100", pack)
    all_is_read(repo)


def test_index_of_version_1_is_left_to_git(repo):
    history(repo, 3)
    repo.git("-c", "pack.indexVersion=1", "repack", "-adfq")
    expected = oracle(repo)
    assert delivered(repo, expected) == ({}, set(expected))


def test_borrowed_objects(repo, tmp_path):
    history(repo, 10)
    repo.git("repack", "-adfq")
    borrower = Repo(tmp_path / "borrower")
    (borrower.git_dir / "objects/info/alternates").write_text(
        f"# a comment\n\n{os.path.relpath(repo.git_dir / 'objects', borrower.git_dir / 'objects')}\n"
    )
    borrower.save("own", "own")
    second = Repo(tmp_path / "second")
    (second.git_dir / "objects/info/alternates").write_text(f"{borrower.git_dir}/objects\n{tmp_path}/none\n")
    (repo.git_dir / "objects/info").mkdir(exist_ok=True)
    (repo.git_dir / "objects/info/alternates").write_text(f"{second.git_dir}/objects\n")  # in a circle
    assert all_is_read(second).keys() == all_is_read(repo).keys() > oracle(Repo(tmp_path / "other")).keys()


def test_linked_work_tree(repo, tmp_path):
    history(repo, 5)
    repo.git("repack", "-adfq")
    expected = oracle(repo)
    linked = Repo.__new__(Repo)
    linked.top = repo.worktree(tmp_path / "linked")
    found, left = delivered(linked, expected)
    assert (found, left) == (expected, set())


def test_object_over_the_limit_is_left_and_its_neighbours_are_read(repo, monkeypatch):
    monkeypatch.setattr(planning, "LARGEST", 10_000)
    monkeypatch.setattr("keyguard.git.packs.reading.LARGEST", 10_000)
    history(repo)
    big = [repo.blob(os.urandom(10_001)), repo.blob(b"x" * 10_001)]
    grown = [repo.blob(os.urandom(9_000) * each) for each in (1, 2)]
    edge = repo.blob(os.urandom(10_000))
    check = oracle(repo)
    over = {each for each, (_, data) in check.items() if len(data) > 10_000}
    assert over >= {*big, grown[1]}
    assert edge not in over
    _, left = delivered(repo, check)
    assert left == over
    repo.git("pack-objects", "-q", ".git/objects/pack/pack", stdin="\n".join(check).encode() + b"\n")
    repo.git("prune-packed", "-q")
    found, left = delivered(repo, check)
    assert over <= left  # what is a delta of one that is too large is left with it
    assert found == {each: check[each] for each in check.keys() - left}
    assert len(found) > len(check) / 2


def test_deltas_are_told_by_their_bases(repo):
    """Whoever reads on from the base has much less to read: it is the whole point."""
    blobs(repo, versions(120))  # git keeps a pack of 100 and more
    stored = [each for part in plan(opened(repo), oracle(repo), 1).parts for each in read(part)]
    assert len(stored) == 120
    assert sum(each.base is None for each in stored) < 5
    assert all(sum(high - low for low, high in each.new) < 50 < len(each.data or b"") for each in stored if each.base)


def test_a_family_is_cut_where_it_is_most_of_the_work(repo):
    blobs(repo, versions(300))
    (pack,) = repo.git_dir.glob("objects/pack/*.pack")
    assert pack.stat().st_size < 500_000  # it is one family
    expected = oracle(repo)
    parts = plan(opened(repo), expected, 8).parts
    assert len(parts) > 2
    heaviest = max(sum(len(each.data or b"") for each in read(part)) for part in parts)
    assert heaviest < sum(len(data) for _, data in expected.values()) / 2
    all_is_read(repo, 8)


@pytest.mark.parametrize("held", [0, 1, 20_000, 200_000])
def test_bases_that_do_not_fit_are_made_again(repo, monkeypatch, held):
    monkeypatch.setattr("keyguard.git.packs.reading.HELD", held)
    history(repo, 60)
    repo.git("repack", "-adfq", "--depth=20", "--window=30")
    all_is_read(repo)


@pytest.mark.parametrize("twig_first", [False, True])
def test_few_bases_wait_at_a_time(repo, monkeypatch, twig_first):
    """Each of a line of 200 versions has a twig of two beside the line: that comes first, and then the base can go."""
    monkeypatch.setattr("keyguard.git.packs.reading.HELD", 3 * 1000)
    monkeypatch.setattr("keyguard.git.packs.reading.REBUILT", -1)  # what does not fit is left
    contents = [os.urandom(1000)]
    entries = [Entry(identity(contents[0]), BLOB, contents[0])]

    def grow(base: int) -> int:
        after = contents[base][8:] + b"%08d" % len(entries)
        make = delta(1000, 1000, copy(8, 992), insert(after[-8:]))
        entries.append(Entry(identity(after), OFFSET, make, base=base))
        contents.append(after)
        return len(entries) - 1

    base = 0
    for _ in range(200):
        if twig_first:
            grow(grow(base))
            base = grow(base)
        else:
            line = grow(base)
            grow(grow(base))
            base = line
    write(repo.git_dir / "objects", entries)
    found, _ = delivered(repo, [each.name.hex() for each in entries], 1)
    assert len(found) == 601


def test_making_again_ends_and_leaves_the_rest(repo, monkeypatch):
    monkeypatch.setattr("keyguard.git.packs.reading.HELD", 0)
    monkeypatch.setattr("keyguard.git.packs.reading.REBUILT", 50_000)
    history(repo, 60)
    repo.git("repack", "-adfq", "--depth=20", "--window=30")
    expected = oracle(repo)
    found, left = delivered(repo, expected)
    assert left
    assert found == {each: expected[each] for each in expected.keys() - left}


def test_pack_that_is_another_one_by_now_is_left(repo):
    history(repo, 10)
    repo.git("repack", "-adfq")
    expected = oracle(repo)
    parts = plan(opened(repo), expected, 2).parts
    (pack,) = repo.git_dir.glob("objects/pack/*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:-1] + b"?")
    assert {each.id for part in parts for each in read(part) if each.data is None} == set(expected)
    pack.unlink()
    assert {each.id for part in parts for each in read(part) if each.data is None} == set(expected)


def test_reading_can_be_given_up(repo):
    history(repo, 10)
    repo.git("repack", "-adfq")
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0
    for part in plan(opened(repo), oracle(repo), 1).parts:
        reading = read(part)
        next(reading)
        reading.close()  # type: ignore[attr-defined]
    assert not before or len(list(Path("/proc/self/fd").iterdir())) == before
