"""What a text takes as a name, character by character."""

from __future__ import annotations

import math

import pytest

from keyguard.detection.alphabets import bits_per_character
from keyguard.detection.bigrams import PAIR_BITS
from keyguard.detection.spelling import reads_as_name, saved_as_name
from tests.support import keys

LETTER = math.log2(26)


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("a", LETTER + 2), ("A", LETTER + 2), ("1", 7.5), ("_", 4.5), ("é", 4.5),
        ("12", 7.5 + 5.5), ("1a", 7.5 + LETTER + 2), ("a1", LETTER + 2 + 7.5), ("a_", LETTER + 2 + 4.5),
        ("_a", 4.5 + LETTER + 2), ("éa", 4.5 + LETTER + 2), ("é1", 4.5 + 7.5), ("_1", 4.5 + 7.5),
        ("ab", LETTER + 2 + PAIR_BITS["a", "b"] + 0.6), ("AB", LETTER + 2 + PAIR_BITS["a", "b"] + 1.3),
        ("Ab", LETTER + 2 + PAIR_BITS["a", "b"] + 1.6), ("aB", LETTER + 2 + LETTER + 3.5),
        ("aé", LETTER + 2 + 4.5), ("٣", 4.5), ("a٣", LETTER + 2 + 4.5),
    ],
)  # fmt: skip
def test_what_each_character_of_a_name_takes(text: str, bits: float) -> None:
    assert saved_as_name(text) == pytest.approx(len(text) * bits_per_character(text) - bits)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 10), ("0123", 10), ("0a", 16), ("af", 16), ("0A", 16), ("AF", 16), ("0g", 36), ("z", 36), ("0G", 36),
        ("aA", 62), ("Z9z", 62), ("a-", 64), ("_", 64), ("a.", 65), ("a+", 68), ("a/", 68), ("a=", 68), ("a b", 94),
        ("é", 94), ("~", 94),
    ],
)  # fmt: skip
def test_what_a_character_takes_is_told_by_the_smallest_alphabet(text: str, size: int) -> None:
    assert bits_per_character(text) == math.log2(size)


def test_a_name_takes_as_much_less_as_is_asked_for() -> None:
    name = "getReducedColumnSparseArrayWrap"
    saved = saved_as_name(name)
    assert reads_as_name(name, saved)
    assert not reads_as_name(name, saved + 0.001)


@pytest.mark.parametrize("separator", ["-", "_"])
def test_groups_of_one_case_are_compared_with_random_groups(separator: str) -> None:
    for name in ("customer", "CUSTOMER"):
        groups = separator.join([name] * 3)
        spared = len(groups) * (6 - math.log2(38))
        assert reads_as_name(groups, saved_as_name(groups) - spared)
        assert not reads_as_name(groups, saved_as_name(groups) - spared + 0.001)
    mixed = separator.join(["customer", "CUSTOMER", "customer"])
    assert reads_as_name(mixed, saved_as_name(mixed))


@pytest.mark.parametrize("at", [0, 10, 20, 30, 43])
def test_a_name_has_no_part_that_looks_drawn(at: int) -> None:
    name = "customerRelationshipManagerOfTheWholeCompany"[:43]
    drawn = keys.text(keys.fresh(), keys.DIGITS + "qxzjQXZJ", 24)
    text = name[:at] + drawn + name[at:]
    assert reads_as_name(name, 0.0)
    assert not reads_as_name(text, -1000.0)


@pytest.mark.parametrize(("size", "at"), [(10, 0), (20, 0), (25, 5), (30, 10), (31, 10), (40, 20)])
def test_the_last_characters_of_a_name_are_looked_at_too(size: int, at: int) -> None:
    text = "customerrelationshipmanagers"[:at] + "4q7z1x9j4q7z1x9j4q7z1"[: size - at]
    assert not reads_as_name(text, -1000.0)


def test_a_few_drawn_characters_at_its_end_leave_it_a_name() -> None:
    assert reads_as_name("customerrelationship" + "4q7z1x9j", -1000.0)
    assert not reads_as_name("customerrelationship" + "4q7z1x9j4q", -1000.0)
