"""PyPI's macaroons."""

from __future__ import annotations

import base64
from random import Random

import pytest

from tests.support import credentials
from tests.support.checks import reason, said

CHECK = "pypi-macaroon"


@pytest.mark.parametrize("host", ["pypi.org", "test.pypi.org"])
def test_the_index(host: str):
    assert reason(CHECK, credentials.pypi_token(Random(1), host)) == f"macaroon of {host}"


@pytest.mark.parametrize(
    ("caveats", "projects"),
    [
        (['[1, ["alpha", "b.c"]]'], ", for alpha, b.c"),
        (['{"version": 1, "permissions": {"projects": ["alpha"]}}'], ", for alpha"),
        (['{"version": 1, "permissions": "user"}'], ""),
        (["[0, 4102444800, 0]", '[1, ["alpha"]]'], ", for alpha"),
        (['[1, ["a", "b", "c", "d", "e"]]'], ", for a, b, c"),
        (['[1, ["\u001b[31m", 3, null]]'], ""),
        (["[1, 3]"], ""),
        (["no json"], ""),
        (["[" * 120], ""),
    ],
)
def test_the_projects(caveats: list[str], projects: str):
    assert reason(CHECK, credentials.pypi_token(Random(2), "pypi.org", *caveats)) == f"macaroon of pypi.org{projects}"


@pytest.mark.parametrize("kinds", [(1, 1, 0, 6), (1, 0, 0, 6), (2, 1, 0, 6), (1, 2, 6), (1, 2, 0, 2)])
def test_fields_in_another_order_are_no_macaroon(kinds: tuple[int, ...]):
    fields = [b"\0" if kind == 0 else bytes([kind, 32]) + b"pypi.org" * 4 for kind in kinds]
    assert said(CHECK, "pypi-" + base64.urlsafe_b64encode(b"\x02" + b"".join(fields)).decode().rstrip("=")) is None


def test_what_follows_the_signature_is_not_looked_at():
    token = credentials.pypi_token(Random(3))
    assert said(CHECK, token + "_old") is True
    assert said(CHECK, token + "A" * 9000) is None  # more than any token has


TOKEN = credentials.pypi_token(Random(4))


@pytest.mark.parametrize(
    "text",
    ["", "pypi-", TOKEN[5:], TOKEN[:-5], TOKEN[:40], "pypi-B" + TOKEN[6:], "pypi-密" + TOKEN[6:], "pypi-" + "A" * 9000],
)
def test_what_is_no_macaroon_says_nothing(text: str):
    assert said(CHECK, text) is None


def test_a_location_that_is_no_host_is_not_repeated():
    assert said(CHECK, credentials.pypi_token(Random(5), "\u001b[31mhost")) is None


def field(kind: int, data: bytes) -> bytes:
    size, length = len(data), b""
    while size > 0x7F:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return bytes([kind]) + length + bytes([size]) + data


def macaroon(*fields: bytes, version: int = 2) -> str:
    return "pypi-" + base64.urlsafe_b64encode(bytes([version]) + b"".join(fields)).decode().rstrip("=")


def token_of(caveat: bytes = b"", location: bytes = b"pypi.org", signature: int = 32) -> str:
    return macaroon(field(1, location), field(2, b"id"), b"\0", field(2, caveat), b"\0\0", field(6, b"s" * signature))


@pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 300, 5000])
def test_a_field_may_be_of_any_length(size: int):
    caveat = b'[1, ["alpha"]]'.ljust(size)
    assert reason(CHECK, token_of(caveat)) == "macaroon of pypi.org, for alpha"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (token_of(), True),
        (token_of(signature=31), None),
        (token_of(signature=33), None),
        (token_of(location=b""), None),
        (token_of(location=b"h" * 61), True),
        (token_of(location=b"h" * 62), None),
        (token_of(location=b"h\xff"), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0\0", field(6, b"s" * 32), version=1), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0", b"\x06\x20" + b"s" * 31), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0", b"\x06\xff\xff"), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0", b"\x06\x80"), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0", b"\x02\x80"), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0", b"\x06\x28" + b"s" * 32), None),
        (macaroon(field(1, b"pypi.org"), field(2, b"id"), b"\0", field(7, b"x"), field(6, b"s" * 32)), True),
    ],
)
def test_a_token_has_a_location_and_a_signature(text: str, expected: bool | None):
    assert said(CHECK, text) is expected


@pytest.mark.parametrize(("size", "expected"), [(8191, True), (8192, None)])
def test_no_more_is_read_than_a_token_has(size: int, expected: bool | None):
    text = token_of()
    assert said(CHECK, text + "A" * (size - len(text))) is expected


@pytest.mark.parametrize(
    ("caveat", "projects"),
    [
        (b'[1, ["a", "b", "c"]]', ", for a, b, c"),
        (b'[1, ["a"], 2]', ""),
        (b'[2, ["a"]]', ""),
        (b"[1]", ""),
        (b'{"permissions": {"projects": "a"}}', ""),
        (b'{"permissions": ["a"]}', ""),
        (b'{"projects": ["a"]}', ""),
        (b"3", ""),
    ],
)
def test_projects_stand_where_a_caveat_has_them(caveat: bytes, projects: str):
    assert reason(CHECK, token_of(caveat)) == f"macaroon of pypi.org{projects}"
