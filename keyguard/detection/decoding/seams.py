"""Joins string literals that code adds up, that follow each other, or that go on in the next line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyguard.detection.decoding.keylike import may_be_key, reach
from keyguard.detection.decoding.triggers import BETWEEN, PIECE
from keyguard.detection.decoding.view import Piece, View, rewritten
from keyguard.detection.gate import Run

_CONTINUED = rb"\\(?<=" + PIECE + rb"\\)\r?\n(?=" + PIECE + rb")"
_NO_ARGUMENT = rb"(?!--[A-Za-z][A-Za-z0-9-]{0,30}[= \"'`]|https?://)"
"""A quoted option or address that follows a key is another argument of a command."""
_INSIDE = rb"(?:" + BETWEEN + rb"|\\\r?\n[ \t]{0,200})"
# In an order that the standard library searches fast: a quote first, then what stands before it.
_SEAM = re.compile(
    rb"(?P<quote>[\"'`])(?=[ \t\r\n+.&|~<\\_])(?:(?<=\\\\.)" + _INSIDE + rb"(?P<two>\\\\)(?P=quote)|(?<=\\.)" + _INSIDE
    + rb"(?P<one>\\)(?P=quote)|" + _INSIDE + rb"(?P=quote))" + _NO_ARGUMENT
)  # fmt: skip
_ESCAPES = {"one": 1, "two": 2}
# In the same order: a quote, the end of a piece before it, the beginning of another.
_KEY = PIECE + rb"{2}"
_BETWEEN_PIECES = re.compile(
    rb"(?P<quote>[\"'`])(?:(?<=" + _KEY + rb".)|(?<=" + _KEY + rb"\\.)|(?<=" + _KEY + rb"\\\\.))" + BETWEEN
    + rb"\\{0,2}(?P=quote)(?=" + PIECE + rb")" + _NO_ARGUMENT
)  # fmt: skip
_IN_LITERAL = re.compile(_CONTINUED)


def joined(data: bytes, low: int, high: int) -> View | None:
    """Return a stretch in which string literals that are added up, or follow each other, are one."""
    return rewritten(data, low, high, _seams(data, low, high), "concatenation")


def _seams(data: bytes, low: int, high: int) -> Iterable[Piece]:
    """Return the seams in a stretch, each to be read as nothing: the quotes and as many backslashes before each."""
    runs = [match.span() for match in _IN_LITERAL.finditer(data, low, high)]
    for match in _SEAM.finditer(data, low, high):
        escapes = _ESCAPES.get(match.lastgroup or "", 0)
        runs.append((max(low, match.start() - escapes), match.end()))
    return ((start, end, b"") for start, end in sorted(runs))


def seams(data: bytes, windows: Iterable[Run]) -> Iterator[Run]:
    """Yield the seams that begin in these stretches between pieces of what may be a key."""
    found = sorted(
        match.span()
        for low, high in windows
        for pattern in (_BETWEEN_PIECES, _IN_LITERAL)
        for match in pattern.finditer(data, low, high)
    )
    chain: list[Run] = []
    for start, end in found:
        if chain and reach(data, _piece_end(data, start), start)[0] > chain[-1][1]:
            yield from _of_key(data, chain)
            chain = []
        chain.append((start, end))
    yield from _of_key(data, chain)


def _of_key(data: bytes, chain: list[Run]) -> Iterator[Run]:
    """Yield seams one after the other, between which only pieces stand, if the pieces together may be a key."""
    if chain:
        low, high = reach(data, _piece_end(data, chain[0][0]), chain[-1][1])
        starts = [low, *(end for _, end in chain)]
        ends = [*(_piece_end(data, start) for start, _ in chain), high]
        if may_be_key(data, list(zip(starts, ends, strict=True))):
            yield from chain


def _piece_end(data: bytes, seam: int) -> int:
    """Return where the piece before a seam ends: the quote may be escaped."""
    while data[seam - 1 : seam] == b"\\":
        seam -= 1
    return seam
