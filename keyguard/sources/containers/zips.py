"""Opens zip archives of every kind: by their directory, and where that is missing or silent by the members' headers.

The format is PKWARE's APPNOTE 6.3.10. Members may overlap, repeat each other or be said to be larger than the archive:
what the directory says is followed only as far as there are bytes, and the budget ends it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from keyguard.sources.containers import codecs, office
from keyguard.sources.containers.limits import ENCRYPTED, MEMBERS, TRUNCATED, UNKNOWN_METHOD, Budget, Problem
from keyguard.sources.containers.member import Member, Members
from keyguard.sources.containers.streams import Stream, Stretch

_LOCAL, _CENTRAL, _END, _END64, _LOCATOR64 = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_NEXT = re.compile(b"PK(?:\x03\x04|\x01\x02|\x07\x08)")
_CENTRAL_FIELDS = struct.Struct("<8xHH8xLLHHH8xL")
_LOCAL_FIELDS = struct.Struct("<6xHH8xLLHH")
_END_FIELDS = struct.Struct("<12xLLH")
_END64_FIELDS = struct.Struct("<40xQQ")
_UNKNOWN = 0xFFFFFFFF
"""A size or an offset of 32 bits that stands for one of 64 elsewhere."""
_LONGEST_COMMENT = 0xFFFF
_WITH_DESCRIPTOR = 0x8
_PROTECTED = 0x1 | 0x40 | 0x2000
"""Flags of what is encrypted by a password, by a certificate, or so that not even names can be read."""
_STORED, _DEFLATED, _BZIP2, _LZMA, _ZSTD, _AES = 0, 8, 12, 14, (20, 93), 99
_BETWEEN = 64
"""Bytes that may follow a member before the next one: a descriptor has up to 24."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A member: where its own header, its data and the end of its data are."""

    name: bytes
    flags: int
    method: int
    header: int
    start: int
    end: int


def members(data: bytearray, budget: Budget, damaged: Problem = TRUNCATED) -> Members:
    """Yield the members of an archive that is in memory; `damaged` is what it means where something is missing."""
    directory = _directory(data)
    if directory is None and data.startswith(b"#!"):
        return  # a script that has these bytes in it, and no archive
    if directory is None:
        entries, whole = list(islice(_walked(data, max(0, data.find(_LOCAL)), len(data)), MEMBERS + 1)), False
    else:
        listed = list(islice(_listed(data, *directory), MEMBERS + 1))
        entries, whole = [each for each in listed if each is not None], None not in listed
        entries += islice(_unlisted(data, entries, directory[0]), MEMBERS + 1 - len(entries))
    yield from _opened(data, entries, budget)
    if not whole:
        yield damaged


def _directory(data: bytearray) -> tuple[int, int, int] | None:
    """Return where the directory begins and ends, and what has to be added to its offsets; None where there is none."""
    first = max(0, len(data) - _LONGEST_COMMENT - _END_FIELDS.size)
    at = data.rfind(_END, first)
    while at >= 0:
        if at + _END_FIELDS.size <= len(data) and (found := _directory_before(data, at)):
            return found
        at = data.rfind(_END, first, at + 3)
    return None


def _directory_before(data: bytearray, at: int) -> tuple[int, int, int] | None:
    size, offset, _comment = _END_FIELDS.unpack_from(data, at)
    end = at
    if data[at - 20 : at - 16] == _LOCATOR64 and at >= 20 + 56:
        end = at - 20 - 56
        if data[end : end + 4] != _END64:  # it has fields of its own, so its offset is all that tells where it is
            end = int.from_bytes(data[at - 12 : at - 4], "little")
        if data[end : end + 4] != _END64 or end + 56 > len(data):
            return None
        size, offset = _END64_FIELDS.unpack_from(data, end)
    for start in (end - size, offset):
        if 0 <= start <= end and (size == 0 or data[start : start + 4] == _CENTRAL):
            return start, min(start + size, len(data)), start - offset
    return None


def _listed(data: bytearray, at: int, end: int, shift: int) -> Iterator[Entry | None]:
    """Yield what the directory lists, None for what it has wrong."""
    while at + 46 <= end:
        if data[at : at + 4] != _CENTRAL:
            yield None
            return
        flags, method, packed, size, name, extra, comment, header = _CENTRAL_FIELDS.unpack_from(data, at)
        names = at + 46
        if _UNKNOWN in (packed, size, header):
            packed, header = _large(data[names + name : names + name + extra], size, packed, header)
        start = _data_after(data, header + shift)
        known = bytes(data[names : names + name])
        yield None if start is None else Entry(known, flags, method, header + shift, start, start + packed)
        at = names + name + extra + comment


