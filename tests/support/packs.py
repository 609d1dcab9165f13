"""Packs made by hand: what git would never write, in the format that it reads (gitformat-pack(5))."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

COMMIT, TREE, BLOB, TAG, OFFSET, REFERENCE = 1, 2, 3, 4, 6, 7


def identity(data: bytes, kind: str = "blob") -> bytes:
    """Return the id that git gives an object."""
    return hashlib.sha1(b"%s %d\0%s" % (kind.encode(), len(data), data)).digest()


def size(number: int) -> bytes:
    """Write a size as deltas do."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits[-1] |= 0x80
        digits.append(number & 0x7F)
    return bytes(digits)


def copy(offset: int, length: int) -> bytes:
    """Write the instruction that copies from the base."""
    values = (offset & 0xFFFFFFFF).to_bytes(4, "little") + (length & 0xFFFFFF).to_bytes(3, "little")
    command = 0x80 | sum(1 << bit for bit, value in enumerate(values) if value)
    return bytes([command, *(value for value in values if value)])


def insert(data: bytes) -> bytes:
    """Write the instructions that insert new bytes."""
    pieces = [data[at : at + 127] for at in range(0, len(data), 127)]
    return b"".join(bytes([len(each)]) + each for each in pieces)


def delta(base_size: int, result_size: int, *instructions: bytes) -> bytes:
    """Write a delta."""
    return size(base_size) + size(result_size) + b"".join(instructions)


@dataclass
class Entry:
    """An entry: `content` is compressed; `base` is the position of an earlier entry, or an id, or a distance.

    `declared` is the size in the header, where it is not the content's; `compressed` what is stored instead.
    """

    name: bytes
    kind: int
    content: bytes
    base: int | bytes | None = None
    distance: int | None = None
    declared: int | None = None
    compressed: bytes | None = None
    offset: int = field(default=0, init=False)

    def header(self) -> bytes:
        left = len(self.content) if self.declared is None else self.declared
        digits = [self.kind << 4 | left & 15]
        left >>= 4
        while left:
            digits[-1] |= 0x80
            digits.append(left & 0x7F)
            left >>= 7
        return bytes(digits)

    def written(self, entries: Sequence[Entry]) -> bytes:
        head = self.header()
        if self.kind == REFERENCE:
            assert isinstance(self.base, bytes)
            head += self.base
        elif self.kind == OFFSET:
            distance = self.distance
            if distance is None:
                assert isinstance(self.base, int)
                distance = self.offset - entries[self.base].offset
            digits = [distance & 0x7F]
            while distance := distance >> 7:
                distance -= 1
                digits.append(0x80 | distance & 0x7F)
            head += bytes(digits[::-1])
        return head + (zlib.compress(self.content) if self.compressed is None else self.compressed)


def write(folder: Path, entries: Sequence[Entry], *, far: bool = False, name: str = "pack-made") -> Path:
    """Write a pack and its index into an object folder; `far` puts all offsets into the table of 8 bytes."""
    body = bytearray(b"PACK" + struct.pack(">II", 2, len(entries)))
    for entry in entries:
        entry.offset = len(body)
        body += entry.written(entries)
    body += hashlib.sha1(body).digest()
    (folder / "pack").mkdir(parents=True, exist_ok=True)
    path = folder / "pack" / f"{name}.pack"
    path.write_bytes(body)
    path.with_suffix(".idx").write_bytes(index(entries, bytes(body[-20:]), far=far))
    return path


def index(entries: Sequence[Entry], trailer: bytes, *, far: bool = False) -> bytes:
    """Write the index of a pack."""
    by_name = sorted(entries, key=lambda each: each.name)
    counts = [sum(each.name[0] <= first for each in by_name) for first in range(256)]
    data = b"\xfftOc\0\0\0\2" + struct.pack(">256I", *counts)
    data += b"".join(each.name for each in by_name) + bytes(4 * len(by_name))
    if far:
        data += b"".join(struct.pack(">I", 1 << 31 | number) for number in range(len(by_name)))
        data += b"".join(struct.pack(">Q", each.offset) for each in by_name[: max(len(by_name) - 1, 0)])
        # The format has room for all but one: some entry always lies below 2 GB.
        last = struct.pack(">I", by_name[-1].offset)
        at = 8 + 1024 + 24 * len(by_name) + 4 * (len(by_name) - 1)
        data = data[:at] + last + data[at + 4 :]
    else:
        data += b"".join(struct.pack(">I", each.offset) for each in by_name)
    data += trailer
    return data + hashlib.sha1(data).digest()
