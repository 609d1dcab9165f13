"""Measures how much shorter than random characters a text can be described: what people type is short to describe.

A description names runs of one character, sequences of the alphabet and the keyboard, words, English-like letters and
repeats of what came before, and spells out the rest. Being a code that can be read back, it saves k bits on at most one
random text in 2 ** k (Kraft's inequality), whatever the tables hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from keyguard.detection.alphabets import ALPHABETS, bits_per_character
from keyguard.detection.bigrams import bits_of
from keyguard.detection.words import WORD_BITS, phrases

_ALPHABET_BITS = math.log2(len(ALPHABETS) + 1) + 1
_PART_BITS = 4 + math.log2(6)
"""What it takes to say that a part begins here, and of which kind; one character in 16 begins one."""
_PLAIN_BITS = math.log2(16 / 15)
_CASE_BITS = math.log2(3)
_JOINT_BITS = 2
"""What it takes to say how a word goes on: with `-`, with `_`, with the next word, or not at all."""
_SHORTEST_REPEAT = 4
_KEYBOARD = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0",
    "1qazxsw23edcvfr45tgbnhy67ujmki89olp0",
    "zaq12wsxcde34rfvbgt56yhnmju78iklo90p",
)
"""Its rows, and its columns downwards, upwards and by turns."""
_DIGITS = "0123456789abcdef"
_LETTERS = re.compile(r"[a-z]{4,}|[A-Z]{4,}|[A-Z][a-z]{3,}")
# What each may begin with is written out: `re` then passes over all else four times as fast.
_STEPS = re.compile(rb"\x01\x01\x01+|\xff\xff\xff+|\x00\x00+")
_STRIDES = re.compile(rb"\x01\x01\x01\x01+|\xff\xff\xff\xff+|\x01\xff(?:\x01\xff)+|\xff\x01(?:\xff\x01)+")
_COUNTS = re.compile(rb"\x00[\x01\xff](?:\x00[\x01\xff]){3,}|[\x01\xff]\x00(?:[\x01\xff]\x00){3,}")
"""Bytes in hexadecimal digits, of which each is one more or less than the one before."""


def _rows(*rows: str) -> bytes:
    """Return a translation that gives the keys of each row numbers in a row, and any other character one far away."""
    table = bytearray(128 + code % 64 * 2 for code in range(256))
    for number, row in enumerate(rows):
        for at, key in enumerate(row):
            table[ord(key)] = 40 * number + at
    return bytes(table)


_ROWS = (_rows(*_KEYBOARD[1:4]), *(_rows(row) for row in (_KEYBOARD[0], *_KEYBOARD[4:])))
_ROW_BITS = 4
"""What it takes to say which of these a sequence follows, in either direction, or that it is one of the alphabet."""
_HEX_ROW = _rows(_DIGITS)


@dataclass(frozen=True, slots=True)
class Part:
    """Some characters of a text that have a shorter description, which takes `bits`."""

    start: int
    end: int
    bits: float
    reason: str


@dataclass(frozen=True, slots=True)
class Description:
    """How many bits a description saves, how many letters and digits it has parts for, and why the largest is short."""

    saved: float
    characters: int
    reason: str = ""


def described(text: str) -> Description:
    """Return the shortest description of a text that is found."""
    stretched = _stretched(text)
    if stretched is not None:
        return stretched
    whole = _described(text)
    if whole.characters >= inside_of(text):
        return whole
    woven = _woven(text)
    return woven if woven is not None and woven.saved > whole.saved else whole


def inside_of(text: str) -> int:
    """Return how many letters and digits a text has; what separates them explains nothing."""
    return sum(map(str.isalnum, text))


def _stretched(text: str) -> Description | None:
    """Describe text in which every character stands several times, and all equally often, as in aabbccdd."""
    counts = [len(list(run)) for _, run in groupby(text)]
    if len(counts) < _SHORTEST_REPEAT or counts[0] == 1 or len(set(counts)) > 1:
        return None
    saved = (len(text) - len(counts)) * bits_per_character(text) - _length(counts[0]) - 1
    return Description(saved, inside_of(text), "it repeats itself")


def _woven(text: str) -> Description | None:
    """Describe letters and digits apart, as in abc123def456: only the order of the two kinds is added."""
    letters = "".join(filter(str.isalpha, text))
    digits = "".join(filter(str.isdigit, text))
    if len(letters) + len(digits) < len(text) or min(len(letters), len(digits)) < _SHORTEST_REPEAT:
        return None
    if not any(_STEPS.search(_differences(_plain(each))) for each in (letters, digits)):
        return None
    parts = [_described(letters), _described(digits)]
    spelled = len(text) * bits_per_character(text)
    apart = len(letters) * bits_per_character(letters) + len(digits) * bits_per_character(digits) + len(text)
    saved = spelled - apart + sum(each.saved for each in parts) - 1
    return Description(saved, sum(each.characters for each in parts), "it is a sequence")


def _described(text: str) -> Description:
    size = bits_per_character(text)
    chosen = _best(text, sorted(_parts(text, size), key=lambda part: part.end), size)
    inside = sum(part.end - part.start for part in chosen)
    saved = inside * size - sum(part.bits for part in chosen) - (len(text) - inside) * _PLAIN_BITS - _ALPHABET_BITS
    characters = sum(inside_of(text[part.start : part.end]) for part in chosen)
    longest = max(chosen, key=lambda part: part.end - part.start, default=None)
    return Description(saved, characters, longest.reason if longest else "")


def _best(text: str, parts: list[Part], size: float) -> list[Part]:
    """Return the parts that do not overlap and together save most."""
    saved = [0.0] * (len(text) + 1)
    last: list[Part | None] = [None] * (len(text) + 1)
    pending = iter(parts)
    part = next(pending, None)
    if part is None:
        return []
    for end in range(1, len(text) + 1):
        saved[end] = saved[end - 1]
        while part is not None and part.end == end:
            gain = saved[part.start] + (end - part.start) * size - part.bits
            if gain > saved[end]:
                saved[end], last[end] = gain, part
            part = next(pending, None)
    chosen: list[Part] = []
    end = len(text)
    while end:
        found = last[end]
        chosen += [found] if found else []
        end = found.start if found else end - 1
    return chosen


def _parts(text: str, size: float) -> Iterator[Part]:
    """Yield everything that may have a shorter description than `size` bits for each character."""
    folded = text.lower()
    plain = _plain(text)
    yield from _steps(text, plain, size)
    yield from _strides(text, plain, size, _STRIDES)
    yield from _strides(text, plain.translate(_HEX_ROW), size, _COUNTS)
    for start, end, words in phrases(folded):
        bits = _PART_BITS + words * (WORD_BITS + _JOINT_BITS) + _case(text, start, end)
        yield Part(start, end, bits, "it has words in it")
    for found in _LETTERS.finditer(text):
        bits = _PART_BITS + _CASE_BITS + _length(len(found[0])) + bits_of(found[0].lower())
        yield Part(found.start(), found.end(), bits, "it has words in it")
    yield from _repeats(text)


def _steps(text: str, plain: bytes, size: float) -> Iterator[Part]:
    length = len(plain)
    steps = _differences(b"".join([plain, *map(plain.translate, _ROWS)]))
    for row in range(0, len(steps), max(1, length)):
        for found in _STEPS.finditer(steps, row, row + length - 1):
            start, end = found.start() - row, found.end() - row + 1
            bits = _PART_BITS + _ROW_BITS + size + _length(end - start) + _case(text, start, end)
            reason = "it is one character again and again" if found[0][0] == 0 else "it is a sequence"
            yield Part(start, end, bits, reason)


def _plain(text: str) -> bytes:
    return text.lower().encode("latin-1", "replace")


def _differences(plain: bytes, distance: int = 1) -> bytes:
    """Return by how much each byte is more than the one that far before it: all at once, as digits of a number."""
    size = len(plain) - distance
    if size <= 0:
        return b""
    before, after = int.from_bytes(plain[:size], "little"), int.from_bytes(plain[distance:], "little")
    high = int.from_bytes(b"\x80" * size, "little")  # is kept apart, so that no digit borrows of the next
    lent = (after | high) - (before & ~high)
    return (lent ^ ((after ^ ~before) & high)).to_bytes(size, "little")


def _strides(text: str, plain: bytes, size: float, pattern: re.Pattern[bytes]) -> Iterator[Part]:
    for found in pattern.finditer(_differences(plain, 2)):
        start, end = found.start(), found.end() + 2
        bits = _PART_BITS + 3 + 2 * size + _length(end - start) + _case(text, start, end)
        yield Part(start, end, bits, "it is a sequence")


def _repeats(text: str) -> Iterator[Part]:
    """Yield what stood there before, as long as it goes on; a repeat may run into itself."""
    short = [text[at : at + _SHORTEST_REPEAT] for at in range(len(text) - _SHORTEST_REPEAT + 1)]
    if len(set(short)) == len(short):
        return
    seen: dict[str, int] = {}
    at = 0
    while at + _SHORTEST_REPEAT <= len(text):
        before = seen.get(short[at])
        end = at
        if before is not None:
            while end < len(text) and text[end] == text[before + end - at]:
                end += 1
            yield Part(at, end, _PART_BITS + math.log2(at + 1) + _length(end - at), "it repeats itself")
        for each in range(at, min(max(end, at + 1), len(short))):
            seen[short[each]] = each
        at = max(end, at + 1)


def _length(number: int) -> int:
    """Return the bits of a number in Elias's gamma code."""
    return 2 * number.bit_length() - 1


def _case(text: str, start: int, end: int) -> float:
    part = text[start:end]
    return _CASE_BITS if part.islower() or part.isupper() or part.isdigit() or part.istitle() else end - start + 1.0
