"""Named checks of a secret's own text, which a rule file asks for by name: proofs, and look-alikes to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import cast

from keyguard.rules.checks.evidence import Check, Evidence

__all__ = ["CHECKS", "Check", "Evidence"]


@cache
def _loaded(module: str, function: str) -> Check:
    return cast("Check", getattr(import_module(f"{__name__}.{module}"), function))


def _later(module: str, function: str) -> Check:
    """Return a check whose module is imported when there is a text to look at: most scans need none of them."""

    def check(text: str) -> Evidence | None:
        return _loaded(module, function)(text)

    return check


CHECKS: Mapping[str, Check] = {
    "age-checksum": _later("bech32", "age"),
    "anthropic-known-length": _later("anthropic", "known_length"),
    "atlassian-checksum": _later("crc", "atlassian"),
    "aws-account": _later("aws", "account"),
    "aws-bedrock": _later("aws", "bedrock"),
    "aws-bedrock-short": _later("aws", "bedrock_short"),
    "azure-checksum": _later("azure", "checked"),
    "azure-devops-checksum": _later("azure", "devops_pat"),
    "azure-identifiable": _later("azure", "identifiable"),
    "base62-checksum": _later("crc", "base62"),
    "basic-auth": _later("basic", "credentials"),
    "discord-bot": _later("bots", "discord"),
    "github-app-token": _later("github", "app_token"),
    "gitlab-checksum": _later("crc", "gitlab"),
    "google-key-start": _later("starts", "google"),
    "grafana-checksum": _later("crc", "grafana"),
    "groq-marker": _later("starts", "groq"),
    "jwt-header": _later("jwt", "names_algorithm"),
    "jwt-in-force": _later("jwt", "in_force"),
    "jwt-issuer-minimax": _later("jwt", "issued_by_minimax"),
    "jwt-issuer-openai": _later("jwt", "issued_by_openai"),
    "jwt-kubernetes": _later("jwt", "of_kubernetes"),
    "jwt-not-expired": _later("jwt", "not_expired"),
    "jwt-private-key": _later("jwt", "holds_private_key"),
    "jwt-supabase-service": _later("jwt", "supabase_service"),
    "openai-issued-tail": _later("openai", "issued_tail"),
    "openai-known-length": _later("openai", "known_length"),
    "pem-well-formed": _later("pem", "well_formed"),
    "pypi-macaroon": _later("macaroon", "pypi"),
    "telegram-bot": _later("bots", "telegram"),
}
"""The checks by the names that rule files use."""
