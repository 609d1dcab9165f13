"""Tokens that end in a CRC-32 of what stands before it, each in its own notation.

Sources: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ (GitHub;
npm announced the same scheme), Grafana's `pkg/components/satokengen` and GitLab's `Authn::TokenField`, which make and
check the tokens. Atlassian has described nothing: that its tokens carry one is known from tokens alone.
"""

from __future__ import annotations

import re
import zlib

from keyguard.rules.checks.bases import BASE36, BASE62, decoded, written
from keyguard.rules.checks.evidence import Evidence

HOLDS = Evidence(True, "checksum holds")
FAILS = Evidence(False, "checksum does not hold: no issued token")
_BASE62 = re.compile(r"(?:gh[pousr]|npm)_([A-Za-z0-9]{30})([A-Za-z0-9]{6})")
_GRAFANA = re.compile(r"(gl[a-z]{2}_[A-Za-z0-9]{32})_([0-9a-fA-F]{8})")
_ROUTABLE = re.compile(
    r"(gl[a-z]{2,6}-(?P<runner>t[0-9]_)?(?P<body>[A-Za-z0-9_-]{27,300})(?P<version>\.[0-9a-z]{2})?\.[0-9a-z]{2})"
    r"([0-9a-z]{7})"
)
_ATLASSIAN = re.compile(r"(AT[A-Z]{2,4}3?[A-Za-z0-9_-]{20,300}=?)([0-9A-F]{8})")
_ROUTE = re.compile(r"[a-z]:[0-9a-z]{1,12}(?:\n[a-z]:[0-9a-z]{1,12}){0,7}")
_RANDOM_BYTES = 16
_NAMES = {"o": "organization", "g": "group", "p": "project", "u": "user"}


def base62(text: str) -> Evidence | None:
    """Check GitHub's classic tokens and npm's: six digits in base 62 over the thirty before them."""
    token = _BASE62.fullmatch(text)
    return _verdict(token[2] == base62_of(token[1])) if token else None


def grafana(text: str) -> Evidence | None:
    """Check Grafana's service account tokens: the CRC in hexadecimal digits, lowest byte first."""
    token = _GRAFANA.fullmatch(text)
    return _verdict(token[2].lower() == grafana_of(token[1])) if token else None


def gitlab(text: str) -> Evidence | None:
    """Check GitLab's routable tokens (older ones have no checksum), and tell what they route by."""
    token = _ROUTABLE.fullmatch(text)
    if not token:
        return None
    if token[5] != gitlab_of(token[1]):
        return None if token["runner"] else FAILS
    route = _route(decoded(token["body"]) or b"", versioned=bool(token["version"]))
    return Evidence(True, f"checksum holds: {route}") if route else HOLDS


def atlassian(text: str) -> Evidence | None:
    """Say that an Atlassian token's checksum holds; nothing where it does not, since the scheme is not published."""
    token = _ATLASSIAN.fullmatch(text)
    return HOLDS if token and token[2] == atlassian_of(token[1]) else None


def base62_of(text: str) -> str:
    """Return the checksum of GitHub and npm."""
    return written(_crc(text), BASE62, 6)


def grafana_of(text: str) -> str:
    """Return the checksum of Grafana over prefix and random part."""
    return _crc(text).to_bytes(4, "little").hex()


def gitlab_of(text: str) -> str:
    """Return the checksum of GitLab over all that stands before it."""
    return written(_crc(text), BASE36, 7)


def atlassian_of(text: str) -> str:
    """Return the checksum of Atlassian over all that stands before it."""
    return f"{_crc(text):08X}"


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("ascii"))


def _verdict(holds: bool) -> Evidence:
    return HOLDS if holds else FAILS


def _route(payload: bytes, *, versioned: bool) -> str:
    """Return whose token it is: lines like `o:1`, in base 36, which random bytes followed at first and now precede."""
    lines = payload[_RANDOM_BYTES:-1] if versioned else payload[: -_RANDOM_BYTES - 1]
    route = lines.decode("ascii", "replace")
    if not _ROUTE.fullmatch(route):
        return ""
    pairs = (line.split(":") for line in route.split())
    return ", ".join(f"{_NAMES[key]} {int(value, 36)}" for key, value in pairs if key in _NAMES)
