"""Chooses who is spoken to about a kind of key, and with which key of the user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import Issuer, Planned
from keyguard.rotation.journal import State
from keyguard.verification.addresses import Addresses
from keyguard.verification.proxy import Proxy

EXTRA = "pip install 'keyguard[rotate]'"
OPENAI = "OPENAI_ADMIN_KEY"
_PROJECT_RULES = (
    "openai-project-key", "openai-service-account-key", "openai-legacy-key", "openai-user-key-none",
    "openai-service-key-old",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """How a provider is reached: its address, and a proxy if the user wants one."""

    addresses: Addresses
    proxy: Proxy | None = None


def variable(rule: str) -> str | None:
    """Return the name of the variable that has the key to rotate this kind with; None where it needs none."""
    return OPENAI if rule in _PROJECT_RULES else None


def issuer(rule: str, line: Line, environ: Mapping[str, str] | None = None) -> Issuer | None:
    """Return who is spoken to about this kind of key, None where no API is known.

    Raises `UsageError` where the user's own key is not there, or the package of `[rotate]`.
    """
    environ = os.environ if environ is None else environ
    if rule in _PROJECT_RULES:
        return _openai(_own_key(OPENAI, environ), line)
    return None


def calls_of(rule: str, state: State | None, *, revoke_first: bool, cap: bool) -> Sequence[Planned]:
    """Return the calls of a rotation in their order, with the ids that are known; nothing is sent for it."""
    from keyguard.rotation.issuers.openai import calls

    return calls.planned(state.old if state else None, state.way if state else None, revoke_first=revoke_first, cap=cap)


def _own_key(name: str, environ: Mapping[str, str]) -> Secret:
    value = environ.get(name, "").strip()
    if not value:
        raise UsageError(
            f"{name} is not set",
            "set it to an admin key of your own; KeyGuard keeps it nowhere and passes it to nobody",
        )
    return Secret(value)


def _openai(key: Secret, line: Line) -> Issuer:
    try:
        from keyguard.rotation.issuers.openai.sdk import connected
    except ImportError:
        raise UsageError("rotating OpenAI's keys needs OpenAI's own package", f"install it: {EXTRA}") from None
    from keyguard.rotation.issuers.openai.project import ProjectKeys

    return ProjectKeys(connected(key, line.addresses, line.proxy))
