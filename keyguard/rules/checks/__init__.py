"""Named checks of a secret's own text, which a rule file asks for by name: proofs, and look-alikes to refuse."""

from __future__ import annotations

from collections.abc import Mapping

from keyguard.rules.checks import anthropic, azure, jwt, openai
from keyguard.rules.checks.evidence import Check, Evidence

__all__ = ["CHECKS", "Check", "Evidence"]

CHECKS: Mapping[str, Check] = {
    "anthropic-known-length": anthropic.known_length,
    "azure-checksum": azure.checked,
    "jwt-issuer-openai": jwt.issued_by_openai,
    "jwt-not-expired": jwt.not_expired,
    "jwt-private-key": jwt.holds_private_key,
    "openai-issued-tail": openai.issued_tail,
    "openai-known-length": openai.known_length,
}
"""The checks by the names that rule files use."""
