"""Bombs end early: what was read before counts, the rest is told with its id, and little is ever in memory."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import random
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from unittest.mock import patch

import pytest

from keyguard.model import Chunk, Origin, Unread, Where
from keyguard.sources import windows
from keyguard.sources.containers import limits, walk
from keyguard.sources.containers.streams import Tee
from keyguard.sources.content import content
from tests.sources.containers.reading import BLOB, ORIGIN, REACH, read
from tests.support import archives

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZEROS = bytes(1 << 20)


def stream_of_zeros(compressor, megabytes: int) -> bytes:
    return b"".join([*(compressor.compress(ZEROS) for _ in range(megabytes)), compressor.flush()])


@cache
def gzip_bomb(megabytes: int) -> bytes:
    return stream_of_zeros(zlib.compressobj(9, zlib.DEFLATED, 31), megabytes)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits and windows of a thousandth, so that tests need no large content."""
    monkeypatch.setattr(windows, "WINDOW", 1 << 14)
    for name in ("EXPANDED", "ALWAYS", "HELD"):
        monkeypatch.setattr(limits, name, getattr(limits, name) >> 10)


def reasons(data: bytes) -> list[str]:
    return [each.why.partition(";")[0] for each in read(data).unread]


def test_ordinary_archives_meet_no_limit():
    files = {f"{number}.txt": b"line\n" * 1000 for number in range(60)}
    for build in archives.ARCHIVES.values():
        found = read(build(files))
        assert (found.unread, found.opaque) == ([], [])


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: gzip_bomb(80),
        lambda: stream_of_zeros(bz2.BZ2Compressor(), 80),
        lambda: stream_of_zeros(lzma.LZMACompressor(preset=0), 80),
        lambda: stream_of_zeros(zstd.ZstdCompressor(), 80),
        lambda: archives.zipped({"zeros": bytes(80 << 20)}),
        lambda: archives.zipped({f"{number}": bytes(16 << 20) for number in range(6)}),
        lambda: gzip.compress(gzip_bomb(80)),
        lambda: archives.tarred({"a.gz": gzip_bomb(80)}),
    ],
    ids=["gzip", "bzip2", "xz", "zstd", "zip", "zip of many", "gzip in gzip", "gzip in tar"],
)
def test_a_bomb_ends_when_it_is_known_to_be_one(bomb: Callable[[], bytes]):
    data = bomb()
    given = longest = 0
    unread: list[Unread] = []
    for item in content(ORIGIN, io.BytesIO(data).read, REACH):
        if isinstance(item, Chunk):
            given += len(item.data)
            longest = max(longest, len(item.data))
        elif isinstance(item, Unread):
            unread.append(item)
    most = max(limits.ALWAYS, limits.RATIO * len(data))
    assert given <= most + 2 * len(data) + (4 << 20)
    assert longest <= windows.WINDOW + REACH + 4
    assert [each.accept for each in unread] == [BLOB]
    assert f"more than {limits.RATIO} times its size; its id is {BLOB}" in unread[0].why


def test_what_was_read_before_the_limit_counts(small: None):
    found = read(archives.zipped({"first": b"first", "zeros": bytes(1 << 20), "last": b"last"}))
    assert found.members["first"] == b"first"
    assert "last" not in found.members
    assert len(found.unread) == 1


def test_more_than_may_come_out_at_all(small: None):
    data = gzip.compress(random.Random(1).randbytes(3 << 19))
    assert reasons(data) == ["it expands to more than 1024 MiB"]


def test_members_that_share_the_same_bytes(small: None):
    member = archives.local_header(b"a", bytes(30_000))
    entries = [(b"%d" % number, 30_000, 0) for number in range(500)]
    found = read(member + archives.directory(entries, len(member)))
    assert reasons(member + archives.directory(entries, len(member))) == ["it expands to more than 1024 MiB"]
    assert sum(len(each.data) for each in found.chunks) < 3 * limits.EXPANDED


def test_a_zip_that_is_too_large_to_be_held_is_read_as_it_is(small: None):
    data = archives.zipped({"a": bytes(200 << 10)}, zipfile.ZIP_STORED)
    found = read(data)
    assert reasons(data) == ["it has a zip archive of more than 128 MiB"]
    assert len(found.raw) > 10
    assert found.members == {}


def test_zips_in_each_other_are_held_together(small: None):
    data = archives.zipped({"b.zip": archives.zipped({"a": b"a" * (70 << 10)}, 0), "c": b"c"}, 0)
    found = read(data)
    assert found.members["c"] == b"c"
    assert [each.what for each in found.unread] == [f"blob {BLOB}!/b.zip"]


@pytest.mark.parametrize("build", [gzip.compress, lambda data: archives.zipped({"x": data})], ids=["gzip", "zip"])
def test_archives_are_opened_up_to_a_depth(build: Callable[[bytes], bytes]):
    data = b"text"
    for _ in range(limits.DEPTH):
        data = build(data)
    found = read(data)
    assert b"text" in found.members.values()
    assert found.unread == []
    found = read(build(data))
    assert b"text" not in found.members.values()
    assert ["nested in each other more than 4 deep" in each.why for each in found.unread] == [True]


