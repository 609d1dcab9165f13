"""What says cheaply that a stretch is worth decoding: it has the form of encoded text, whatever stands in it.

No rule is asked. A key is at least 17 printable characters in a row, and those make every encoding of them tell-tale:
of four digits of base64, say, the first three can be only 24, 24 and 32 of the 64, so that of random digits one place
in 50,000 looks like four times four of them, and of ordinary words hardly any.
"""

from __future__ import annotations

import enum
from typing import NamedTuple


class Codec(enum.Enum):
    """A way to write bytes in other characters."""

    BASE64 = "base64"
    HEX = "hex"
    ESCAPES = "escapes"
    NUMBERS = "numbers"
    SEAMS = "seams"


class Trigger(NamedTuple):
    """What to look for, as any engine of regular expressions reads it.

    `width` is how many bytes it is wide, if that is always the same: every place of it counts then, and those that
    are a multiple of `step` apart belong together.
    """

    codec: Codec
    pattern: bytes
    width: int = 0
    step: int = 0


PACKED = b"H4sI"
"""What packed text (gzip) begins with in base64."""
_DIGIT64 = rb"[A-Za-z0-9+/_-]"
_REST_OF_QUAD = rb"[C-HS-Xi-nyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589]" + _DIGIT64
_QUAD = rb"[I-Za-f]" + _REST_OF_QUAD
"""Three printable characters of ASCII."""
_FIRST_QUAD = rb"[I-Z]" + _REST_OF_QUAD
"""The same if the first comes before `h`, as two of three in a key do: capitals are rare, and so soon searched."""
_WIDE = rb"A[C-H][AEIMQUYcgkosw048]A[I-Za-f][AQgw][AB]" + _DIGIT64
"""Three of UTF-16, in either byte order."""
_BYTE = rb"[2-7][0-9A-Fa-f]"
_SIGN = rb"(?:%(?:25){0,3}|=)"
"""What stands before two digits; a percent sign may be escaped itself, where an address stands in another one."""
_FIXED = rb"(?:x|u00|U000000)"
_AND = rb"&(?:amp;){0,3}"
"""What an entity begins with; it may be escaped itself, where a page stands in another one."""
ESCAPED = (
    rb"(?:" + _SIGN + _BYTE + rb"|\\{1,4}(?:" + _FIXED + _BYTE + rb"|u\{0{0,4}" + _BYTE + rb"\}|[01][0-7]{2})"
    rb"|" + _AND + rb"#(?:0{0,4}[0-9]{2,3}|[xX]0{0,4}" + _BYTE + rb");)"
)  # fmt: skip


BEGUN = rb"[%=\\&](?:[2-7][0-9A-Fa-f]|[xuU01\\/_-]|\#|[a-z]{2,6};)"
"""How every escape begins."""


def _escape(codes: bytes, decimals: bytes, more: bytes) -> bytes:
    """Return what matches one escape of some characters, told by their codes and by what else stands for them."""
    return (
        rb"(?:" + _SIGN + rb"(?:" + codes + rb")|\\{1,4}" + _FIXED + rb"(?:" + codes + rb")"
        rb"|\\{1,4}u\{0{0,4}(?:" + codes + rb")\}"
        rb"|" + _AND + rb"#(?:0*(?:" + decimals + rb")|[xX]0{0,4}(?:" + codes + rb"));|" + more + rb")"
    )  # fmt: skip


