"""The annotated keys of Azure's AI services, which carry a date, a service and a checksum."""

from __future__ import annotations

import base64
import re
import string
from collections.abc import Mapping

from keyguard.rules.checks.evidence import Evidence

SIGNED = 80
"""How many characters the checksum is made over."""
_KEY = re.compile(r"[A-Za-z0-9]{52}JQQJ9[9DH]([A-Z])([A-L])[A-Za-z0-9]{15}([A-Za-z0-9])ACOG[A-Za-z0-9]{4}")
_FIRST_YEAR = 2024
_SERVICES: Mapping[str, str] = {
    "A": "Azure AI services",
    "B": "Azure OpenAI",
    "D": "Azure Anomaly Detector",
    "F": "Azure Vision",
    "H": "Azure Content Safety",
    "L": "Azure Form Recognizer",
    "Y": "Azure Speech",
}
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SEED = int.from_bytes(b"Default0", "big")
_WORD = 0xFFFF_FFFF


def checked(text: str) -> Evidence | None:
    """Say whether the checksum holds, and if so what the key is for and in which month it was made."""
    key = _KEY.fullmatch(text)
    if not key:
        return None
    if text[SIGNED:] not in checksums(text[:SIGNED]):
        return Evidence(False, "checksum does not hold")
    year, month, service = _FIRST_YEAR + ord(key[1]) - ord("A"), ord(key[2]) - ord("A") + 1, key[3]
    return Evidence(True, f"checksum holds: {_SERVICES.get(service, 'Azure AI service')} key made in {year}-{month:02}")


def checksums(signed: str) -> tuple[str, ...]:
    """Return both forms of the checksum over the first 80 characters of a key; none if they are no base64."""
    try:
        data = base64.b64decode(signed, validate=True)
    except ValueError:
        return ()
    if len(signed) != SIGNED:
        return ()
    hashed = marvin32(data).to_bytes(4, "little")
    return base64.b64encode(hashed[:3]).decode(), _base62(int.from_bytes(hashed, "big")).ljust(6, "0")[:4]


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def marvin32(data: bytes) -> int:
    """Return the Marvin hash of 32 bits, with the seed that annotated keys use."""
    state = _SEED & _WORD, _SEED >> 32
    whole = len(data) // 4 * 4
    for start in range(0, whole, 4):
        state = _mixed(state[0] + int.from_bytes(data[start : start + 4], "little"), state[1])
    last = int.from_bytes(data[whole:] + b"\x80", "little")
    state = _mixed(*_mixed(state[0] + last, state[1]))
    return state[0] ^ state[1]


def _mixed(low: int, high: int) -> tuple[int, int]:
    low &= _WORD
    high ^= low
    low = (_rotated(low, 20) + high) & _WORD
    high = _rotated(high, 9) ^ low
    low = (_rotated(low, 27) + high) & _WORD
    return low, _rotated(high, 19)


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _WORD
