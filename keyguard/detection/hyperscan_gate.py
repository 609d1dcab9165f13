"""The gate for much content: one Hyperscan database of all literals and anchors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyguard.detection.gate import GAP, Anchored, Hits, Run, runs_of, wide
from keyguard.rules.catalogue import GateEntry

LONGEST_ANCHOR = 512
"""How many bytes before the end of an anchor's match its literal is looked for."""


class HyperscanGate:
    """Searches for everything in one pass; raises `ImportError` where Hyperscan is not installed."""

    def __init__(self, entries: tuple[GateEntry, ...]) -> None:
        import hyperscan

        self.entries = entries
        self._anchored = [Anchored(entry) for entry in entries]
        self._lengths = [len(entry.literal) for entry in entries] + [len(wide(entry.literal)) for entry in entries]
        expressions = [entry.anchor or escaped(entry.literal) for entry in entries]
        expressions += [escaped(wide(entry.literal)) for entry in entries]
        flags = [hyperscan.HS_FLAG_CASELESS if entry.ignore_case else 0 for entry in entries] * 2
        self._database: Any = None
        if entries:
            self._database = database_of(expressions, flags)

    def hits(self, data: bytes) -> Hits:
        """Return where the entries stand (see `Gate.hits`)."""
        ends: dict[int, list[int]] = {}
        if data and self._database is not None:
            self._database.scan(data, match_event_handler=_note, context=ends)
        return self._runs(data, ends) if ends else {}

    def _runs(self, data: bytes, ends: dict[int, list[int]]) -> Hits:
        found: dict[int, list[Run]] = {}
        folded: bytes | None = None
        for number in sorted(ends):
            length = self._lengths[number]
            pairs = zip(ends[number][::2], ends[number][1::2], strict=True)
            if number >= len(self.entries) or self.entries[number].anchor is None:
                found[number] = [(first - length, last) for first, last in pairs]
                continue
            folded = data.lower() if folded is None else folded
            near = ((first - LONGEST_ANCHOR, last) for first, last in pairs)
            if runs := _verified(self._anchored[number], data, folded, near):
                found[number] = runs
        return found


def _note(number: int, _start: int, end: int, _flags: int, ends: dict[int, list[int]]) -> None:
    """Keep the first and the last end of each run of hits, in one flat list for each expression."""
    known = ends.get(number)
    if known is None:
        ends[number] = [end, end]
    elif end - known[-1] < GAP:
        known[-1] = end
    else:
        known += (end, end)


def _verified(entry: Anchored, data: bytes, folded: bytes, near: Iterable[Run]) -> list[Run]:
    """Return the runs of an anchored entry: Hyperscan gives the ends of its matches only."""
    starts: list[int] = []
    after = 0
    for low, high in near:
        starts += entry.starts(data, folded, max(low, after), high)
        after = max(after, (starts[-1] + 1) if starts else 0)
    return runs_of(starts, len(entry.literal))


def database_of(expressions: list[bytes], flags: list[int]) -> Any:  # noqa: ANN401 (the package has no types)
    """Return a database for whole chunks, in which an expression's id is its place in the list."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    ids = list(range(len(expressions)))
    database.compile(expressions=expressions, ids=ids, elements=len(ids), flags=flags)
    return database


def escaped(literal: bytes) -> bytes:
    """Return the expression that matches just this text."""
    return b"".join(b"\\x%02x" % byte for byte in literal)
