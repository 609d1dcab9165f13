"""Credentials of HTTP's basic authentication (RFC 7617): base64 of a name, a colon and a password."""

from __future__ import annotations

import re

from keyguard.rules.checks.bases import decoded
from keyguard.rules.checks.evidence import Evidence

_SHORTEST = 6
_LONGEST = 1 << 13
_WORDS = re.compile(r"[A-Za-z]+[ _-][A-Za-z]+")
"""Two words, as in the RFC's own example, whose user is Aladdin, and in `CLIENT_SECRET`."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,60}")


def credentials(text: str) -> Evidence | None:
    """Say whose password it is, or that there is none in it: a word or a number is a placeholder, mostly."""
    try:
        inside = (decoded(text) or b"").decode() if len(text) <= _LONGEST else ""
    except UnicodeDecodeError:
        inside = ""
    name, colon, password = inside.partition(":")
    if not colon or not inside.isprintable() or len(password) < _SHORTEST:
        return Evidence(False, "holds no password")
    if password.isalpha() or password.isdigit() or _WORDS.fullmatch(password):
        return Evidence(False, "holds words or a number for a password")
    return Evidence(True, f"password of {name}" if _NAME.fullmatch(name) else "holds a password")
