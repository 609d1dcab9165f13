"""The checksums that issuers build into their keys, written from their descriptions."""

from __future__ import annotations

import base64
import struct
import zlib

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
MARVIN_SEED = b"Default0"
"""Of Microsoft's common annotated security keys."""
_WORD = 0xFFFFFFFF


def in_base(number: int, digits: str, width: int) -> str:
    """Return a number in another base, with leading zeros up to a width."""
    text = ""
    while number:
        number, digit = divmod(number, len(digits))
        text = digits[digit] + text
    return text.rjust(width, digits[0])


def crc_base62(text: str) -> str:
    """Return the six characters at the end of GitHub's and npm's tokens (GitHub's blog, 2021-04-05)."""
    return in_base(zlib.crc32(text.encode()), BASE62, 6)


def crc_base36(text: str) -> str:
    """Return the seven characters at the end of GitLab's routable tokens (GitLab's design document of them)."""
    return in_base(zlib.crc32(text.encode()), BASE36, 7)


def crc_hex(text: str) -> str:
    """Return a CRC-32 as eight lower-case digits, the most significant first."""
    return f"{zlib.crc32(text.encode()):08x}"


def crc_hex_reversed(text: str) -> str:
    """Return a CRC-32 as Grafana writes it: four bytes, the least significant first (satokengen)."""
    return struct.pack("<I", zlib.crc32(text.encode())).hex()


def azure(signed: str) -> str:
    """Return the last four characters of an 84-character Azure key, of the 80 before them."""
    return base64.b64encode(struct.pack("<I", marvin32(base64.b64decode(signed)))[:3]).decode()


def marvin32(data: bytes) -> int:
    """Return the Marvin hash of 32 bits, under the seed of the security keys."""
    low, high = struct.unpack("<II", MARVIN_SEED[::-1])
    padded = data + b"\x80"
    padded += bytes(-len(padded) % 4)
    for (word,) in struct.iter_unpack("<I", padded):
        low, high = _mixed(low + word & _WORD, high)
    low, high = _mixed(low, high)
    return low ^ high


def _mixed(low: int, high: int) -> tuple[int, int]:
    high ^= low
    low = _rotated(low, 20) + high & _WORD
    high = _rotated(high, 9) ^ low
    low = _rotated(low, 27) + high & _WORD
    return low, _rotated(high, 19)


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & _WORD
