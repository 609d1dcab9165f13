"""Whether what stands around an escape or a seam may be part of a key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keyguard.detection.gate import Run

LEAST = 16
"""Characters of a key; among so many there is a digit, or else letters of both cases, or a row of capitals."""
SURE = 40
"""Characters that no word has."""
_FARTHEST = 256
"""How many characters on either side are looked at."""
_CHARACTERS = bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)) + b"_+/=.:@~-"
_FORWARD = re.compile(rb"[%s]{0,%d}" % (re.escape(_CHARACTERS), _FARTHEST))
_MIXED = re.compile(rb"[0-9]|[a-z][A-Z][A-Za-z]{0,40}?[a-z][A-Z]|[A-Z]{12}")


def reach(data: bytes, low: int, high: int) -> Run:
    """Return from where to where a key's characters stand: right before one offset, and right behind another."""
    before = data[max(0, low - _FARTHEST) : low]
    start = low - len(before) + len(before.rstrip(_CHARACTERS))
    if data[start - 1 : start] == b"%":  # the digits of another escape
        start = min(low, start + 2)
    match = _FORWARD.match(data, high)
    return start, match.end() if match else high


def may_be_key(data: bytes, pieces: Sequence[Run]) -> bool:
    """Return whether these stretches may together be a key."""
    size = sum(end - start for start, end in pieces)
    return size >= SURE or (size >= LEAST and any(_MIXED.search(data, start, end) for start, end in pieces))
