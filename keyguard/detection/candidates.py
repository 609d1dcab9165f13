"""What a rule saw in some bytes before anything is reported, and which of several overlapping sightings stays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import regex

from keyguard.model import Confidence
from keyguard.rules.catalogue import Rule


@dataclass(frozen=True, slots=True)
class Candidate:
    """A secret from `start` to `end` of some bytes, as one rule decided it; `via` are the decodings that show it.

    It is none in a file whose path one of `unless` is found in.
    """

    rule: Rule
    start: int
    end: int
    text: str
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    unless: tuple[regex.Pattern[bytes], ...] = ()

    @property
    def is_conditional(self) -> bool:
        """Whether it depends on the path of the file whether it counts."""
        return self.rule.path is not None or bool(self.unless)

    @property
    def rank(self) -> tuple[int, int, int, int, int, str]:
        """The order in which sightings that overlap are preferred."""
        return (-self.rule.priority, self.start - self.end, len(self.via), -self.confidence, self.start, self.rule.id)


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that was not read to its end; `why` says what and why."""

    why: str


def settled(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return those that stay, by position: of any that overlap the one of higher priority, then the longer one.

    Rules of users take nothing from KeyGuard's own. What they find stays beside what those found, unless that is as
    sure of the same place. Nor does one that counts at some paths only take the place of another.
    """
    own: list[Candidate] = []
    users: dict[str, list[Candidate]] = {}
    for each in candidates:
        if each.rule.file is None:
            own.append(each)
        else:
            users.setdefault(each.rule.id if each.is_conditional else "", []).append(each)
    kept = _apart(own)
    if not users:
        return kept
    added = [each for many in users.values() for each in _apart(many) if not _is_covered(each, kept)]
    return sorted([*kept, *added], key=lambda each: (each.start, each.end))


def _is_covered(candidate: Candidate, kept: list[Candidate]) -> bool:
    """Whether something that is as sure stands where a candidate does; `kept` are in order and apart."""
    at = bisect_left(kept, candidate.end, key=lambda each: each.start)
    while at and kept[at - 1].end > candidate.start:
        at -= 1
        if kept[at].confidence >= candidate.confidence:
            return True
    return False


def _apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return those that stay of the candidates of one kind of rule."""
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
