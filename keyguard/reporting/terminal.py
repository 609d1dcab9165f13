"""Text that is safe to show and takes up the room that it says: nothing in it can move, hide or recolour other text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(map(chr, range(0x180B, 0x1810))))
"""What Unicode counts as printable although nothing is seen of it."""
STACKED = 2
"""How many combining marks a character may carry; more would run over the lines above."""
_ASCII = str.maketrans({
    "…": "...", "—": "-", "–": "-", "·": "-", "•": "-", "→": "->", "×": "x", "“": '"', "”": '"', "‘": "'", "’": "'",
    "，": ", ", "。": ". ", "：": ": ", "；": "; ", "、": ", ", "（": " (", "）": ") ", "？": "? ",
})  # fmt: skip
_WORD = re.compile(r"\s+|[^\s\u2e80-\uffff]+[，。：；、）？！”]?|.", re.DOTALL)
_CLOSING = "，。：；、）？！”》」…"
_OPENING = "（“《「"


def clean(text: str) -> str:
    r"""Return one line in which all that a terminal would obey or hide is written out, as `\x1b` or `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        unseen = not character.isprintable() or character in INVISIBLE or marks > STACKED
        shown.append(_escaped(character) if unseen else character)
    return "".join(shown)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"  # a byte that was no UTF-8
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def ascii_only(text: str) -> str:
    """Return text for a console that knows nothing else: punctuation is replaced, the rest written out."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def display_width(text: str) -> int:
    """Return how many columns a terminal gives to a text."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, width: int) -> str:
    """Return at most `width` columns of a text: more of its end than of its beginning, an ellipsis between them."""
    if display_width(text) <= width:
        return text
    if width < 3:
        return "…"[:width]
    head = _taken(text, (width - 1) // 3)
    tail = _taken(text[::-1], width - 1 - display_width(head))[::-1]
    return f"{head}…{tail.lstrip()}"


def _taken(text: str, width: int) -> str:
    used = 0
    for number, character in enumerate(text):
        used += _columns(character)
        if used > width:
            return text[:number]
    return text


def pad(text: str, width: int) -> str:
    """Return a text with spaces behind it that fill it up to `width` columns."""
    return text + " " * max(0, width - display_width(text))


def pad_left(text: str, width: int) -> str:
    """Return a text with spaces before it that fill it up to `width` columns, as numbers stand."""
    return " " * max(0, width - display_width(text)) + text


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text: broken at spaces and between Chinese characters, never before closing punctuation."""
    lines = [""]
    for piece in _pieces(text, width):
        if display_width(lines[-1]) + display_width(piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    lines[-1] = lines[-1].rstrip()
    return lines


def _pieces(text: str, width: int) -> Iterator[str]:
    """Split a text into what stays together; a word that is longer than a line is cut."""
    joined: list[str] = []
    for piece in _WORD.findall(text):
        if joined and (piece in _CLOSING or joined[-1] in _OPENING):
            joined[-1] += piece
        else:
            joined.append(piece)
    for piece in joined:
        left = piece
        while display_width(left) > width > 1:
            cut = _taken(left, width)
            yield cut
            left = left[len(cut) :]
        yield left
