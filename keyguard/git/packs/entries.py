"""Reads the headers of a pack's wanted entries, and of all that those are deltas of."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from keyguard.git.packs.files import File
from keyguard.git.packs.index import PACK_HEADER, Index

BAD, OFFSET_DELTA, REFERENCE_DELTA = 0, 6, 7
TYPES = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
"""The kinds of entries that are whole objects, and their types."""
NONE = -1
_HEADER = 32
"""No sane header is longer: type, size, and the distance to a base (a base's id is read by itself)."""
_WINDOW = 1 << 14
"""How many bytes are read at once, for all headers that lie in them."""


@dataclass(slots=True)
class Entries:
    """Entries of one pack, column by column: first the wanted ones by offset, then bases that are not wanted.

    `names` are ids, zeros for what is not wanted; `sizes` is the length of what is compressed, which begins at
    `starts`; `bases` the number of the entry that one is a delta of, or `NONE`. A `BAD` entry is left to git.
    """

    index: Index
    wanted: int
    names: list[bytes]
    offsets: list[int]
    kinds: bytearray = field(default_factory=bytearray)
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    starts: array[int] = field(default_factory=lambda: array("Q"))
    bases: array[int] = field(default_factory=lambda: array("q"))

    def ordered(self) -> Sequence[int]:
        """Return the numbers of all entries by offset."""
        if self.wanted == len(self.offsets):
            return range(self.wanted)
        return sorted(range(len(self.offsets)), key=self.offsets.__getitem__)


def survey(index: Index, names: list[bytes], offsets: list[int], limit: int) -> Entries:
    """Read the headers of the entries at these offsets, which ascend, and of all their bases.

    What is larger than `limit` is bad. Raises `OSError`, and `UnusableError` when the pack is another one by now.
    """
    entries = Entries(index, len(offsets), names, offsets)
    numbers = _Numbers(index, offsets)
    kinds, sizes, starts, bases = entries.kinds, entries.sizes, entries.starts, entries.bases
    with index.pack.opened() as file:
        headers = _headers(file, offsets)
        for offset, (kind, size, length, distance) in zip(offsets, headers, strict=True):  # `offsets` grows at its end
            start, base = offset + length, NONE
            if kind == OFFSET_DELTA:
                base = numbers[offset - distance]
            elif kind == REFERENCE_DELTA:
                base = numbers[_referred(file, index, start)]
                start += index.width
            bad = size > limit or (base == NONE and kind not in TYPES)
            kinds.append(BAD if bad else kind)
            sizes.append(0 if bad else size)
            starts.append(start)
            bases.append(NONE if bad else base)
    names += [bytes(index.width)] * (len(offsets) - len(names))
    return entries


class _Numbers(dict[int, int]):
    """The numbers of entries by offset; asking for an offset that is in the pack makes it one.

    There are never more than the index counts: a damaged chain could go through every byte of the pack.
    """

    def __init__(self, index: Index, offsets: list[int]) -> None:
        super().__init__(zip(offsets, range(len(offsets)), strict=True))
        self._offsets = offsets
        self._most = index.count
        self._end = index.pack.size - index.width

    def __missing__(self, offset: int) -> int:
        if not PACK_HEADER <= offset < self._end or len(self._offsets) >= self._most:
            return NONE
        self[offset] = number = len(self._offsets)
        self._offsets.append(offset)
        return number


def _headers(file: File, offsets: Iterable[int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield of each entry its kind, its size, the length of its header, and the distance to its base.

    This loop is most of what a plan costs.
    """
    data, first = b"", 0
    for offset in offsets:
        at = offset - first
        if not 0 <= at <= len(data) - _HEADER:
            data, first, at = file.at(offset, _WINDOW), offset, 0
        head = data[at : at + _HEADER]
        try:
            byte = head[0]
            kind, size, at, shift, distance = byte >> 4 & 7, byte & 15, 1, 4, 0
            while byte & 128:
                byte = head[at]
                size |= (byte & 127) << shift
                at += 1
                shift += 7
            if kind == OFFSET_DELTA:
                byte = head[at]
                at += 1
                distance = byte & 127
                while byte & 128:
                    byte = head[at]
                    at += 1
                    distance = distance + 1 << 7 | byte & 127
        except IndexError:
            yield BAD, 0, 0, 0
        else:
            yield kind, size, at, distance


def _referred(file: File, index: Index, start: int) -> int:
    """Return the offset of the base whose id stands at `start`; 0, where no entry is, when it is not in this pack."""
    name = file.at(start, index.width)
    return index.find(name[0], (name,)).get(name, 0) if len(name) == index.width else 0
