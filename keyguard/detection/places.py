"""Turns offsets into lines and columns, and cuts out the text around a secret."""

from __future__ import annotations

from keyguard.detection.encodings import UTF8_BOM

AROUND = 2048
"""How many bytes on each side of a secret, and of the line before, an allow comment is looked for in."""


class Cursor:
    """Walks forward through the bytes of a chunk; offsets have to be asked for in order.

    `\\n`, `\\r\\n` and a lone `\\r` end a line. A column is a code point of UTF-8, or a byte that is none.
    """

    def __init__(self, data: bytes, line: int, column: int) -> None:
        self._data = data
        self._line = line
        self._column = column
        self._at = len(UTF8_BOM) if (line, column) == (1, 1) and data.startswith(UTF8_BOM) else 0

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at an offset, which is not before the last one asked for."""
        data = self._data
        if offset > self._at:
            told = offset - data.startswith(b"\r\n", offset - 1)  # within a line end the line has not ended
            feeds = data.count(b"\n", self._at, told)
            returns = data.count(b"\r", self._at, told)
            ends = feeds + returns - (data.count(b"\r\n", self._at, told) if feeds and returns else 0)
            start = self._at
            if ends:
                self._line += ends
                self._column = 1
                start = max(data.rfind(b"\n", self._at, told), data.rfind(b"\r", self._at, told)) + 1
            self._column += _characters(data[start:offset])
            self._at = offset
        return self._line, self._column


def lines_around(data: bytes, start: int, end: int) -> str:
    """Return the line before, if there is one, and the line with the secret, cut to what is near it."""
    low = _line_start(data, max(0, start - AROUND), start)
    line = data[low : _line_end(data, end, min(len(data), end + AROUND))]
    text = line.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n").replace("\n", " ")
    if low == 0 or data[low - 1] not in b"\r\n":
        return text
    before_end = low - 2 if data[max(0, low - 2) : low] == b"\r\n" else low - 1
    before = data[_line_start(data, max(0, before_end - AROUND), before_end) : before_end]
    return f"{before.decode('utf-8', 'surrogateescape')}\n{text}"


def _line_start(data: bytes, low: int, offset: int) -> int:
    return max(data.rfind(b"\n", low, offset) + 1, data.rfind(b"\r", low, offset) + 1, low)


def _line_end(data: bytes, offset: int, high: int) -> int:
    ends = [at for at in (data.find(b"\n", offset, high), data.find(b"\r", offset, high)) if at >= 0]
    return min(ends, default=high)


def _characters(data: bytes) -> int:
    return len(data) if data.isascii() else len(data.decode("utf-8", "surrogateescape"))
