"""What keys are drawn from, and what a character of each takes."""

from __future__ import annotations

import math
import re

ALPHABETS = (
    (re.compile(r"[0-9]*"), 10),
    (re.compile(r"[0-9a-f]*"), 16),
    (re.compile(r"[0-9A-F]*"), 16),
    (re.compile(r"[0-9a-z]*"), 36),
    (re.compile(r"[0-9A-Z]*"), 36),
    (re.compile(r"[0-9A-Za-z]*"), 62),
    (re.compile(r"[0-9A-Za-z_-]*"), 64),
    (re.compile(r"[0-9A-Za-z._-]*"), 65),
    (re.compile(r"[0-9A-Za-z+/=._-]*"), 68),
)
"""What keys are drawn from; that a text has letters alone is no reason to think that digits were not to be had."""
_ANY = 94


def bits_per_character(text: str) -> float:
    """Return what one character takes where all of the smallest alphabet that fits are equally likely."""
    size = next((size for pattern, size in ALPHABETS if pattern.fullmatch(text)), _ANY)
    return math.log2(size)
