"""What is in archives of every format is given out, with its name and its place, however deep it lies."""

from __future__ import annotations

import gzip
import io
import tarfile
from unittest.mock import patch

import pytest

from keyguard.model import Origin, Where
from keyguard.sources import windows
from tests.sources.containers.reading import BLOB, read
from tests.support import archives

FILES = {"a/.env": b"one\ntwo\n", "b.bin": bytes(range(256)) * 40, "empty": b"", "密钥.txt": "密钥".encode()}
LARGE = {"large.txt": b"".join(b"line %d\n" % number for number in range(40_000))}


@pytest.mark.parametrize("form", archives.ARCHIVES)
def test_an_empty_archive_has_no_members(form):
    found = read(archives.ARCHIVES[form]({}))
    assert form == "deb" or set(found.members) <= {"content"}  # an empty tar is nothing but zeros
    assert (found.opaque, found.unread) == ([], [])


@pytest.mark.parametrize("form", archives.ARCHIVES)
def test_every_member_is_given_with_its_name_and_the_archive_as_it_is(form):
    data = archives.ARCHIVES[form](FILES)
    found = read(data)
    outer = "data.tar.xz!/" if form == "deb" else ""
    assert {name: found.members[outer + name] for name in FILES} == FILES
    assert set(map(str.encode, FILES)) <= set(found.names)
    assert data in found.raw
    assert (found.opaque, found.unread) == ([], [])


@pytest.mark.parametrize("form", archives.COMPRESSIONS)
def test_a_compressed_file_holds_one_thing(form):
    assert read(archives.COMPRESSIONS[form](b"text")).members == {"content": b"text"}


@pytest.mark.parametrize("form", archives.COMPRESSIONS)
@pytest.mark.parametrize("padding", [b"", b"\0" * 512])
def test_what_is_compressed_in_several_pieces_is_one_content(form, padding):
    compress = archives.COMPRESSIONS[form]
    found = read(compress(b"one ") + padding + compress(b"two"))
    assert found.members["content"] in (b"one two", b"one ")
    if form != "lzma":  # the old format ends once
        assert found.members == {"content": b"one two"}


def test_what_follows_a_compressed_file_is_no_part_of_it():
    found = read(gzip.compress(b"text") + b"-- more")
    assert (found.members, found.opaque) == ({"content": b"text"}, [])


def test_the_name_that_gzip_keeps_is_the_members_and_read_as_a_name():
    buffer = io.BytesIO()
    with gzip.GzipFile("dump.sql", "wb", fileobj=buffer, mtime=0) as file:
        file.write(b"text")
    found = read(buffer.getvalue())
    assert (found.members, found.names) == ({"dump.sql": b"text"}, [b"dump.sql"])


@pytest.mark.parametrize("form", archives.ARCHIVES)
@pytest.mark.parametrize("window", [1 << 14, 1 << 16])
def test_nothing_depends_on_how_large_the_pieces_are(form, window):
    with patch.object(windows, "WINDOW", window):
        chunks = read(archives.ARCHIVES[form](LARGE)).chunks
    of_member = [each for each in chunks if (each.origin.member or "").endswith("large.txt")]
    text = b""
    for each in of_member:
        if each.origin.where is Where.BLOB:
            start = LARGE["large.txt"].find(each.data)
            assert each.line == LARGE["large.txt"].count(b"\n", 0, start) + 1
            text = text[:start] + each.data
    assert text == LARGE["large.txt"]


def test_archives_in_archives_are_opened_and_named_by_the_way_to_them():
    inner = archives.zipped({"c.txt": b"deep"})
    middle = archives.tarred({"b.zip": inner, "x": b"x"})
    found = read(archives.zipped({"a/a.tgz": gzip.compress(middle), "y": b"y"}))
    assert found.members["a/a.tgz!/b.zip!/c.txt"] == b"deep"
    assert found.members["a/a.tgz!/x"] == b"x"
    assert found.members["y"] == b"y"
    assert (found.opaque, found.unread) == ([], [])


def test_a_member_keeps_what_is_known_of_the_file():
    origin = Origin(Where.FILE, "d/x.zip", blob=BLOB)
    found = read(archives.zipped({"a": b"a"}), origin)
    assert {(each.origin.path, each.origin.blob) for each in found.chunks} == {("d/x.zip", BLOB)}
    assert found.chunks[-1].origin == Origin(Where.FILE, "d/x.zip", BLOB, member="a")


def test_the_name_of_a_nested_member_stands_where_its_own_path_begins():
    chunks = read(archives.zipped({"a.zip": archives.zipped({"b": b""})})).chunks
    (name,) = [each for each in chunks if each.data == b"b" and each.origin.where is Where.FILE_NAME]
    assert (name.origin.member, name.column) == ("a.zip!/b", len("a.zip!/") + 1)


def test_a_member_in_wide_text_has_an_encoding_of_its_own():
    found = read(archives.zipped({"a": "text".encode("utf-16")}))
    assert [each.encoding for each in found.chunks if each.origin.member and each.origin.where is Where.BLOB] == [
        "utf-16-le"
    ]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/abs", "C:\\x", "a\nb", "x" * 900, "\udcff\udc80"])
def test_names_are_data(name):
    data = name.encode("utf-8", "surrogateescape")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    found = read(buffer.getvalue())
    assert found.members == {name.strip("/") if name == "/abs" and "/abs" not in found.members else name: b"x"}
    assert data in found.names


def test_an_absurdly_long_name_is_read_whole_and_shown_in_part():
    name = "folder/" + "x" * 70_000
    found = read(archives.tarred({name: b"x"}))
    assert name.encode() in found.names
    assert list(found.members) == ["folder/…"]


def test_folders_and_links_are_no_members():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo("odd")
            member.type, member.linkname, member.size = kind, "target", 1 << 40
            archive.addfile(member)
        last = tarfile.TarInfo("last")
        last.size = 4
        archive.addfile(last, io.BytesIO(b"last"))
    found = read(buffer.getvalue())
    assert found.members["last"] == b"last"
    assert found.opaque == []


def test_tars_that_are_appended_to_each_other_are_read_to_the_end():
    found = read(archives.tarred({"a": b"a"}) + archives.tarred({"b": b"b"}))
    assert found.members == {"a": b"a", "b": b"b"}


def test_a_sparse_file_is_what_is_stored_of_it():
    header = bytearray(tarfile.TarInfo("disk.img").tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b"S"
    header[124:136] = b"%011o\0" % 5
    header[386:398], header[398:410] = b"%011o\0" % (1 << 30), b"%011o\0" % 5
    header[482] = 1
    header[483:495] = b"\x80" + (1 << 50).to_bytes(11, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    extension = bytes(512)
    found = read(bytes(header) + extension + b"bytes".ljust(512, b"\0") + bytes(1024))
    assert (found.members, found.opaque) == ({"disk.img": b"bytes"}, [])


def test_the_archive_itself_is_read_once():
    data = archives.zipped({"a": b"a"})
    assert read(data).raw == [data]
