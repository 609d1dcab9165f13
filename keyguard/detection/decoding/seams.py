"""Joins string literals that code adds up, that follow each other, or that go on in the next line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from keyguard.detection.decoding.keylike import may_be_key, reach
from keyguard.detection.decoding.triggers import (
    BETWEEN,
    INDENTED,
    OPERATED,
    PIECE,
)
from keyguard.detection.decoding.view import Piece, View, rewritten
from keyguard.detection.gate import Run

_NO_ARGUMENT = rb"(?!--[A-Za-z][A-Za-z0-9-]{0,30}[= \"'`]|https?://)"
"""A quoted option or address that follows a key is another argument of a command."""
_INSIDE = rb"(?:" + BETWEEN + rb"|\\\r?\n[ \t]{0,200})"
_OTHER = rb"(?!(?P=quote))[\"'`]"
_TOUCHING = rb"(?P<other>" + _OTHER + rb")(?=" + PIECE + rb"{1,400}(?P=other))"
"""The beginning of a literal in other quotes right behind one, as shells join them."""
_GOES_ON = rb"(?P<quote>[\"'`])(?=[ \t\r\n+.&|~<\\_;)\"'`])"
# In an order that the standard library searches fast: a quote first, then what stands before it.
_SEAM = (
    _GOES_ON + rb"(?:(?<=\\\\.)" + _INSIDE + rb"(?P<two>\\\\)(?P=quote)"
    rb"|(?<=\\.)" + _INSIDE + rb"(?P<one>\\)(?P=quote)|" + _INSIDE + rb"(?P=quote)|" + OPERATED + _OTHER
    + rb"|(?<=" + PIECE + rb".)" + _TOUCHING + rb")" + _NO_ARGUMENT
)  # fmt: skip
_ESCAPES = {"one": 1, "two": 2}
# In the same order: a quote, the end of a piece before it, the beginning of another.
_KEY = PIECE + rb"{2}"
_BETWEEN_PIECES = re.compile(
    _GOES_ON + rb"(?:(?<=" + _KEY + rb".)|(?<=" + _KEY + rb"\\.)|(?<=" + _KEY + rb"\\\\.))"
    rb"(?:" + BETWEEN + rb"\\{0,2}(?P=quote)|" + OPERATED + _OTHER + rb"|" + _TOUCHING + rb")(?=" + PIECE + rb")"
    + _NO_ARGUMENT
)  # fmt: skip
_IN_LITERAL = re.compile(
    rb"\\(?<=" + PIECE + rb"\\)\r?\n(?:(?=" + PIECE + rb")|(?=" + INDENTED.removeprefix(rb"\\\r?\n") + rb")[ \t]{1,80})"
)
_APPENDING = re.compile(rb"[\r\n; \t](?P<name>[$A-Za-z_][A-Za-z0-9_$.]{0,60})[ \t]{0,8}[.+]=")
_BEGUN = 512
"""Bytes before a literal that is appended to a name, in which the name gets the literal before."""
_LITERAL = rb"(?:\"[^\"\r\n]*\"|'[^'\r\n]*')[ \t\r\n]*"
_LITERALS = re.compile(rb"[ \t\r\n]*" + _LITERAL + rb"(?:,[ \t\r\n]*" + _LITERAL + rb")+,?[ \t\r\n]*")
_COMMA = re.compile(rb"[\"'][ \t\r\n]*,[ \t\r\n]*[\"']")
_JOIN = re.compile(rb"join\((?P<by>\"\"|''|``)?(?P<more>,[ \t\r\n]{0,80})?")
_BY_NOTHING = re.compile(rb"(?:\"\"|'')\.\Z")
_LIST_BEFORE = re.compile(rb"\][ \t\r\n]{0,80}\.\Z")
_FARTHEST = 100
_LONGEST_LIST = 2048


@cache
def _seam() -> re.Pattern[bytes]:
    """Return what matches a seam: compiled when literals are joined, for which most commits give no reason."""
    return re.compile(_SEAM)


def joined(data: bytes, low: int, high: int) -> View | None:
    """Return a stretch in which string literals that are added up, or follow each other, are one."""
    return rewritten(data, low, high, _seams(data, low, high), "concatenation")


def _seams(data: bytes, low: int, high: int) -> Iterable[Piece]:
    """Return the seams in a stretch, each to be read as nothing: the quotes and as many backslashes before each."""
    runs = [match.span() for match in _IN_LITERAL.finditer(data, low, high)]
    for match in _seam().finditer(data, low, high):
        if _is_appended(match):
            escapes = _ESCAPES.get(match.lastgroup or "", 0)
            runs.append((max(low, match.start() - escapes), match.end()))
    runs.extend((start, end) for start, end in _commas(data, low, high) if low <= start and end <= high)
    return ((start, end, b"") for start, end in sorted(runs))


def _is_appended(seam: re.Match[bytes]) -> bool:
    """Return whether a literal that is appended to a name is appended to the one before it, as all others are."""
    appending = _APPENDING.search(seam[0])
    if appending is None:
        return True
    begun = re.compile(re.escape(appending["name"]) + rb"[\"' \t]{0,8}[.+:]?=")
    return begun.search(seam.string, max(0, seam.start() - _BEGUN), seam.start()) is not None


def _commas(data: bytes, low: int, high: int) -> Iterator[Run]:
    """Yield what stands between the literals of lists that are joined by nothing, where that is said here."""
    for match in _JOIN.finditer(data, low, high):
        if (found := _joined_list(data, match)) and _LITERALS.fullmatch(data, *found):
            yield from (comma.span() for comma in _COMMA.finditer(data, *found))


def _joined_list(data: bytes, join: re.Match[bytes]) -> Run | None:
    """Return where the literals of a list stand: `[…].join("")`, `"".join([…])` and `join("", […])`."""
    before = data[max(0, join.start() - _FARTHEST) : join.start()]
    if join["by"] and not join["more"]:
        if not (closing := _LIST_BEFORE.search(before)):
            return None
        end = join.start() - len(closing[0])
        return data.rfind(b"[", max(0, end - _LONGEST_LIST), end) + 1, end
    if bool(join["by"]) == bool(_BY_NOTHING.search(before)) or data[join.end() : join.end() + 1] not in (b"[", b"("):
        return None
    closing_sign = b"]" if data[join.end() : join.end() + 1] == b"[" else b")"
    end = data.find(closing_sign, join.end(), join.end() + _LONGEST_LIST)
    return join.end() + 1, max(join.end() + 1, end)


def seams(data: bytes, windows: Iterable[Run]) -> Iterator[Run]:
    """Yield the seams that begin in these stretches between pieces of what may be a key."""
    runs: set[Run] = set()
    for low, high in windows:
        runs.update(match.span() for match in _IN_LITERAL.finditer(data, low, high))
        runs.update(each.span() for each in _BETWEEN_PIECES.finditer(data, low, high) if _is_appended(each))
        runs.update(_commas(data, low, high))
    chain: list[Run] = []
    for start, end in sorted(runs):
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
