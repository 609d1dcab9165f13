"""Digits that belong together are counted and read through the ends of their lines, wherever one looks into them."""

from __future__ import annotations

import base64

import pytest

from keyguard.detection.decoding.runs import Digits, extent16, extent64, hex_at

TEXT = bytes(range(256))
ENCODED = base64.b64encode(TEXT)
ENDS = [b"\n", b"\r\n    ", b"\\n", b"\\r\\n", b"\n> ", b"  \n\t"]


def wrapped(width: int, end: bytes) -> tuple[bytes, list[int]]:
    """Return the digits in lines behind something else, and where each of them stands."""
    data, places = b"data: ", []
    for at, digit in enumerate(ENCODED.rstrip(b"=")):
        data += end if at and at % width == 0 else b""
        places.append(len(data))
        data += bytes([digit])
    return data + b'"\n.', places


def said(digits: bytes) -> bytes:
    """Return the whole bytes that digits say."""
    return base64.b64decode(digits + b"A" * (-len(digits) % 4))[: len(digits) * 6 // 8]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("width", [16, 17, 63, 64, 999])
def test_lines_of_any_width_are_one_run(width: int, end: bytes) -> None:
    data, places = wrapped(width, end)
    for low in (0, 15, 16, 40, 200):
        digits = Digits(data, places[low], places[low] + 1)
        assert digits.end == places[-1] + 1
        assert [digits.index(place) for place in places] == list(range(len(places)))
        for skipped in range(4):
            view = digits.read(skipped)
            assert view is not None
            assert view.text == said(ENCODED.rstrip(b"=")[skipped:])
            assert view.start_of(3) == places[skipped + 4]


def test_a_short_line_is_continued_by_none() -> None:
    data, places = wrapped(15, b"\n")
    digits = Digits(data, places[20], places[22])
    assert (digits.index(places[15]), digits.end) == (0, places[29] + 1)


@pytest.mark.parametrize("width", [16, 64, 999])
def test_each_byte_stands_where_its_digits_do(width: int) -> None:
    data, places = wrapped(width, b"\n> ")
    view = Digits(data, places[0], places[1]).read(0)
    assert view is not None
    for at in range(len(TEXT)):
        first, last = at * 8 // 6, (at * 8 + 7) // 6
        assert (view.start_of(at), view.end_of(at + 1)) == (places[first], places[last] + 1)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("at", [0, 70, 300])
def test_an_extent_is_from_the_first_digit_to_the_last_of_all_lines(end: bytes, at: int) -> None:
    data, places = wrapped(64, end)
    assert extent64(data, places[at], places[at] + 1) == (places[0], places[-1] + 1)


@pytest.mark.parametrize("after", [b"\n", b"\n\n" + b"b" * 20, b"\n.", b"\n    ", b" " * 9 + b"\n" + b"b" * 20])
def test_a_line_without_digits_ends_them(after: bytes) -> None:
    data = b"." + b"a" * 20 + after
    assert extent64(data, 5, 6) == (1, 21)
    assert Digits(data, 5, 6).end == 21


@pytest.mark.parametrize(("first", "expected"), [(15, (16, 36)), (16, (0, 37))])
def test_what_stands_above_a_line_belongs_to_it_if_it_is_long_enough(first: int, expected: tuple[int, int]) -> None:
    assert extent64(b"a" * first + b"\n" + b"b" * 20, first + 3, first + 4) == expected


@pytest.mark.parametrize("escape", [b"\\n", b"\\r", b"\\t"])
def test_the_letter_of_an_escape_is_no_digit(escape: bytes) -> None:
    assert extent64(b'"' + escape + b"a" * 20 + b'"', 9, 10) == (3, 23)
    assert extent64(b'"x' + escape[1:] + b"a" * 20 + b'"', 9, 10) == (1, 23)


@pytest.mark.parametrize("extent", [extent16, extent64])
@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 9000])
def test_digits_may_go_on_for_any_length(extent, size: int) -> None:
    for before in (b"", b"."):
        data = before + b"a" * size + b"."
        whole = (len(before), len(before) + size)
        assert extent(data, whole[1] - 1, whole[1]) == extent(data, *whole) == whole


@pytest.mark.parametrize("before", [b"", b"x", b"0", b"0a", b"0x"])
@pytest.mark.parametrize("after", [b"", b"x", b"f", b"ff0"])
def test_hexadecimal_digits_are_read_as_the_bytes_that_a_literal_tells(before: bytes, after: bytes) -> None:
    text = b"a key in the middle"
    data = before + text.hex().encode() + after
    at = len(before) + 2 * text.index(b"key")
    view = hex_at(data, at, at + 6)
    assert text in view.text
    assert view.start_of(view.text.index(text)) == len(before)
    assert data[len(before) : view.end].startswith(text.hex().encode())
