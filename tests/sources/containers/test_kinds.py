"""What is looked into is known by its first bytes, and ordinary content is left alone."""

from __future__ import annotations

import json
import random
import zlib

import pytest

from keyguard.sources.containers.kinds import Closed, Kind, recognised
from tests.sources.containers.reading import read
from tests.support import archives

FILES = {"a.txt": b"a"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"P",
        b"PK",
        b"PK\x03\x04",
        b"PK\x07\x08PK\x03\x04",
        b"PK\x03\x04" + b"\xff" * 40,
        b"#!/bin/sh\necho hello\n",
        b"#!/bin/sh\n" + b"PK\x03\x04" + b"\xff" * 40,
        b"\x1f\x8b",
        b"\x1f\x8b\x08" + b"\xff" * 20,
        b"x\x01", b"x\x5e2 + y\x5e2 = 1\n", b"x\x5e2 + y\x5e2 = 1\n" * 500, b"x\x9c\xe9\xe8 in Latin-1",
        b"BZh9 is how these files begin",
        b"\xfd7zXZ\0" + b"x" * 20,
        b"]\0\0 in a row",
        b"\x5d\0\0\x03\x05" + b"\xff" * 20,
        b"7z", b"Rar! is a kind of archive", b"MSCF means cabinet", b"hsqs are letters",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"an old document" * 9,
        b"0" * 512,
        b"\0" * 512,
        b"{}",
        json.dumps({"cells": [], "kernel": "x"}).encode(),
        b'"cells" "cell_type"',
    ],
)  # fmt: skip
def test_what_only_begins_like_an_archive_is_read_as_it_is(data):
    assert recognised(data) is None
    found = read(data)
    assert (found.raw, found.members, found.opaque, found.unread) == ([data], {}, [], [])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        *((Kind.ZIP, archives.ARCHIVES[name](FILES)) for name in archives.ARCHIVES if name.endswith(("zip", "pyz"))),
        (Kind.ZIP, archives.zipped({})),
        *((Kind.TAR, archives.ARCHIVES[name](FILES)) for name in ("tar", "ustar.tar", "gnu.tar")),
        (Kind.DEB, archives.deb(FILES)),
        *((kind, archives.COMPRESSIONS[kind.value](b"x" * 99)) for kind in (Kind.XZ, Kind.LZMA)),
        *((kind, archives.COMPRESSIONS[name](b"")) for kind, name in ((Kind.BZIP2, "bz2"), (Kind.GZIP, "gz"))),
        *((Kind.ZLIB, zlib.compress(b"blob 3\0abc", level)) for level in (0, 1, 6, 9)),
        (Kind.ZLIB, zlib.compress(random.Random(1).randbytes(1 << 20))[:50_000]),
        (Kind.ZSTD, archives.COMPRESSIONS["zst"](b"x")),
        (Kind.ZSTD, b"\x50\x2a\x4d\x18\x04\0\0\0size" + archives.COMPRESSIONS["zst"](b"x")),
        (Kind.NOTEBOOK, archives.notebook(archives.cell("x"))),
        (Kind.NOTEBOOK, b"\xef\xbb\xbf\r\n" + archives.notebook(archives.cell("x"), indent=None)),
        (Closed.SEVEN_ZIP, b"7z\xbc\xaf\x27\x1c\0\4"),
        (Closed.RAR, b"Rar!\x1a\x07\x01\0"),
        (Closed.ENCRYPTED_OFFICE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
    ],
)
def test_kinds_are_known_by_their_content(kind, data):
    assert recognised(data) is kind


@pytest.mark.parametrize("kind", Closed)
def test_what_cannot_be_opened_is_read_as_it_is_and_told(kind):
    starts = {
        Closed.SEVEN_ZIP: b"7z\xbc\xaf\x27\x1c", Closed.RAR: b"Rar!\x1a\x07\0", Closed.CAB: b"MSCF\0\0\0\0",
        Closed.XAR: b"xar!\0\x1c", Closed.RPM: b"\xed\xab\xee\xdb", Closed.LZ4: b"\x04\x22\x4d\x18",
        Closed.LZIP: b"LZIP\x01", Closed.LZOP: b"\x89LZO\0\r\n\x1a\n",
        Closed.GIT_PACK: b"PACK\0\0\0\2", Closed.GIT_BUNDLE: b"# v2 git bundle\n",
        Closed.SQUASHFS: b"hsqs".ljust(28) + b"\x04\0\0\0",
        Closed.ENCRYPTED_OFFICE: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    }  # fmt: skip
    data = starts[kind] + b"whatever is in it"
    found = read(data)
    assert found.raw == [data]
    assert [(what, kind.value in why) for what, why in found.opaque] == [("blob " + "b" * 40, True)]
