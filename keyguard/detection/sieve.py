"""Looks at many small chunks in one pass, and lets through those in which something may stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from keyguard.detection.encodings import SAMPLE, is_wide
from keyguard.detection.gate import Run
from keyguard.model import Chunk, Item

BATCH = 1 << 20
"""Bytes that are looked at in one pass."""
SMALL = 1 << 17
"""Bytes of a chunk that does not pay a pass of its own."""
_BETWEEN = b"\n"
"""What separates chunks in a pass; it is part of no literal, so that nothing comes to stand across two of them."""

_MARKS = (b"\xff", b"\xfe")
"""How the byte order mark of wide text begins."""


class Sieve:
    """Collects small chunks until a pass over them pays; what is let through keeps its order.

    `anything` says where in some bytes there is something to look at.
    """

    def __init__(self, anything: Callable[[bytes], list[Run]]) -> None:
        self._anything = anything
        self._held: list[Item] = []
        self._size = 0

    def take(self, item: Item) -> Iterator[Item]:
        """Take one item, and yield those that are let through by now."""
        self._held.append(item)
        self._size += len(item.data) if isinstance(item, Chunk) else 0
        if self._size >= BATCH:
            yield from self.rest()

    def rest(self) -> Iterator[Item]:
        """Yield what is let through of all that is still held."""
        held, self._held, self._size = self._held, [], 0
        sifted = [at for at, item in enumerate(held) if _is_plain(item)]
        hit = self._hit([item.data for at in sifted if isinstance(item := held[at], Chunk)])
        empty = {at for number, at in enumerate(sifted) if number not in hit}
        yield from (item for at, item in enumerate(held) if at not in empty)

    def _hit(self, contents: list[bytes]) -> set[int]:
        """Return the numbers of the contents that something stands in."""
        starts, at = [], 0
        for data in contents:
            starts.append(at)
            at += len(data) + len(_BETWEEN)
        hit: set[int] = set()
        for first, last in self._anything(_BETWEEN.join(contents)) if contents else ():
            hit.update(range(bisect_right(starts, first) - 1, bisect_right(starts, last - 1)))
        return hit


def _is_plain(item: Item) -> bool:
    """Whether a chunk is small, and text of one byte a character or bytes without an encoding."""
    if not isinstance(item, Chunk) or len(item.data) > SMALL:
        return False
    if item.encoding is not None:
        return not is_wide(item.encoding)
    return item.data[:1] not in _MARKS and b"\0" not in item.data[:SAMPLE]
