"""Looks for the literals of all rules at once, so that exact patterns run only where one of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Protocol

from keyguard.rules.entries import GateEntry

GAP = 256
"""Hits of one entry that are closer to each other than this many bytes are one run, so that memory stays bounded."""

Run = tuple[int, int]
"""Where the first literal of a run begins, and where its last one ends."""
Hits = Mapping[int, list[Run]]
"""The runs of each entry that was hit, in order. Wide forms have the entry's number plus the count of entries."""


class Gate(Protocol):
    """Finds the entries of a gate in bytes.

    Implementations differ in how far a run of an entry with an anchor goes around what matched, and in nothing else.
    """

    @property
    def entries(self) -> tuple[GateEntry, ...]:
        """What is looked for, each thing once."""

    def hits(self, data: bytes) -> Hits:
        """Return where the entries stand: with an anchor only where it matches, and beside what has to stand beside.

        The wide form of an entry is its literal with a zero byte between characters, as in UTF-16 of either
        byte order and at either alignment; anchors do not apply to it.
        """


def distinct(gates: Iterable[tuple[GateEntry, ...]]) -> tuple[GateEntry, ...]:
    """Return the entries of many rules, each once."""
    return tuple(dict.fromkeys(entry for gate in gates for entry in gate))


def wide(literal: bytes) -> bytes:
    """Return what UTF-16 text of either byte order has between the first and the last character of a literal."""
    return literal.decode("latin-1").encode("utf-16-le")[:-1]


@lru_cache(maxsize=4096)  # a process that scans many repositories makes an engine for each
def longest(entry: GateEntry) -> int:
    """Return how many bytes before the end of a match it may begin."""
    if entry.anchor is None:
        return len(entry.literal)
    from keyguard.rules.patterns import reach_of  # takes a while to load, and small content asks nothing of it

    return reach_of(entry.anchor.decode("ascii"), verbose=False).width


class Anchored:
    """An entry as it is looked for with the standard library alone."""

    __slots__ = ("_anchor", "_folded", "entry", "literal")

    def __init__(self, entry: GateEntry) -> None:
        self.entry = entry
        self.literal = entry.literal.lower() if entry.ignore_case else entry.literal
        self._folded = entry.ignore_case
        self._anchor: re.Pattern[bytes] | None = None  # compiled when it is asked for: most texts hold few literals

    def starts(self, data: bytes, folded: bytes, low: int, high: int) -> Iterator[int]:
        """Yield where it stands wholly between `low` and `high`; `folded` is the data in lower case."""
        haystack = folded if self._folded else data
        at = haystack.find(self.literal, max(low, 0), high)
        while at >= 0:
            if self.entry.anchor is None or self._matches(self.entry.anchor, data, at):
                yield at
            at = haystack.find(self.literal, at + 1, high)

    def _matches(self, anchor: bytes, data: bytes, at: int) -> bool:
        if self._anchor is None:
            self._anchor = re.compile(anchor, re.IGNORECASE if self._folded else re.NOFLAG)
        return self._anchor.match(data, at) is not None

    def runs(self, data: bytes, folded: bytes, low: int, high: int) -> list[Run]:
        """Return the runs of what `starts` yields."""
        return runs_of(self.starts(data, folded, low, high), len(self.literal))


def runs_of(starts: Iterable[int], length: int) -> list[Run]:
    """Join hits of one length that stand close together; `starts` are in order."""
    runs: list[Run] = []
    first = last = -1
    for at in starts:
        if first < 0:
            first = at
        elif at - last >= GAP:
            runs.append((first, last + length))
            first = at
        last = at
    if first >= 0:
        runs.append((first, last + length))
    return runs


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


def borne_out(entry: GateEntry, data: bytes, runs: list[Run]) -> list[Run]:
    """Return those of an entry's runs, which are in order, that what has to stand beside it stands beside."""
    if entry.beside is None:
        return runs
    form = _form(entry.beside)
    kept: list[Run] = []
    waiting = iter(runs)
    run = next(waiting, None)
    for low, high in merged(runs, entry.within, len(data)):
        is_near = form.search(data, low, high) is not None
        while run is not None and run[0] < high:
            if is_near:
                kept.append(run)
            run = next(waiting, None)
    return kept


@lru_cache
def _form(beside: bytes) -> re.Pattern[bytes]:
    return re.compile(beside, re.VERBOSE)


class PlainGate:
    """Searches for one literal after the other: nothing to compile, for a few small files."""

    def __init__(self, entries: tuple[GateEntry, ...]) -> None:
        self.entries = entries
        self._anchored = [Anchored(entry) for entry in entries]
        self._wide = [(wide(each.literal), each.entry.ignore_case) for each in self._anchored]

    def hits(self, data: bytes) -> Hits:
        """Return where the entries stand (see `Gate.hits`)."""
        folded = data.lower()
        found: dict[int, list[Run]] = {}
        for number, entry in enumerate(self._anchored):
            if runs := borne_out(entry.entry, data, entry.runs(data, folded, 0, len(data))):
                found[number] = runs
        if b"\0" in data:
            for number, (literal, ignore_case) in enumerate(self._wide, len(self._anchored)):
                if runs := runs_of(_occurrences(folded if ignore_case else data, literal), len(literal)):
                    found[number] = runs
        return found


def _occurrences(data: bytes, literal: bytes) -> Iterator[int]:
    at = data.find(literal)
    while at >= 0:
        yield at
        at = data.find(literal, at + 1)
