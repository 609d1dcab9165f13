"""Looks object ids up in a pack's index (version 2 of gitformat-pack(5), for ids of 20 and of 32 bytes)."""

from __future__ import annotations

import hashlib
import struct
import sys
from array import array
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from keyguard.git.packs.files import File

_MAGIC = b"\xfftOc\0\0\0\2"
_FANOUT = len(_MAGIC)
_NAMES = _FANOUT + 256 * 4
_PACK_HEADER = struct.Struct(">4sII")
PACK_HEADER = _PACK_HEADER.size
_FAR = 1 << 31
"""Marks an offset that stands in the table of 8-byte offsets."""
_AT_ONCE = 1 << 16
"""How many entries of an index are looked at in one go."""
_PIECE = 1 << 20
MOST_PACKS = 200
"""How many packs are kept open while objects are looked up; what smaller ones hold is left to git."""


class UnusableError(Exception):
    """A pack, its index or a loose object is not as its format has it; what it holds is left to git."""


@dataclass(frozen=True, slots=True)
class PackId:
    """Which pack file this is: its path, and its size and last bytes, which change with its content."""

    path: str
    size: int
    trailer: bytes

    @contextmanager
    def opened(self) -> Iterator[File]:
        """Open the pack. Raises `UnusableError` when another one lies there now, and `OSError`."""
        with File(self.path) as file:
            width = len(self.trailer)
            if file.size != self.size or file.at(self.size - width, width) != self.trailer:
                raise UnusableError(self.path)
            yield file


def is_intact(path: str, width: int) -> bool:
    """Return whether a pack has the checksum that stands at its end and in its index; 0.3 GB take a quarter second.

    `width` is the length of an id in bytes, and so of the checksum.
    """
    digest = hashlib.new("sha256" if width == 32 else "sha1", usedforsecurity=False)
    try:
        with File(path) as pack, File(Path(path).with_suffix(".idx")) as index:
            end = pack.size - width
            for offset in range(0, end, _PIECE):
                digest.update(pack.at(offset, min(_PIECE, end - offset)))
            return digest.digest() == pack.at(end, width) == index.at(index.size - 2 * width, width)
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Index:
    """An open index and its pack; `width` is the length of an id in bytes, `count` how many objects there are."""

    file: File
    pack: PackId
    width: int
    count: int
    fanout: array[int]

    def find(self, first: int, sought: Container[bytes]) -> dict[bytes, int]:
        """Return the offsets of the sought ids that begin with the byte `first`, if they lie in the pack.

        Raises `OSError`.
        """
        start, end = (self.fanout[first - 1] if first else 0), self.fanout[first]
        found: dict[bytes, int] = {}
        for low in range(start, end, _AT_ONCE):
            found |= self._between(low, min(low + _AT_ONCE, end), sought)
        return found

    def _between(self, start: int, end: int, sought: Container[bytes]) -> dict[bytes, int]:
        names = self.file.at(_NAMES + start * self.width, (end - start) * self.width)
        offsets = self._offsets(start, end)
        if len(names) != len(offsets) * self.width:  # cut short since it was opened
            return {}
        ids = struct.iter_unpack(f"{self.width}s", names)
        found = {name: offset for (name,), offset in zip(ids, offsets, strict=True) if name in sought}
        last = self.pack.size - self.width
        if found and (min(found.values()) < PACK_HEADER or max(found.values()) >= min(last, _FAR)):
            near = {name: self._far(offset ^ _FAR) if offset & _FAR else offset for name, offset in found.items()}
            found = {name: offset for name, offset in near.items() if PACK_HEADER <= offset < last}
        return found

    def _offsets(self, start: int, end: int) -> array[int]:
        table = _NAMES + self.count * (self.width + 4)
        return _big_endian("I", self.file.at(table + start * 4, (end - start) * 4))

    def _far(self, number: int) -> int:
        """Return an offset of 8 bytes; 0, which no entry has, when there is none."""
        at = _NAMES + self.count * (self.width + 8) + number * 8
        return int.from_bytes(self.file.at(at, 8), "big") if at + 8 <= self.file.size - 2 * self.width else 0


@contextmanager
def indexes(folders: Sequence[Path], width: int) -> Iterator[list[Index]]:
    """Open the usable packs of these object folders, the largest first."""
    sizes: dict[Path, int] = {}
    for folder in folders:
        with suppress(OSError):
            for path in sorted(folder.glob("pack/*.idx")):
                sizes[path] = path.lstat().st_size
    with ExitStack() as stack:
        found = []
        for path in sorted(sizes, key=sizes.__getitem__, reverse=True)[:MOST_PACKS]:
            with suppress(OSError, UnusableError):
                found.append(_opened(stack, path, width))
        yield found


def _opened(stack: ExitStack, path: Path, width: int) -> Index:
    """Open an index and check it, and the frame of its pack, as git does before it believes either."""
    with ExitStack() as mine:
        file = mine.enter_context(File(path))
        head = file.at(0, _NAMES)
        if len(head) != _NAMES or not head.startswith(_MAGIC):
            raise UnusableError(path)
        fanout = _big_endian("I", head[_FANOUT:])
        count = fanout[-1]
        far = file.size - _NAMES - count * (width + 8) - 2 * width
        if list(fanout) != sorted(fanout) or not 0 <= far <= 8 * max(count - 1, 0):
            raise UnusableError(path)
        trailer = file.at(file.size - 2 * width, width)
        pack = _pack(path.with_suffix(".pack"), count, trailer)
        stack.push(mine.pop_all())
    return Index(file, pack, width, count, fanout)


def _pack(path: Path, count: int, trailer: bytes) -> PackId:
    with File(path) as file:
        head = file.at(0, PACK_HEADER)
        pack = PackId(str(path), file.size, trailer)
    if len(head) != PACK_HEADER or pack.size < PACK_HEADER + len(trailer):
        raise UnusableError(path)
    magic, version, entries = _PACK_HEADER.unpack(head)
    if magic != b"PACK" or version not in (2, 3) or entries != count:
        raise UnusableError(path)
    with pack.opened():
        return pack


def _big_endian(kind: str, data: bytes) -> array[int]:
    values: array[int] = array(kind)
    values.frombytes(data[: len(data) // values.itemsize * values.itemsize])
    if sys.byteorder == "little":
        values.byteswap()
    return values
