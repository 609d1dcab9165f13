"""Chooses who is spoken to about a kind of key, and with which key of the user's own."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.rotation.issuers import tabled, tables
from keyguard.rotation.issuers.issuer import Issuer, Planned
from keyguard.rotation.issuers.listings import LISTINGS
from keyguard.rotation.values import Held, Way
from keyguard.rules import loader
from keyguard.rules.api.values import Api
from keyguard.verification.addresses import Addresses
from keyguard.verification.proxy import Proxy

EXTRA = "pip install 'keyguard[rotate]'"
OPENAI = "OPENAI_ADMIN_KEY"
ADMIN_RULE = "openai-admin-key"
PROJECT_RULES = (
    "openai-project-key", "openai-service-account-key", "openai-legacy-key", "openai-user-key-none",
    "openai-service-key-old",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """How providers are reached: their addresses, a proxy if the user wants one, and what calls need besides keys."""

    addresses: Addresses
    proxy: Proxy | None = None
    given: Mapping[str, str] = field(default_factory=dict)


def possible(provider: str, rule: str) -> bool:
    """Whether an API is known that ends keys of this kind."""
    return rule in (*PROJECT_RULES, ADMIN_RULE) or tabled.can(_api(provider, rule), LISTINGS.get(rule))


def variable(rule: str) -> str | None:
    """Return the name of the variable that has the key to rotate this kind with; None where it needs none."""
    if rule in (*PROJECT_RULES, ADMIN_RULE):
        return OPENAI
    return LISTINGS[rule].variable if rule in LISTINGS else None


def variables() -> Collection[str]:
    """Return the names of all variables that may have a key which makes and deletes keys."""
    return {OPENAI, *(name for each in LISTINGS.values() for name in (each.variable, each.also))}


def issuer(provider: str, rule: str, line: Line, leaked: Secret | None) -> Issuer:
    """Return who is spoken to about this kind of key, for which an API has to be known.

    Raises `UsageError` where the user's own key is not there, or the package of `[rotate]`.
    """
    name = variable(rule)
    own = _own_key(rule, name) if name else None
    if own is not None and name == OPENAI:
        return _openai(own, rule, line)
    known = loader.load().provider_by_id[provider]
    return tables.TableKeys(
        provider,
        known.apis[rule],
        known.console,
        line.addresses,
        LISTINGS.get(rule),
        own,
        leaked,
        line.given,
        line.proxy,
    )


def calls_of(
    provider: str, rule: str, old: Held | None, way: Way | None, *, revoke_first: bool, cap: bool
) -> Sequence[Planned]:
    """Return the calls of a rotation in their order, with the ids that are known; nothing is sent for it."""
    if rule in (*PROJECT_RULES, ADMIN_RULE):
        from keyguard.rotation.issuers.openai import calls

        if rule == ADMIN_RULE:
            return calls.planned_admin(old, way, revoke_first=revoke_first)
        return calls.planned(old, way, revoke_first=revoke_first, cap=cap)
    return tabled.planned(_api(provider, rule), makes=way is not Way.BY_HAND, revoke_first=revoke_first)


def _api(provider: str, rule: str) -> Api:
    known = loader.load().provider_by_id.get(provider)
    return (known.apis.get(rule) if known else None) or Api()


def is_set(rule: str) -> bool:
    """Whether the key to rotate this kind with is there."""
    return bool(_value(rule))


def _value(rule: str) -> str:
    names = [LISTINGS[rule].variable, LISTINGS[rule].also] if rule in LISTINGS else [OPENAI]
    return next((value for name in names if (value := os.environ.get(name, "").strip())), "")


def _own_key(rule: str, name: str) -> Secret:
    value = _value(rule)
    if not value:
        raise UsageError(
            f"{name} is not set",
            "set it to an admin key of your own; KeyGuard keeps it nowhere and passes it to nobody",
        )
    return Secret(value)


def _openai(key: Secret, rule: str, line: Line) -> Issuer:
    try:
        from keyguard.rotation.issuers.openai.sdk import connected
    except ImportError:
        raise UsageError("rotating OpenAI's keys needs OpenAI's own package", f"install it: {EXTRA}") from None
    client = connected(key, line.addresses, line.proxy)
    if rule == ADMIN_RULE:
        from keyguard.rotation.issuers.openai.admin import AdminKeys

        return AdminKeys(client, key)
    from keyguard.rotation.issuers.openai.project import ProjectKeys

    return ProjectKeys(client)
