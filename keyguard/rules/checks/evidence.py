"""What a check of a secret's text is, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check says: whether the text passed, and why, in a few words for people."""

    holds: bool
    reason: str


Check = Callable[[str], Evidence | None]
"""A function of the secret's text that never raises; None where it has nothing to say about this text."""
