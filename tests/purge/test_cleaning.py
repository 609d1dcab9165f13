"""Text loses its secrets and nothing else; what cannot lose them goes as a whole."""

from __future__ import annotations

import base64
import io
import random
import tarfile
from functools import cache

import pytest

from keyguard.detection.engine import Engine
from keyguard.model import Secret
from keyguard.purge.cleaning import ARCHIVE, BINARY, ENCODED, POINTER, Cleaner
from keyguard.rules import loader
from tests.support import keys

KEY = keys.project_key(random.Random(31))
PASSWORD = "Xk29sLq" + "8Wz"
OPENAI = f"OPENAI_API_KEY={KEY}".encode()


@cache
def cleaner() -> Cleaner:
    return Cleaner({Secret(KEY), Secret(PASSWORD)}, Engine(loader.load(), bulk=False))


def test_what_holds_none_is_not_touched():
    assert cleaner().text(b"nothing here\n").data is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (f'a\r\nk = "{KEY}"; l = "{KEY}"\r\n', 'a\r\nk = "***REMOVED***"; l = "***REMOVED***"\r\n'),
        (f"\ufeffk={KEY}\n", "\ufeffk=***REMOVED***\n"),
        (f"é {KEY} ü", "é ***REMOVED*** ü"),
        (f"url: postgres://u:{PASSWORD}@db.acme.io/{PASSWORD}\n", None),
    ],
)
def test_plain_text(data: str, expected: str | None):
    cleaned = cleaner().blob(data.encode())
    assert cleaned.data is not None
    assert PASSWORD.encode() + b"@" not in cleaned.data
    if expected is not None:
        assert cleaned.data.decode() == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_text(encoding: str):
    cleaned = cleaner().blob(f"\ufeffkey={KEY}\r\n".encode(encoding))
    assert cleaned.data == "\ufeffkey=***REMOVED***\r\n".encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"a: 1\nk: " + base64.b64encode(OPENAI) + b"\nb: 2\n",
        b"a: 1\nk: " + OPENAI.hex().encode() + b"\nb: 2\n",
        b"a: 1\nk = '" + KEY[:40].encode() + b"' + '" + KEY[40:].encode() + b"'\nb: 2\n",
        b"a: 1\nk: " + base64.b64encode(OPENAI) + b" " + OPENAI + b"\nb: 2\n",
    ],
)
def test_encoded_text_loses_only_what_was_found(data: bytes):
    new = cleaner().blob(data).data
    assert new is not None
    assert new.startswith(b"a: 1\nk")
    assert new.endswith(b"\nb: 2\n")
    assert b"***REMOVED***" in new


def test_what_goes_as_a_whole():
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        entry = tarfile.TarInfo("a.env")
        entry.size = len(OPENAI)
        tar.addfile(entry, io.BytesIO(OPENAI))
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
    whole = {archive.getvalue(): ARCHIVE, b"\0\x01\x02" + OPENAI + b"\0\xff": BINARY, pointer: POINTER, b"x": ENCODED}
    for data, why in whole.items():
        cleaned = cleaner().blob(data)
        assert (cleaned.data, cleaned.why) == (None, why)
