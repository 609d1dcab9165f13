"""Runs the exact patterns of the rules where the gate was hit, or, as the oracle of that, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from keyguard.detection.candidates import Candidate
from keyguard.detection.gate import Anchored, Hits, Run
from keyguard.detection.verdict import decided
from keyguard.rules.catalogue import Catalogue, GateEntry, Kind, Rule

MARGIN = 256
"""Bytes that a look-around of a pattern may see beyond its match."""
_SECONDS = 2.0
_SECONDS_PER_BYTE = 1e-6


class TimedOut(Exception):
    """A pattern was given up on; `rule` is its id."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class RuleSearch:
    """One rule, ready to be searched for."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.reach = rule.span + rule.context
        self._gate = [Anchored(entry) for entry in rule.gate]

    def found(self, data: bytes, regions: Iterable[Run]) -> Iterator[Candidate]:
        """Yield what the rule decides to be a secret in these regions; raises `TimedOut`."""
        for low, high in regions:
            for start, end in self._spans(data, low, high):
                if self._is_gated(data, start, end) and (candidate := decided(self.rule, data, start, end)):
                    yield candidate

    def _spans(self, data: bytes, low: int, high: int) -> list[Run]:
        """Return the matches at every position; of those that end together the longest."""
        low, high = max(0, low - MARGIN), min(len(data), high + MARGIN)
        limit = _SECONDS + (high - low) * _SECONDS_PER_BYTE
        matches = self.rule.pattern.finditer(data, low, high, overlapped=True, timeout=limit)
        longest: dict[int, int] = {}
        try:
            for match in matches:
                start, end = match.span("secret")
                longest.setdefault(end, start)
        except TimeoutError:
            raise TimedOut(self.rule.id) from None
        return [(start, end) for end, start in longest.items()]

    def _is_gated(self, data: bytes, start: int, end: int) -> bool:
        """Whether a literal of the rule stands in the match or within its context."""
        low, high = max(0, start - self.rule.context), end + self.rule.context
        folded = data[low:high].lower()
        near = data[low : high + MARGIN]
        return any(next(entry.starts(near, folded, 0, high - low), None) is not None for entry in self._gate)


class Search:
    """All rules of a catalogue over some bytes."""

    def __init__(self, catalogue: Catalogue, entries: Sequence[GateEntry]) -> None:
        self._rules = [RuleSearch(rule) for rule in catalogue.rules if rule.kind is Kind.PATTERN]
        numbers = {entry: number for number, entry in enumerate(entries)}
        self._entries = [[numbers[entry] for entry in search.rule.gate] for search in self._rules]

    def gated(self, data: bytes, hits: Hits) -> Iterator[Candidate | TimedOut]:
        """Yield what the rules find around their hits."""
        for search, numbers in zip(self._rules, self._entries, strict=True):
            runs = [run for number in numbers for run in hits.get(number, ())]
            if runs:
                yield from _guarded(search, data, merged(runs, search.reach, len(data)))

    def everywhere(self, data: bytes) -> Iterator[Candidate | TimedOut]:
        """Yield what the rules find in all of the data: slow, and what the gated search is held to."""
        for search in self._rules:
            yield from _guarded(search, data, [(0, len(data))])


def _guarded(search: RuleSearch, data: bytes, regions: Iterable[Run]) -> Iterator[Candidate | TimedOut]:
    try:
        yield from search.found(data, regions)
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
