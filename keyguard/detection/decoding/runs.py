"""Decodes the run of base64 or hexadecimal digits that an offset lies in, in time that grows with the run alone."""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from itertools import accumulate

from keyguard.detection.decoding.view import View

_NOT64 = re.compile(rb"[^A-Za-z0-9+/_-]")
_NOT16 = re.compile(rb"[^0-9A-Fa-f]")
_STEP = 4096
_WRAPPED = 16
"""How many digits a line has at least for the next one to be its continuation."""
_WRAP = rb"(?:(?:\\r)?\\n|[ \t]{0,8}\r?\n[ \t>#*|]{0,32})"
"""One line end, as mail, PEM, YAML blocks and JSON strings wrap base64."""
_WRAP_BEFORE = re.compile(rb"%s\Z" % _WRAP)
_WRAP_AFTER = re.compile(_WRAP)
_WRAP_REACH = 48
Line = tuple[int, int]


class Digits:
    """Base64 digits that belong together around some offsets: standard or URL-safe, in one line or wrapped."""

    def __init__(self, data: bytes, low: int, high: int) -> None:
        self._data = data
        self._lines = _lines(data, low, high)
        self._starts = [start for start, _ in self._lines]
        self._before = [0, *accumulate(end - start for start, end in self._lines)]
        self.end = self._lines[-1][1]

    def index(self, offset: int) -> int:
        """Return how many of the digits stand before an offset that is within them."""
        line = bisect_right(self._starts, offset) - 1
        return self._before[line] + offset - self._starts[line]

    def read(self, skipped: int) -> View | None:
        """Return what the digits say but for some at the beginning: what stands before base64 may look like it."""
        steps: list[tuple[int, int]] = []
        digits = bytearray()
        for start, end in self._lines:
            first = start + min(skipped, end - start)
            skipped -= first - start
            steps.append((len(digits) * 3 // 4, first))
            digits += self._data[first:end]
        usable = len(digits) - (len(digits) % 4 == 1)
        plain = bytes(digits[:usable]).translate(_STANDARD)
        text = base64.b64decode(plain + b"=" * (-usable % 4))
        return View(text, "base64", steps, self.end, 4 / 3) if text else None


_STANDARD = bytes.maketrans(b"-_", b"+/")


def extent64(data: bytes, low: int, high: int) -> Line:
    """Return from where to where the base64 digits stand that belong together around these offsets."""
    lines = _lines(data, low, high)
    return lines[0][0], lines[-1][1]


def extent16(data: bytes, low: int, high: int) -> Line:
    """Return from where to where the hexadecimal digits around these offsets stand."""
    return _start(data, low, _NOT16), _end(data, high, _NOT16)


def hex_at(data: bytes, low: int, high: int) -> View:
    """Return what the hexadecimal digits around these offsets say, of which the first is at the first of them."""
    start = _start(data, low, _NOT16)
    start += (low - start) % 2  # the literal that was seen begins at a whole byte
    end = _end(data, high, _NOT16)
    end -= (end - start) % 2
    return View(bytes.fromhex(data[start:end].decode("ascii")), "hex", [(0, start)], end, 2.0)


def _lines(data: bytes, low: int, high: int) -> list[Line]:
    """Return the lines of digits that belong together around these offsets."""
    lines = [(_line_start(data, low), _end(data, high, _NOT64))]
    while wrap := _WRAP_BEFORE.search(data, max(0, lines[-1][0] - _WRAP_REACH), lines[-1][0]):
        start = _line_start(data, wrap.start())
        if wrap.start() - start < _WRAPPED:
            break
        lines.append((start, wrap.start()))
    lines.reverse()
    while lines[-1][1] - lines[-1][0] >= _WRAPPED and (wrap := _WRAP_AFTER.match(data, lines[-1][1])):
        end = _end(data, wrap.end(), _NOT64)
        if end == wrap.end():
            break
        lines.append((wrap.end(), end))
    return lines


def _line_start(data: bytes, offset: int) -> int:
    """Return where the base64 digits that end before an offset begin; the letter of an escape is none of them."""
    start = _start(data, offset, _NOT64)
    return start + 1 if data[max(0, start - 1) : start + 1] in (b"\\n", b"\\r", b"\\t") else start


def _start(data: bytes, offset: int, other: re.Pattern[bytes]) -> int:
    """Return where the digits that end before an offset begin."""
    while offset > 0:
        piece = data[max(0, offset - _STEP) : offset][::-1]
        found = other.search(piece)
        if found:
            return offset - found.start()
        offset -= len(piece)
    return 0


def _end(data: bytes, offset: int, other: re.Pattern[bytes]) -> int:
    """Return where the digits that begin at an offset end."""
    found = other.search(data, offset)
    return found.start() if found else len(data)
