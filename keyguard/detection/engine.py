"""Finds the secrets of a chunk: encodings, gate, exact patterns, what overlaps, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from keyguard.detection.candidates import Candidate, settled
from keyguard.detection.encodings import decoded, encoding_of, narrowed
from keyguard.detection.gate import Gate, Hits, PlainGate, Run, distinct
from keyguard.detection.places import Cursor, lines_around
from keyguard.detection.search import Search, TimedOut, merged
from keyguard.model import Chunk, Match, Place, Secret, Unread
from keyguard.rules.catalogue import Catalogue, GateEntry

WIDEST = 4
"""Bytes of a character in the widest encoding, UTF-32."""
_WIDE = "utf-16"
SHORTEST = 8
"""Characters that a string stored with zero bytes between them has at least, to be looked into."""


class Engine:
    """The detector of a catalogue; `bulk` loads Hyperscan, which pays for more than a few small files.

    Without `gated` every pattern runs on everything: far too slow for use, and what the gate is held to in tests.
    """

    def __init__(self, catalogue: Catalogue, *, bulk: bool, gated: bool = True) -> None:
        entries = distinct(rule.gate for rule in catalogue.rules)
        self._search = Search(catalogue, entries)
        self._gate = gate_for(entries, bulk=bulk) if gated else None
        self._count = len(entries)

    @property
    def reach(self) -> int:
        """How many bytes of a chunk the next chunk of the same origin has to repeat."""
        return 2 * self._search.reach * WIDEST

    def detect(self, chunk: Chunk) -> Iterator[Match | Unread]:
        """Yield the secrets of a chunk, and what of it could not be searched."""
        encoding = encoding_of(chunk.data, chunk.encoding)
        seen: set[str] = set()
        if encoding is not None:
            text = decoded(chunk.data, encoding)
            for item in self._reported(chunk, text, self._found(text, self._hits(text)), (encoding,)):
                seen.update([item.secret.reveal()] if isinstance(item, Match) else [])
                yield item
        hits = self._hits(chunk.data)
        if hits is None or hits:
            yield from self._reported(chunk, chunk.data, self._found(chunk.data, hits), ())
            yield from self._reported(chunk, chunk.data, self._wide(chunk.data, hits, seen), (_WIDE,))

    def _hits(self, data: bytes) -> Hits | None:
        """Return what the gate says, or None where there is no gate and everything has to be searched."""
        return None if self._gate is None else self._gate.hits(data)

    def _found(self, data: bytes, hits: Hits | None) -> Iterator[Candidate | TimedOut]:
        return self._search.everywhere(data) if hits is None else self._search.gated(data, hits)

    def _wide(self, data: bytes, hits: Hits | None, seen: set[str]) -> Iterator[Candidate | TimedOut]:
        """Search the strings that binary data holds as UTF-16, at either alignment; `seen` are known already."""
        for low, high in self._wide_regions(data, hits):
            for first in (low, low + 1):
                for start, text in narrowed(data, first, high, SHORTEST):
                    for each in self._found(text, self._hits(text)):
                        if isinstance(each, TimedOut):
                            yield each
                        elif each.text not in seen:
                            yield replace(each, start=start + 2 * each.start, end=start + 2 * each.end)

    def _wide_regions(self, data: bytes, hits: Hits | None) -> list[Run]:
        if hits is None:
            return [(0, len(data))]
        runs = [run for number, found in hits.items() if number >= self._count for run in found]
        return merged(runs, 2 * self._search.reach, len(data))

    def _reported(
        self, chunk: Chunk, data: bytes, found: Iterable[Candidate | TimedOut], via: tuple[str, ...]
    ) -> Iterator[Match | Unread]:
        """Settle what overlaps in the data, and say where in the chunk's origin it stands.

        What ends so late that the chunk's end may have cut it, or its context, is left to the chunk that follows.
        """
        candidates: list[Candidate] = []
        for each in found:
            if isinstance(each, TimedOut):
                yield _unread(chunk, each)
            else:
                candidates.append(each)
        cursor = Cursor(data, chunk.line, chunk.column)
        whole = len(data) - self._search.reach if chunk.more else len(data)
        for each in settled(each for each in candidates if each.end <= whole):
            yield _match(chunk, data, each, cursor, via)


def _match(chunk: Chunk, data: bytes, found: Candidate, cursor: Cursor, via: tuple[str, ...]) -> Match:
    start, end = cursor.position(found.start), cursor.position(found.end)
    return Match(
        rule=found.rule.id,
        secret=Secret(found.text, found.rule.prefix),
        place=Place(chunk.origin, *start, *end),
        confidence=found.confidence,
        evidence=found.evidence,
        decoded_via=via,
        candidates=found.candidates,
        lines=Secret(lines_around(data, found.start, found.end)),
    )


def _unread(chunk: Chunk, timeout: TimedOut) -> Unread:
    origin = chunk.origin
    what = origin.path or f"{origin.where} {origin.blob or origin.commit or ''}".strip()
    return Unread(
        f"{what}, from line {chunk.line}",
        f"rule {timeout.rule} did not finish on it in time",
        "look at it by hand, or leave the rule out with --exclude-rule",
    )


def gate_for(entries: tuple[GateEntry, ...], *, bulk: bool) -> Gate:
    """Return Hyperscan's gate for much content where it can be had, else the plain one."""
    if not bulk:
        return PlainGate(entries)
    try:
        from keyguard.detection.hyperscan_gate import HyperscanGate

        return HyperscanGate(entries)
    except ImportError:
        return PlainGate(entries)
