"""Measures how well a text reads as the name of something: words of letters, joined, with few digits among them.

Like the descriptions of `surprise` this is a code that can be read back: it makes one random text in 2 ** k shorter
by k bits, at most. What each kind of character takes is estimated from the names in programs.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise

from keyguard.detection.alphabets import bits_per_character
from keyguard.detection.bigrams import FIRST_BITS, PAIR_BITS

DRAWN = 1.5
"""A value that takes this many bits less as a name than as random characters is a name."""
_WINDOW = 20
_DRAWN = -8.0
"""Of 20 characters drawn by chance one in hundreds takes so little as a name."""
_SEPARATOR = 4.5
_GROUPED = re.compile(r"(?=[^_-]*[_-])(?:[0-9a-z_-]*|[0-9A-Z_-]*)")
"""Letters of one case and digits, in groups: more than the digits and letters alone, less than base64url."""
_GROUPED_BITS = math.log2(38)
_DIGIT, _DIGIT_AFTER_DIGIT = 7.5, 5.5
_WORD_START, _HUMP = 2.0, 3.5
_LOWER_AFTER_LOWER, _UPPER_AFTER_UPPER, _LOWER_AFTER_UPPER = 0.6, 1.3, 1.6


def saved_as_name(text: str) -> float:
    """Return how many bits fewer a text takes as a name than as random characters of its alphabet."""
    return len(text) * bits_per_character(text) - sum(map(_BITS.__getitem__, pairwise(f".{text}")))


def reads_as_name(text: str, least: float) -> bool:
    """Return whether a text as a name takes `least` bits fewer, and no part of it looks drawn by chance."""
    parts = (text[at : at + _WINDOW] for at in range(0, max(1, len(text) - _WINDOW // 2), _WINDOW // 2))
    grouped = _GROUPED.fullmatch(text) is not None
    spared = len(text) * (bits_per_character(text) - _GROUPED_BITS) if grouped else 0.0
    return saved_as_name(text) - spared >= least and all(saved_as_name(part) > _DRAWN for part in parts)


class _Bits(dict[tuple[str, str], float]):
    """What each pair of characters takes, worked out when it is first met."""

    def __missing__(self, pair: tuple[str, str]) -> float:
        bits = _next_bits(*pair)
        if all(each.isascii() for each in pair):
            self[pair] = bits
        return bits


def _next_bits(before: str, each: str) -> float:
    """Return what a character takes behind another one: its kind, and which of its kind it is."""
    if not each.isalnum() or not each.isascii():
        return _SEPARATOR
    if each.isdigit():
        return _DIGIT_AFTER_DIGIT if before.isdigit() else _DIGIT
    if not before.isalpha() or not before.isascii():
        return FIRST_BITS + _WORD_START
    if before.islower() and each.isupper():
        return FIRST_BITS + _HUMP
    return PAIR_BITS[before.lower(), each.lower()] + _case_bits(before, each)


def _case_bits(before: str, each: str) -> float:
    if before.islower():
        return _LOWER_AFTER_LOWER
    return _UPPER_AFTER_UPPER if each.isupper() else _LOWER_AFTER_UPPER


_BITS = _Bits()
