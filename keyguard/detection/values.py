"""Finds what may be a value that something is assigned to, and says of it cheaply whether it may be a key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyguard.detection.spelling import DRAWN, saved_as_name

SHORTEST = 16
"""Characters that a value has at least."""
_VALUE = re.compile(rb"[A-Za-z0-9_+/.~|%:-]{16,}={0,2}")
_MOST_PARTS = 3
_REFERENCE_AFTER = (b"(", b"[", b"{", b"$")
_BEFORE = frozenset(b" \t\r\n\"'`=:>([{,*-\x9a\x9d\xaf\xba\x98\x9c\x8c\x8e\x80\x8b\x91\xab\xa00]")
"""Bytes that may stand right before a value; the last ones end Chinese operators, typed quotes, wide blanks, `%20`."""


def values(data: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield where something that could be a value stands whole between two offsets; readings may overlap.

    What has nothing before it that comes before a value is left out, for speed: that is most of any text.
    """
    for found in _VALUE.finditer(data, low, high):
        start, end = found.span()
        if (data[start - 1 : start] or b"x")[0] not in _BEFORE and data.find(b":", start, end) < 0:
            continue
        if end < high or high == len(data):
            whole = start > low or low == 0
            yield from (each for each in _readings(data, start, end) if whole or each[0] > start)


def may_be_assigned(data: bytes, start: int, end: int) -> bool:
    """Return whether the bytes on either side of a value leave it open that it is assigned to a name."""
    return start > 0 and data[start - 1] in _BEFORE and not data.startswith(_REFERENCE_AFTER, end)


def any_drawn(data: bytes, low: int, high: int) -> bool:
    """Return whether some value between two offsets may be assigned to a name, and does not read as one itself."""
    return any(
        may_be_assigned(data, start, end) and _may_be_drawn(data[start:end].decode("ascii"))
        for start, end in values(data, low, high)
    )


def _may_be_drawn(text: str) -> bool:
    """Return what has to hold for `randomness.looks_random`, of a value or of one without its dashes."""
    return saved_as_name(text) < DRAWN or saved_as_name(text.replace("-", "")) < DRAWN


def _readings(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ways to read a run of characters: the whole of it, or what stands behind one of its last colons."""
    while end > start and data[end - 1 : end] in (b".", b":"):
        end -= 1
    if end - start >= SHORTEST:
        yield start, end
    colon = end
    for _ in range(_MOST_PARTS):
        colon = data.rfind(b":", start, colon)
        if colon < 0:
            return
        first = colon + 1
        if end - first >= SHORTEST:
            yield (first + 1 if data.startswith(b"-", first) else first), end  # ${NAME:-value}
