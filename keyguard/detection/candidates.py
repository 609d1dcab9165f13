"""What a rule saw in some bytes before anything is reported, and which of several overlapping sightings stays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from keyguard.model import Confidence
from keyguard.rules.catalogue import Rule


@dataclass(frozen=True, slots=True)
class Candidate:
    """A secret from `start` to `end` of some bytes, as one rule decided it; `via` are the decodings that show it."""

    rule: Rule
    start: int
    end: int
    text: str
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    via: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, int, int, int, int, str]:
        """The order in which sightings that overlap are preferred."""
        return (-self.rule.priority, self.start - self.end, len(self.via), -self.confidence, self.start, self.rule.id)


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that was not read to its end; `why` says what and why."""

    why: str


def settled(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return those that stay, by position: of any that overlap the one of higher priority, then the longer one."""
    starts: list[int] = []
    kept: list[Candidate] = []
    for each in sorted(candidates, key=lambda one: one.rank):
        at = bisect_left(starts, each.start)
        free_before = at == 0 or kept[at - 1].end <= each.start
        free_after = at == len(kept) or each.end <= kept[at].start
        if free_before and free_after:
            starts.insert(at, each.start)
            kept.insert(at, each)
    return kept
