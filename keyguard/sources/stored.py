"""Reads stored objects, each once: blobs, the messages of commits and tags, and the names in trees."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from keyguard.errors import SourceError
from keyguard.git import commits, frontier, lfs, objects
from keyguard.git.frontier import Earlier, Reached
from keyguard.git.leftovers import closed, is_cut, leftovers, strays
from keyguard.git.objects import SILENT, Header, Listed
from keyguard.git.repository import Repository
from keyguard.model import Chunk, Item, Match, Omitted, Origin, Stats, Unread, Where
from keyguard.sources.content import content
from keyguard.sources.large import large
from keyguard.sources.windows import WINDOW, chunks, resumed

_MEND = "git fsck shows what is damaged; git fetch or a fresh clone brings it back"
_LOST = ("it is missing or damaged", _MEND)
_SILENT = ("git gives no answer about it", "see what its files and their disk are: a pipe, or a server that is gone")
_STRAY = "git index-pack FILE makes an index; git gc removes what was interrupted"
_CLOSED = "make it readable, or leave it out"
_SHALLOW = "git fetch --unshallow; in CI check out with full history (fetch-depth: 0)"
_PARTIAL = "git fetch --refetch --no-filter brings what a partial clone left out"


class Readable(Protocol):
    """Content that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes (all that is left by default); empty at the end."""


class InBulk(Protocol):
    """Reads many objects faster than one by one."""

    def expect(self, repository: Repository) -> None:
        """Get ready, while git lists what is to be read."""

    def earlier(self) -> Earlier | None:
        """Return how far an earlier reading came; None where nothing is remembered."""

    def __call__(self, reader: ObjectReader, ids: Sequence[str], reached: Reached | None, /) -> Iterator[Item | Match]:
        """Yield what stands in these objects; with what is `reached`, in what has to be read again each time, too."""


@dataclass(frozen=True, slots=True)
class ObjectReader:
    """Turns object ids into items; `reach` is the overlap of a large object's chunks.

    `origins` says what a blob is where that is known before it is read, as for the entries of an index. `bulk` reads
    many objects, if there is a way.
    """

    repository: Repository
    stats: Stats
    reach: int
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    bulk: InBulk | None = None

    def everything(self, revisions: Sequence[str], *, unreachable: bool = False) -> Iterator[Item | Match]:
        """Yield all that the revisions reach; with `unreachable` all else that is stored, too.

        A whole shallow clone is read so: what is stored before its oldest commits was not left out by git. So is one
        in which something that names objects is not read, or not to its end.
        """
        git = self.repository.git
        more: list[Header] = []
        reached: Reached | None = None
        if revisions == objects.EVERYTHING:
            if self.bulk is not None:
                self.bulk.expect(self.repository)
            more = leftovers(self.repository)
            refused = [Unread(self._shown(path), why, _CLOSED) for path, why in closed(self.repository)]
            yield from [*refused, *(self._strays() if unreachable else ())]
            unreachable |= bool(self.repository.shallow_roots or refused) or is_cut(self.repository)
            reached = None if unreachable else self._reached(more)
        if reached is not None:
            listed = Listed(reached.ids, reached.missing)
        else:
            listed = objects.reachable(git, revisions, [each.id for each in more])
        ids = listed.ids
        if listed.failure is not None:
            yield Unread("the history", listed.failure.message, _MEND)
        if unreachable or listed.failure is not None:
            stored = objects.stored(git)
            ids = list(dict.fromkeys([*ids, *stored.ids]))
            if stored.failure is not None:
                yield Unread("the object store", stored.failure.message, _MEND)
        for identity in listed.missing:
            yield Unread(f"object {identity}", "it is missing from this clone", _PARTIAL)
        if not self.repository.shallow_roots.isdisjoint(ids):
            yield Unread("the history before the oldest commits here", "this clone is shallow", _SHALLOW)
        yield from self.read(ids) if self.bulk is None else self.bulk(self, ids, reached)

    def _strays(self) -> Iterator[Unread]:
        for path in strays(self.repository):
            yield Unread(self._shown(path), "git does not read it: it has no index, or is not complete", _STRAY)

    def _shown(self, path: Path) -> str:
        common = self.repository.common_dir
        return (
            f"{common.name}/{path.relative_to(common).as_posix()}" if path.is_relative_to(common) else path.as_posix()
        )

    def _reached(self, more: Sequence[Header]) -> Reached | None:
        """Return what is reached beyond what was read earlier, if anything is remembered and git can tell."""
        earlier = None if self.bulk is None else self.bulk.earlier()
        return None if earlier is None else frontier.reached(self.repository, more, earlier)

    def names(self) -> Iterator[Item]:
        """Yield the names of all refs."""
        for ref in commits.refs(self.repository):
            yield Chunk(Origin(Where.REF_NAME, ref.name), os.fsencode(ref.name))

    def read(self, ids: Sequence[str]) -> Iterator[Item]:
        """Yield the content of these objects; that of a tree is the names in it."""
        for header, body in objects.read(self.repository.git, ids):
            if body is None:
                yield Unread(f"object {header.id}", *(_SILENT if header.type == SILENT else _LOST))
                continue
            self.count(header.type, header.size)
            try:
                yield from self.of(header, body)
            except SourceError as error:
                yield Unread(f"{header.type} {header.id}", error.message, _MEND)

    def count(self, kind: str, size: int, number: int = 1) -> None:
        """Count objects of a kind that were read, and their bytes."""
        self.stats.bytes += size
        if kind == "blob":
            self.stats.blobs += number
        elif kind == "commit":
            self.stats.commits += number
        elif kind == "tag":
            self.stats.tags += number

    def of(self, header: Header, body: Readable) -> Iterator[Item]:
        """Yield what an object holds."""
        if header.type == "blob":
            first, *others = self.origins.get(header.id) or (Origin(Where.BLOB, blob=header.id),)
            for item in self._blob(first, header.size, body):
                yield item
                yield from (_elsewhere(item, first, other) for other in others)
        elif header.type == "commit":
            yield from _message(Origin(Where.COMMIT_MESSAGE, commit=header.id), body, self.reach)
        elif header.type == "tree":
            for chunk in chunks(Origin(Where.FILE_NAME, blob=header.id), body.read, self.reach):
                yield replace(chunk, encoding="utf-8")  # its zero bytes end names, and say nothing of wide text
        elif header.type == "tag":
            yield from _message(Origin(Where.TAG_MESSAGE, blob=header.id), body, self.reach)

    def _blob(self, origin: Origin, size: int, body: Readable) -> Iterator[Item]:
        """Yield the content of a blob, and of the large file that it stands for, if it is a pointer of Git LFS."""
        if size >= lfs.LONGEST:
            yield from content(origin, body.read, self.reach)
            return
        data = body.read()
        yield from content(origin, io.BytesIO(data).read, self.reach)
        if origin.where is Where.BLOB and (pointer := lfs.pointer(data)) is not None:
            yield from large(origin, pointer, self.repository.lfs_folders, self.reach, self.stats)


def _elsewhere(item: Item, first: Origin, other: Origin) -> Item:
    """Return what was read of a blob as it is at another path that has the same blob."""
    if isinstance(item, Omitted) or item.origin is None:
        return item
    where = other.where if item.origin.where is first.where else item.origin.where
    origin = replace(item.origin, where=where, path=other.path)
    return replace(item, origin=origin) if isinstance(item, Chunk) else replace(item, origin=origin, what=origin.label)


def _message(origin: Origin, body: Readable, reach: int) -> Iterator[Chunk]:
    """Yield the header of a commit or tag, and its message with lines counted from the message's own first."""
    data = body.read(WINDOW)
    head, gap, message = data.partition(b"\n\n")
    if gap:
        yield from chunks(origin, io.BytesIO(head).read, reach)
    yield from chunks(origin, resumed(message if gap else data, body.read), reach)
