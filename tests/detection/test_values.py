"""A value is read whole, in whatever stretch of the text it is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.detection.values import any_drawn, may_be_assigned, values
from tests.support import keys

VALUE = keys.text(keys.fresh(), keys.ALNUM, 20).encode()
PARTS = st.sampled_from([VALUE, VALUE[:7], b":", b"::", b".", b"=", b"==", b' "', b"- ", b":-", b"$", b"x", b"\n"])
TEXTS = st.lists(PARTS, max_size=12).map(b"".join)


@given(data=TEXTS, ends=st.tuples(st.integers(0, 200), st.integers(0, 200)))
def test_a_stretch_has_those_values_of_the_whole_that_it_does_not_cut(data: bytes, ends: tuple[int, int]) -> None:
    low, high = sorted(min(each, len(data)) for each in ends)
    everywhere, here = set(values(data, 0, len(data))), set(values(data, low, high))
    assert here <= everywhere
    assert all(low <= start and end <= high for start, end in here)
    # in the middle of a value, or behind it, nobody can tell where it would have gone on
    assert {(start, end) for start, end in everywhere if low < start and end + len(b":==") < high} <= here


@pytest.mark.parametrize(("before", "after"), [(b"", b""), (b"=", b""), (b"", b"\n"), (b"=", b"\n")])
def test_the_ends_of_the_text_are_ends_of_a_value(before: bytes, after: bytes) -> None:
    data = b"a:" + before + VALUE + after
    start = len(b"a:" + before)
    assert (start, start + len(VALUE)) in values(data, 0, len(data))
    assert (start, start + len(VALUE)) not in values(data, start + 1, len(data))
    assert (start, start + len(VALUE)) not in values(data, 0, start + len(VALUE) - 1)


@pytest.mark.parametrize("size", [15, 16])
def test_a_value_has_so_many_characters(size: int) -> None:
    data = b"key=" + VALUE[:size] + b" "
    assert list(values(data, 0, len(data))) == ([(4, 4 + size)] if size == 16 else [])
    assert any_drawn(data, 0, len(data)) == (size == 16)
    data = b"key='a:" + VALUE[:size] + b"'"
    assert ((7, 7 + size) in values(data, 0, len(data))) == (size == 16)


def test_what_ends_a_sentence_is_no_part_of_a_value() -> None:
    for end in (b".", b":", b".:."):
        data = b"key: " + VALUE + end
        assert list(values(data, 0, len(data))) == [(5, 5 + len(VALUE))]
        short = b"key: " + VALUE[:15] + end
        assert list(values(short, 0, len(short))) == []


def test_what_stands_behind_one_of_the_last_colons_may_be_the_value() -> None:
    data = b"key='" + b":".join([VALUE] * 5) + b"'"
    starts = {start for start, end in values(data, 0, len(data)) if end == len(data) - 1}
    assert starts == {len(b"key='") + at * len(VALUE + b":") for at in (0, 2, 3, 4)}
    dashed = b"${NAME:-" + VALUE + b"}"
    assert (8, 8 + len(VALUE)) in values(dashed, 0, len(dashed))


def test_what_begins_in_the_middle_of_something_is_left_out() -> None:
    for before in (b"#", b"a b#", b"\xe5"):
        data = before + VALUE + b"\n"
        assert list(values(data, 0, len(data))) == []
    for before in (b'"', b"a b=", "：".encode(), b"key is "):
        data = before + VALUE + b"\n"
        assert list(values(data, 0, len(data))) == [(len(before), len(before) + len(VALUE))]


def test_a_value_with_a_colon_may_begin_the_text() -> None:
    data = VALUE + b":" + VALUE
    assert list(values(data, 0, len(data))) == [(0, len(data)), (len(VALUE) + 1, len(data))]
    assert list(values(data, 1, len(data))) == [(len(VALUE) + 1, len(data))]


@pytest.mark.parametrize(("after", "may_be"), [(b"", True), (b"'", True), (b"(", False), (b"[", False), (b"$", False)])
def test_a_value_that_is_called_or_goes_on_is_none(after: bytes, may_be: bool) -> None:
    assert may_be_assigned(b"=" + VALUE + after, 1, 1 + len(VALUE)) is may_be
    assert not may_be_assigned(VALUE + after, 0, len(VALUE))
    assert not may_be_assigned(b"#" + VALUE + after, 1, 1 + len(VALUE))


def test_what_is_no_value_ends_nothing() -> None:
    data = b"#" + VALUE + b" '" + VALUE + b"'"
    assert list(values(data, 0, len(data))) == [(len(VALUE) + 3, 2 * len(VALUE) + 3)]


@pytest.mark.parametrize("name", [b"customerRelationshipManager", b"customer-relationship-manager"])
def test_what_reads_as_a_name_is_not_drawn(name: bytes) -> None:
    assert not any_drawn(b"key='" + name + b"'", 0, len(name) + 6)
    assert any_drawn(b"key='" + name + b"' '" + VALUE + b"'", 0, len(name) + 29)
