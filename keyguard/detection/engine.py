"""Finds the secrets of a chunk: encodings, gate, exact patterns, what overlaps, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cached_property, partial

from keyguard.detection import sieve
from keyguard.detection.candidates import Candidate, Cut, settled, told
from keyguard.detection.conditions import Places, later
from keyguard.detection.decoding.decoder import PIECES, Decoder
from keyguard.detection.decoding.view import View
from keyguard.detection.decoding.zipped import GZIP, unpacked
from keyguard.detection.encodings import decoded, encoding_of, narrowed
from keyguard.detection.first_look import FirstLook
from keyguard.detection.gate import Hits, Run, distinct, merged
from keyguard.detection.memory import Memory
from keyguard.detection.places import Cursor, lines_around
from keyguard.detection.search import Search, Sighting
from keyguard.detection.versions import Versions
from keyguard.detection.watched import unread
from keyguard.model import Chunk, Item, Match, Origin, Place, Secret, Unread, Where
from keyguard.rules.catalogue import Catalogue

WIDEST = 4
"""Bytes of a character in the widest encoding, UTF-32."""
_WIDE = "utf-16"
DEEPEST = 4
"""How many decodings over each other are undone."""
RARE = 5
"""Characters that a literal of a user's rule has at least, for what is near it or encodes it to be decoded."""
_OBJECT = Origin(Where.BLOB)
SHORTEST = 8
"""Characters that a string stored with zero bytes between them has at least, to be looked into."""


