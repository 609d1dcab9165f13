"""Runs the exact patterns of the rules where the gate was hit, or, as the oracle of that, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from keyguard.detection.candidates import Candidate
from keyguard.detection.context import LOOK, Names, values
from keyguard.detection.gate import Anchored, Hits, Run
from keyguard.detection.names import is_of
from keyguard.detection.randomness import is_hash, looks_random
from keyguard.detection.verdict import Judge
from keyguard.rules.catalogue import Catalogue, GateEntry, Kind, Rule

MARGIN = 256
"""Bytes that a look-around of a pattern may see beyond its match."""
_A_UUID = b"7e57d004-2b97-4e7a-b45f-5387367791cd"
_NO_UUID = b"7e57d004x2b97x4e7axb45fx5387367791cd"
_SECONDS = 2.0
_SECONDS_PER_BYTE = 1e-6


class TimedOut(Exception):
    """A pattern was given up on; `rule` is its id."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class RuleSearch(Protocol):
    """One rule, ready to be searched for; `reach` is how far from a match its literals may stand."""

    @property
    def rule(self) -> Rule:
        """The rule."""

    @property
    def reach(self) -> int:
        """How many bytes before and after a hit of the gate belong to what decides about a match."""

    def found(self, data: bytes, regions: Iterable[Run], names: Names) -> Iterator[Candidate]:
        """Yield what the rule decides to be a secret in these regions; raises `TimedOut`."""


class PatternSearch:
    """A rule whose keys have a shape of their own."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.reach = rule.span + rule.context
        self._literals = Literals(rule.gate, rule.context)

    def found(self, data: bytes, regions: Iterable[Run], names: Names) -> Iterator[Candidate]:
        """Yield what the rule decides to be a secret (see `RuleSearch.found`)."""
        judge = Judge(self.rule)
        for low, high in regions:
            for whole, start, end in self._spans(data, low, high):
                if self._literals.stand_near(data, *whole) and (candidate := judge.decided(data, start, end)):
                    yield candidate

    def _spans(self, data: bytes, low: int, high: int) -> list[tuple[Run, int, int]]:
        """Return match and secret at every position; of secrets that end together the longest."""
        low, high = max(0, low - MARGIN), min(len(data), high + MARGIN)
        longest: dict[int, tuple[Run, int, int]] = {}
        try:
            for match in self.rule.pattern.finditer(data, low, high, overlapped=True, timeout=limit(high - low)):
                longest.setdefault(match.end("secret"), (match.span(), *match.span("secret")))
        except TimeoutError:
            raise TimedOut(self.rule.id) from None
        return list(longest.values())


class EntropySearch:
    """A rule whose keys are known by the names that they are assigned to, and by looking random."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.reach = rule.span + rule.context + LOOK
        self._literals = Literals(rule.gate, rule.context + LOOK)

    @cached_property
    def _of_uuids(self) -> bool:
        """Whether the rule is about UUIDs, which are no secret anywhere else."""
        pattern = self.rule.pattern
        return pattern.fullmatch(_A_UUID) is not None and pattern.fullmatch(_NO_UUID) is None

    def found(self, data: bytes, regions: Iterable[Run], names: Names) -> Iterator[Candidate]:
        """Yield what the rule decides to be a secret (see `RuleSearch.found`)."""
        judge = Judge(self.rule)
        for low, high in regions:
            for start, end in values(data, max(0, low - MARGIN), min(len(data), high + MARGIN)):
                # in this order for speed: the shape is cheap, randomness is not, and most values have no owner
                if self._fits(data, start, end) and (reason := self._owner(data, start, end, names)):
                    if not self._is_random(data, start, end):
                        continue
                    candidate = judge.decided(data, start, end)
                    if candidate is not None:
                        yield replace(candidate, evidence=(reason, *candidate.evidence))

    def _is_random(self, data: bytes, start: int, end: int) -> bool:
        text = data[start:end].decode("ascii")
        drawn = text.replace("-", "") if self._of_uuids else text
        return looks_random(drawn) and not is_hash(text, data[max(0, start - LOOK) : start].decode("ascii", "replace"))

    def _fits(self, data: bytes, start: int, end: int) -> bool:
        if end - start > self.rule.span:
            return False
        try:
            return self.rule.pattern.fullmatch(data, start, end, timeout=limit(end - start)) is not None
        except TimeoutError:
            raise TimedOut(self.rule.id) from None

    def _owner(self, data: bytes, start: int, end: int, names: Names) -> str | None:
        """Return how the value is known to be this provider's, or None."""
        rule = self.rule
        if not self._literals.stand_near(data, start, end):
            return None
        name = names.before(start, end)
        if name is None:
            return None
        if owner := is_of(name, rule.names):
            return f"the name it is assigned to speaks of {owner}"
        around = data[max(0, start - rule.context) : end + rule.context].lower()
        host = next((each for each in rule.hosts if each.lower().encode() in around), None)
        return f"{host} stands near it" if host else None


