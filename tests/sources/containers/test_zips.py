"""Zip archives as others leave them: encrypted, cut off, with members that the directory does not tell of."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from tests.sources.containers.reading import read
from tests.support import archives

NAME = "blob " + "b" * 40
FILES = {"a.txt": b"a" * 5000, "b.txt": b"b" * 5000, "c.txt": b"c" * 5000}
CUT = (NAME, "it is cut off or malformed")


def test_a_whole_archive_is_not_told():
    assert read(archives.zipped(FILES)).opaque == []


def test_an_encrypted_archive_is_told_once_and_its_names_are_read():
    found = read(archives.encrypted(archives.zipped(FILES)))
    assert found.opaque == [(NAME, "it is encrypted")]
    assert found.members == {}
    assert found.names == [b"a.txt", b"b.txt", b"c.txt"]


def test_what_is_not_encrypted_beside_it_is_read():
    found = read(archives.zipped({"x.zip": archives.encrypted(archives.zipped(FILES)), "y": b"y"}))
    assert found.members["y"] == b"y"
    assert found.opaque == [(f"{NAME}!/x.zip", "it is encrypted")]


def test_an_unknown_method_is_told():
    member = archives.local_header(b"a", b"xyz", method=97)
    found = read(member + archives.directory([(b"a", 3, 0)], len(member), method=97))
    assert [why for _, why in found.opaque] == ["it is compressed by a method that KeyGuard does not know"]


@pytest.mark.parametrize("build", [archives.zipped, archives.streamed_zip, archives.ARCHIVES["stored.zip"]])
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_of_a_cut_off_archive_what_is_there_is_read(build, share):
    data = build(FILES)
    found = read(data[: int(len(data) * share)])
    assert found.members["a.txt"] == FILES["a.txt"]
    assert found.opaque == [CUT]


def test_a_member_that_is_damaged_does_not_cost_the_others():
    data = bytearray(archives.zipped(FILES))
    at = data.find(b"b.txt") + 5
    data[at : at + 4] = b"\xff" * 4
    found = read(bytes(data))
    assert found.members["a.txt"] + found.members["c.txt"] == FILES["a.txt"] + FILES["c.txt"]
    assert found.opaque == [CUT]


def test_a_member_that_the_directory_does_not_tell_of_is_read():
    first, hidden, last = (archives.local_header(name, name * 100) for name in (b"a", b"hidden", b"z"))
    body = first + hidden + last
    entries = [(b"a", 100, 0), (b"z", 100, len(first + hidden))]
    found = read(body + archives.directory(entries, len(body)))
    assert sorted(found.members) == ["a", "hidden", "z"]
    assert found.opaque == []


def test_a_replaced_member_is_read_in_both_versions():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"old")
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a", b"new")
    assert [each.data for each in read(buffer.getvalue()).chunks].count(b"old") == 1


def test_large_offsets_and_a_comment():
    member = archives.local_header(b"a", b"text")
    extra = struct.pack("<2H3Q", 1, 24, 4, 4, 0)
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 45, 45, 0, 0, 0, 0, 0, 2**32 - 1, 2**32 - 1, 1, 28, 0, 0, 0, 0, 2**32 - 1
    )
    listed = entry + b"a" + extra
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(listed), len(member))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(member) + len(listed), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 7) + b"comment"
    for prefix in (b"", b"#!/usr/bin/python\n"):
        found = read(prefix + member + listed + end64 + locator + end)
        assert (found.members, found.opaque) == ({"a": b"text"}, [])


def test_a_script_that_has_the_bytes_of_a_header_in_it_is_no_archive():
    data = b"#!/bin/sh\nexit\n" + archives.local_header(b"a", b"text")
    found = read(data)
    assert (found.raw, found.members, found.opaque) == ([data], {}, [])


def test_what_claims_more_than_there_is():
    member = archives.local_header(b"a", b"text")
    for size, at in ((2**32 - 2, 0), (4, 2**32 - 2), (4, 1)):
        found = read(member + archives.directory([(b"a", size, at)], len(member)))
        assert found.opaque == [CUT]


def test_lzma_without_a_mark_at_its_end():
    whole = archives.ARCHIVES["lzma.zip"]({"a": b"text " * 99})
    at, size = whole.index(b"a", 30) + 1, int.from_bytes(whole[18:22], "little")
    shorter = archives.local_header(b"a", whole[at : at + size - 6], method=14)
    found = read(shorter + archives.directory([(b"a", size - 6, 0)], len(shorter), method=14))
    assert found.members["a"].startswith(b"text text")
    assert found.opaque == []
