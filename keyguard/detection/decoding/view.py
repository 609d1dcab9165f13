"""A stretch of bytes as it reads once it is decoded, with the way back to where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """Decoded text; `via` names the decoding.

    `steps` are pairs of offsets, in the text and in the bytes that it was decoded from, in order: between two of them
    `scale` bytes were read for each byte of text. `end` is the offset behind all that was decoded.
    """

    text: bytes
    via: str
    steps: Sequence[tuple[int, int]]
    end: int
    scale: float = 1.0

    def start_of(self, offset: int) -> int:
        """Return where the byte of text at an offset begins in what it was decoded from."""
        inner, outer = self.steps[bisect_right(self.steps, (offset, self.end)) - 1]
        return min(self.end, outer + int((offset - inner) * self.scale))

    def end_of(self, offset: int) -> int:
        """Return where the text before an offset ends in what it was decoded from."""
        at = max(0, bisect_right(self.steps, (offset - 1, self.end)) - 1)
        if self.scale == 1 and at + 1 < len(self.steps) and self.steps[at + 1][0] == offset:
            return self.steps[at + 1][1]  # the last byte may stand for several
        inner, outer = self.steps[at]
        following = outer + (offset - inner) * self.scale
        return min(self.end, int(following) + (following % 1 > 0))
