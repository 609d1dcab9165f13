"""Keys with the structure of real ones, made at run time: no whole key stands in any file.

Every builder takes a `random.Random`, so that a test decides whether it wants the same key again. Bodies of OpenAI
keys are base64url text with `T3BlbkFJ` in the middle; all but the short ones (20 on each side) decode to bytes that
end in zero, which `tail=False` leaves out.
"""

from __future__ import annotations

import base64
import random
import string
import struct
from collections.abc import Callable
from random import Random

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
ALNUM = UPPER + LOWER + DIGITS
B64URL = ALNUM + "-_"
HEX = DIGITS + "abcdef"
MARKER = "T3Blbk" + "FJ"
_ZERO_TAIL = {0: "AEIMQUYcgkosw048", 3: "AQgw"}
"""The last character but one of text whose last byte is zero, by the text's length modulo 4; the last one is A."""


def text(rng: Random, alphabet: str, length: int) -> str:
    """Return random characters of an alphabet."""
    return "".join(rng.choices(alphabet, k=length))


def openai_key(rng: Random, prefix: str, left: int, right: int, *, tail: bool = True) -> str:
    """Return a key of any kind: `prefix`, `left` characters, the marker, `right` characters."""
    alphabet = ALNUM if (left, right) == (20, 20) else B64URL
    body = text(rng, alphabet, left) + MARKER + text(rng, alphabet, right)
    if tail and alphabet is B64URL:
        body = body[:-2] + rng.choice(_ZERO_TAIL[len(body) % 4]) + "A"
    elif alphabet is B64URL and body.endswith("A"):
        body = body[:-1] + "t"
    return prefix + body


def legacy_key(rng: Random) -> str:
    """Return a user key from before projects (51 characters)."""
    return openai_key(rng, "sk-", 20, 20)


def project_key(rng: Random, side: int = 74, *, tail: bool = True) -> str:
    """Return a project key: today's with 74 characters on each side, earlier ones had 58 or 20."""
    return openai_key(rng, "sk-proj-", side, side, tail=tail)


def service_account_key(rng: Random, left: int = 74, right: int = 74, *, tail: bool = True) -> str:
    """Return a service account's key; 20/20, 46/46, 57/58, 59/60 and 74/74 are known."""
    return openai_key(rng, "sk-svcacct-", left, right, tail=tail)


def admin_key(rng: Random, *, tail: bool = True) -> str:
    """Return an organisation's admin key (133 characters)."""
    return openai_key(rng, "sk-admin-", 58, 58, tail=tail)


def user_key_none(rng: Random) -> str:
    """Return a user key without a project, as given out in the middle of 2024."""
    return openai_key(rng, "sk-None-", 20, 20)


def named_service_key(rng: Random, name: str = "ci-runner") -> str:
    """Return a key of the first service accounts, which carries the account's name."""
    return openai_key(rng, f"sk-{name}-", 20, 20)


def ephemeral_key(rng: Random) -> str:
    """Return a client secret of the Realtime API."""
    return "ek_" + text(rng, HEX, 32)


def session_token(rng: Random) -> str:
    """Return a session token of the old dashboard."""
    return "sess-" + text(rng, ALNUM, 40)


def webhook_secret(rng: Random) -> str:
    """Return the signing secret of a webhook."""
    return "whsec_" + base64.b64encode(rng.randbytes(32)).decode()


def anthropic_key(rng: Random, kind: str = "api03") -> str:
    """Return an Anthropic key; `kind` is api03, admin01, oat01, ort01 or sid01."""
    return f"sk-ant-{kind}-" + text(rng, B64URL, 93) + "AA"


def openrouter_key(rng: Random) -> str:
    """Return an OpenRouter key."""
    return "sk-or-v1-" + text(rng, HEX, 64)


def groq_key(rng: Random) -> str:
    """Return a Groq key, which has a marker of its own."""
    return "gsk_" + text(rng, ALNUM, 20) + "WGdyb3" + "FY" + text(rng, ALNUM, 24)


def hex_sk_key(rng: Random) -> str:
    """Return a key in the shape that DeepSeek, DashScope and others share."""
    return "sk-" + text(rng, HEX, 32)


def alnum_sk_key(rng: Random) -> str:
    """Return a key in the shape that Moonshot, Stability and others share."""
    return "sk-" + text(rng, ALNUM, 48)


def google_key(rng: Random) -> str:
    """Return a Google API key."""
    return "AIza" + "Sy" + rng.choice("ABCD") + text(rng, B64URL, 32)


def huggingface_token(rng: Random) -> str:
    """Return a Hugging Face token: letters only."""
    return "hf_" + text(rng, UPPER + LOWER, 34)


def azure_old_key(rng: Random) -> str:
    """Return an Azure OpenAI key of the old kind, which has no shape of its own."""
    return text(rng, HEX, 32)


def azure_key(rng: Random, service: str = "B", year: str = "C", month: str = "G", family: str = "ACOG") -> str:
    """Return an 84 character Azure key with a valid checksum; service A is AI Services, B is Azure OpenAI.

    Layout and checksum as in Microsoft's security-utilities (common annotated security keys).
    """
    head = text(rng, ALNUM, 52) + "JQQJ" + "99" + year + month + "ACHYHv6XJ3w3" + "AAA" + service + family
    digest = struct.pack("<I", marvin32(base64.b64decode(head)))
    checksum = base64.b64encode(digest[:3]).decode()
    return head + checksum if checksum.isalnum() else azure_key(rng, service, year, month, family)


def marvin32(data: bytes, seed: str = "Default0") -> int:
    """Return the Marvin32 hash (both halves xored) under a seed of Microsoft's security-utilities."""
    low, high = struct.unpack("<II", seed.encode()[::-1])
    whole = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        low, high = _mix((low + word) & 0xFFFFFFFF, high)
    (last,) = struct.unpack("<I", (data[whole:] + b"\x80").ljust(4, b"\0"))
    low, high = _mix(*_mix((low + last) & 0xFFFFFFFF, high))
    return low ^ high


def _mix(low: int, high: int) -> tuple[int, int]:
    high ^= low
    low = (_rotated(low, 20) + high) & 0xFFFFFFFF
    high = _rotated(high, 9) ^ low
    low = (_rotated(low, 27) + high) & 0xFFFFFFFF
    return low, _rotated(high, 19)


def _rotated(value: int, by: int) -> int:
    return (value << by | value >> (32 - by)) & 0xFFFFFFFF


def fresh() -> random.Random:
    """Return a generator that starts the same way in every run."""
    return random.Random(20261123)


Builder = Callable[[random.Random], str]
"""What makes one key."""
