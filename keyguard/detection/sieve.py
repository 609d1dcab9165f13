"""Looks at many small pieces of content in one pass, and says in which of them something may stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from keyguard.detection.encodings import SAMPLE, is_wide
from keyguard.detection.gate import Run
from keyguard.model import Chunk, Item, Match

BATCH = 1 << 20
"""Bytes that are looked at in one pass."""
SMALL = 1 << 17
"""Bytes of content that does not pay a pass of its own."""
_BETWEEN = b"\n"
"""What separates contents in a pass; it is part of no literal, so that nothing comes to stand across two of them."""
_MARKS = (b"\xff", b"\xfe")
"""How the byte order mark of wide text begins."""

Anything = Callable[[bytes], list[Run]]
"""Says where in some bytes there is something to look at."""


def hit(contents: Sequence[bytes], anything: Anything) -> set[int]:
    """Return the numbers of the contents that something stands in."""
    starts, at = [], 0
    for data in contents:
        starts.append(at)
        at += len(data) + len(_BETWEEN)
    found: set[int] = set()
    for first, last in anything(_BETWEEN.join(contents)) if contents else ():
        found.update(range(bisect_right(starts, first) - 1, bisect_right(starts, last - 1)))
    return found


def may_be_wide(data: bytes) -> bool:
    """Return whether content may be wide text, which has to be decoded to see what stands in it."""
    return data[:1] in _MARKS or b"\0" in data[:SAMPLE]


def sifted(items: Iterable[Item | Match], anything: Anything) -> Iterator[Item | Match]:
    """Leave out the chunks in which nothing stands; small ones are held until a pass over them pays, in order."""
    held: list[Item | Match] = []
    size = 0
    for item in items:
        held.append(item)
        size += len(item.data) if isinstance(item, Chunk) else 0
        if size >= BATCH:
            yield from _let_through(held, anything)
            held, size = [], 0
    yield from _let_through(held, anything)


def _let_through(held: Sequence[Item | Match], anything: Anything) -> Iterator[Item | Match]:
    plain = {at: item.data for at, item in enumerate(held) if isinstance(item, Chunk) and _is_plain(item)}
    found = hit(list(plain.values()), anything)
    empty = {at for number, at in enumerate(plain) if number not in found}
    return (item for at, item in enumerate(held) if at not in empty)


def _is_plain(chunk: Chunk) -> bool:
    """Whether a chunk is small, and text of one byte a character or bytes without an encoding."""
    if len(chunk.data) > SMALL:
        return False
    return not (may_be_wide(chunk.data) if chunk.encoding is None else is_wide(chunk.encoding))
