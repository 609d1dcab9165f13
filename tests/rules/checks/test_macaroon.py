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
