"""Digits that belong together are counted and read through the ends of their lines, wherever one looks into them."""

from __future__ import annotations

import base64

import pytest

from keyguard.detection.decoding.runs import Digits, hex_at

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
