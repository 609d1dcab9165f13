"""What a run looks for."""

from __future__ import annotations

from dataclasses import dataclass

from keyguard.rules.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of a run, and what there is to tell of them: lines for people."""

    catalogue: Catalogue
    notes: tuple[str, ...] = ()
