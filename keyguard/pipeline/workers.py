"""Reads a history in bulk: objects straight from the packs, searched in as many processes as there are cores."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, fields, replace
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Protocol

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
from keyguard.pipeline.remembered import Remembered
from keyguard.sources.bulk import Bulk
from keyguard.sources.stored import ObjectReader

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

PARTS = 6
"""Shares of the work for each process, so that none waits long for the last one."""
ALONE = 24 << 20
"""Weight of work (about bytes) that is done before a second process is worth its start."""

PACKED = 4
"""How many times as long the content of a pack is at least, as a rule: sources in a few versions; ours have 18."""
TOLD = 4 << 20
"""Bytes that are read before a scan says again how far it is."""
TICK = 0.2
"""Seconds between two looks at how far the processes are."""


def cores() -> int:
    """Return how many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


class Progress(Protocol):
    """What wants to know how far a scan is."""

    def of(self, objects: int) -> None:
        """So many objects are to be read."""

    def at(self, objects: int, size: int) -> None:
        """So many are read, with so many bytes together."""


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
        left = planned.left
        jobs = min(self.jobs, len(planned.parts))
        weight = sum(part.weight for part in planned.parts)
        if weight >= SWITCH:  # once, before there are several processes
            self.engine.prepare(bulk=True)
        if weight < ALONE:
            jobs = 1
        if self.progress is not None:
            self.progress.of(len(ids))
        try:
            for share in self._shares(reader, planned.parts, jobs):
                for each in fields(Stats):
                    setattr(reader.stats, each.name, getattr(reader.stats, each.name) + getattr(share.stats, each.name))
                part = planned.parts[share.number]
                if self.remembered is not None and isinstance(part, PackPart):
                    self.remembered.add(part.pack, share.clean)
                left += share.left
                yield from share.found
            yield from reader.read(left)
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


def _together(
    engine: Engine, reader: ObjectReader, parts: Sequence[Part], jobs: int, progress: Progress | None
) -> Iterator[Share]:
    """Search parts in several processes; what one that died has not told is left to git."""
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    following = context.Value("l", 0)
    counted = context.RawArray("q", 2 * jobs)  # each process counts in two numbers of its own
    missing = set(range(len(parts)))
    with ExitStack() as stack:
        pipes: dict[Connection, BaseProcess] = {}
        for job in range(jobs):
            receiving, sending = context.Pipe(duplex=False)
            given = ((engine, reader, parts), following, sending, counted, 2 * job)
            process = context.Process(target=_work, args=given, daemon=True)
            process.start()
            sending.close()
            stack.callback(_ended, process, receiving)
            pipes[receiving] = process
        while pipes:
            ready = wait(list(pipes), None if progress is None else TICK)
            if progress is not None:
                progress.at(sum(counted[::2]), sum(counted[1::2]))
            for receiving in [each for each in pipes if each in ready]:
                told = _told(receiving)
                if told is None:
                    del pipes[receiving]
                else:
                    number, packed = told
                    missing.discard(number)
                    yield _unpacked(number, packed)
    for number in sorted(missing):
        yield Share([], Stats(), parts[number].ids, number=number)


def _told(receiving: Connection) -> tuple[int, Any] | None:
    try:
        told: tuple[int, Any] | None = receiving.recv()
    except (EOFError, OSError):
        return None
    return told


def _ended(process: BaseProcess, receiving: Connection) -> None:
    receiving.close()
    process.terminate()
    process.join()


def _work(
    searched: tuple[Engine, ObjectReader, Sequence[Part]],
    following: Any,  # noqa: ANN401
    pipe: Connection,
    counted: MutableSequence[int],
    at: int,
) -> None:
    """Search one part after the other until none is left; an interrupt is the business of the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine, reader, parts = searched
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= len(parts):
            break
        done = share(engine, reader, parts[number], counted, at)
        stats = [getattr(done.stats, each.name) for each in fields(Stats)]
        pipe.send((number, ([wire.packed(each) for each in done.found], stats, done.left, done.clean)))
    pipe.close()
    os._exit(0)  # nothing of the parent's that is still open here is flushed a second time


def _unpacked(number: int, packed: Any) -> Share:  # noqa: ANN401
    found, stats, left, clean = packed
    return Share([wire.unpacked(each) for each in found], Stats(*stats), left, clean, number)
