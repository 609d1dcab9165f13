"""Ranges are the characters that they stand for, whatever is done with them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from keyguard.rules.syntax.charset import (
    DIGIT,
    NAMED,
    SPACE,
    WORD,
    Ranges,
    folded,
    is_open,
    negated,
    size,
    united,
    utf8,
    utf8_width,
    within,
)

LAST = 40
PAIRS = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)).map(lambda pair: (min(pair), max(pair))))
EDGES = (0, 1, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF)
POINTS = st.one_of(
    st.sampled_from(EDGES), st.integers(0, 0x3000), st.integers(0xE000, 0x10FFFF)
)  # none of the halves that UTF-8 has no form for


def members(ranges: Ranges) -> set[int]:
    return {point for low, high in ranges for point in range(low, high + 1)}


@pytest.mark.parametrize("name", NAMED)
def test_the_named_classes_are_those_of_any_engine(name: str) -> None:
    pattern = regex.compile(f"[[:{name}:]]".encode(), regex.ASCII)
    assert members(NAMED[name]) == {each for each in range(256) if pattern.fullmatch(bytes([each]))}


def test_the_classes_of_one_letter_are_those_of_ascii() -> None:
    for ranges, letter in ((DIGIT, rb"\d"), (WORD, rb"\w"), (SPACE, rb"\s")):
        assert members(ranges) == {each for each in range(256) if re.fullmatch(letter, bytes([each]))}


@given(pairs=PAIRS, window=st.tuples(st.integers(0, LAST), st.integers(0, LAST)))
def test_what_is_done_with_ranges_is_done_with_their_characters(
    pairs: list[tuple[int, int]], window: tuple[int, int]
) -> None:
    whole, (low, high) = united(pairs), sorted(window)
    assert members(whole) == members(tuple(pairs))
    assert all(one[1] + 1 < other[0] for one, other in pairwise(whole))
    assert members(negated(whole, LAST)) == set(range(LAST + 1)) - members(whole)
    assert united(negated(whole, LAST)) == negated(whole, LAST)
    assert members(within(whole, low, high)) == members(whole) & set(range(low, high + 1))
    assert size(whole) == len(members(whole))


@given(one=POINTS, other=POINTS, tried=st.lists(POINTS, max_size=20))
def test_the_bytes_of_a_range_are_those_of_its_characters(one: int, other: int, tried: list[int]) -> None:
    low, high = sorted((one, other))
    series = list(utf8(((low, high),)))
    for point in {low, high, *tried, *EDGES}:
        stored = chr(point).encode("utf-8", "surrogatepass")
        fitting = [
            each for each in series
            if len(each) == len(stored) and all(a <= byte <= b for (a, b), byte in zip(each, stored, strict=True))
        ]  # fmt: skip
        assert len(fitting) == (point >= 0x80 and low <= point <= high)


@given(low=POINTS, high=POINTS)
def test_the_width_is_that_of_the_last_character(low: int, high: int) -> None:
    assert utf8_width(((min(low, high), max(low, high)),)) == len(chr(max(low, high)).encode())
    assert utf8_width(()) == 0


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (((0, 0x10FFFF),), True),
        (((0x41, 0x5A), (0x80, 0x10FFFF)), True),
        (((0x81, 0x10FFFF),), False),
        (((0, 0x10FFFE),), False),
        ((), False),
    ],
)
def test_a_set_is_open_that_has_all_but_some_of_ascii(ranges: Ranges, expected: bool) -> None:
    assert is_open(ranges) is expected


@pytest.mark.parametrize("text", ["a", "K", "z9", "ß", "é", "д"])
def test_other_cases_are_those_of_any_engine(text: str) -> None:
    ranges = united((ord(each), ord(each)) for each in text)
    for point in range(0x250):
        alike = any(regex.fullmatch(each, chr(point), regex.IGNORECASE) for each in text)
        assert (point in members(folded(ranges))) == alike, chr(point)


@pytest.mark.parametrize("first", [0, 0x61, 0x7B, 0x80])
def test_nearly_all_characters_have_their_other_cases_already(first: int) -> None:
    letters = () if first != 0x61 else ((0x41, 0x5A),)
    assert folded(((first, 0x10FFFF),)) == (*letters, (first, 0x10FFFF))


@pytest.mark.parametrize(("ranges", "expected"), [
    (((0x391, 0x393),), ((0x391, 0x393), (0x3B1, 0x3B3))),
    (((0x5A, 0x5B),), ((0x5A, 0x5B), (0x7A, 0x7A))),
    (((0x400, 0x42F),), ((0x400, 0x45F),)),
    (((0xDF, 0xDF),), ((0xDF, 0xDF),)),
])  # fmt: skip
def test_other_cases_of_ranges(ranges: Ranges, expected: Ranges) -> None:
    assert folded(ranges) == expected
