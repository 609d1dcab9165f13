"""The checksum of age's secret keys."""

from __future__ import annotations

import pytest

from keyguard.rules.checks.bech32 import checksum_of
from tests.support.checks import changed, said

KEY = "AGE-SECRET-KEY-1" + "GFPYYSJZ" * 6 + "GFPQ" + "4EGAEX"
"""The key that age's own test vectors use: 32 times the byte 0x42."""


def test_the_published_key():
    assert said("age-checksum", KEY) is True
    assert said("age-checksum", KEY.lower()) is True


@pytest.mark.parametrize("at", [16, 17, 40, -7, -6, -1])
def test_one_character_changed(at: int):
    letter = "Q" if KEY[at] != "Q" else "P"
    assert said("age-checksum", KEY[:at] + letter + KEY[at:][1:]) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AGE-SECRET-KEY-",
        changed(KEY, 0),
        KEY[:30] + "B" + KEY[31:],
        KEY[:30] + "é" + KEY[31:],
        KEY[:30] + KEY[30:].lower(),
        KEY + "Q" * 200,
    ],
)
def test_what_is_no_key_of_age_says_nothing(text: str):
    assert said("age-checksum", text) is None


@pytest.mark.parametrize(("size", "expected"), [(200, False), (201, None)])
def test_no_key_is_longer_than_a_line(size: int, expected: bool | None):
    assert said("age-checksum", KEY.ljust(size, "Q")) is expected


@pytest.mark.parametrize(
    ("name", "data", "checksum"),
    [("age-secret-key-", KEY[16:-6].lower(), KEY[-6:].lower()), ("a", "", "2uel5l"), ("?", "", "ezyfcl")],
)
def test_the_published_checksums_are_made(name: str, data: str, checksum: str):
    """The short ones are test vectors of BIP-173."""
    assert checksum_of(name, data) == checksum
