"""Reads a history in bulk: objects straight from the packs, searched in as many processes as there are cores."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from keyguard.detection.engine import SWITCH, Engine
from keyguard.git.objects import Header
from keyguard.git.packs.planning import Part, plan
from keyguard.git.packs.reading import Stored, read
from keyguard.model import Chunk, Item, Match, Stats
from keyguard.pipeline import wire
from keyguard.sources.bulk import Bulk
from keyguard.sources.stored import ObjectReader

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

PARTS = 6
"""Shares of the work for each process, so that none waits long for the last one."""
ALONE = 24 << 20
"""Weight of work (about bytes) that is done before a second process is worth its start."""


def cores() -> int:
    """Return how many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Share:
    """What came of one part: what was found or not read, what was counted, and the ids that are left to git."""

    found: list[Match | Item]
    stats: Stats
    left: list[str]


@dataclass(frozen=True, slots=True)
class BulkReader:
    """Reads many objects at once; what cannot be read so is read one by one after it."""

    engine: Engine
    jobs: int

    def __call__(self, reader: ObjectReader, ids: Sequence[str]) -> Iterator[Item | Match]:
        """Yield what stands in these objects."""
        planned = plan(reader.repository, ids, self.jobs * PARTS)
        left = planned.left
        jobs = min(self.jobs, len(planned.parts))
        weight = sum(part.weight for part in planned.parts)
        if weight >= SWITCH:  # once, before there are several processes
            self.engine.prepare(bulk=True)
        if weight < ALONE:
            jobs = 1
        shares = _together(self.engine, reader, planned.parts, jobs) if jobs > 1 else self._alone(reader, planned.parts)
        for share in shares:
            for each in fields(Stats):
                setattr(reader.stats, each.name, getattr(reader.stats, each.name) + getattr(share.stats, each.name))
            left += share.left
            yield from share.found
        yield from reader.read(left)

    def _alone(self, reader: ObjectReader, parts: Sequence[Part]) -> Iterator[Share]:
        return (share(self.engine, reader, part) for part in parts)


def share(engine: Engine, reader: ObjectReader, part: Part) -> Share:
    """Search one part."""
    own = replace(reader, stats=Stats())
    found: list[Match | Item] = []

    def look(stored: Stored) -> bool:
        before = len(found)
        data = stored.data or b""
        for item in own.of(Header(stored.id, stored.type, len(data)), io.BytesIO(data)):
            found.extend(engine.detect(item) if isinstance(item, Chunk) else (item,))
        return len(found) > before

    bulk = Bulk(engine, look)
    for stored in bulk.read(read(part)):
        own.count(stored.type, len(stored.data or b""))
    return Share(found, own.stats, bulk.left)


def _together(engine: Engine, reader: ObjectReader, parts: Sequence[Part], jobs: int) -> Iterator[Share]:
    """Search parts in several processes; what one that died has not told is left to git."""
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    following = context.Value("l", 0)
    missing = set(range(len(parts)))
    with ExitStack() as stack:
        pipes: dict[Connection, BaseProcess] = {}
        for _ in range(jobs):
            receiving, sending = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(engine, reader, parts, following, sending), daemon=True)
            process.start()
            sending.close()
            stack.callback(_ended, process, receiving)
            pipes[receiving] = process
        while pipes:
            ready = wait(list(pipes))
            for receiving in [each for each in pipes if each in ready]:
                told = _told(receiving)
                if told is None:
                    del pipes[receiving]
                else:
                    number, packed = told
                    missing.discard(number)
                    yield _unpacked(packed)
    for number in sorted(missing):
        yield Share([], Stats(), parts[number].ids)


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


def _work(engine: Engine, reader: ObjectReader, parts: Sequence[Part], following: Any, pipe: Connection) -> None:  # noqa: ANN401
    """Search one part after the other until none is left; an interrupt is the business of the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= len(parts):
            break
        done = share(engine, reader, parts[number])
        counted = [getattr(done.stats, each.name) for each in fields(Stats)]
        pipe.send((number, ([wire.packed(each) for each in done.found], counted, done.left)))
    pipe.close()
    os._exit(0)  # nothing of the parent's that is still open here is flushed a second time


def _unpacked(packed: Any) -> Share:  # noqa: ANN401
    found, counted, left = packed
    return Share([wire.unpacked(each) for each in found], Stats(*counted), left)
