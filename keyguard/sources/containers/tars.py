"""Opens archives that are read in order: tar (ustar, pax, GNU, and the older one), and Debian's packages."""

from __future__ import annotations

import re

from keyguard.sources.containers.kinds import TAR_BLOCK, is_tar
from keyguard.sources.containers.limits import TRUNCATED, Problem
from keyguard.sources.containers.member import Member, Members
from keyguard.sources.containers.streams import Stream, cut_off

_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")
"""Types of members that have no data whatever size they claim: links, devices, folders, pipes."""
_GNU_NAME, _GNU_LINK, _GNU_SPARSE, _PAX, _PAX_GLOBAL = b"L", b"K", b"S", b"x", b"g"
_ABOUT_THE_NEXT = (_GNU_NAME, _GNU_LINK, _PAX)
_SPARSE_NAME = b"GNU.sparse.name"
_WANTED = (b"path", b"size", _SPARSE_NAME)
_LONGEST_HEADER = 1 << 20
"""Bytes of a long name or of pax records that are looked into; longer ones claim more than any file system takes."""
_RECORD = re.compile(rb"(\d{1,7}) ([^=\n]{1,64})=")
_SKIPPED = 1 << 20
_AR_HEADER = 60


class Part:
    """The next so many bytes of a stream; `skip` reads past what is left of them."""

    def __init__(self, source: Stream, size: int) -> None:
        self.failure: Problem | None = None
        self._source = source
        self._left = size

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        wanted = min(size, self._left)
        data = self._source.read(wanted) if wanted else b""
        self._left -= len(data)
        if len(data) < wanted:
            self._left = 0
            self.failure = cut_off(self._source)
        return data

    def skip(self) -> None:
        """Read to the end of the part."""
        while self.read(_SKIPPED):
            pass


def members(source: Stream) -> Members:
    """Yield the members of a tar. Of sparse files (whose holes may be huge) there is what is stored, without holes."""
    records: dict[bytes, bytes] = {}
    while len(block := source.read(TAR_BLOCK)) == TAR_BLOCK:
        if not block.strip(b"\0"):
            yield None  # the end, behind which another archive may have been appended
            continue
        if not is_tar(block):
            yield TRUNCATED
            return
        kind, size = block[156:157], _size(block, records)
        if kind == _GNU_SPARSE:
            _skip_map(source, block)
        part = Part(source, size)
        if kind in _ABOUT_THE_NEXT:
            records |= _records(kind, part)
        elif kind != _PAX_GLOBAL:
            yield Member(records.get(_SPARSE_NAME) or records.get(b"path") or _name(block), part)
            records = {}
        part.skip()
        if part.failure:
            yield part.failure
            return
        Part(source, -size % TAR_BLOCK).skip()
    if block:
        yield cut_off(source)


def _size(block: bytes, records: dict[bytes, bytes]) -> int:
    """Return how many bytes follow a header, padding aside."""
    if block[156:157] in _WITHOUT_DATA:
        return 0
    told = records.get(b"size", b"")
    return int(told) if told.isdigit() and len(told) < 20 else _number(block[124:136])


def _records(kind: bytes, part: Part) -> dict[bytes, bytes]:
    """Return what a header says of the member behind it; of what is absurdly long only the beginning."""
    data = part.read(_LONGEST_HEADER)
    if kind == _GNU_NAME:
        return {b"path": data.partition(b"\0")[0]}
    found: dict[bytes, bytes] = {}
    at = 0
    while kind == _PAX and (record := _RECORD.match(data, at)) and at + int(record[1]) > record.end():
        end = at + int(record[1])
        if record[2] in _WANTED:
            found[record[2]] = data[record.end() : end - 1]
        at = end
    return found


def _number(field: bytes) -> int:
    """Return a number in octal digits, or, where its first bit is set, in bytes (GNU)."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x3F]) + field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else 0


def _name(block: bytes) -> bytes:
    name, prefix = block[:100].partition(b"\0")[0], block[345:500].partition(b"\0")[0]
    return prefix + b"/" + name if block[257:263] == b"ustar\0" and prefix else name


def _skip_map(source: Stream, block: bytes) -> None:
    """Read past the blocks that say where the holes of a sparse file are."""
    more = block[482]
    while more and len(block := source.read(TAR_BLOCK)) == TAR_BLOCK:
        more = block[504]


def deb_members(source: Stream) -> Members:
    """Yield the members of a Debian package, an `ar` archive (deb(5))."""
    source.read(len(b"!<arch>\n"))
    while len(header := source.read(_AR_HEADER)) == _AR_HEADER:
        size = header[48:58].rstrip(b" ")
        if header[58:60] != b"`\n" or not size.isdigit():
            yield TRUNCATED
            return
        part = Part(source, int(size))
        yield Member(header[:16].rstrip(b" /"), part)
        part.skip()
        if part.failure:
            yield part.failure
            return
        source.read(int(size) % 2)
    if header:
        yield cut_off(source)
