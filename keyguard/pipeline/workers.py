"""Reads a history in bulk: objects straight from the packs, searched in as many processes as there are cores."""

from __future__ import annotations

import io
from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from keyguard.detection.engine import Engine
from keyguard.detection.first_look import SWITCH
from keyguard.git import lfs
from keyguard.git.frontier import Earlier, Reached
from keyguard.git.objects import Header
from keyguard.git.packs.planning import PackPart, Part, plan
from keyguard.git.packs.reading import Stored, read
from keyguard.git.repository import Repository
from keyguard.model import Chunk, Item, Match, Stats
from keyguard.pipeline import wire
from keyguard.pipeline.clean import Clean
from keyguard.pipeline.processes import STARTING, Progress, together
from keyguard.pipeline.remembered import Remembered
from keyguard.sources.bulk import Bulk
from keyguard.sources.stored import ObjectReader

PARTS = 6
"""Shares of the work for each process, so that none waits long for the last one."""
ALONE = 24 << 20
"""Weight of work (about bytes) that is done before a second process is worth its start."""

PACKED = 4
"""How many times as long the content of a pack is at least, as a rule: sources in a few versions; ours have 18."""
TOLD = 4 << 20
"""Bytes that are read before a scan says again how far it is."""


@dataclass(frozen=True, slots=True)
class Share:
    """What came of one part: what was found or not read, what was counted, and the ids that are left to git.

    `clean` are the objects in which nothing was found, of the part with this number.
    """

    found: list[Match | Item]
    stats: Stats
    left: list[str]
    clean: Clean = field(default_factory=Clean)
    number: int = -1


@dataclass(frozen=True, slots=True)
class BulkReader:
    """Reads many objects at once; what cannot be read so is read one by one after it.

    What is remembered of an earlier scan is counted and not read.
    """

    engine: Engine
    jobs: int
    remembered: Remembered | None = None
    progress: Progress | None = None

    def expect(self, repository: Repository) -> None:
        """Get ready for much content, if there seems to be so much that is not remembered."""
        if self.remembered is not None and self.remembered.holds_any:
            return
        with suppress(OSError):
            packs = (each for each in (repository.common_dir / "objects" / "pack").iterdir() if each.suffix == ".pack")
            if sum(each.stat().st_size for each in packs) * PACKED > SWITCH:
                self.engine.prepare_meanwhile()

    def earlier(self) -> Earlier | None:
        """Return how far an earlier reading came; None where nothing is remembered."""
        return None if self.remembered is None else self.remembered.earlier

    def __call__(self, reader: ObjectReader, ids: Sequence[str], reached: Reached | None) -> Iterator[Item | Match]:
        """Yield what stands in these objects, and in those known from earlier that have to be read each time."""
        ids = self._unknown(reader, ids, reached)
        planned = plan(reader.repository, ids, self.jobs * PARTS)
        left = set(planned.left)
        jobs = min(self.jobs, len(planned.parts))
        weight = sum(part.weight for part in planned.parts)
        if weight >= SWITCH:  # once, before there are several processes
            self.engine.prepare(bulk=True)
        if weight < ALONE + STARTING:
            jobs = 1
        if self.progress is not None:
            self.progress.of(len(ids))
        try:
            for share in self._shares(reader, planned.parts, jobs):
                reader.stats.add(share.stats)
                part = planned.parts[share.number]
                if self.remembered is not None and isinstance(part, PackPart):
                    self.remembered.add(part.pack, share.clean)
                left.update(share.left)
                yield from share.found
            if left:
                places = {each: place for place, each in enumerate(ids)}
                yield from reader.read(sorted(left, key=places.__getitem__))  # in git's order, whoever left it
            if self.remembered is not None and reached is not None:
                self.remembered.settle(reached)
        finally:  # what was read counts, even if the scan is interrupted
            if self.remembered is not None:
                self.remembered.keep()

    def _unknown(self, reader: ObjectReader, ids: Sequence[str], reached: Reached | None) -> Sequence[str]:
        """Return the objects that have to be read, and count the others."""
        if self.remembered is None:
            return ids
        unknown = self.remembered.apart(ids, reached)
        for kind, number, size in unknown.known:
            reader.count(kind, size, number)
            if kind != "tree":  # those are read for their names, and no report counts them
                reader.stats.remembered += number
        return unknown.ids

    def _shares(self, reader: ObjectReader, parts: Sequence[Part], jobs: int) -> Iterator[Share]:
        if jobs > 1:
            yield from _together(self.engine, replace(reader, bulk=None), parts, jobs, self.progress)
            return
        counted = [0, 0]
        for number, part in enumerate(parts):
            for done in _searched(self.engine, reader, part, counted):
                if self.progress is not None:
                    self.progress.at(*counted)
                if done is not None:
                    yield replace(done, number=number)


def _searched(
    engine: Engine, reader: ObjectReader, part: Part, counted: MutableSequence[int], at: int = 0
) -> Iterator[Share | None]:
    """Search one part; yield None each time some of it is done, and at the end what came of it.

    How many objects were read, and how many bytes they have, is added to two of the numbers that are `counted`.
    """
    own = replace(reader, stats=Stats())
    found: list[Match | Item] = []
    unclean: set[str] = set()

    def look(stored: Stored) -> bool:
        before = len(found)
        data = stored.data or b""
        for item in own.of(Header(stored.id, stored.type, len(data)), io.BytesIO(data)):
            found.extend(engine.detect(item) if isinstance(item, Chunk) else (item,))
        if len(found) > before:
            unclean.add(stored.id)
        return len(found) > before

    bulk = Bulk(engine.versions, look)
    clean = Clean()
    size = 0
    for stored in bulk.read(read(part)):
        length = len(stored.data or b"")
        own.count(stored.type, length)
        if stored.id not in unclean and lfs.pointer(stored.data or b"") is None:  # what it stands for may change
            clean.add(stored.id, stored.type, length)
        counted[at] += 1
        counted[at + 1] += length
        size += length
        if size >= TOLD:
            size = 0
            yield None
    yield Share(found, own.stats, bulk.left, clean)


def share(engine: Engine, reader: ObjectReader, part: Part, counted: MutableSequence[int], at: int) -> Share:
    """Search one part to its end."""
    *_, done = _searched(engine, reader, part, counted, at)
    assert done is not None  # noqa: S101  # the last one is what came of it
    return done


@dataclass(frozen=True, slots=True)
class _Packing:
    """Searches parts in another process, and packs what came of them for the pipe."""

    engine: Engine
    reader: ObjectReader
    parts: Sequence[Part]

    def __call__(self, number: int, counted: MutableSequence[int], at: int) -> Any:  # noqa: ANN401
        done = share(self.engine, self.reader, self.parts[number], counted, at)
        return [wire.packed(each) for each in done.found], done.stats, done.left, done.clean


def _together(
    engine: Engine, reader: ObjectReader, parts: Sequence[Part], jobs: int, progress: Progress | None
) -> Iterator[Share]:
    """Search parts in several processes; what one that died has not told is left to git."""
    for number, told in together(_Packing(engine, reader, parts), len(parts), jobs, progress):
        if told is None:
            yield Share([], Stats(), parts[number].ids, number=number)
        else:
            found, stats, left, clean = told
            yield Share([wire.unpacked(each) for each in found], stats, left, clean, number)
