"""The tokens of GitHub Apps as github.com issues them since 2026: `ghs_`, the app's id, `_` and a JSON Web Token."""

from __future__ import annotations

import re

from keyguard.rules.checks import jwt
from keyguard.rules.checks.evidence import Evidence

_TOKEN = re.compile(r"ghs_([0-9]{1,20})_(eyJ[A-Za-z0-9_.-]{1,8000})")


def app_token(text: str) -> Evidence | None:
    """Say until when an app's token works, which is an hour, or that what stands in it is no token."""
    token = _TOKEN.fullmatch(text)
    if not token:
        return None
    named = jwt.names_algorithm(token[2])
    if named is not None and not named.holds:
        return named
    return jwt.in_force(token[2]) or Evidence(True, f"of app {token[1]}")
