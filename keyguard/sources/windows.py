"""Cuts content of any size into overlapping chunks, so that memory stays bounded and no match is cut in two."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyguard.model import Chunk, Origin

WINDOW = 8 << 20
"""Bytes that a chunk adds to what the one before it held."""
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def chunks(origin: Origin, read: Callable[[int], bytes], reach: int) -> Iterator[Chunk]:
    """Yield the content that `read(size)` gives piece by piece; `reach` bytes of each chunk come again in the next.

    `reach` is what a match and its context can span at most.
    """
    data = read(WINDOW)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    line = column = 1
    while True:
        yield Chunk(origin, data, line, column, encoding)
        if len(data) < WINDOW or not (more := read(WINDOW)):
            return
        keep = _cut(data, reach)
        line, column = _advance(data[:keep], line, column, encoding)
        data = data[keep:] + more


def _cut(data: bytes, reach: int) -> int:
    """Return where the next chunk begins: on a whole character of any width, and never inside a `\\r\\n`."""
    keep = max(0, len(data) - reach) // 4 * 4
    while keep and (data[keep - 4 : keep].rstrip(b"\0").endswith(b"\r") or 0x80 <= data[keep] < 0xC0):
        keep -= 4
    return keep


def _advance(data: bytes, line: int, column: int, encoding: str | None) -> tuple[int, int]:
    text = data.decode(encoding or "utf-8", "surrogateescape" if encoding is None else "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ends = text.count("\n")
    if not ends:
        return line, column + len(text)
    return line + ends, len(text) - text.rfind("\n")