DASH = _escape(rb"2[dDeE]|5[fF]", rb"4[56]|95", rb"\\05[56]|\\137|" + _AND + rb"(?:lowbar|hyphen|period);")
"""Dash, dot and underscore, which prefixes and names have, and which hardly anything needs to escape."""
SLASH = _escape(rb"2[bBfF]|3[dD]", rb"43|47|61", rb"\\{1,4}/|" + _AND + rb"(?:plus|sol|equals);")
"""What base64 has besides letters and digits."""
MARKED = rb"\\{1,4}[_-][A-Za-z0-9]{16}"
"""An underscore or a dash of a key, as Markdown and TeX escape it."""
COLON = _escape(rb"3[aA]", rb"58", _AND + rb"colon;")
SLASHES = rb"(?:" + _escape(rb"2[fF]", rb"47", rb"\\{1,4}/|" + _AND + rb"sol;") + rb"){2}"
SCHEME = rb"(?:[^ps]|[^p]s|[^t]ps?)"
"""The last letters of an address's scheme, if it is none of the web."""
PRIVATE_KEY = rb"PRIVATE(?:\+|" + _escape(rb"20", rb"32", rb"&nbsp;") + rb")KEY"
BEFORE_VALUE = _escape(rb"2[027]|3[aAdD]", rb"3[249]|58|61", _AND + rb"(?:quot|apos|colon|equals);")
"""Blanks, quotes, colons and equals signs."""
VALUE = rb"[A-Za-z0-9+/_.~-]{16}"
"""How a value begins; some keys have a dot or a tilde among their first characters."""
_SEPARATED = rb",[ \t\r\n]*"
HEX_NUMBER = rb"0[xX]" + _BYTE + _SEPARATED
NUMBER = rb"(?:[3-9][0-9]|1[012][0-9])" + _SEPARATED
CHARACTER = rb"'[!-~]'" + _SEPARATED
_QUOTED = rb"[\"'`]"
_OPERATED = rb"(?:\+{1,2}|\.{1,2}|&|\|\||~|<>)"
_COMMENT = rb"(?:#|//)[^\r\n\"'`]{0,120}"
_BREAK = rb"[\\_`]?(?:" + _COMMENT + rb")?\r?\n[ \t]{0,200}"
_CALLED = rb"\)?[ \t\r\n]{0,80}\.(?:concat|[aA]ppend)\([ \t\r\n]{0,80}"
_APPENDED = rb"[ \t]{0,8};?[ \t\r\n]{1,80}[$A-Za-z_][A-Za-z0-9_$.]{0,60}[ \t]{0,8}[.+]=[ \t]{0,8}"
_PREFIX = rb"[fFrRbBuU$@]{0,2}"
OPERATED = (
    rb"(?:[ \t]{0,80}" + _OPERATED + rb"[ \t]{0,80}(?:" + _BREAK + rb"){0,2}"
    rb"|[ \t]{0,80}" + _BREAK + _OPERATED + rb"[ \t]{0,80}|" + _CALLED + rb"|" + _APPENDED + rb")" + _PREFIX
)  # fmt: skip
"""What stands between the quotes of two literals that are added up: an operator, up to two line ends, a prefix."""
_COMMENT_LINE = _COMMENT + rb"\r?\n[ \t]{0,200}"
BETWEEN = (
    rb"(?:" + OPERATED + rb"|(?:[ \t]{0,80}" + _BREAK + rb"(?:" + _COMMENT_LINE + rb")?|[ \t]{1,80})" + _PREFIX + rb")"
)
"""The same of two literals that are one because they follow each other, too, also with a line of comment between."""
_EMPTY = rb"(?:\"\"|''|``)"
JOINED_BEFORE = rb"join\(" + _EMPTY + rb"\)"
"""What stands behind the literals of a list that are one text: they are joined by nothing."""
JOIN_OF = rb"join\((?:" + _EMPTY + rb",[ \t\r\n]{0,80})?[\[(]"
"""What stands before them."""
PIECE = rb"[A-Za-z0-9_+/=.:@-]"
"""What keys, tokens and addresses with a password consist of."""
_SEAM_BEGUN = PIECE + rb"{2}\\{0,2}" + _QUOTED
_SEAM_SIGNS = rb"[ \t\r\n+~.&|<>\\_`fFrRbBuU$@]"
"""What `BETWEEN` consists of, but for comments and calls."""
_SEAM_ENDED = _PREFIX + rb"\\{0,2}" + _QUOTED + PIECE
_COMMENTED = _COMMENT + rb"\r?\n" + _SEAM_SIGNS + rb"*"
CONTINUED = rb"\\\r?\n" + PIECE
"""A line that goes on after a backslash, within one literal."""
INDENTED = rb"\\\r?\n[ \t]{1,80}[A-Za-z0-9_+/.:@][A-Za-z0-9_+/.:@-]{1,255}[\"'\\]"
"""The same with an indent that does not count, as in YAML and TOML."""
WIDEST = {Codec.ESCAPES: 256, Codec.NUMBERS: 2048, Codec.SEAMS: 1024}
"""More bytes than any of the triggers without a width has, but for lists with absurd blanks."""
BEHIND = 512
"""More bytes than what tells that a trigger is one has behind it."""

