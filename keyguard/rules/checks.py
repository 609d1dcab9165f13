"""Named checks of a secret's own text, which a rule file asks for by name: proofs, and look-alikes to refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check says: whether the text passed, and why, in a few words for people."""

    holds: bool
    reason: str


Check = Callable[[str], Evidence | None]
"""A pure function of the secret's text; None where it has nothing to say about this text."""
