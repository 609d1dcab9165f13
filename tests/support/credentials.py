"""General credentials with the structure of real ones, made at run time like `tests.support.keys`.

What ends in a checksum, or has something encoded in it, is built here from the published description and not with
KeyGuard's own code, so that one holds the other to it.
"""

from __future__ import annotations

import base64
import struct
import zlib
from random import Random

from tests.support import keys

_BASE62 = keys.DIGITS + keys.UPPER + keys.LOWER
_BASE36 = keys.DIGITS + keys.LOWER
_BASE32 = keys.UPPER + "234567"


def numeral(number: int, digits: str, width: int) -> str:
    """Return exactly `width` digits."""
    return "".join(digits[number // len(digits) ** place % len(digits)] for place in range(width - 1, -1, -1))


def base62_token(rng: Random, prefix: str = "ghp_") -> str:
    """Return a classic token of GitHub, or one of npm."""
    body = keys.text(rng, keys.ALNUM, 30)
    return prefix + body + numeral(zlib.crc32(body.encode()), _BASE62, 6)


def grafana_token(rng: Random) -> str:
    """Return a service account token of Grafana."""
    head = "glsa_" + keys.text(rng, keys.ALNUM, 32)
    return f"{head}_{struct.pack('<I', zlib.crc32(head.encode())).hex()}"


def gitlab_token(rng: Random, prefix: str = "glpat-", route: str = "o:1\nu:7ps", *, versioned: bool = True) -> str:
    """Return a routable token of GitLab, by today's layout or that of its first months."""
    noise, size = rng.randbytes(16), route.encode()
    payload = noise + size + bytes([len(size)]) if versioned else size + noise + bytes([16])
    body = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    head = f"{prefix}{body}.{'01.' if versioned else ''}{numeral(len(body), _BASE36, 2)}"
    return head + numeral(zlib.crc32(head.encode()), _BASE36, 7)


def atlassian_token(rng: Random) -> str:
    """Return an API token of Atlassian."""
    head = "ATATT3x" + keys.text(rng, keys.B64URL, 176) + "="
    return f"{head}{zlib.crc32(head.encode()):08X}"


def aws_key_id(rng: Random, account: int = 123_456_789_012, prefix: str = "AKIA", *, old: bool = False) -> str:
    """Return an access key id; the older generation says no account."""
    bits = (0 if old else 1) << 79 | account << 39 | rng.getrandbits(39)
    return prefix + base64.b32encode(bits.to_bytes(10, "big")).decode()


def aws_secret(rng: Random) -> str:
    """Return a secret access key."""
    return "aK9" + keys.text(rng, keys.ALNUM + "+/", 37)


def bedrock_key(rng: Random, account: str = "210987654321") -> str:
    """Return a long-term key of Bedrock."""
    user = f"BedrockAPIKey-{keys.text(rng, keys.LOWER + keys.DIGITS, 4)}-at-{account}"
    secret = base64.b64encode(rng.randbytes(44)).decode()
    return "ABSK" + base64.b64encode(f"{user}:{secret}".encode()).decode()


def bedrock_short_key(rng: Random, made: str = "20990101T000000Z", seconds: int = 43_200) -> str:
    """Return a short-term key of Bedrock, which is a signed address."""
    query = (
        f"Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={aws_key_id(rng, prefix='ASIA')}"
        f"%2F{made[:8]}%2Fus-east-1%2Fbedrock%2Faws4_request&X-Amz-Date={made}&X-Amz-Expires={seconds}"
        f"&X-Amz-Signature={keys.text(rng, keys.HEX, 64)}&Version=1"
    )
    return "bedrock-api-key-" + base64.b64encode(f"bedrock.amazonaws.com/?{query}".encode()).decode()


def pypi_token(rng: Random, host: str = "pypi.org", *caveats: str) -> str:
    """Return a token of PyPI: a macaroon of version 2 in base64url."""

    def field(kind: int, data: bytes) -> bytes:
        assert len(data) < 128
        return bytes([kind, len(data)]) + data

    identifier = keys.text(rng, keys.HEX, 36).encode()
    packed = b"\x02" + field(1, host.encode()) + field(2, identifier) + b"\0"
    packed += b"".join(field(2, caveat.encode()) + b"\0" for caveat in caveats) + b"\0" + field(6, rng.randbytes(32))
    return "pypi-" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def discord_token(rng: Random, bot: int = 1_094_700_000_000_000_123) -> str:
    """Return a token of a Discord bot."""
    head = base64.urlsafe_b64encode(str(bot).encode()).decode().rstrip("=")
    return f"{head}.G{keys.text(rng, keys.ALNUM, 5)}.aZ{keys.text(rng, keys.ALNUM, 36)}"


def telegram_token(rng: Random, bot: str = "7412589630") -> str:
    """Return a token of a Telegram bot."""
    return f"{bot}:AAaZ{keys.text(rng, keys.B64URL, 31)}"


def signed_azure_key(rng: Random, mark: str = "+ASt", size: int = 64, seed: str = "Default0") -> str:
    """Return a key that Azure signs with a Marvin hash, `size` bytes of it before base64."""
    while True:
        body = bytearray(rng.randbytes(size - 4))
        bits = size * 8 - 32
        before = bits - bits % 6 - 24
        number = int.from_bytes(body, "big")
        low = bits - before - 24
        signature = int.from_bytes(base64.b64decode(mark), "big")
        number = number >> (24 + low) << (24 + low) | signature << low
        data = number.to_bytes(size - 4, "big")
        digest = struct.pack("<I", keys.marvin32(data, seed))
        text = base64.b64encode(data + digest).decode()
        if mark in text[-14:]:
            return text


def pem(kind: str, der: bytes, ending: str = "\n") -> str:
    """Return bytes as PEM with lines of 64 characters."""
    body = base64.b64encode(der).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return ending.join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"]) + ending


def der(tag: int, *parts: bytes) -> bytes:
    """Return a value of DER with its length in the shortest form."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def der_number(number: int) -> bytes:
    """Return a whole number in DER."""
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def rsa_der(rng: Random, bits: int = 1024) -> bytes:
    """Return an RSA key whose numbers fit together as far as product and size; no factor of it is prime by design."""
    half = bits // 2
    first, second = (rng.getrandbits(half) | 1 | 3 << (half - 2) for _ in range(2))
    numbers = [0, first * second, 65_537, rng.getrandbits(bits - 1) | 1, first, second]
    numbers += [rng.getrandbits(half - 1) | 1 for _ in range(3)]
    return der(0x30, *map(der_number, numbers))


def pkcs8_der(oid: str, key: bytes) -> bytes:
    """Return a key in the envelope of PKCS#8; `oid` is the identifier's content in hexadecimal digits."""
    return der(0x30, der_number(0), der(0x30, der(0x06, bytes.fromhex(oid))), der(0x04, key))


def ed25519_pem(rng: Random) -> str:
    """Return the private key of an Ed25519 pair."""
    return pem("PRIVATE KEY", pkcs8_der("2b6570", der(0x04, rng.randbytes(32))))


def rsa_pem(rng: Random, bits: int = 1024) -> str:
    """Return an RSA private key."""
    return pem("RSA PRIVATE KEY", rsa_der(rng, bits))


def openssh_pem(rng: Random, cipher: str = "none") -> str:
    """Return a private key as ssh-keygen writes it."""

    def string(data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + data

    kind = b"ssh-ed25519"
    head = b"openssh-key-v1\0" + string(cipher.encode()) + string(b"none" if cipher == "none" else b"bcrypt")
    public = string(kind) + string(rng.randbytes(32))
    data = head + string(b"" if cipher == "none" else rng.randbytes(24)) + struct.pack(">I", 1)
    return pem("OPENSSH PRIVATE KEY", data + string(public) + string(rng.randbytes(136)))
