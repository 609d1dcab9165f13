"""Resolves escapes (percent, backslash, HTML entities, quoted-printable) and joins literals that code adds up."""

from __future__ import annotations

import re
from collections.abc import Callable

from keyguard.detection.decoding.view import View

_ESCAPE = re.compile(
    rb"""
      %(?P<percent>[0-9A-Fa-f]{2})
    | \\{1,4}(?: x(?P<x>[0-9A-Fa-f]{2}) | u00(?P<u>[0-9A-Fa-f]{2}) | u\{0{0,4}(?P<braced>[0-9A-Fa-f]{2})\}
              | (?P<slash>/) )
    | &\#(?: 0{0,4}(?P<decimal>[0-9]{2,3}) | [xX]0{0,4}(?P<entity>[0-9A-Fa-f]{2}) );
    | &(?P<named>amp|quot|lt|gt|apos|lowbar|hyphen|plus|sol|equals|period|colon);
    | (?P<soft>=\r?\n)
    # what a mail writes so: no letter or digit, and more than one byte of other alphabets
    | =(?P<quoted> 0[9AD] | 2[0-9A-F] | 3[A-F] | 40 | 5[B-F] | 60 | 7[B-E]
                 | [89A-F][0-9A-F](?==[89A-F][0-9A-F]) | (?<==[89A-F][0-9A-F]=)[89A-F][0-9A-F] )
    """,
    re.VERBOSE,
)
_ANY = re.compile(rb"%[0-9A-Fa-f]{2}|\\[xu/]|&(?:#|[a-z]{2,6};)|=(?:\r?\n|[0-9A-F]{2})")
"""Whether there may be one at all, in a fraction of the time."""
_SOFT = range(50, 76)
"""Characters that stand in a line before a soft break: 75 at most (RFC 2045, 6.7), and few writers break early."""
_BARE_EQUALS = re.compile(rb"=(?![0-9A-F]{2})")
"""What quoted-printable text has nowhere but at the end of a line (RFC 2045, 6.7)."""
_NAMED = {
    b"amp": b"&", b"quot": b'"', b"lt": b"<", b"gt": b">", b"apos": b"'", b"lowbar": b"_", b"hyphen": b"-",
    b"plus": b"+", b"sol": b"/", b"equals": b"=", b"period": b".", b"colon": b":",
}  # fmt: skip
_HEX = ("percent", "x", "u", "braced", "entity", "quoted")
# Between the two halves: the quote that ends one, an operator or just blanks, at most two line ends, a prefix, a quote.
_SEAM = re.compile(
    rb"""
    (?P<escape>\\{0,2})(?P<quote>["'`])
    (?: [ \t]{0,80} (?: \+ | \.{1,2} | & | \|\| | ~ | <> )  [ \t]{0,80} (?:[\\_]?\r?\n[ \t]{0,200}){0,2}
      | [ \t]{0,80} [\\_]?\r?\n[ \t]{0,200} (?:(?: \+ | \.{1,2} | & | \|\| ) [ \t]{0,80})?
      | [ \t]{1,80} | \\\r?\n[ \t]{0,200} )
    [fFrRbBuU$@]{0,2} (?P=escape)(?P=quote)
    | (?<=[A-Za-z0-9_-]) \\\r?\n (?=[A-Za-z0-9_-])
    """,
    re.VERBOSE,
)


def unescaped(data: bytes, low: int, high: int) -> View | None:
    """Return a stretch with its escapes resolved, or None where there is none in it."""
    return _rewritten(data, low, high, _ESCAPE, _character, "escapes") if _ANY.search(data, low, high) else None


def joined(data: bytes, low: int, high: int) -> View | None:
    """Return a stretch in which string literals that are added up, or follow each other, are one."""
    return _rewritten(data, low, high, _SEAM, lambda _: b"", "concatenation")


def _character(escape: re.Match[bytes]) -> bytes:
    kind = escape.lastgroup or ""
    if kind == "soft" and not _is_soft(escape):
        return escape[0]
    value = escape[kind]
    if kind in _HEX:
        return bytes([int(value, 16)])
    if kind == "decimal":
        return bytes([int(value)]) if int(value) < 256 else escape[0]
    return _NAMED[value] if kind == "named" else b"/" if kind == "slash" else b""


def _is_soft(escape: re.Match[bytes]) -> bool:
    """Return whether an equals sign at the end of a line is a break of quoted-printable text, not base64's padding."""
    text = escape.string
    line = text[text.rfind(b"\n", 0, escape.start()) + 1 : escape.start()]
    return len(line) in _SOFT and not _BARE_EQUALS.search(line)


def _rewritten(
    data: bytes, low: int, high: int, pattern: re.Pattern[bytes], replaced: Callable[[re.Match[bytes]], bytes], via: str
) -> View | None:
    text = bytearray()
    steps = [(0, low)]
    at = low
    for found in pattern.finditer(data, low, high):
        text += data[at : found.start()]
        steps.append((len(text), found.start()))
        text += replaced(found)
        at = found.end()
        steps.append((len(text), at))
    if len(steps) == 1:
        return None
    text += data[at:high]
    return View(bytes(text), via, steps, high)
