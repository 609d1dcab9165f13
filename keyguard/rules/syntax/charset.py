"""Sets of characters as ranges of code points, and how these are stored in UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]
"""Pairs of a first and a last code point, in order, none touching the next."""

LAST = 0x10FFFF
_WIDTHS = (0x7F, 0x7FF, 0xFFFF, LAST)
"""The last code points that take one, two, three and four bytes."""
_MOST_FOLDED = 0x800
"""How many characters beyond ASCII a range may have for its other cases to be looked up."""

DIGIT: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0D), (0x20, 0x20))
SPACE_OF_GO: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
"""Go leaves out the vertical tab (https://github.com/google/re2/wiki/Syntax)."""
_UPPER, _LOWER = (0x41, 0x5A), (0x61, 0x7A)
NAMED: Mapping[str, Ranges] = {
    "alnum": (*DIGIT, _UPPER, _LOWER),
    "alpha": (_UPPER, _LOWER),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": (_LOWER,),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": SPACE,
    "upper": (_UPPER,),
    "word": WORD,
    "xdigit": (*DIGIT, (0x41, 0x46), (0x61, 0x66)),
}
"""The classes that are written [:name:] inside of brackets."""


def united(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return all of these in order, those that touch as one."""
    made: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if made and low <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return tuple(made)


def negated(ranges: Ranges, last: int) -> Ranges:
    """Return what is not in these, up to the last character there is."""
    made, following = [], 0
    for low, high in ranges:
        if low > following:
            made.append((following, low - 1))
        following = high + 1
    return (*made, (following, last)) if following <= last else tuple(made)


def within(ranges: Ranges, low: int, high: int) -> Ranges:
    """Return the part of these between two characters."""
    return tuple((max(low, first), min(high, last)) for first, last in ranges if first <= high and last >= low)


@lru_cache(maxsize=1 << 10)
def folded(ranges: Ranges) -> Ranges:
    """Return these and the same letters in the other case."""
    return united((*ranges, *((each, each) for low, high in ranges for each in _other_cases(low, high))))


def _other_cases(low: int, high: int) -> Iterator[int]:
    if high > 0x7F and high - low > _MOST_FOLDED:  # such a range has both cases, but for the letters of ASCII
        high = 0x7F
    for each in range(low, high + 1):
        for other in (chr(each).lower(), chr(each).upper()):
            if len(other) == 1 and (each > 0x7F or other.isascii()):
                yield ord(other)


def size(ranges: Ranges) -> int:
    """Return how many characters these are."""
    return sum(high - low + 1 for low, high in ranges)


def utf8_width(ranges: Ranges) -> int:
    """Return how many bytes the longest of these takes in UTF-8."""
    return next(width for width, last in enumerate(_WIDTHS, 1) if ranges[-1][1] <= last) if ranges else 0


def is_open(ranges: Ranges) -> bool:
    """Return whether all that is not ASCII is among these, as in what is meant by "anything but a quote"."""
    return bool(ranges) and ranges[-1][0] <= 0x80 and ranges[-1][1] == LAST


def utf8(ranges: Ranges) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield the characters that are not ASCII as series of ranges of bytes."""
    for first, last in ((0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, LAST)):
        for low, high in within(ranges, first, last):
            yield from _series(tuple(chr(low).encode()), tuple(chr(high).encode()))


def _series(low: tuple[int, ...], high: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield what lies between two characters of the same length, cut where a first byte has only some of the rest."""
    if len(low) == 1:
        yield ((low[0], high[0]),)
        return
    if low[0] == high[0]:
        yield from (((low[0], low[0]), *rest) for rest in _series(low[1:], high[1:]))
        return
    least, most = (0x80,) * (len(low) - 1), (0xBF,) * (len(low) - 1)
    first, last = low[0], high[0]
    if low[1:] != least:
        yield from (((first, first), *rest) for rest in _series(low[1:], most))
        first += 1
    if high[1:] != most:
        last -= 1
    if first <= last:
        yield ((first, last), *(((0x80, 0xBF),) * len(least)))
    if high[1:] != most:
        yield from (((high[0], high[0]), *rest) for rest in _series(least, high[1:]))