# Vectorscan 5.4.12 misses matches of some bounded repeats between literals, so there are none where a test found that.
TRIGGERS = (
    Trigger(Codec.BASE64, _FIRST_QUAD + rb"(?:" + _QUAD + rb"){3}", 16, 4),
    Trigger(Codec.BASE64, _WIDE + rb"(?:" + _WIDE + rb"){2}", 24, 4),
    Trigger(Codec.BASE64, PACKED + _DIGIT64 + rb"{16}", 20, 4),
    Trigger(Codec.HEX, _BYTE + rb"(?:" + _BYTE + rb"){15}", 32, 2),
    Trigger(Codec.HEX, _BYTE + rb"00(?:" + _BYTE + rb"00){9}", 40, 2),
    Trigger(Codec.ESCAPES, rb"(?:" + ESCAPED + rb"){8}"),
    Trigger(Codec.ESCAPES, DASH + rb"[A-Za-z0-9]"),
    Trigger(Codec.ESCAPES, SCHEME + rb"(?::|" + COLON + rb")" + SLASHES),
    Trigger(Codec.ESCAPES, PRIVATE_KEY),
    Trigger(Codec.ESCAPES, SLASH + rb"[A-Za-z0-9+/]{6}"),
    Trigger(Codec.ESCAPES, BEFORE_VALUE + VALUE),
    Trigger(Codec.ESCAPES, MARKED),
    Trigger(Codec.NUMBERS, HEX_NUMBER + rb"(?:" + HEX_NUMBER + rb"){11}"),
    Trigger(Codec.NUMBERS, NUMBER + rb"(?:" + NUMBER + rb"){11}"),
    Trigger(Codec.NUMBERS, CHARACTER + rb"(?:" + CHARACTER + rb"){11}"),
    Trigger(Codec.SEAMS, _SEAM_BEGUN + _SEAM_SIGNS + rb"+" + _QUOTED + PIECE),
    Trigger(Codec.SEAMS, CONTINUED),
    Trigger(Codec.SEAMS, INDENTED),
    Trigger(Codec.SEAMS, _SEAM_BEGUN + _SEAM_SIGNS + rb"*(?:" + _COMMENTED + rb"){1,2}" + _QUOTED + PIECE),
    Trigger(
        Codec.SEAMS, _SEAM_BEGUN + rb"(?:" + _CALLED.replace(b"{0,80}", b"*") + rb"|" + _APPENDED + rb")" + _SEAM_ENDED
    ),
    Trigger(Codec.SEAMS, PIECE + rb"{2}\\{0,2}(?:\"['`]|'[\"`]|`[\"'])" + PIECE),
    Trigger(Codec.SEAMS, JOINED_BEFORE),
    Trigger(Codec.SEAMS, JOIN_OF),
)
"""Of each every end counts."""
PASSES = ((0,), (15, 18), (*range(1, 15), 16, 17, *range(19, 23)))
"""Which of them Hyperscan searches together: with others, the first three would cost it the means to skip text."""
