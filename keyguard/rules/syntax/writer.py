"""Writes a tree as a pattern in KeyGuard's dialect, over bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby

from keyguard.rules.syntax import charset
from keyguard.rules.syntax.charset import Ranges, folded, negated, size
from keyguard.rules.syntax.tree import Bytes, Chars, Choice, Edge, Group, Node, Repeat, Series, Special, parts

_CONTROLS = {0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r"}
_SPECIAL = frozenset(b"\\.^$*+?{}()[]|# ")
_SPECIAL_IN_SET = frozenset(b"\\[]^-")
_ASCII, _BYTE = 0x7F, 0xFF
_REST_OF_CHARACTER = r"[\xc2-\xf4][\x80-\xbf]{1,3}|[\xc0-\xff]|(?<![\xc2-\xf4][\x80-\xbf]{0,2})[\x80-\xbf]"
"""A character beyond ASCII with all its bytes; a byte that is part of none counts as one, as it does for Go."""


def written(node: Node, secret: Collection[int] = ()) -> str:
    """Return the pattern; `secret` are the numbers of the groups whose text is the secret, the others capture nothing.

    Each character of a tree stands in it as the bytes that it has in UTF-8.
    """
    return _Writer(frozenset(secret)).text(node, any_case=False)


class _Writer:
    def __init__(self, secret: frozenset[int]) -> None:
        self._secret = secret

    def text(self, node: Node, *, any_case: bool) -> str:
        """Return a part; with `any_case` it stands inside `(?i:…)`, and has no letters in one case only."""
        if not any_case and _is_caseless(node) and not isinstance(node, Chars | Bytes):
            return f"(?i:{self.text(node, any_case=True)})"
        match node:
            case Chars(ranges) | Bytes(ranges):
                return (
                    _chars(ranges, any_case=any_case) if isinstance(node, Bytes) else _utf8(ranges, any_case=any_case)
                )
            case Series(items):
                return "".join(self._series(items, any_case=any_case))
            case Choice(options):
                return "|".join(self.text(each, any_case=any_case) for each in options)
            case Repeat(item, low, high, mark):
                return self._single(item, any_case=any_case) + _times(low, high) + mark
            case Group(item, number):
                inner = self.text(item, any_case=any_case)
                return f"(?P<secret>{inner})" if number in self._secret else f"(?:{inner})"
            case Special(item, opening):
                return f"{opening}{self.text(item, any_case=any_case)})"
            case Edge(text):
                return text

    def _series(self, items: tuple[Node, ...], *, any_case: bool) -> Iterator[str]:
        """Yield the parts; words in any case have brackets once for all that follow each other."""
        if any_case:
            yield from (self._part(each, any_case=True) for each in items)
            return
        for closed, run in groupby(items, key=_is_closed):
            part = tuple(run)
            words = [at for at, each in enumerate(part) if closed and _has_words(each)]
            words = [] if len(words) == 1 and isinstance(part[words[0]], Chars | Bytes) else words
            first, last = (words[0], words[-1] + 1) if words else (len(part), len(part))
            yield from (self._part(each, any_case=False) for each in part[:first])
            if words:
                yield f"(?i:{self.text(Series(part[first:last]), any_case=True)})"
            yield from (self._part(each, any_case=False) for each in part[last:])

    def _part(self, node: Node, *, any_case: bool) -> str:
        text = self.text(node, any_case=any_case)
        is_bare = isinstance(node, Choice) and (any_case or not _is_caseless(node))
        return f"(?:{text})" if is_bare else text

    def _single(self, node: Node, *, any_case: bool) -> str:
        """Return a part in such a way that what follows counts for all of it."""
        text = self.text(node, any_case=any_case)
        whole = isinstance(node, Bytes | Chars | Group | Special) or (not any_case and _is_caseless(node))
        return text if whole else f"(?:{text})"


def _times(low: int, high: int | None) -> str:
    if high is None:
        return {0: "*", 1: "+"}.get(low, f"{{{low},}}")
    if (low, high) == (0, 1):
        return "?"
    return f"{{{low}}}" if low == high else f"{{{low},{high}}}"


def _is_caseless(node: Node) -> bool:
    """Whether all letters of a part come in both cases, and there are words that are better written once."""
    return _has_words(node) and _is_closed(node)


def _has_words(node: Node) -> bool:
    if isinstance(node, Chars | Bytes):
        return _is_plain(node.ranges) and size(node.ranges) == 2 and _is_closed(node) and _letters(node.ranges) == 2
    return any(map(_has_words, parts(node)))


def _is_closed(node: Node) -> bool:
    """Whether a part means the same inside of `(?i:…)`."""
    if isinstance(node, Chars | Bytes):
        return _is_plain(node.ranges) and folded(node.ranges) == node.ranges
    return all(map(_is_closed, parts(node)))


def _is_plain(ranges: Ranges) -> bool:
    """Whether a set is written by naming its members, which are all ASCII."""
    return bool(ranges) and ranges[-1][1] <= _ASCII and size(ranges) <= _ASCII


def _letters(ranges: Ranges) -> int:
    return sum(size(charset.within(ranges, ord(low), ord(high))) for low, high in ("AZ", "az"))


def _utf8(ranges: Ranges, *, any_case: bool) -> str:
    """Return characters as the bytes that they are stored as."""
    plain = charset.within(ranges, 0, _ASCII)
    if not ranges or ranges[-1][1] <= _ASCII:
        return _chars(plain, any_case=any_case)
    first = [_chars(plain, any_case=any_case)] if plain else []
    if charset.is_open(ranges):
        return f"(?>{'|'.join([*first, _REST_OF_CHARACTER])})"
    rest = ["".join(_set((pair,)) for pair in series) for series in charset.utf8(ranges)]
    return f"(?:{'|'.join([*first, *rest])})"


def _chars(ranges: Ranges, *, any_case: bool) -> str:
    """Return one byte out of these; with `any_case` of each letter the lower case only."""
    if any_case:
        ranges = (*charset.within(ranges, 0, ord("A") - 1), *charset.within(ranges, ord("Z") + 1, _BYTE))
    return _set(ranges)


def _set(ranges: Ranges) -> str:
    if size(ranges) == 1:
        return _one(ranges[0][0], _SPECIAL)
    other = negated(ranges, _BYTE)
    if other and len(other) < len(ranges) and ranges[-1][1] == _BYTE:
        return f"[^{_members(other)}]"
    return f"[{_members(ranges)}]"


def _members(ranges: Ranges) -> str:
    return "".join(_pair(low, high) for low, high in ranges)


def _pair(low: int, high: int) -> str:
    first, last = _one(low, _SPECIAL_IN_SET), _one(high, _SPECIAL_IN_SET)
    if low == high:
        return first
    return first + last if high == low + 1 else f"{first}-{last}"


def _one(code: int, special: frozenset[int]) -> str:
    if code in _CONTROLS:
        return _CONTROLS[code]
    if not 0x20 <= code < _ASCII:
        return f"\\x{code:02x}"
    return f"\\{chr(code)}" if code in special else chr(code)
