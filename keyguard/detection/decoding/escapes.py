"""Resolves escapes: percent signs, backslashes, HTML entities, quoted-printable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from keyguard.detection.decoding.keylike import may_be_key, reach
from keyguard.detection.decoding.triggers import (
    BEFORE_VALUE,
    BEGUN,
    COLON,
    DASH,
    ESCAPED,
    MARKED,
    PRIVATE_KEY,
    SCHEME,
    SLASH,
    SLASHES,
    VALUE,
)
from keyguard.detection.decoding.view import View, rewritten
from keyguard.detection.gate import Run

_ESCAPE = rb"""
  %(?:25){0,3}(?P<percent>[0-9A-Fa-f]{2})
| \\{1,4}(?: x(?P<x>[0-9A-Fa-f]{2}) | (?:u|U0000)00(?P<u>[0-9A-Fa-f]{2}) | u\{0{0,4}(?P<braced>[0-9A-Fa-f]{2})\}
          | (?P<octal>[01][0-7]{2}) | (?P<same>[/_-]) )
| &(?:amp;){0,3}\#(?: 0{0,4}(?P<decimal>[0-9]{2,3}) | [xX]0{0,4}(?P<entity>[0-9A-Fa-f]{2}) );
| &(?:amp;){0,3}(?P<named>amp|quot|lt|gt|apos|lowbar|hyphen|plus|sol|equals|period|colon);
| (?P<soft>=\r?\n)
# what a mail writes so: no letter or digit, and more than one byte of other alphabets
| =(?P<quoted> 0[9AD] | 2[0-9A-F] | 3[A-F] | 40 | 5[B-F] | 60 | 7[B-E]
             | [89A-F][0-9A-F](?==[89A-F][0-9A-F]) | (?<==[89A-F][0-9A-F]=)[89A-F][0-9A-F] )
"""
_ANY = re.compile(rb"%[0-9A-Fa-f]{2}|\\[xuU/01_-]|&(?:#|[a-z]{2,6};)|=(?:\r?\n|[0-9A-F]{2})")
"""Whether there may be one at all, in a fraction of the time."""
_BEGINNING = re.compile(BEGUN)
_PRIVATE_KEY = re.compile(PRIVATE_KEY)
_ADDRESS = re.compile(rb"(?:(?<=:)|" + COLON + rb")" + SLASHES)
_SCHEME = re.compile(SCHEME + rb"(?<!:):?\Z")
_SURE = re.compile(rb"(?:" + ESCAPED + rb"){8}|" + DASH + rb"[A-Za-z0-9]")
_LIKELY = re.compile(
    rb"(?P<escape>"
    + SLASH
    + rb"(?=[A-Za-z0-9+/]{6})|"
    + BEFORE_VALUE
    + rb"(?="
    + VALUE
    + rb")|(?="
    + MARKED
    + rb")\\{1,4}[_-])"
)
_SOFT = range(50, 76)
"""Characters that stand in a line before a soft break: 75 at most (RFC 2045, 6.7), and few writers break early."""
_BARE_EQUALS = re.compile(rb"=(?![0-9A-F]{2})")
"""What quoted-printable text has nowhere but at the end of a line (RFC 2045, 6.7)."""
_AROUND = 2048
"""How many bytes on each side of a soft break are searched for what shows that the text is quoted-printable."""
_QUOTED_PRINTABLE = re.compile(
    rb"=(?:3D|20|09|[89A-F][0-9A-F]=[89A-F][0-9A-F])|[\t ,.;:!?][A-Za-z]{0,12}=\r?\n|(?i:quoted-printable)"
)
"""An escape, or a soft break behind a word: base64 that ends in an equals sign is longer than words are."""
_NAMED = {
    b"amp": b"&", b"quot": b'"', b"lt": b"<", b"gt": b">", b"apos": b"'", b"lowbar": b"_", b"hyphen": b"-",
    b"plus": b"+", b"sol": b"/", b"equals": b"=", b"period": b".", b"colon": b":",
}  # fmt: skip
_HEX = ("percent", "x", "u", "braced", "entity", "quoted")


@cache
def _escape() -> re.Pattern[bytes]:
    """Return what matches an escape: compiled when one is resolved, for which most commits give no reason."""
    return re.compile(_ESCAPE, re.VERBOSE)


def unescaped(data: bytes, low: int, high: int) -> View | None:
    """Return a stretch with its escapes resolved, or None where there is none in it."""
    if not _ANY.search(data, low, high):
        return None
    is_quoted_printable = cache(partial(_is_quoted_printable, data, low, high))
    found = _escape().finditer(data, low, high)
    pieces = ((*each.span(), _character(each, is_quoted_printable)) for each in found)
    return rewritten(data, low, high, pieces, "escapes")


def escapes(data: bytes, windows: Iterable[Run]) -> Iterator[Run]:
    """Yield where escapes stand in these stretches that may hide a key, or the name or the quote before it."""
    for low, high in windows:
        yield from (match.span() for match in _PRIVATE_KEY.finditer(data, low, high))
        match = _BEGINNING.search(data, low, high)
        while match:
            after = match.start() + 1
            if found := _hiding(data, match.start()):
                yield found.span()
                after = found.end()
            match = _BEGINNING.search(data, after, high)


def _hiding(data: bytes, start: int) -> re.Match[bytes] | None:
    if found := _SURE.match(data, start):
        return found
    if (found := _ADDRESS.match(data, start)) and _SCHEME.search(data[max(0, start - 4) : start]):
        return found
    found = _LIKELY.match(data, start)
    if found is None:
        return None
    end = found.end("escape")
    low, high = reach(data, start, end)
    return found if may_be_key(data, [(low, start), (end, high)]) else None


def _is_quoted_printable(data: bytes, low: int, high: int) -> bool:
    """Return whether something in or near a stretch shows that it is quoted-printable text."""
    return _QUOTED_PRINTABLE.search(data, max(0, low - _AROUND), high + _AROUND) is not None


def _character(escape: re.Match[bytes], is_quoted_printable: Callable[[], bool]) -> bytes:
    kind = escape.lastgroup or ""
    if kind == "soft" and not (is_quoted_printable() and _is_soft(escape)):
        return escape[0]
    value = escape[kind]
    if kind in _HEX:
        return bytes([int(value, 16)])
    if kind == "octal":
        return bytes([int(value, 8)])
    if kind == "decimal":
        return bytes([int(value)]) if int(value) < 256 else escape[0]
    return _NAMED[value] if kind == "named" else value if kind == "same" else b""


def _is_soft(escape: re.Match[bytes]) -> bool:
    """Return whether an equals sign at the end of a line is a break of quoted-printable text, not base64's padding."""
    text = escape.string
    line = text[text.rfind(b"\n", 0, escape.start()) + 1 : escape.start()]
    if len(line) not in _SOFT or _BARE_EQUALS.search(line):
        return False
    return _is_quoted_printable(text, *escape.span())
