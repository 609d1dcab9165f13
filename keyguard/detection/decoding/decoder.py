"""Finds what is worth decoding in some bytes, and decodes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyguard.detection.decoding.escapes import unescaped
from keyguard.detection.decoding.finder import Finder, Found
from keyguard.detection.decoding.in_place import in_place
from keyguard.detection.decoding.numbers import spelled
from keyguard.detection.decoding.runs import Digits, extent16, extent64, hex_at
from keyguard.detection.decoding.seams import joined
from keyguard.detection.decoding.triggers import Codec
from keyguard.detection.decoding.view import View
from keyguard.detection.gate import Run, merged

LONGEST_ESCAPED = 8192
"""How many bytes around an escape may belong to its key: up to 12 for each character."""
PIECES = 2048
"""How many bytes around a literal may be pieces of one key, or what it is assigned to."""


class Decoder:
    """Decodes what looks encoded, and resolves what is written in pieces near the literal of a rule."""

    def __init__(self, find: Finder) -> None:
        self._find = find

    def resolved(self, data: bytes) -> Iterator[View]:
        """Yield bytes around a plain literal as they read with escapes resolved, and with split literals joined."""
        if any(mark in data for mark in (b"%", b"\\", b"&", b"=")):
            yield from _some(unescaped(data, 0, len(data)))
        if any(mark in data for mark in (b'"', b"'", b"`", b"\\")):
            yield from _some(joined(data, 0, len(data)))

    def encoded(self, data: bytes) -> Iterator[View]:
        """Yield each stretch that looks encoded, escaped or written in pieces as it reads."""
        found = self._find(data)
        for view in (*_base64(data, found.get(Codec.BASE64, ())), *_hex(data, found.get(Codec.HEX, ()))):
            yield view
            yield from _some(in_place(data, view))
        for low, high in merged(found.get(Codec.ESCAPES, ()), LONGEST_ESCAPED, len(data)):
            yield from _some(unescaped(data, low, high))
        for low, high in merged(found.get(Codec.SEAMS, ()), PIECES, len(data)):
            yield from _some(joined(data, low, high))
        numbers = found.get(Codec.NUMBERS, ())
        for low, high in merged(numbers, PIECES, len(data)):
            yield from _some(spelled(data, low, high, (run for run in numbers if low <= run[0] < high)))


def stretches(data: bytes, found: Found) -> list[Run]:
    """Return the stretches that decide together what is encoded, escaped or in pieces there, with what is near them.

    They are not those that are decoded, but hold them: of digits all that belong together, and of triggers of other
    kinds those that are read together. Of escapes these may be twice as far away as what belongs to one of them.
    """
    whole = list(_extents(data, found))
    return merged(
        [
            *merged(whole, PIECES, len(data)),
            *merged(found.get(Codec.ESCAPES, ()), 2 * LONGEST_ESCAPED, len(data)),
            *(run for codec in (Codec.SEAMS, Codec.NUMBERS) for run in merged(found.get(codec, ()), PIECES, len(data))),
        ],
        0,
        len(data),
    )


def _extents(data: bytes, found: Found) -> Iterator[Run]:
    """Yield from where to where the digits go on that were found somewhere in them."""
    for codec, extent in ((Codec.BASE64, extent64), (Codec.HEX, extent16)):
        last = 0
        for low, high in found.get(codec, ()):
            if high > last:
                first, last = extent(data, low, high)
                yield first, last


def _some(view: View | None) -> Iterator[View]:
    if view is not None:
        yield view


def _base64(data: bytes, runs: Iterable[Run]) -> Iterator[View]:
    """Yield what stands around these digits, for each alignment that one of them tells."""
    digits: Digits | None = None
    read: set[int] = set()
    for start, end in runs:
        if digits is None or start >= digits.end:
            digits, read = Digits(data, start, end), set()
        skipped = digits.index(start) % 4
        if skipped not in read:
            read.add(skipped)
            yield from _some(digits.read(skipped))


def _hex(data: bytes, runs: Iterable[Run]) -> Iterator[View]:
    """Yield what stands around these digits, for each of the two alignments that one of them tells."""
    done = [0, 0]
    for start, end in runs:
        if start >= done[start % 2]:
            view = hex_at(data, start, end)
            done[start % 2] = view.end
            yield view
