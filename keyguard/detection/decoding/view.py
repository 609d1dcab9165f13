"""A stretch of bytes as it reads once it is decoded, with the way back to where it stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Piece = tuple[int, int, bytes]
"""From where to where something stands, and as what it reads."""

APART = 3
"""Bytes that are left between what follows each other in packed text, so that rounding makes no two overlap."""


class View(NamedTuple):
    """Decoded text; `via` names the decoding.

    `steps` are pairs of offsets, in the text and in the bytes that it was decoded from, in order: between two of them
    `scale` bytes were read for each byte of text. `end` is the offset behind all that was decoded. `about`, if there is
    one, is the part of the text that alone is of interest: what does not touch it was seen before. `lost` says why
    there is more that could not be decoded.
    """

    text: bytes
    via: str
    steps: Sequence[tuple[int, int]]
    end: int
    scale: float = 1.0
    about: tuple[int, int] | None = None
    lost: str = ""

    def start_of(self, offset: int) -> int:
        """Return where the byte of text at an offset begins in what it was decoded from."""
        inner, outer = self.steps[bisect_right(self.steps, (offset, self.end)) - 1]
        return min(self.end, outer + int((offset - inner) * self.scale))

    def end_of(self, offset: int) -> int:
        """Return where the text before an offset ends in what it was decoded from."""
        if self.scale == 1:
            following = bisect_left(self.steps, (offset, 0))
            if following < len(self.steps) and self.steps[following][0] == offset:
                return self.steps[following][1]
        inner, outer = self.steps[max(0, bisect_right(self.steps, (offset - 1, self.end)) - 1)]
        end = outer + (offset - inner) * self.scale
        if self.scale < 1:
            return max(0, int(end) - APART)
        return min(self.end, int(end) + (end % 1 > 0))


def rewritten(data: bytes, low: int, high: int, pieces: Iterable[Piece], via: str) -> View | None:
    """Return a stretch in which these pieces, in order, read as something else, or None where there are none."""
    text = bytearray()
    steps = [(0, low)]
    at = low
    for start, end, reading in pieces:
        text += data[at:start]
        steps.append((len(text), start))
        text += reading
        at = end
        steps.append((len(text), at))
    if len(steps) == 1:
        return None
    text += data[at:high]
    return View(bytes(text), via, steps, high)
