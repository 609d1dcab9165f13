"""Cuts content of any size into overlapping chunks, so that memory stays bounded and no match is cut in two."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyguard.model import Chunk, Origin

WINDOW = 8 << 20
"""Bytes that a chunk adds to what the one before it held."""
SAMPLE = 4096
"""Bytes from the beginning that show whether text is wide."""
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def chunks(origin: Origin, read: Callable[[int], bytes], reach: int) -> Iterator[Chunk]:
    """Yield the content that `read(size)` gives piece by piece; `reach` bytes of each chunk come again in the next.

    `read` returns less than it is asked for at the end only. `reach` is what a match and its context can span at most.
    """
    piece = read(WINDOW)
    windows = Windows(origin, piece, reach)
    while len(piece) >= WINDOW and (piece := read(WINDOW)):
        yield windows.add(piece)
    yield windows.last()


def resumed(first: bytes, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return what reads the bytes that were read already, and then on."""
    at = 0

    def again(size: int) -> bytes:
        nonlocal at
        piece = first[at : at + size]
        at += len(piece)
        return piece if len(piece) == size else piece + read(size - len(piece))

    return again


class Windows:
    """The same for content that is handed over: its first piece now, each next one to `add`, and then `last`."""

    __slots__ = ("_column", "_data", "_encoding", "_line", "_origin", "_reach")

    def __init__(self, origin: Origin, first: bytes, reach: int) -> None:
        self._origin = origin
        self._reach = reach
        self._data = first
        self._encoding = next((name for bom, name in _BOMS if first.startswith(bom)), None)
        self._line = self._column = 1

    def add(self, piece: bytes) -> Chunk:
        """Return the chunk that ends where this piece begins."""
        chunk = Chunk(self._origin, self._data, self._line, self._column, self._encoding, more=True)
        keep = _cut(self._data, self._reach, self._encoding)
        self._line, self._column = _advance(self._data[:keep], self._line, self._column, self._encoding)
        self._data = self._data[keep:] + piece
        return chunk

    def last(self) -> Chunk:
        """Return the chunk that nothing follows."""
        return Chunk(self._origin, self._data, self._line, self._column, self._encoding)


def is_wide(data: bytes) -> bool:
    """Return whether the beginning of content leaves it open that it is wide text: a mark, or zero bytes."""
    return data[:1] in (b"\xff", b"\xfe") or b"\0" in data[:SAMPLE]


def _cut(data: bytes, reach: int, encoding: str | None) -> int:
    """Return where the next chunk begins: on a whole character, and not inside a `\\r\\n`."""
    keep = max(0, len(data) - max(reach, 4)) // 4 * 4
    width = 4 if encoding and "32" in encoding else 2 if encoding else 1
    if width == 1 and b"\0" in data[max(0, keep - 4) : keep + 4]:
        return keep  # wide text without a mark, or no text at all: only a multiple of four is sure to be right
    if width == 1:
        keep -= next((back for back in range(4) if not _continues(data[keep - back : keep - back + 1])), 0)
    after_return = data[max(0, keep - width) : keep].strip(b"\0") == b"\r"
    return keep - width if after_return and data[keep : keep + width].strip(b"\0") == b"\n" else keep


def _continues(byte: bytes) -> bool:
    """Whether this is a later byte of a character of UTF-8."""
    return b"\x80" <= byte < b"\xc0"


def _advance(data: bytes, line: int, column: int, encoding: str | None) -> tuple[int, int]:
    text = data.decode(encoding or "utf-8", "surrogateescape" if encoding is None else "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ends = text.count("\n")
    if not ends:
        return line, column + len(text)
    return line + ends, len(text) - text.rfind("\n")
