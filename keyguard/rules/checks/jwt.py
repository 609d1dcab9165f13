"""What a JSON Web Token tells; signatures are not looked at, since that takes the issuer's key."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from keyguard.rules.checks.bases import decoded
from keyguard.rules.checks.evidence import Evidence

ISSUER = "https://auth.openai.com"
CLAIM = "https://api.openai.com/auth"
PRIVATE_KEY = "agent_private_key"
_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:([a-z0-9-]{1,63}:[a-z0-9.-]{1,253})")
_LONGEST = 1 << 16
_HEADER, _PAYLOAD = 0, 1


def names_algorithm(text: str) -> Evidence | None:
    """Say whether the first part is a header of RFC 7515, which has to name an algorithm."""
    algorithm = (_part(text, _HEADER) or {}).get("alg")
    holds = isinstance(algorithm, str) and bool(algorithm)
    return Evidence(holds, "its header names an algorithm" if holds else "its first part is no header of a token")


def in_force(text: str) -> Evidence | None:
    """Say whether the token is signed and until when it works. Depends on today's date.

    Nothing is said of a signed one without an end. One with the algorithm `none` anyone can make (RFC 8725, 2.1).
    """
    algorithm = (_part(text, _HEADER) or {}).get("alg")
    if isinstance(algorithm, str) and algorithm.lower() == "none":
        return Evidence(False, "not signed: anyone can make it")
    return not_expired(text)


def issued_by_openai(text: str) -> Evidence | None:
    """Say whether the token names OpenAI's login as its issuer, or carries OpenAI's own claim."""
    payload = _part(text, _PAYLOAD)
    if payload is None:
        return None
    issuer = payload.get("iss")
    holds = CLAIM in payload or (isinstance(issuer, str) and issuer.removesuffix("/") == ISSUER)
    return Evidence(holds, "issued by OpenAI's login" if holds else "not issued by OpenAI")


def issued_by_minimax(text: str) -> Evidence | None:
    """Say whether the token has the issuer or the group that the older keys of MiniMax name."""
    payload = _part(text, _PAYLOAD)
    if payload is None:
        return None
    holds = payload.get("iss") == "minimax" or "GroupID" in payload
    return Evidence(holds, "issued by MiniMax" if holds else "not issued by MiniMax")


def supabase_service(text: str) -> Evidence | None:
    """Say whether the token is Supabase's key of the role that no row level security holds back."""
    payload = _part(text, _PAYLOAD)
    if payload is None:
        return None
    if not str(payload.get("iss")).startswith("supabase"):
        return Evidence(False, "another issuer than Supabase")
    holds = payload.get("role") == "service_role"
    return Evidence(holds, "role service_role" if holds else "another role than service_role")


def of_kubernetes(text: str) -> Evidence | None:
    """Say which service account of Kubernetes the token is of, if it is of one."""
    payload = _part(text, _PAYLOAD)
    if payload is None:
        return None
    subject = payload.get("sub")
    account = _SERVICE_ACCOUNT.fullmatch(subject) if isinstance(subject, str) else None
    if account:
        return Evidence(True, f"of service account {account[1]}")
    holds = payload.get("iss") == "kubernetes/serviceaccount"
    return Evidence(holds, "of a service account" if holds else "of no service account")


def not_expired(text: str) -> Evidence | None:
    """Say until when the token works; nothing where it does not say so itself. Depends on today's date."""
    expires = (_part(text, _PAYLOAD) or {}).get("exp")
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
    payload = _part(text, _PAYLOAD)
    if payload is None:
        return None
    key = payload.get(PRIVATE_KEY)
    holds = isinstance(key, str) and bool(key)
    return Evidence(holds, "carries an agent's private key" if holds else "carries no private key")


def _part(text: str, number: int) -> dict[str, Any] | None:
    """Return one of the two parts that are JSON, or None for what is no token."""
    parts = text.split(".") if len(text) <= _LONGEST else []
    if len(parts) != 3:
        return None
    try:
        part = json.loads(decoded(parts[number]) or b"")
    except (ValueError, RecursionError):
        return None
    return part if isinstance(part, dict) else None
