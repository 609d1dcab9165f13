"""Looks at many small pieces of content in one pass, and says in which of them something may stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from keyguard.detection.encodings import is_wide
from keyguard.detection.first_look import Anything, hit, may_be_wide
from keyguard.model import Chunk, Item, Match

BATCH = 1 << 20
"""Bytes that are looked at in one pass."""
SMALL = 1 << 17
"""Bytes of content that does not pay a pass of its own."""


def sifted(items: Iterable[Item | Match], anything: Anything) -> Iterator[Item | Match]:
    """Leave out the chunks in which nothing stands; small ones are held until a pass over them pays, in order.

    What was found already is held only behind a chunk: an interrupt costs what is held.
    """
    held: list[Item | Match] = []
    size = 0
    for item in items:
        if not held and not isinstance(item, Chunk):
            yield item
            continue
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
