"""What the payload of a JSON Web Token tells; signatures are not looked at, since that takes the issuer's key."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

from keyguard.rules.checks.evidence import Evidence

ISSUER = "https://auth.openai.com"
CLAIM = "https://api.openai.com/auth"
PRIVATE_KEY = "agent_private_key"
_LONGEST = 1 << 16


def issued_by_openai(text: str) -> Evidence | None:
    """Say whether the token names OpenAI's login as its issuer, or carries OpenAI's own claim."""
    payload = _payload(text)
    if payload is None:
        return None
    issuer = payload.get("iss")
    holds = CLAIM in payload or (isinstance(issuer, str) and issuer.removesuffix("/") == ISSUER)
    return Evidence(holds, "issued by OpenAI's login" if holds else "not issued by OpenAI")


def not_expired(text: str) -> Evidence | None:
    """Say until when the token works; nothing where it does not say so itself. Depends on today's date."""
    expires = (_payload(text) or {}).get("exp")
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        return None
    try:
        day = datetime.fromtimestamp(expires, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
    holds = expires > time.time()
    return Evidence(holds, f"valid until {day}" if holds else f"expired {day}")


def holds_private_key(text: str) -> Evidence | None:
    """Say whether the token carries the private key of an agent."""
    payload = _payload(text)
    if payload is None:
        return None
    key = payload.get(PRIVATE_KEY)
    holds = isinstance(key, str) and bool(key)
    return Evidence(holds, "carries an agent's private key" if holds else "carries no private key")


def _payload(text: str) -> dict[str, Any] | None:
    parts = text.split(".")
    if len(parts) != 3 or len(text) > _LONGEST:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None
