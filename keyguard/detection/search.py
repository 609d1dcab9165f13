"""Runs the exact rules where the gate was hit, or, as the oracle of that, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from keyguard.detection.assigned import AssignedSearch
from keyguard.detection.candidates import Candidate, Cut
from keyguard.detection.context import Names
from keyguard.detection.counted import apart
from keyguard.detection.gate import Hits
from keyguard.detection.owners import SharedSearch
from keyguard.detection.shaped import MARGIN, PatternSearch, Reach, TimedOut, reach_of
from keyguard.detection.watched import Allowance, Watched
from keyguard.rules.catalogue import Catalogue, Kind, Rule
from keyguard.rules.entries import GateEntry

Sighting = Candidate | TimedOut | Cut
"""What a search yields: what it found, and what it could not search."""


class RuleSearch(Protocol):
    """One rule, or several that are searched together, ready to be searched for."""

    @property
    def reaches(self) -> Mapping[GateEntry, Reach]:
        """What has to stand near whatever is found, and how far what is decided by it may stand from it."""

    def found(self, data: bytes, names: Names) -> Iterator[Candidate]:
        """Yield what is decided to be a secret in these bytes; raises `TimedOut`."""


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes around hits of the gate that decide by themselves what stands there; `entries` are what was hit."""

    low: int
    high: int
    entries: frozenset[int]


class Search:
    """All rules of a catalogue over some bytes."""

    def __init__(self, catalogue: Catalogue, entries: Sequence[GateEntry]) -> None:
        users = [rule for rule in catalogue.rules if rule.file is not None]
        self._allowance = Allowance()
        self._searches = searches_for([rule for rule in catalogue.rules if rule.file is None])
        for rule in users:
            self._searches += [Watched(rule, search, self._allowance) for search in searches_for([rule])]
        self._open = [at for at, search in enumerate(self._searches) if not search.reaches]
        numbers = {entry: number for number, entry in enumerate(entries)}
        self._using: list[list[int]] = [[] for _ in entries]
        self._reaches: list[Reach] = [(0, 0)] * len(entries)
        for at, search in enumerate(self._searches):
            for entry, (before, after) in search.reaches.items():
                number = numbers[entry]
                self._using[number].append(at)
                known = self._reaches[number]
                self._reaches[number] = max(known[0], before + MARGIN), max(known[1], after + MARGIN)
        reaches = [*(max(each) for each in self._reaches), *(reach_of(rule) + MARGIN for rule in users)]
        self.reach = max(reaches, default=0)

    def reach_of(self, entry: int) -> int:
        """Return how many bytes around a hit of an entry a region goes at most."""
        return max(self._reaches[entry])

    def regions(self, hits: Hits, size: int, around: Sequence[int]) -> Iterator[Region]:
        """Yield where there is something to search, in order; those that touch are one.

        `around` is, for each entry, how far at least a region goes around its hits.
        """
        wanted = sorted(
            (max(0, first - max(before, around[number])), min(size, last + max(after, around[number])), number)
            for number, runs in hits.items()
            if number < len(self._reaches)
            for before, after in (self._reaches[number],)
            for first, last in runs
        )
        low = high = -1
        numbers: set[int] = set()
        for first, last, number in wanted:
            if first > high:
                if numbers:
                    yield Region(low, high, frozenset(numbers))
                low, high, numbers = first, last, set()
            high = max(high, last)
            numbers.add(number)
        if numbers:
            yield Region(low, high, frozenset(numbers))

    def within(self, data: bytes, entries: Iterable[int]) -> Iterator[Sighting]:
        """Yield what the rules with these entries find in the bytes of a region."""
        return self._by(data, sorted({at for number in entries for at in self._using[number]}))

    @property
    def is_open(self) -> bool:
        """Whether a rule has nothing that could be looked for quickly, so that it is run on everything."""
        return bool(self._open)

    def openly(self, data: bytes) -> Iterator[Sighting]:
        """Yield what the rules without a gate find in all of the data."""
        return self._by(data, self._open)

    def everywhere(self, data: bytes) -> Iterator[Sighting]:
        """Yield what the rules find in all of the data: slow, and what the search of regions is held to."""
        return self._by(data, range(len(self._searches)))

    def _by(self, data: bytes, searches: Sequence[int]) -> Iterator[Sighting]:
        self._allowance.earn(len(data))
        if not searches:
            return
        data = apart(data)
        names = Names(data)
        for at in searches:
            yield from _guarded(self._searches[at], data, names)


def searches_for(rules: Sequence[Rule]) -> list[RuleSearch]:
    """Return rules ready to be searched for: those that go by names together, and the owners of a shape together."""
    shared: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind is Kind.SHARED:
            shared.setdefault(rule.shape_id, []).append(rule)
    assigned = [rule for rule in rules if rule.kind is Kind.ENTROPY]
    claimed = tuple(dict.fromkeys(name for rule in assigned for name in rule.names))
    known = {rule.id: rule for rule in rules}
    made: list[RuleSearch] = [
        PatternSearch(rule) for rule in rules if rule.kind is Kind.PATTERN and rule.id not in shared
    ]
    made += [SharedSearch(owners, known.get(shape), claimed) for shape, owners in shared.items()]
    return [*made, AssignedSearch(assigned)] if assigned else made


def _guarded(search: RuleSearch, data: bytes, names: Names) -> Iterator[Sighting]:
    try:
        yield from search.found(data, names)
    except TimedOut as timeout:
        yield timeout
