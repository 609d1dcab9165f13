"""The gate for much content: Hyperscan databases of all literals and anchors."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from keyguard import cache
from keyguard.detection.gate import GAP, Hits, Run, borne_out, longest, wide
from keyguard.rules.entries import GateEntry


class HyperscanGate:
    """Searches for everything in two passes; raises `ImportError` where Hyperscan is not installed."""

    def __init__(self, entries: tuple[GateEntry, ...]) -> None:
        self.entries = entries
        self._lengths: dict[int, int] = {}
        self._databases: list[Any] = [database_of(*each) for each in searched(entries)]

    @staticmethod
    def is_kept(entries: tuple[GateEntry, ...]) -> bool:
        """Return whether nothing has to be compiled; raises `ImportError` where Hyperscan is not installed."""
        return all(cache.holds(_name(*each)) for each in searched(entries))

    def hits(self, data: bytes) -> Hits:
        """Return where the entries stand (see `Gate.hits`)."""
        ends: dict[int, list[int]] = {}
        for database in self._databases if data else ():
            database.scan(data, match_event_handler=_note, context=ends)
        return self._runs(data, ends) if ends else {}

    def _length(self, number: int) -> int:
        """Return how wide a match may be; worked out where there is one, as that takes a while for all."""
        if number not in self._lengths:
            entry = self.entries[number % len(self.entries)]
            self._lengths[number] = longest(entry) if number < len(self.entries) else len(wide(entry.literal))
        return self._lengths[number]

    def _runs(self, data: bytes, ends: dict[int, list[int]]) -> Hits:
        found: dict[int, list[Run]] = {}
        for number in sorted(ends):
            length = self._length(number)
            pairs = zip(ends[number][::2], ends[number][1::2], strict=True)
            runs = [(max(0, first - length), last) for first, last in pairs]
            entry = self.entries[number % len(self.entries)]
            if number < len(self.entries):
                runs = borne_out(entry, data, runs if entry.wider is None else list(_exactly(entry, data, runs)))
            if runs:
                found[number] = runs
        return found


def _exactly(entry: GateEntry, data: bytes, runs: list[Run]) -> Iterator[Run]:
    """Yield those runs of the wider form of an anchor in which the anchor itself matches."""
    anchor = re.compile(entry.anchor or b"", re.IGNORECASE if entry.ignore_case else re.NOFLAG)
    for first, last in runs:
        if anchor.search(data, first, last):
            yield first, last


class _Searched(NamedTuple):
    """What one database is of, column by column.

    The id of an expression is the number of its entry, or that plus the count of entries.
    """

    expressions: list[bytes]
    flags: list[int]
    ids: list[int]

    def add(self, expression: bytes, flag: int, number: int) -> None:
        """Add an expression."""
        self.expressions.append(expression)
        self.flags.append(flag)
        self.ids.append(number)


def searched(entries: tuple[GateEntry, ...]) -> list[_Searched]:
    """Return what is searched for in each pass, and how: each entry, and each in its wide form.

    The wider forms of anchors are by themselves: so both are compiled in a third of the time, and searched as fast.
    """
    import hyperscan

    wider, others = _Searched([], [], []), _Searched([], [], [])
    for number, entry in enumerate(entries):
        flag = hyperscan.HS_FLAG_CASELESS if entry.ignore_case else 0
        if entry.wider is not None:
            wider.add(entry.wider, flag, number)
        else:
            others.add(entry.anchor or escaped(entry.literal), flag, number)
        others.add(escaped(wide(entry.literal)), flag, len(entries) + number)
    return [each for each in (wider, others) if each.ids]


def _note(number: int, _start: int, end: int, _flags: int, ends: dict[int, list[int]]) -> None:
    """Keep the first and the last end of each run of hits, in one flat list for each expression."""
    known = ends.get(number)
    if known is None:
        ends[number] = [end, end]
    elif end - known[-1] < GAP:
        known[-1] = end
    else:
        known += (end, end)


def database_of(expressions: list[bytes], flags: list[int], ids: list[int] | None = None) -> Any:  # noqa: ANN401 (the package has no types)
    """Return a database for whole chunks, in which an expression's id is its place in the list unless ids are given.

    Compiling takes 0.2 s for some thousand literals, and loading what was compiled before next to nothing (measured);
    a stored database of another version or processor is refused, and compiled anew.
    """
    import hyperscan

    ids = list(range(len(expressions))) if ids is None else ids
    name = _name(expressions, flags, ids)
    kept = cache.read(name)
    if kept is not None:
        with contextlib.suppress(hyperscan.HyperscanError):
            database = hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
            return database
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=expressions, ids=ids, elements=len(ids), flags=flags)
    cache.write(name, hyperscan.dumpb(database))
    return database


def _name(expressions: list[bytes], flags: list[int], ids: list[int] | None = None) -> str:
    """Return the name under which a database is kept."""
    import hyperscan

    made_of = (expressions, flags, ids or list(range(len(expressions))), getattr(hyperscan, "__version__", ""))
    return f"hyperscan-{blake2b(repr(made_of).encode(), digest_size=20).hexdigest()}"


def escaped(literal: bytes) -> bytes:
    """Return the expression that matches just this text."""
    return b"\\x" + literal.hex("-").encode().replace(b"-", b"\\x")
