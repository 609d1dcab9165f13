"""Numbers in base 36 and 62, and base64 as people leave it: with either alphabet, with or without its padding."""

from __future__ import annotations

import base64
import string

BASE36 = string.digits + string.ascii_lowercase
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_TO_STANDARD = str.maketrans("-_", "+/")


def written(number: int, digits: str, width: int = 0) -> str:
    """Return a number in the base that has these digits, filled up with zeros to a width."""
    text = ""
    while number:
        number, digit = divmod(number, len(digits))
        text = digits[digit] + text
    return text.rjust(width, digits[0])


def decoded(text: str) -> bytes | None:
    """Return the bytes that base64 stands for, or None for what is no base64."""
    body = text.rstrip("=").translate(_TO_STANDARD)
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except ValueError:
        return None