def test_an_archive_without_an_end_ends():
    """Archives that hold themselves (research.swtch.com/zip) look like this to whoever opens them."""
    data = b"text"
    for _ in range(40):
        data = archives.zipped({"r.zip": data})
    assert len(read(data).unread) == 1


def test_a_tar_in_a_compressed_file_is_one_archive():
    data = archives.tarred({"a": b"text"})
    for _ in range(limits.DEPTH - 1):
        data = archives.tarred({"a.tar.gz": gzip.compress(data)})
    found = read(data)
    assert found.unread == []
    assert any(name.count("!/") == limits.DEPTH - 1 for name in found.members)


def test_many_members(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MEMBERS", 50)
    files = {str(number): b"x" for number in range(60)}
    for form in ("zip", "tar", "tar.gz"):
        found = read(archives.ARCHIVES[form](files))
        assert len(found.members) == 50 - (form == "tar.gz")
        assert [each.why.partition(";")[0] for each in found.unread] == ["it has more than 100000 members"]
    assert len(read(gzip.compress(b"x") * 60).unread) == 1


def test_a_directory_of_millions_is_not_listed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("keyguard.sources.containers.zips.MEMBERS", 10)
    member = archives.local_header(b"a", b"x")
    data = member + archives.directory([(b"a", 1, 0)] * 5000, len(member))
    assert len(read(data).members) == 1
    assert len(read(data).names) == 11


def wide_xz() -> bytes:
    """An xz file that says that it looks back 1.5 GiB, in a byte of its block's header (xz 1.1, 3.1, 5.3.1)."""
    data = bytearray(lzma.compress(b"x" * 999, preset=0))
    end = 12 + 4 * (data[12] + 1) - 4
    data[16] = 37
    data[end : end + 4] = zlib.crc32(data[12:end]).to_bytes(4, "little")
    return bytes(data)


def wide_lzma() -> bytes:
    data = bytearray(archives.lzma_alone(b"x" * 999))
    data[1:5] = (1 << 30).to_bytes(4, "little")
    return bytes(data)


def wide_zstd() -> bytes:
    return stream_of_zeros(zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 30}), 1)


@pytest.mark.parametrize("build", [wide_xz, wide_lzma, wide_zstd])
def test_a_giant_dictionary_is_never_allocated(build: Callable[[], bytes]):
    found = read(build())
    assert [each.why.partition(";")[0] for each in found.unread] == [
        "decompressing it takes more than 128 MiB of memory"
    ]
    assert found.opaque == []


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("form", ["tar", *(f"tar.{name}" for name in archives.COMPRESSIONS)])
def test_of_a_cut_off_archive_what_is_there_is_read(form: str, share: float):
    files = {f"{number}": b"".join(b"%d %d\n" % (number, line**3) for line in range(6_000)) for number in range(4)}
    whole = archives.ARCHIVES[form](files)
    found = read(whole[: int(len(whole) * share)])
    assert [why for _, why in found.opaque] == ["it is cut off or malformed"]
    if form in ("tar", "tar.gz") or (share > 0.9 and form != "tar.bz2"):  # others give whole blocks only
        assert found.members["0"][:1000] == files["0"][:1000]


def test_a_tar_that_claims_more_than_there_is():
    header = tarfile.TarInfo("a")
    header.size = 1 << 60
    found = read(header.tobuf(tarfile.GNU_FORMAT) + b"text")
    assert (found.members, len(found.opaque)) == ({"a": b"text"}, 1)


def test_headers_of_any_size_are_not_held(small: None):
    header = tarfile.TarInfo("p")
    header.type, header.size = tarfile.XHDTYPE, 8 << 30
    data = gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20), 1)
    seen: list[int] = []

    def ready(tee: Tee) -> list[Chunk]:
        seen.append(len(tee._waiting))
        return original(tee)

    original = Tee.ready
    with patch.object(Tee, "ready", ready):
        assert len(read(data).unread) == 1
    assert max(seen) <= limits.BACKLOG


@pytest.mark.parametrize(("size", "expected"), [(None, "sha256"), (True, "sha1")])
def test_the_id_of_what_is_no_blob(size: object, expected: str):
    data = gzip_bomb(70)
    origin = Origin(Where.STDIN) if size is None else Origin(Where.FILE, "a.gz")
    head = b"" if size is None else b"blob %d\0" % len(data)
    (told,) = read(data, origin, size=len(data) if size else None).unread
    assert told.accept == hashlib.new(expected, head + data).hexdigest()
    assert told.what == origin.label


def test_a_limit_is_told_once_for_a_file():
    deep = archives.zipped({"x": gzip.compress(b"text")})
    for _ in range(limits.DEPTH - 1):
        deep = archives.zipped({"a": deep, "b": deep})
    assert len(read(deep).unread) == 1


def test_every_problem_has_words_in_both_languages():
    from keyguard.language import Language
    from keyguard.reporting.words import Words

    say = Words(Language.ZH)
    for problem in (value for value in vars(limits).values() if isinstance(value, limits.Problem)):
        if problem is not limits.OUTSIDE:
            why = f"{problem.why}; its id is x" if problem.over_limit else problem.why
            assert say.phrase(why) != why
    assert say.phrase(walk._MEND) != walk._MEND
