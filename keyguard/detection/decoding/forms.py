"""How a rule's literal reads once it is encoded: what says cheaply that a run of text is worth decoding."""

from __future__ import annotations

import base64
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHORTEST = 6
"""How many characters an encoded form has at least: shorter ones stand in any base64 by chance."""
_FIRST_OWN = (0, 2, 3)
"""The first of four digits of base64 that depends on the literal alone, when 0, 1 or 2 bytes stand before it."""
_LAST_FOREIGN = (0, 3, 2)
_TEMPLATES = (
    "%{:02x}", "%{:02X}", "\\x{:02x}", "\\x{:02X}", "\\u{:04x}", "\\u{:04X}", "\\\\x{:02x}", "\\\\u{:04x}",
    "&#{};", "&#x{:x};", "&#x{:X};",
)  # fmt: skip


class Codec(enum.Enum):
    """A way to write bytes in other characters."""

    BASE64 = "base64"
    HEX = "hex"
    ESCAPES = "escapes"


@dataclass(frozen=True, slots=True)
class Form:
    """What an encoded literal calls for; `phase` is which of four base64 digits its first one is."""

    codec: Codec
    phase: int = 0


def forms(literals: Iterable[bytes]) -> dict[bytes, Form]:
    """Return every form of these literals; of encodings over each other the outer one, whose text shows the next."""
    found: dict[bytes, Form] = {}
    for literal in literals:
        for text, form in (*_as_base64(literal), *_as_hex(literal), *_escaped(literal)):
            if len(text) >= SHORTEST:
                found.setdefault(text, form)
    return found


def _as_base64(literal: bytes) -> Iterator[tuple[bytes, Form]]:
    """Yield it in base64, also of itself, of hexadecimal digits, and of the wide text of PowerShell's commands."""
    wide = b"".join(bytes([byte, 0]) for byte in literal)
    inner = (literal, wide, literal.hex().encode(), *(digits for digits, _ in _base64(literal)))
    for text in inner:
        for digits, phase in _base64(text):
            yield digits, Form(Codec.BASE64, phase)


def _as_hex(literal: bytes) -> Iterator[tuple[bytes, Form]]:
    for text in (literal, *(digits for digits, _ in _base64(literal))):
        yield text.hex().encode(), Form(Codec.HEX)
        yield text.hex().upper().encode(), Form(Codec.HEX)


def _escaped(literal: bytes) -> Iterator[tuple[bytes, Form]]:
    """Yield it with all characters escaped, and with only those that are no letters or digits, as most writers do."""
    for template in _TEMPLATES:
        yield "".join(map(template.format, literal)).encode(), Form(Codec.ESCAPES)
        if not literal.isalnum():
            some = (chr(each) if chr(each).isalnum() else template.format(each) for each in literal)
            yield "".join(some).encode(), Form(Codec.ESCAPES)


def _base64(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the digits that depend on the data alone, at each of the three alignments, in both alphabets."""
    for shift, phase in enumerate(_FIRST_OWN):
        digits = base64.b64encode(b"\0" * shift + data)
        own = digits[phase : len(digits) - _LAST_FOREIGN[(shift + len(data)) % 3]]
        yield own, phase
        if b"+" in own or b"/" in own:
            yield own.replace(b"+", b"-").replace(b"/", b"_"), phase
