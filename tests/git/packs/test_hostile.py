"""Damaged and made-up stores: what is odd is left to git, its neighbours are read, and nothing runs away."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from keyguard.git.packs import families
from keyguard.git.packs.entries import survey
from keyguard.git.packs.files import File
from keyguard.git.packs.index import indexes
from keyguard.git.packs.planning import LARGEST
from tests.git.packs.reader import delivered, oracle
from tests.support.packs import BLOB, OFFSET, REFERENCE, Entry, copy, delta, identity, insert, size, write
from tests.support.repository import Repo

GOOD = b"a good blob\n"
MADE = GOOD + b"and more"
MAKE = delta(len(GOOD), len(MADE), copy(0, len(GOOD)), insert(b"and more"))


def good() -> Entry:
    return Entry(identity(GOOD), BLOB, GOOD)


def read(repo: Repo, entries: list[Entry]) -> tuple[set[bytes], set[bytes]]:
    """Return what is read of these entries and what is left; what is read has to be what git reads."""
    write(repo.git_dir / "objects", entries)
    found, left = delivered(repo, [each.name.hex() for each in entries])
    assert found == oracle(repo, found)
    return {bytes.fromhex(each) for each in found}, {bytes.fromhex(each) for each in left}


def only_good(repo: Repo, *odd: Entry) -> None:
    first = good()
    assert read(repo, [first, *odd]) == ({first.name}, {each.name for each in odd})


def name(number: int) -> bytes:
    return identity(b"%d" % number)


def test_made_deltas_are_read(repo):
    by_offset = Entry(identity(MADE), OFFSET, MAKE, base=0)
    again = MADE + b"and more"
    by_name = Entry(
        identity(again), REFERENCE, delta(len(MADE), len(again), copy(0, 20), insert(b"and more")), base=identity(MADE)
    )
    entries = [good(), by_offset, by_name]
    assert read(repo, entries) == ({each.name for each in entries}, set())


def test_base_behind_its_delta(repo):
    entries = [Entry(identity(MADE), REFERENCE, MAKE, base=identity(GOOD)), good()]
    assert read(repo, entries) == ({each.name for each in entries}, set())


@pytest.mark.parametrize("far", [False, True])
def test_offsets_of_eight_bytes(repo, far):
    entries = [good(), Entry(identity(MADE), OFFSET, MAKE, base=0), Entry(identity(b""), BLOB, b"")]
    write(repo.git_dir / "objects", entries, far=far)
    found, left = delivered(repo, [each.name.hex() for each in entries])
    assert (set(found), left) == ({each.name.hex() for each in entries}, set())


@pytest.mark.parametrize("length", [1, 2, 3, 40])
def test_circle_of_deltas(repo, length):
    circle = [Entry(name(each), REFERENCE, MAKE, base=name((each + 1) % length)) for each in range(length)]
    tail = Entry(name(99), OFFSET, MAKE, base=1)
    only_good(repo, *circle, tail)


def test_base_that_is_not_in_the_pack(repo):
    only_good(repo, Entry(name(1), REFERENCE, MAKE, base=name(2)))


def chain(length: int) -> list[Entry]:
    entries, content = [good()], GOOD
    for number in range(length):
        longer = content + b"%d" % number
        make = delta(len(content), len(longer), copy(0, len(content)), insert(longer[len(content) :]))
        entries.append(Entry(identity(longer), OFFSET, make, base=number))
        content = longer
    return entries


def test_chain_that_is_too_long(repo, monkeypatch):
    monkeypatch.setattr(families, "DEEPEST", 20)
    entries = chain(30)
    found, left = read(repo, entries)
    assert (found, left) == ({each.name for each in entries[:21]}, {each.name for each in entries[21:]})
    assert delivered(repo, [entries[-1].name.hex()]) == ({}, {entries[-1].name.hex()})


def test_longest_chain_that_git_makes(repo):
    entries = chain(4095)
    assert read(repo, entries) == ({each.name for each in entries}, set())


@pytest.mark.parametrize("distance", [0, 1, 5, 20, 1 << 20, 1 << 70])
def test_distance_that_leads_nowhere(repo, distance):
    only_good(repo, Entry(name(1), OFFSET, MAKE, distance=distance), Entry(name(2), OFFSET, MAKE, base=1))


@pytest.mark.parametrize("kind", [0, 5])
def test_unknown_kind(repo, kind):
    only_good(repo, Entry(name(1), kind, b"content"), Entry(name(2), OFFSET, MAKE, base=1))


@pytest.mark.parametrize("declared", [0, 10, 12, 1 << 20, LARGEST + 1, 1 << 40, 1 << 62, 1 << 90, 1 << 400])
def test_wrong_size(repo, declared):
    whole = Entry(name(1), BLOB, b"eleven byte", declared=declared)
    make = Entry(name(2), OFFSET, MAKE, base=0, declared=declared)
    only_good(repo, whole, make)


ODD_DELTAS = {
    "empty": b"",
    "header only": delta(len(GOOD), 0),
    "header without end": b"\xff" * 40,
    "another base": delta(len(GOOD) + 1, 4, insert(b"four")),
    "too little": delta(len(GOOD), 5, insert(b"four")),
    "too much": delta(len(GOOD), 3, insert(b"four")),
    "copies from behind the end": delta(len(GOOD), 8, copy(8, 8)),
    "copies from far behind the end": delta(len(GOOD), 8, copy(0xFFFFFFFF, 8)),
    "copies 64 KB": delta(len(GOOD), 1 << 16, b"\x80"),
    "copy that is cut off": delta(len(GOOD), 4, insert(b"four"), b"\xff\1"),
    "insertion that is cut off": delta(len(GOOD), 9, b"\x09four"),
    "reserved instruction": delta(len(GOOD), 4, insert(b"four"), b"\0"),
    "a tebibyte": delta(len(GOOD), 1 << 40, copy(0, 4)),
    "over the limit": delta(len(GOOD), LARGEST + 1, copy(0, 4)),
    "size without end": size(len(GOOD)) + b"\xff" * 12 + b"\1" + insert(b"four"),
}


@pytest.mark.parametrize("content", ODD_DELTAS.values(), ids=ODD_DELTAS.keys())
def test_odd_delta(repo, content):
    only_good(repo, Entry(name(1), OFFSET, content, base=0), Entry(name(2), OFFSET, MAKE, base=1))


CONTENT = os.urandom(300) + bytes(300)
ODD_STREAMS = {
    "nothing": b"",
    "noise": os.urandom(200),
    "cut off": zlib.compress(CONTENT)[:-1],
    "without check": zlib.compress(CONTENT)[:-4],
    "wrong check": zlib.compress(CONTENT)[:-1] + b"??",
    "with a dictionary": b"\x78\xbb" + zlib.compress(CONTENT)[2:],
    "no zlib": zlib.compress(CONTENT)[2:],
}


@pytest.mark.parametrize("stream", ODD_STREAMS.values(), ids=ODD_STREAMS.keys())
def test_odd_stream(repo, stream):
    whole = Entry(name(1), BLOB, CONTENT, compressed=stream)
    only_good(repo, whole, Entry(name(2), OFFSET, MAKE, base=0, compressed=stream))


@pytest.mark.parametrize("declared", [10, 100_000, LARGEST])
@pytest.mark.parametrize("inflated", [10_000_000, 100_000_000])
def test_bomb_is_not_inflated(repo, declared, inflated):
    bomb = zlib.compress(bytes(inflated), 1)
    entries = [
        good(),
        Entry(name(1), BLOB, b"", compressed=bomb, declared=declared),
        Entry(name(2), OFFSET, b"", compressed=bomb, base=0, declared=declared),
    ]
    write(repo.git_dir / "objects", entries)
    tracemalloc.start()
    try:
        found, left = delivered(repo, [each.name.hex() for each in entries])
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST
    finally:
        tracemalloc.stop()
    assert (set(found), left) == ({identity(GOOD).hex()}, {name(1).hex(), name(2).hex()})


def test_delta_bomb_is_not_made(repo):
    """Deltas that each make a thousand times as much as there is: the limit ends it, whatever they declare."""
    base = bytes(1 << 16)
    entries = [Entry(identity(base), BLOB, base)]
    length = len(base)
    for number in range(4):
        make = delta(length, length * 100, copy(0, 0x10000) * (length * 100 >> 16))
        entries.append(Entry(name(number), OFFSET, make, base=number))
        length *= 100
        if length > 1 << 30:
            break
    write(repo.git_dir / "objects", entries)
    tracemalloc.start()
    try:
        found, left = delivered(repo, [each.name.hex() for each in entries])
        assert tracemalloc.get_traced_memory()[1] < 6 * LARGEST
    finally:
        tracemalloc.stop()
    assert len(found) == 2
    assert len(left) == len(entries) - 2


def test_two_objects_in_one_place_of_an_index(repo):
    entries = [good(), Entry(identity(MADE), OFFSET, MAKE, base=0)]
    path = write(repo.git_dir / "objects", entries).with_suffix(".idx")
    data = bytearray(path.read_bytes())
    at = 8 + 1024 + 24 * 2
    data[at : at + 4] = data[at + 4 : at + 8]
    path.write_bytes(data)
    found, left = delivered(repo, [each.name.hex() for each in entries])
    assert len(found) == len(left) == 1


@pytest.mark.parametrize("offset", [0, 4, 11, 1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1])
def test_offset_outside_the_pack(repo, offset):
    entries = [good(), Entry(identity(MADE), BLOB, MADE)]
    path = write(repo.git_dir / "objects", entries).with_suffix(".idx")
    data = bytearray(path.read_bytes())
    at = 8 + 1024 + 24 * 2
    data[at : at + 4] = struct.pack(">I", offset)
    path.write_bytes(data)
    first, second = sorted(each.name.hex() for each in entries)
    found, left = delivered(repo, [first, second])
    assert (set(found), left) == ({second}, {first})


@pytest.mark.parametrize("offset", [0, 11, 1 << 20, 1 << 40, 1 << 63, (1 << 64) - 1])
def test_offset_of_eight_bytes_outside_the_pack(repo, offset):
    entries = [good(), Entry(identity(MADE), BLOB, MADE)]
    path = write(repo.git_dir / "objects", entries, far=True).with_suffix(".idx")
    data = bytearray(path.read_bytes())
    at = 8 + 1024 + 28 * 2
    data[at : at + 8] = struct.pack(">Q", offset)
    path.write_bytes(data)
    first, second = sorted(each.name.hex() for each in entries)
    found, left = delivered(repo, [first, second])
    assert (set(found), left) == ({second}, {first})


def test_number_in_the_table_of_offsets_that_it_has_not(repo):
    entries = [good(), Entry(identity(MADE), BLOB, MADE)]
    path = write(repo.git_dir / "objects", entries, far=True).with_suffix(".idx")
    data = bytearray(path.read_bytes())
    at = 8 + 1024 + 24 * 2
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    first, second = sorted(each.name.hex() for each in entries)
    found, left = delivered(repo, [first, second])
    assert (set(found), left) == ({second}, {first})


def test_chain_through_every_byte_of_a_pack_is_not_followed(repo):
    """What lies between entries can look like a delta of what lies before it, and so on."""
    lure = Entry(name(1), BLOB, b"", compressed=b"\x60\x02" * 100_000)
    entries = [good(), lure, Entry(name(2), OFFSET, MAKE, distance=2)]
    write(repo.git_dir / "objects", entries)
    with indexes([repo.git_dir / "objects"], 20) as (index,):
        surveyed = survey(index, [name(2)], [entries[2].offset], LARGEST)
    assert len(surveyed.offsets) == index.count == 3
    only_good(repo, *entries[1:])


INDEX_DAMAGE = {
    "empty": lambda data: b"",
    "magic": lambda data: b"\0" + data[1:],
    "version": lambda data: data[:7] + b"\3" + data[8:],
    "counts that fall": lambda data: data[:8] + b"\xff\xff\xff\xff" + data[12:],
    "more than there is": lambda data: data[: 8 + 255 * 4] + b"\x7f\xff\xff\xff" + data[8 + 256 * 4 :],
    "cut off": lambda data: data[:-1],
    "longer": lambda data: data + bytes(100),
    "another pack's": lambda data: data[:-40] + bytes(40),
}


@pytest.mark.parametrize("damage", INDEX_DAMAGE.values(), ids=INDEX_DAMAGE.keys())
def test_damaged_index(repo, damage):
    path = write(repo.git_dir / "objects", [good()]).with_suffix(".idx")
    path.write_bytes(damage(path.read_bytes()))
    assert delivered(repo, [identity(GOOD).hex()]) == ({}, {identity(GOOD).hex()})


PACK_DAMAGE = {
    "empty": lambda data: b"",
    "magic": lambda data: b"KCAP" + data[4:],
    "version": lambda data: data[:7] + b"\4" + data[8:],
    "count": lambda data: data[:11] + b"\2" + data[12:],
    "cut off": lambda data: data[:-1],
    "header only": lambda data: data[:12],
    "check": lambda data: data[:-1] + b"?",
}


@pytest.mark.parametrize("damage", PACK_DAMAGE.values(), ids=PACK_DAMAGE.keys())
def test_damaged_pack(repo, damage):
    path = write(repo.git_dir / "objects", [good()])
    path.write_bytes(damage(path.read_bytes()))
    assert delivered(repo, [identity(GOOD).hex()]) == ({}, {identity(GOOD).hex()})


@pytest.mark.parametrize("suffix", [".pack", ".idx"])
@pytest.mark.parametrize("odd", ["link", "pipe", "folder", "missing"])
def test_only_regular_files_are_opened(repo, tmp_path, suffix, odd):
    path = write(repo.git_dir / "objects", [good()]).with_suffix(suffix)
    path.rename(tmp_path / "moved")
    if odd == "link":
        path.symlink_to(tmp_path / "moved")
    elif odd == "pipe":
        os.mkfifo(path)
    elif odd == "folder":
        path.mkdir()
    assert delivered(repo, [identity(GOOD).hex()]) == ({}, {identity(GOOD).hex()})


def test_more_packs_than_are_opened(repo, monkeypatch):
    monkeypatch.setattr("keyguard.git.packs.index.MOST_PACKS", 1)
    small, large = [good()], [Entry(name(each), BLOB, b"%d" % each) for each in range(9)]
    write(repo.git_dir / "objects", small, name="pack-small")
    write(repo.git_dir / "objects", large, name="pack-large")
    found, left = delivered(repo, [each.name.hex() for each in small + large])
    assert (len(found), left) == (9, {identity(GOOD).hex()})


@pytest.mark.parametrize("calls", range(20))
def test_errors_of_the_disk(repo, monkeypatch, calls):
    """Whichever read fails: what it was for is left, and nothing is raised."""
    write(repo.git_dir / "objects", [good(), Entry(identity(MADE), REFERENCE, MAKE, base=identity(GOOD))])
    there = repo.blob("there")
    counted, at = [], File.at

    def fails(self: File, offset: int, size: int) -> bytes:
        counted.append(offset)
        if len(counted) > calls:
            raise OSError("the disk is gone")
        return at(self, offset, size)

    monkeypatch.setattr(File, "at", fails)
    found, left = delivered(repo, [identity(GOOD).hex(), identity(MADE).hex(), there])
    monkeypatch.undo()
    assert left or len(counted) <= calls
    assert found == oracle(repo, found)


def test_folder_of_packs_that_is_a_file(repo):
    there = repo.blob("there")
    folder = repo.git_dir / "objects/pack"
    folder.rmdir()
    folder.write_bytes(b"")
    assert delivered(repo, [there, name(1).hex()]) == ({there: ("blob", b"there")}, {name(1).hex()})


def test_device_or_folder_is_not_opened(tmp_path):
    for odd in (tmp_path, os.devnull, tmp_path / "missing"):
        with pytest.raises(OSError):
            File(odd)


def loose(repo: Repo, of: bytes, stored: bytes) -> str:
    digits = of.hex()
    path = repo.git_dir / "objects" / digits[:2] / digits[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(stored)
    return digits


ODD_LOOSE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "noise": lambda: os.urandom(100),
    "no header": lambda: zlib.compress(b"content"),
    "unknown type": lambda: zlib.compress(b"blot 7\0content"),
    "header without end": lambda: zlib.compress(b"blob 7" * 100),
    "odd size": lambda: zlib.compress(b"blob 07\0content"),
    "too little": lambda: zlib.compress(b"blob 8\0content"),
    "too much": lambda: zlib.compress(b"blob 6\0content"),
    "far too much": lambda: zlib.compress(b"blob 0\0" + b"content" * 100),
    "cut off": lambda: zlib.compress(b"blob 700\0" + b"content" * 100)[:-1],
    "with more behind": lambda: zlib.compress(b"blob 7\0content") + b"?",
    "over the limit": lambda: zlib.compress(b"blob %d\0" % (LARGEST + 1) + bytes(LARGEST + 1), 1),
    "bomb": lambda: zlib.compress(b"blob 7\0content" + bytes(100_000_000), 1),
}


@pytest.mark.parametrize("stored", ODD_LOOSE.values(), ids=ODD_LOOSE.keys())
def test_odd_loose_object(repo, stored):
    there, bad = repo.blob("there"), loose(repo, name(1), stored())
    tracemalloc.start()
    try:
        assert delivered(repo, [there, bad]) == ({there: ("blob", b"there")}, {bad})
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST
    finally:
        tracemalloc.stop()


def test_loose_objects_are_regular_files(repo, tmp_path):
    there = repo.blob("there")
    (tmp_path / "stored").write_bytes(zlib.compress(b"blob 7\0content"))
    linked, piped, folder = (loose(repo, name(each), b"") for each in range(3))
    for digits in (linked, piped, folder):
        (repo.git_dir / "objects" / digits[:2] / digits[2:]).unlink()
    (repo.git_dir / "objects" / linked[:2] / linked[2:]).symlink_to(tmp_path / "stored")
    os.mkfifo(repo.git_dir / "objects" / piped[:2] / piped[2:])
    (repo.git_dir / "objects" / folder[:2] / folder[2:]).mkdir()
    assert delivered(repo, [there, linked, piped, folder]) == ({there: ("blob", b"there")}, {linked, piped, folder})
