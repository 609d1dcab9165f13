"""Reads the files of a work tree, searched in as many processes as there are cores where there is much to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from keyguard.git.repository import Repository
from keyguard.model import Item, Match, Stats
from keyguard.pipeline import wire
from keyguard.pipeline.processes import STARTING, Progress, together
from keyguard.sources.files import FileReader, Listed

WORTH = 12 << 20
"""Bytes for which a second process is worth its start: some 0.4 s of reading and searching."""
PARTS = 8
"""Shares of the work for each process, so that none waits long for the last one."""
EACH = 4 << 10
"""What a file costs however short it is, in bytes that are searched in that time."""
Search = Callable[[Iterable[Item | Match]], Iterator[Item | Match]]
"""Searches what was read: gives what was found in it, and what else was told."""


@dataclass(frozen=True, slots=True)
class TreeReader:
    """Reads files, each part of them in some process; `search` is what is done with them there."""

    reader: FileReader
    search: Search
    prepare: Callable[[], None]
    jobs: int
    progress: Progress | None = None

    def named(self, path: Path, repository: Repository | None) -> Iterator[Item | Match]:
        """Yield what a path on the command line holds (see `FileReader.named`), searched already if that is much."""
        if self.jobs < 2:
            yield from self._one_by_one(self.reader.listed(path, repository))
            return
        listed = list(self.reader.listed(path, repository))
        weight = sum(EACH + each.size for each in listed if isinstance(each, Listed))
        parts = _shares(listed, weight // (self.jobs * PARTS))
        if weight < WORTH + STARTING or len(parts) < 2:
            yield from self._one_by_one(listed)
        else:
            yield from self._together(parts)

    def _one_by_one(self, listed: Iterable[Item | Listed]) -> Iterator[Item]:
        stats = self.reader.stats
        for each in listed:
            for item in self.reader.read(each) if isinstance(each, Listed) else (each,):
                if self.progress is not None:
                    self.progress.at(stats.files, stats.bytes)
                yield item

    def _together(self, parts: Sequence[Sequence[Item | Listed]]) -> Iterator[Item | Match]:
        """Yield what was found in the parts in their order, whichever was done first."""
        jobs = min(self.jobs, len(parts))
        self.prepare()  # once, before there are several processes
        done: dict[int, Any] = {}
        following = 0
        try:
            for number, told in together(_Packing(self.reader, self.search, parts), len(parts), jobs, self.progress):
                done[number] = told
                while following in done:
                    yield from self._unpacked(parts[following], done.pop(following))
                    following += 1
        except KeyboardInterrupt:  # what was found until now is worth a report
            for number, told in sorted(done.items()):
                yield from self._unpacked(parts[number], told)
            raise

    def _unpacked(self, part: Sequence[Item | Listed], told: Any) -> Iterator[Item | Match]:  # noqa: ANN401
        if told is None:  # a process that died has it
            yield from self._one_by_one(part)
            return
        found, stats = told
        self.reader.stats.add(stats)
        yield from (wire.unpacked(each) for each in found)


def _shares(listed: Sequence[Item | Listed], most: int) -> list[list[Item | Listed]]:
    """Share files out in their order, in parts of about the same weight."""
    parts: list[list[Item | Listed]] = [[]]
    weight = 0
    for each in listed:
        if weight > most:
            parts.append([])
            weight = 0
        parts[-1].append(each)
        weight += EACH + each.size if isinstance(each, Listed) else 0
    return parts


@dataclass(frozen=True, slots=True)
class _Packing:
    """Reads and searches parts in another process, and packs what came of them for the pipe."""

    reader: FileReader
    search: Search
    parts: Sequence[Sequence[Item | Listed]]

    def __call__(self, number: int, counted: MutableSequence[int], at: int) -> Any:  # noqa: ANN401
        stats = Stats()
        own = replace(self.reader, stats=stats)
        before = counted[at], counted[at + 1]

        def read() -> Iterator[Item]:
            for each in self.parts[number]:
                yield from own.read(each) if isinstance(each, Listed) else (each,)
                counted[at], counted[at + 1] = before[0] + stats.files, before[1] + stats.bytes

        return [wire.packed(each) for each in self.search(read())], stats
