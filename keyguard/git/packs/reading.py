"""Reads the objects of a part: each whole object, then all deltas of it, so that everything is inflated once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from keyguard.git.packs import deltas, loose
from keyguard.git.packs.deltas import DamagedError, Run
from keyguard.git.packs.entries import NONE, TYPES
from keyguard.git.packs.families import OVERHEAD
from keyguard.git.packs.files import File
from keyguard.git.packs.index import UnusableError
from keyguard.git.packs.inflating import bound, inflate
from keyguard.git.packs.planning import LARGEST, LoosePart, PackPart, Part

HELD = 1 << 25
"""How many bytes of bases may wait for their next delta; beyond it they are dropped, and rebuilt when they are used."""
REBUILT = 1 << 28
"""How many bytes a part may rebuild, before the rest of a family is left to git."""


class Stored(NamedTuple):
    """An object as it is stored; `data` is None when it could not be read here, and git is to be asked for it.

    Where `base` is named, that object came before it, out of the same part, and what lies between the stretches that
    may be `new` stands in it, too (`deltas.changes`). Else all of it is new.
    """

    id: str
    type: str
    data: bytes | None
    base: str | None = None
    new: Sequence[Run] = ()


def read(part: Part) -> Iterator[Stored]:
    """Yield every object of a part once, those that are deltas of each other together."""
    if isinstance(part, LoosePart):
        yield from _loose(part)
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(part.pack.opened())
        except (OSError, UnusableError):
            file = None
        yield from _Reader(part, file).objects()


def _loose(part: LoosePart) -> Iterator[Stored]:
    for start in range(0, len(part.names), part.width):
        name = part.names[start : start + part.width]
        kind, data = loose.read(part.folder, name, LARGEST) or ("", None)
        yield Stored(name.hex(), kind, data)


class _Frame:
    """An entry that deltas are still to be applied to; `data` is None where it was dropped meanwhile."""

    __slots__ = ("children", "data", "position")

    def __init__(self, position: int, data: bytes, children: list[int]) -> None:
        self.position = position
        self.data: bytes | None = data
        self.children = children


class _Reader:
    """Goes through the families of a part depth first, the smaller branches of an entry before the largest.

    So no more bases wait than the logarithm of the family's size, and a mere chain of deltas keeps only its last.
    """

    def __init__(self, part: PackPart, file: File | None) -> None:
        self._part = part
        self._file = file
        self._digits = 2 * len(part.pack.trailer)
        self._ids = part.names.hex()
        self._held = 0
        self._rebuilt = 0
        self._children = self._branches()
        self._lengths = self._reaches()

    def _reaches(self) -> list[int]:
        """Return how long the compressed content of each entry is at most: to the next entry, if that is known."""
        starts = self._part.starts
        following = [*starts[1:], 0]
        return [
            min(bound(size), end - start) if end > start else bound(size)
            for size, start, end in zip(self._part.sizes, starts, following, strict=True)
        ]

    def _branches(self) -> dict[int, list[int]]:
        """Return the deltas of each entry, the one with the most below it first."""
        parents = self._part.parents
        below = [1] * len(parents)
        children: dict[int, list[int]] = {}
        for position in range(len(parents) - 1, -1, -1):
            parent = parents[position]
            if parent != NONE:
                below[parent] += below[position]
                children.setdefault(parent, []).append(position)
        for each in children.values():
            if len(each) > 1:
                each.sort(key=below.__getitem__, reverse=True)
        return children

    def objects(self) -> Iterator[Stored]:
        """Yield all wanted entries."""
        for position, parent in enumerate(self._part.parents):
            if parent == NONE:
                yield from self._family(position)

    def _family(self, root: int) -> Iterator[Stored]:
        wanted = self._part.wanted
        kind = TYPES[self._part.kinds[root]]
        data = self._content(root)
        if data is None:
            yield from self._lost(root)
            return
        if wanted[root]:
            yield Stored(self._id(root), kind, data)
        frames: list[_Frame] = []
        self._push(frames, root, data)
        while frames:
            frame = frames[-1]
            position = frame.children.pop()
            base = frame.data if frame.data is not None else self._rebuild(frame)
            if not frame.children:
                frames.pop()
                self._held -= len(base or b"")
            made = self._applied(base, position)
            if made is None:
                yield from self._lost(position)
                continue
            data, new = made
            if wanted[position]:
                if wanted[frame.position]:
                    yield Stored(self._id(position), kind, data, self._id(frame.position), new)
                else:
                    yield Stored(self._id(position), kind, data)
            self._push(frames, position, data)

    def _id(self, position: int) -> str:
        return self._ids[position * self._digits : (position + 1) * self._digits]

    def _push(self, frames: list[_Frame], position: int, data: bytes) -> None:
        """Let an entry wait for its deltas, if it has any; drop what will be needed last when too much waits."""
        children = self._children.get(position)
        if children is None:
            return
        frames.append(_Frame(position, data, children))
        self._held += len(data)
        for frame in frames[:-1] if self._held > HELD else ():
            if frame.data is not None and self._held > HELD:
                self._held -= len(frame.data)
                frame.data = None

    def _content(self, position: int) -> bytes | None:
        part = self._part
        if self._file is None:
            return None
        try:
            data = self._file.at(part.starts[position], self._lengths[position])
        except OSError:
            return None
        return inflate(data, part.sizes[position])

    def _applied(self, base: bytes | None, position: int) -> tuple[bytes, list[Run]] | None:
        """Return what an entry makes of its base, and what may be new in it (`deltas.changes`)."""
        delta = self._content(position) if base is not None else None
        if base is None or delta is None:
            return None
        try:
            size, at = deltas.header(delta)
            if size > LARGEST or len(delta) < deltas.SHORTEST:
                return None
            data = deltas.apply(base, delta)
        except DamagedError:
            return None
        return data, deltas.changes(base, delta, at, data)

    def _rebuild(self, frame: _Frame) -> bytes | None:
        """Make the content of an entry again, from its family's whole object on."""
        chain = [frame.position]
        while (parent := self._part.parents[chain[-1]]) != NONE:
            chain.append(parent)
        data = self._content(chain.pop())
        while chain and data is not None and self._rebuilt <= REBUILT:
            self._rebuilt += len(data) + OVERHEAD
            made = self._applied(data, chain.pop())
            data = made[0] if made else None
        frame.data = None if chain else data
        self._held += len(frame.data or b"")
        return frame.data

    def _lost(self, position: int) -> Iterator[Stored]:
        """Yield what cannot be read: an entry, and all deltas of it."""
        waiting = [position]
        while waiting:
            each = waiting.pop()
            waiting += self._children.get(each, ())
            if self._part.wanted[each]:
                yield Stored(self._id(each), "", None)
