"""Looks for the literals of all rules at once, so that exact patterns run only where one of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Protocol

from keyguard.rules.entries import GateEntry

GAP = 256
"""Hits of one entry that are closer to each other than this many bytes are one run, so that memory stays bounded."""
AT_ONCE = 1 << 16
"""Bytes of a text of which it is collected what stands in them, so that memory stays bounded."""
FEW = 16 << 10
"""Bytes that are searched for each literal by itself, before it pays to collect anything."""

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
        self._literals = _Literals((each.literal, each.entry.ignore_case) for each in self._anchored)

    def hits(self, data: bytes) -> Hits:
        """Return where the entries stand (see `Gate.hits`)."""
        folded = data.lower()
        found: dict[int, list[Run]] = {}
        for number, _ in self._literals.standing(data, folded):
            entry = self._anchored[number]
            if runs := borne_out(entry.entry, data, entry.runs(data, folded, 0, len(data))):
                found[number] = runs
        if b"\0" in data:
            for number, literal in self._wide.standing(data, folded):
                haystack = folded if self.entries[number].ignore_case else data
                found[len(self.entries) + number] = runs_of(_occurrences(haystack, literal), len(literal))
        return found

    @cached_property
    def _wide(self) -> _Literals:
        return _Literals((wide(each.literal), each.entry.ignore_case) for each in self._anchored)


class _Literals:
    """Literals by whether case counts, each with the numbers of those that have it; most texts hold few of them.

    What four bytes stand next to each other in a text rules most of them out, and takes as long to collect as it takes
    to search for a hundred literals; to get ready for that takes as long as to search 16 KB for all (measured).
    """

    def __init__(self, literals: Iterable[tuple[bytes, bool]]) -> None:
        self._numbers: dict[tuple[bytes, bool], list[int]] = {}
        for number, each in enumerate(literals):
            self._numbers.setdefault(each, []).append(number)
        self._size = 0

    def standing(self, data: bytes, folded: bytes) -> list[tuple[int, bytes]]:
        """Return the numbers and literals that stand in the data, or in its lower case, in order."""
        self._size += len(data)
        likely = self._numbers if self._size < FEW else self._likely(folded)
        return sorted(
            (number, literal)
            for literal, ignore_case in likely
            if literal in (folded if ignore_case else data)
            for number in self._numbers[literal, ignore_case]
        )

    def _likely(self, folded: bytes) -> set[tuple[bytes, bool]]:
        found: set[tuple[bytes, bool]] = set()
        for start in range(0, len(folded), AT_ONCE):
            fours = _fours(folded[start : start + AT_ONCE + self._longest])
            found.update(each for each, own in self._fours.items() if own <= fours)
        return found

    @cached_property
    def _fours(self) -> dict[tuple[bytes, bool], set[int]]:
        return {each: _fours(each[0].lower()) for each in self._numbers}

    @cached_property
    def _longest(self) -> int:
        return max(len(literal) for literal, _ in self._numbers)


def _fours(data: bytes) -> set[int]:
    """Return each four bytes that stand next to each other, as numbers."""
    view = memoryview(data)
    found: set[int] = set()
    for first in range(4):
        found.update(view[first : len(data) - (len(data) - first) % 4].cast("I"))
    return found


def _occurrences(data: bytes, literal: bytes) -> Iterator[int]:
    at = data.find(literal)
    while at >= 0:
        yield at
        at = data.find(literal, at + 1)
