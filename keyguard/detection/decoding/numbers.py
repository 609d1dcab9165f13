"""Reads lists of the numbers of characters, and of characters, as the text that they spell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyguard.detection.decoding.triggers import CHARACTER, HEX_NUMBER, NUMBER
from keyguard.detection.decoding.view import Piece, View, rewritten
from keyguard.detection.gate import Run

_LISTS = tuple(
    re.compile(rb"%s(?:%s){11,}(?:%s(?![0-9A-Fa-f,]))?" % (one, one, one.partition(b",")[0]))
    for one in (HEX_NUMBER, NUMBER, CHARACTER)
)
_NUMBER = re.compile(rb"(?:0[xX](?P<hex>[0-9A-Fa-f]{2})|(?P<decimal>[0-9]{2,3})|'(?P<character>[!-~])')[, \t\r\n]*")
_OPENING = re.compile(
    rb"""
    (?P<assigned>(?:\[[0-9]{0,4}\][ \t]{0,8})?=[ \t\r\n]{0,8})?
    (?:[A-Za-z_$][A-Za-z0-9_.$ ]{0,40})?(?:\[[0-9]{0,4}\][A-Za-z0-9_]{0,20})?[ \t]{0,8}[\[({]{1,3}[ \t\r\n]{0,80}\Z
    """,
    re.VERBOSE,
)
"""What a list begins with, up to the sign that assigns it, as in `key[] = {` and `key = new byte[] {`."""
_CLOSING = re.compile(rb"[ \t\r\n]{0,80}[\])}]{1,3}")
_FARTHEST = 160


def numbers(data: bytes, windows: Iterable[Run]) -> Iterator[Run]:
    """Yield the lists that stand in these stretches."""
    for low, high in windows:
        for pattern in _LISTS:
            for match in pattern.finditer(data, low, high):
                yield match.span()


def spelled(data: bytes, low: int, high: int, lists: Iterable[Run]) -> View | None:
    """Return a stretch with these lists in it as literals of what they spell."""
    return rewritten(data, low, high, (piece for each in lists for piece in _pieces(data, low, high, *each)), "numbers")


def _pieces(data: bytes, low: int, high: int, start: int, end: int) -> Iterator[Piece]:
    opening = _OPENING.search(data[max(low, start - _FARTHEST) : start])
    begun = b'= "' if opening and opening["assigned"] else b'"'
    yield start - (len(opening[0]) if opening else 0), start, begun
    for match in _NUMBER.finditer(data, start, end):
        yield *match.span(), _character(match)
    closing = _CLOSING.match(data, end, high)
    yield end, closing.end() if closing else end, b'"'


def _character(number: re.Match[bytes]) -> bytes:
    if number["character"]:
        return number["character"]
    return bytes([int(number["hex"], 16) if number["hex"] else int(number["decimal"])])