class Engine:
    """The detector of a catalogue.

    `bulk` loads Hyperscan, which takes longer to start and is much faster then; by default that is done once there
    has been enough to read for it to pay. Both ways find the same.
    Without `gated` every pattern runs on everything: far too slow for use, and what the gate is held to in tests.
    """

    def __init__(self, catalogue: Catalogue, *, bulk: bool | None = None, gated: bool = True) -> None:
        self._catalogue = catalogue
        self._gated = gated
        self._entries = distinct(rule.gate for rule in catalogue.rules)
        self._search = Search(catalogue, self._entries)
        self._count = len(self._entries)
        own = set(distinct(rule.gate for rule in catalogue.rules if rule.file is None))
        self._shaped = {
            number
            for number, entry in enumerate(self._entries)
            if not entry.ignore_case and (entry in own or len(entry.literal) >= RARE)
        }
        self._pieces = [PIECES if number in self._shaped else 0 for number in range(self._count)]
        self._memory = Memory()
        self._places = Places()
        self._look = FirstLook(self._entries, bulk=bulk, gated=gated)
        self._decoder = Decoder(self._look.encoded)

    def __reduce__(self) -> tuple[partial[Engine], tuple[Catalogue]]:
        """Return how a process that was not forked has the same: made anew, for much content."""
        return partial(Engine, bulk=True, gated=self._gated), (self._catalogue,)

    def prepare(self, *, bulk: bool) -> None:
        """Get ready at once for much content, as is done by itself once much was read."""
        self._look.prepare(bulk=bulk)

    def prepare_meanwhile(self) -> None:
        """Begin to get ready for much content while the caller waits for something else."""
        self._look.prepare_meanwhile()

    @property
    def reach(self) -> int:
        """How many bytes of a chunk the next chunk of the same origin has to repeat."""
        return 2 * self._search.reach * WIDEST

    def sifted(self, items: Iterable[Item | Match]) -> Iterator[Item | Match]:
        """Leave out the chunks in which nothing can stand; many small ones are looked at in one pass.

        `detect` would find nothing in what is left out: the gate is not hit there, nor is any encoded form.
        """
        return sieve.sifted(items, self._anything)

    @cached_property
    def versions(self) -> Versions:
        """What decides of versions of one thing from what is new in them."""
        return Versions(self._entries, self._search, self._look, self._finds)

    def _finds(self, data: bytes) -> bool:
        return next(self.detect(Chunk(_OBJECT, data, encoding="utf-8")), None) is not None

    def _anything(self, data: bytes) -> list[Run]:
        """Return where anything stands that `detect` would look at more closely."""
        return [(0, len(data))] if self._search.is_open else self._look.anything(data)

    def detect(self, chunk: Chunk) -> Iterator[Match | Unread]:
        """Yield the secrets of a chunk, and what of it could not be searched."""
        self._look.take_account(len(chunk.data))
        encoding = encoding_of(chunk.data, chunk.encoding)
        seen: set[str] = set()
        if encoding is not None:
            text = decoded(chunk.data, encoding)
            for item in self._reported(chunk, text, self._everything(text, (encoding,), set())):
                seen.update([item.secret.reveal()] if isinstance(item, Match) else [])
                yield item
        yield from self._reported(chunk, chunk.data, self._everything(chunk.data, (), seen))

    def _everything(self, data: bytes, via: tuple[str, ...], seen: set[str]) -> Iterator[Sighting]:
        """Search bytes as they are, and whatever stands in them encoded, to a bounded depth.

        `via` are the decodings that led to these bytes; what wide strings hold is left out if it is in `seen`.
        """
        hits = self._look.hits(data)
        if hits is None:
            yield from self._around(data, range(len(self._entries)), via)
        else:
            yield from self._in_regions(data, hits, via)
        for each in self._search.openly(data):
            yield replace(each, via=via) if isinstance(each, Candidate) else each
        if hits is None or hits or self._search.is_open:
            for each in self._wide(data, hits, seen):
                yield replace(each, via=(*via, _WIDE)) if isinstance(each, Candidate) else each
        if len(via) < DEEPEST:
            for view in self._decoder.encoded(data):
                yield from self._inside(view, (*via, view.via))
            if via and GZIP not in via and (unzipped := unpacked(data)):  # once, so that the whole stays bounded
                yield from self._inside(unzipped, (*via, GZIP))

    def _in_regions(self, data: bytes, hits: Hits, via: tuple[str, ...]) -> Iterator[Sighting]:
        """Search the regions around the hits, each by itself; what a region holds depends on its bytes alone."""
        for region in self._search.regions(hits, len(data), self._pieces):
            piece, entries = data[region.low : region.high], region.entries
            found = (
                self._around(piece, entries, via)
                if via
                else self._memory.found(piece, partial(self._around, entries=entries, via=()))
            )
            for each in found:
                yield _moved(each, region.low)

    def _around(self, data: bytes, entries: Collection[int], via: tuple[str, ...]) -> Iterator[Sighting]:
        """Search the bytes of one region, also with escapes resolved and split literals joined."""
        for each in self._search.within(data, entries):
            yield replace(each, via=via) if isinstance(each, Candidate) else each
        if len(via) < DEEPEST and not self._shaped.isdisjoint(entries):
            for view in self._decoder.resolved(data):
                yield from self._inside(view, (*via, view.via))

    def _inside(self, view: View, via: tuple[str, ...]) -> Iterator[Sighting]:
        """Search what a stretch says, and put what is found where the stretch has it."""
        if view.lost:
            yield Cut(f"what is in {' in '.join(reversed(via))} there: {view.lost}")
        for each in self._read(view, via):
            if isinstance(each, Candidate):
                start = view.start_of(each.start)
                yield replace(each, start=start, end=max(start + 1, view.end_of(each.end)))
            else:
                yield each

    def _read(self, view: View, via: tuple[str, ...]) -> Iterator[Sighting]:
        """Search what a stretch says, as deep as it goes; but of what was read before only what touches the rest."""
        if view.about is not None:
            first, last = view.about
            for each in self._found(view.text):
                if not isinstance(each, Candidate):
                    yield each
                elif each.start < last and each.end > first:
                    yield replace(each, via=via)
        elif encoding := encoding_of(view.text, None):
            yield from self._in_wide_text(view.text, encoding, via)
        else:
            yield from self._everything(view.text, via, set())

    def _in_wide_text(self, data: bytes, encoding: str, via: tuple[str, ...]) -> Iterator[Sighting]:
        """Search a stretch that says wide text: PowerShell's encoded commands are base64 of UTF-16."""
        for each in self._everything(decoded(data, encoding), (*via, encoding), set()):
            width = WIDEST // 2 if encoding.startswith(_WIDE) else WIDEST
            yield replace(each, start=width * each.start, end=width * each.end) if isinstance(each, Candidate) else each

    def _found(self, data: bytes) -> Iterator[Sighting]:
        """Search bytes as they are."""
        hits = self._look.hits(data)
        if hits is None:
            yield from self._search.everywhere(data)
            return
        yield from self._search.openly(data)
        for region in self._search.regions(hits, len(data), [0] * self._count):
            for each in self._search.within(data[region.low : region.high], region.entries):
                yield _moved(each, region.low)

    def _wide(self, data: bytes, hits: Hits | None, seen: set[str]) -> Iterator[Sighting]:
        """Search the strings of binary data in UTF-16, at either alignment, for what is no part of what was `seen`."""
        for low, high in self._wide_regions(data, hits):
            for first in (low, low + 1):
                for start, text in narrowed(data, first, high, SHORTEST):
                    for each in self._found(text):
                        if not isinstance(each, Candidate):
                            yield each
                        elif not any(each.text in known for known in seen):
                            yield replace(each, start=start + 2 * each.start, end=start + 2 * each.end)

    def _wide_regions(self, data: bytes, hits: Hits | None) -> list[Run]:
        if hits is None or (self._search.is_open and b"\0" in data):
            return [(0, len(data))]
        runs = [run for number, found in hits.items() if number >= self._count for run in found]
        return merged(runs, 2 * self._search.reach, len(data))

    def _reported(self, chunk: Chunk, data: bytes, found: Iterable[Sighting]) -> Iterator[Match | Unread]:
        """Settle what overlaps in the data, and say where in the chunk's origin it stands.

        What ends so late that the chunk's end may have cut it, or its context, is left to the chunk that follows.
        """
        candidates: list[Candidate] = []
        for each in found:
            if isinstance(each, Candidate):
                candidates.append(each)
            else:
                yield unread(chunk, each)
        cursor = Cursor(data, chunk.line, chunk.column)
        whole = len(data) - self._search.reach if chunk.more else len(data)
        kept = told(settled(self._places.fitting(chunk.origin, (each for each in candidates if each.end <= whole))))
        offsets = sorted({offset for each, _ in kept for offset in (each.start, each.end)})
        positions = {offset: cursor.position(offset) for offset in offsets}
        for each, further in kept:
            match = _match(chunk, data, each, (*positions[each.start], *positions[each.end]))
            yield replace(match, limits=later(chunk.origin, each), further=further)


def _moved(found: Sighting, by: int) -> Sighting:
    return replace(found, start=by + found.start, end=by + found.end) if isinstance(found, Candidate) else found


def _match(chunk: Chunk, data: bytes, found: Candidate, position: tuple[int, int, int, int]) -> Match:
    return Match(
        rule=found.rule.id,
        secret=Secret(found.text, found.rule.prefix),
        place=Place(chunk.origin, *position),
        confidence=found.confidence,
        evidence=found.evidence,
        decoded_via=found.via,
        candidates=found.candidates,
        lines=Secret(lines_around(data, found.start, found.end)),
    )
