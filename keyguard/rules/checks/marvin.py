"""The Marvin hash of 32 bits, by which Microsoft's services sign the keys they issue.

The seeds are eight ASCII characters: https://github.com/microsoft/security-utilities (IdentifiableMetadata).
"""

from __future__ import annotations

ANNOTATED = "Default0"
"""The seed of common annotated security keys, and of storage accounts."""
_WORD = 0xFFFF_FFFF


def hashed(data: bytes, seed: str = ANNOTATED) -> bytes:
    """Return the four bytes of the hash, the lowest first."""
    number = int.from_bytes(seed.encode("ascii"), "big")
    state = number & _WORD, number >> 32
    whole = len(data) // 4 * 4
    for start in range(0, whole, 4):
        state = _mixed(state[0] + int.from_bytes(data[start : start + 4], "little"), state[1])
    last = int.from_bytes(data[whole:] + b"\x80", "little")
    state = _mixed(*_mixed(state[0] + last, state[1]))
    return (state[0] ^ state[1]).to_bytes(4, "little")


def _mixed(low: int, high: int) -> tuple[int, int]:
    low &= _WORD
    high ^= low
    low = (_rotated(low, 20) + high) & _WORD
    high = _rotated(high, 9) ^ low
    low = (_rotated(low, 27) + high) & _WORD
    return low, _rotated(high, 19)


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _WORD
