"""Makes text in the shapes that keys have: runs of an alphabet, UUIDs, JWTs, PEM blocks."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable, Mapping
from random import Random

from benchmarks.detection.model import ALNUM, B64URL

HEX = string.digits + "abcdef"
DIGITS = string.digits
LOWER = string.ascii_lowercase
LETTERS = string.ascii_letters
LOWER_ALNUM = string.ascii_lowercase + string.digits
UPPER_ALNUM = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
B64_BODY = ALNUM + "+/"
NEVER = 4102444800
"""The first second of 2100: a token that ends then is in force whenever the benchmark runs."""

Maker = Callable[[Random], str]


def run(rng: Random, alphabet: str, length: int) -> str:
    """Return random characters of an alphabet."""
    return "".join(rng.choices(alphabet, k=length))


def shape(*parts: str | tuple[str, int]) -> Maker:
    """Return what makes keys of fixed texts and of runs, each an alphabet and a length."""
    return lambda rng: "".join(part if isinstance(part, str) else run(rng, *part) for part in parts)


def grouped(first: str, *groups: tuple[str, int]) -> Maker:
    """Return what makes keys of a fixed text and of runs, with hyphens between them."""
    return lambda rng: "-".join((first, *(run(rng, *group) for group in groups)))


def uuid4(rng: Random) -> str:
    """Return a random UUID."""
    digits = list(run(rng, HEX, 32))
    digits[12], digits[16] = "4", rng.choice("89ab")
    text = "".join(digits)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def b64url(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(rng: Random, header: Mapping[str, object], payload: Mapping[str, object], signature: int) -> str:
    """Return a JSON Web Token with a random signature of so many bytes."""
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, payload))
    return ".".join([*map(b64url, parts), b64url(rng.randbytes(signature))])


def b64url_run(rng: Random, length: int) -> str:
    """Return random base64url characters."""
    return run(rng, B64URL, length)


def pem(label: str, der: bytes) -> str:
    """Return a PEM block, its lines 64 characters long."""
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"))


def ed25519_der(rng: Random) -> bytes:
    """Return a private key in PKCS #8, as RFC 8410 has it: any 32 bytes are one."""
    return bytes.fromhex("302e020100300506032b657004220420") + rng.randbytes(32)


def rsa_der(rng: Random, bits: int = 2048) -> bytes:
    """Return a PKCS #1 private key in form: its numbers have the right sizes, but are random and no primes."""
    whole, half = bits // 8, bits // 16
    sizes = (whole, 0, whole, half, half, half, half, half)
    numbers = (b"\x01\x00\x01" if size == 0 else _number(rng, size) for size in sizes)
    return _der(0x30, _der(2, b"\0") + b"".join(_der(2, number) for number in numbers))


def rsa_pkcs8_der(rng: Random) -> bytes:
    """Return that key in PKCS #8, the form of Google's service accounts."""
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    return _der(0x30, _der(2, b"\0") + algorithm + _der(4, rsa_der(rng)))


def _number(rng: Random, size: int) -> bytes:
    body = bytearray(rng.randbytes(size))
    body[0] |= 0x80
    body[-1] |= 1
    return b"\0" + bytes(body)


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (length if size < 128 else bytes([0x80 | len(length)]) + length) + body
