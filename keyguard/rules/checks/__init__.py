"""Named checks of a secret's own text, which a rule file asks for by name: proofs, and look-alikes to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import cast

from keyguard.rules.checks.evidence import Check, Evidence

__all__ = ["CHECKS", "Check", "Evidence"]


class _Later:
    """A check whose module is imported when there is a text to look at: most scans need none of them."""

    def __init__(self, module: str, function: str) -> None:
        self._module = module
        self._function = function

    def __call__(self, text: str) -> Evidence | None:
        return self._loaded(text)

    @cached_property
    def _loaded(self) -> Check:
        return cast("Check", getattr(import_module(f"{__name__}.{self._module}"), self._function))


CHECKS: Mapping[str, Check] = {
    "age-checksum": _Later("bech32", "age"),
    "anthropic-known-length": _Later("anthropic", "known_length"),
    "atlassian-checksum": _Later("crc", "atlassian"),
    "aws-account": _Later("aws", "account"),
    "aws-bedrock": _Later("aws", "bedrock"),
    "aws-bedrock-short": _Later("aws", "bedrock_short"),
    "azure-checksum": _Later("azure", "checked"),
    "azure-devops-checksum": _Later("azure", "devops_pat"),
    "azure-identifiable": _Later("azure", "identifiable"),
    "base62-checksum": _Later("crc", "base62"),
    "basic-auth": _Later("basic", "credentials"),
    "discord-bot": _Later("bots", "discord"),
    "github-app-token": _Later("github", "app_token"),
    "gitlab-checksum": _Later("crc", "gitlab"),
    "google-key-start": _Later("starts", "google"),
    "grafana-checksum": _Later("crc", "grafana"),
    "groq-marker": _Later("starts", "groq"),
    "jwt-header": _Later("jwt", "names_algorithm"),
    "jwt-in-force": _Later("jwt", "in_force"),
    "jwt-issuer-minimax": _Later("jwt", "issued_by_minimax"),
    "jwt-issuer-openai": _Later("jwt", "issued_by_openai"),
    "jwt-kubernetes": _Later("jwt", "of_kubernetes"),
    "jwt-not-expired": _Later("jwt", "not_expired"),
    "jwt-private-key": _Later("jwt", "holds_private_key"),
    "jwt-supabase-service": _Later("jwt", "supabase_service"),
    "openai-issued-tail": _Later("openai", "issued_tail"),
    "openai-known-length": _Later("openai", "known_length"),
    "pem-well-formed": _Later("pem", "well_formed"),
    "pypi-macaroon": _Later("macaroon", "pypi"),
    "telegram-bot": _Later("bots", "telegram"),
}
"""The checks by the names that rule files use."""