class Literals:
    """The gate of one rule, looked for around one match: what decides whether the gate may be said to be open."""

    def __init__(self, gate: Iterable[GateEntry], distance: int) -> None:
        self._entries = [Anchored(entry) for entry in gate]
        self._distance = distance

    def stand_near(self, data: bytes, start: int, end: int) -> bool:
        """Return whether one of the literals stands in the match or within the rule's distance of it."""
        low, high = max(0, start - self._distance), end + self._distance
        near = data[low : high + MARGIN]
        folded = near.lower()
        return any(next(entry.starts(near, folded, 0, high - low), None) is not None for entry in self._entries)


class Search:
    """All rules of a catalogue over some bytes."""

    def __init__(self, catalogue: Catalogue, entries: Sequence[GateEntry]) -> None:
        self._rules = [search_for(rule) for rule in catalogue.rules]
        numbers = {entry: number for number, entry in enumerate(entries)}
        self._entries = [[numbers[entry] for entry in search.rule.gate] for search in self._rules]
        self.reach = max((search.reach + MARGIN for search in self._rules), default=0)

    def gated(self, data: bytes, hits: Hits) -> Iterator[Candidate | TimedOut]:
        """Yield what the rules find around their hits."""
        names = Names(data)
        for search, numbers in zip(self._rules, self._entries, strict=True):
            runs = [run for number in numbers for run in hits.get(number, ())]
            if runs:
                yield from _guarded(search, data, merged(runs, search.reach, len(data)), names)

    def everywhere(self, data: bytes) -> Iterator[Candidate | TimedOut]:
        """Yield what the rules find in all of the data: slow, and what the gated search is held to."""
        names = Names(data)
        for search in self._rules:
            yield from _guarded(search, data, [(0, len(data))], names)


def search_for(rule: Rule) -> RuleSearch:
    """Return a rule ready to be searched for."""
    return PatternSearch(rule) if rule.kind is Kind.PATTERN else EntropySearch(rule)


def limit(size: int) -> float:
    """Return how many seconds a pattern gets for so many bytes."""
    return _SECONDS + size * _SECONDS_PER_BYTE


def _guarded(search: RuleSearch, data: bytes, regions: Iterable[Run], names: Names) -> Iterator[Candidate | TimedOut]:
    try:
        yield from search.found(data, regions, names)
    except TimedOut as timeout:
        yield timeout


def merged(runs: Iterable[Run], reach: int, size: int) -> list[Run]:
    """Return the regions within `reach` of the runs, in order; those that touch are one."""
    regions: list[Run] = []
    for first, last in sorted(runs):
        low, high = max(0, first - reach), min(size, last + reach)
        if regions and low <= regions[-1][1]:
            regions[-1] = (regions[-1][0], max(high, regions[-1][1]))
        else:
            regions.append((low, high))
    return regions