def _large(extra: bytearray, size: int, packed: int, header: int = 0) -> tuple[int, int]:
    """Return the packed size and the offset with what the extra field of zip64 has for those that are unknown."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            held = iter([int.from_bytes(extra[x : x + 8], "little") for x in range(at + 4, at + 4 + length, 8)])
            _ = next(held, 0) if size == _UNKNOWN else 0
            packed = next(held, packed) if packed == _UNKNOWN else packed
            return packed, next(held, header) if header == _UNKNOWN else header
        at += 4 + length
    return packed, header


def _data_after(data: bytearray, header: int) -> int | None:
    """Return where the data of the member begins whose own header is there."""
    if header < 0 or header + 30 > len(data) or data[header : header + 4] != _LOCAL:
        return None
    name, extra = struct.unpack_from("<HH", data, header + 26)
    return int(header + 30 + name + extra)


def _walked(data: bytearray, at: int, end: int) -> Iterator[Entry]:
    """Yield the members that follow each other from an offset on, by their own headers."""
    while at >= 0 and (start := _data_after(data, at)) is not None and start <= end:
        flags, method, packed, size, name, extra = _LOCAL_FIELDS.unpack_from(data, at)
        if _UNKNOWN in (packed, size):
            packed, _ = _large(data[start - extra : start], size, packed)
        stop = min(start + packed, end)
        if flags & _WITH_DESCRIPTOR and not packed:  # its size is told behind it only
            found = _NEXT.search(data, start, end)
            stop = found.start() if found else end
        yield Entry(bytes(data[at + 30 : at + 30 + name]), flags, method, at, start, stop)
        at = data.find(_LOCAL, stop, min(stop + _BETWEEN, end))


def _unlisted(data: bytearray, entries: Sequence[Entry], end: int) -> Iterator[Entry]:
    """Yield the members that are there without the directory knowing of them: deleted, replaced or hidden ones."""
    known = 0
    for header, stop in [*sorted((each.header, each.end) for each in entries), (end, end)]:
        if header - known > _BETWEEN:
            yield from _walked(data, data.find(_LOCAL, known, header), header)
        known = max(known, stop)


def _opened(data: bytearray, entries: Sequence[Entry], budget: Budget) -> Members:
    names = {entry.name for entry in entries}
    spoken = office.is_document(names)
    for entry in entries:
        if entry.name.endswith(b"/") and entry.start == entry.end:
            continue
        content = _content(data, entry, budget)
        if isinstance(content, Problem):
            yield Member(entry.name, None)
            yield content
            continue
        yield Member(entry.name, content)
        if content.failure:
            yield content.failure
        elif spoken and entry.name.endswith(b".xml"):
            again = _content(data, entry, budget)
            if not isinstance(again, Problem):
                yield Member(entry.name + office.BEHIND, office.Text(again), derived=True)


def _content(data: bytearray, entry: Entry, budget: Budget) -> Stream | Problem:
    if entry.flags & _PROTECTED or entry.method == _AES:
        return ENCRYPTED
    if entry.method == _STORED:
        return Stored(data, entry, budget)
    start, codec = entry.start, _codec(data, entry)
    if entry.method == _LZMA:
        start += 4 + int.from_bytes(data[start + 2 : start + 4], "little")
    if not isinstance(codec, codecs.Codec):
        return codec or UNKNOWN_METHOD
    return codecs.Expander(Stretch(data, min(start, len(data)), min(entry.end, len(data))), codec, budget)


def _codec(data: bytearray, entry: Entry) -> codecs.Codec | Problem | None:
    if entry.method == _DEFLATED:
        return codecs.deflate()
    if entry.method == _BZIP2:
        return codecs.bzip2()
    if entry.method in _ZSTD:
        return codecs.zstd()
    return codecs.raw_lzma(bytes(data[entry.start + 4 : entry.start + 9])) if entry.method == _LZMA else None


class Stored(Stretch):
    """A member that is in the archive as it is: counted all the same, since many can share the same bytes."""

    def __init__(self, data: bytearray, entry: Entry, budget: Budget) -> None:
        super().__init__(data, min(entry.start, len(data)), min(entry.end, len(data)))
        self._cut = entry.end > len(data)
        self._budget = budget

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        piece = b"" if self.failure else super().read(size)
        self._budget.expand(len(piece))
        self.failure = self._budget.spent or (TRUNCATED if self._cut and len(piece) < size else None)
        return piece
