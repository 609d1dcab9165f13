"""A strict reader of DER (X.690), as far as private keys need it: lengths in their shortest form, nothing left over."""

from __future__ import annotations

from dataclasses import dataclass

INTEGER, OCTETS, OBJECT, SEQUENCE = 0x02, 0x04, 0x06, 0x30
_LONG_FORM = 0x80
_MOST_PARTS = 16


class DerError(ValueError):
    """Bytes that are no DER."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value: its tag and its content."""

    tag: int
    content: bytes

    def number(self) -> int:
        """Return a whole number that is not negative; raises `DerError` for another value."""
        if self.tag != INTEGER or not self.content or self.content[0] & 0x80:
            raise DerError
        return int.from_bytes(self.content, "big")

    def parts(self) -> list[Part]:
        """Return what a sequence holds; raises `DerError` for another value."""
        if self.tag != SEQUENCE:
            raise DerError
        return parts_of(self.content)


def whole(data: bytes) -> Part:
    """Return the one value that the bytes are; raises `DerError`."""
    part, rest = _next(data)
    if rest:
        raise DerError
    return part


def parts_of(data: bytes) -> list[Part]:
    """Return the values that stand one behind the other; raises `DerError`."""
    found: list[Part] = []
    while data:
        part, data = _next(data)
        found.append(part)
        if len(found) > _MOST_PARTS:
            raise DerError
    return found


def _next(data: bytes) -> tuple[Part, bytes]:
    if len(data) < 2:
        raise DerError
    length, start = data[1], 2
    if length & _LONG_FORM:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
        if not 3 <= start <= 6 or length < _LONG_FORM or not data[2]:
            raise DerError
    if start + length > len(data):
        raise DerError
    return Part(data[0], data[start : start + length]), data[start + length :]
