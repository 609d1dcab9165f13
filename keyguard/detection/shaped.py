"""Searches for keys that have a shape of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from keyguard.detection.candidates import Candidate
from keyguard.detection.conditions import Conditions, beyond
from keyguard.detection.context import Names
from keyguard.detection.digests import is_in_digest, is_in_encoded
from keyguard.detection.gate import Anchored, Run
from keyguard.detection.verdict import Judge
from keyguard.rules.catalogue import Rule
from keyguard.rules.entries import GateEntry

MARGIN = 256
"""Bytes that a look-around of a pattern may see beyond its match."""
Reach = tuple[int, int]
"""How many bytes before and after a hit of the gate belong to what decides about a match."""
_BEYOND_CHANCE = 8
"""Characters that all keys of a rule share: the same eight stand once in 280 TB of random base64."""
_SECONDS = 2.0
_SECONDS_PER_BYTE = 1e-6


class TimedOut(Exception):
    """A pattern was given up on; `rule` is its id."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class PatternSearch:
    """A rule whose keys have a shape of their own."""

    def __init__(self, rule: Rule) -> None:
        self._conditions = Conditions(rule)
        reach = reach_of(rule)
        self.reaches: Mapping[GateEntry, Reach] = dict.fromkeys(rule.gate, (reach, reach))
        self._rule = rule
        self._literals = Literals(rule.gate, rule.context)
        self._judge = Judge(rule)

    def found(self, data: bytes, _names: Names) -> Iterator[Candidate]:
        """Yield what the rule decides to be a secret; raises `TimedOut`."""
        for whole, start, end in spans(self._rule, data):
            if not self._literals.stand_near(data, *whole) or is_in_digest(data, start, end):
                continue
            candidate = self._judge.decided(data, start, end)
            if candidate is not None and self._is_chance(data, candidate):
                continue
            unless = self._conditions.unless(data, whole, start, end) if candidate else None
            if candidate is not None and unless is not None:
                yield replace(candidate, unless=unless) if unless else candidate

    def _is_chance(self, data: bytes, candidate: Candidate) -> bool:
        """Whether it stands in encoded data, with too little in it that no chance would write."""
        secret = data[candidate.start : candidate.end]
        fixed = max((len(entry.literal) for entry in self._rule.gate if entry.literal in secret), default=0)
        if fixed >= _BEYOND_CHANCE or not is_in_encoded(data, candidate.start, candidate.end):
            return False
        spoken = (proof(candidate.text) for proof in self._rule.proofs)
        return not any(evidence is not None and evidence.holds for evidence in spoken)


def reach_of(rule: Rule) -> int:
    """Return how many bytes on each side of a literal decide about a match of a rule."""
    return rule.span + max(rule.context, beyond(rule))


class Literals:
    """The gate of one rule, looked for around one match: what decides whether the gate may be said to be open."""

    def __init__(self, gate: Iterable[GateEntry], distance: int) -> None:
        self._entries = [Anchored(entry) for entry in gate]
        self._distance = distance

    def stand_near(self, data: bytes, start: int, end: int) -> bool:
        """Return whether one of the literals stands in the match or within the rule's distance of it.

        A rule without literals is run on everything, and so everywhere is near.
        """
        if not self._entries:
            return True
        low, high = max(0, start - self._distance), end + self._distance
        near = data[low : high + MARGIN]
        folded = near.lower()
        return any(next(entry.starts(near, folded, 0, high - low), None) is not None for entry in self._entries)

    def stand_before(self, data: bytes, start: int) -> bool:
        """Return whether one of the literals stands within the distance before an offset; an anchor may go beyond."""
        low = max(0, start - self._distance)
        near = data[low : start + MARGIN]
        folded = near.lower()
        return any(next(entry.starts(near, folded, 0, start - low), None) is not None for entry in self._entries)


def spans(rule: Rule, data: bytes) -> list[tuple[Run, int, int]]:
    """Return match and secret at every position; of secrets that end together the longest. Raises `TimedOut`."""
    longest: dict[int, tuple[Run, int, int]] = {}
    try:
        for match in rule.pattern.finditer(data, overlapped=True, timeout=limit(len(data))):
            longest.setdefault(match.end("secret"), (match.span(), *match.span("secret")))
    except TimeoutError:
        raise TimedOut(rule.id) from None
    return list(longest.values())


def fits(rule: Rule, data: bytes, start: int, end: int) -> bool:
    """Return whether the rule's pattern matches all of the text between two offsets. Raises `TimedOut`."""
    if end - start > rule.span:
        return False
    try:
        return rule.pattern.fullmatch(data, start, end, timeout=limit(end - start)) is not None
    except TimeoutError:
        raise TimedOut(rule.id) from None


def limit(size: int) -> float:
    """Return how many seconds a pattern gets for so many bytes."""
    return _SECONDS + size * _SECONDS_PER_BYTE
