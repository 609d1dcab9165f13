"""Takes SQLite databases apart: their rows as text, and the rest of the file around that.

In the file nothing stands between the values of a row, so that a key would go on into the value behind it, and what a
value is called stands in another place. The format: sqlite.org/fileformat2.html. Nothing in it is believed, and what
is odd, or holds no long word, is left as it is, in the rest.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

MOST_VALUES = 200_000
"""Values that are taken out of a database, in about a second; what is behind them is read as it is."""
_MOST_TABLES = 10_000
"""Tables and indexes of a database that are looked at."""
_HEADER = 100
_TABLE_LEAF, _TABLE, _INDEX_LEAF, _INDEX = 13, 5, 10, 2
_ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""Bytes of a value by its serial type, up to 9; from 12 on it is a blob or a text, and says how long it is."""
_BLANK = bytes(32 if 32 < each < 128 else each for each in range(256))
_LONG = re.compile(rb"[A-Za-z0-9_+/.~:-]{16}")
_LONG_WIDE = re.compile(rb"(?:[A-Za-z0-9_+/.~:-]\0){15}")
_NAME = re.compile(r"\s*(?:\"([^\"]*)\"|`([^`]*)`|\[([^\]]*)\]|([\w$]+))")

_Run = tuple[int, int]


class Table(NamedTuple):
    """A table: its rows, a line each, `column: value, column: value`."""

    name: str
    text: bytes


class Database(NamedTuple):
    """A database: `tables` with what they hold in texts, and `rest`, the file with blanks where those stand in it."""

    tables: Sequence[Table]
    rest: bytes


class _Odd(Exception):
    """Something is not as the format has it."""


class _Cell(NamedTuple):
    """What one cell holds, and from where to where its pieces stand in the file."""

    payload: bytes
    pieces: Sequence[_Run]


def opened(data: bytes) -> Database | None:
    """Return what a database holds, or None for what is none, or is too odd to be read."""
    try:
        reading = _Reading.of(data)
        schema = [reading.schema(cell) for cell in islice(reading.cells(1, every=True), _MOST_TABLES)]
    except (_Odd, IndexError, struct.error):
        return None
    tables = []
    for kind, name, root, sql in schema:
        text = b"".join(reading.rows(root, _columns(sql)))
        if kind != "index" and text:  # what an index holds, its table does; of a damaged kind it may be either
            tables.append(Table(name, text))
    return Database(tables, bytes(reading.rest))


@dataclass(slots=True)
class _Reading:
    """Reads pages; `left` is how many bytes of payload there can still be, and `values` how many are still taken."""

    data: bytes
    page: int
    usable: int
    encoding: str
    rest: bytearray
    left: int
    values: int = MOST_VALUES
    seen: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, data: bytes) -> _Reading:
        """Begin with a file; raises `_Odd`."""
        page = int.from_bytes(data[16:18], "big")
        page = 1 << 16 if page == 1 else page
        encoding = _ENCODINGS.get(int.from_bytes(data[56:60], "big"))
        usable = page - data[20]
        if encoding is None or page < 512 or page & (page - 1) or usable < 480:
            raise _Odd
        return cls(data, page, usable, encoding, bytearray(data), len(data))

    def schema(self, cell: _Cell) -> tuple[str, str, int, str]:
        """Return of what the schema says kind and name, the first page, and how it was made."""
        texts = dict(_texts(cell.payload))
        kind, name, sql = (
            cell.payload[slice(*texts.get(each, (0, 0)))].decode(self.encoding, "replace") for each in (0, 1, 4)
        )
        behind = texts.get(2, (0, 0))[1]
        end = texts.get(4, (len(cell.payload), 0))[0]
        return kind, name, int.from_bytes(cell.payload[behind:end], "big"), sql

    def rows(self, root: int, columns: Sequence[str]) -> Iterator[bytes]:
        """Yield the rows of a table or an index as lines, as far as they can be read, and blank their texts."""
        try:
            for cell in self.cells(root):
                texts = list(_texts(cell.payload))
                self.values -= 1 + len(texts)
                if self.values < 0:
                    return
                yield b", ".join(self._told(cell.payload[low:high], at, columns) for at, (low, high) in texts) + b"\n"
                for _, (low, high) in texts:
                    self._blank(cell.pieces, low, high)
        except (_Odd, IndexError, struct.error):
            return

    def cells(self, root: int, *, every: bool = False) -> Iterator[_Cell]:
        """Yield the cells of a tree of pages that hold something, in order; raises `_Odd`.

        Pages without a long word are left out, but for the schema's.
        """
        long = _LONG if self.encoding == "utf-8" else _LONG_WIDE
        waiting = [root] if root else []
        while waiting:
            number = waiting.pop()
            start = (number - 1) * self.page
            end = start + self.page
            head = start + (_HEADER if number == 1 else 0)
            if number in self.seen or number < 1 or end > len(self.data):
                raise _Odd
            self.seen.add(number)
            kind, count = self.data[head], int.from_bytes(self.data[head + 3 : head + 5], "big")
            if kind not in (_TABLE_LEAF, _TABLE, _INDEX_LEAF, _INDEX):
                raise _Odd
            inner = kind in (_TABLE, _INDEX)
            if 2 * count > self.page or len(waiting) * self.page > len(self.data):
                raise _Odd
            offsets = struct.unpack_from(f">{count}H", self.data, head + (12 if inner else 8))
            if inner:
                children = [int.from_bytes(self.data[start + each : start + each + 4], "big") for each in offsets]
                waiting += [int.from_bytes(self.data[head + 8 : head + 12], "big"), *reversed(children)]
            if kind != _TABLE and (every or long.search(self.data, head, end)):
                for offset in offsets:
                    yield self._cell(start + offset + 4 * inner, end, is_table=kind == _TABLE_LEAF)

    def _cell(self, at: int, end: int, *, is_table: bool) -> _Cell:
        size, at = _varint(self.data, at)
        if is_table:
            _, at = _varint(self.data, at)
        self.left -= size
        if self.left < 0:
            raise _Odd
        most = self.usable - 35 if is_table else (self.usable - 12) * 64 // 255 - 23
        if size <= most:
            if at + size > end:
                raise _Odd
            return _Cell(self.data[at : at + size], ((at, at + size),))
        pieces = list(self._pieces(at, end, size, most))
        return _Cell(b"".join(self.data[first:last] for first, last in pieces), pieces)

    def _pieces(self, at: int, end: int, size: int, most: int) -> Iterator[_Run]:
        """Yield where what does not fit into a page stands: its beginning there, the rest in a chain of pages."""
        least = (self.usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (self.usable - 4)
        local = local if local <= most else least
        if at + local + 4 > end:
            raise _Odd
        yield at, at + local
        following = int.from_bytes(self.data[at + local : at + local + 4], "big")
        missing = size - local
        while missing > 0:
            start = (following - 1) * self.page
            taken = min(missing, self.usable - 4)
            if following < 2 or start + 4 + taken > len(self.data):
                raise _Odd
            yield start + 4, start + 4 + taken
            missing -= taken
            following = int.from_bytes(self.data[start : start + 4], "big")

    def _told(self, text: bytes, column: int, columns: Sequence[str]) -> bytes:
        if self.encoding != "utf-8":
            text = text.decode(self.encoding, "replace").encode("utf-8", "replace")
        return b"%b: %b" % (columns[column].encode(), text) if column < len(columns) else text

    def _blank(self, pieces: Sequence[_Run], low: int, high: int) -> None:
        for first, last in pieces:
            start, end = first + max(low, 0), min(first + high, last)
            if start < end:
                self.rest[start:end] = self.data[start:end].translate(_BLANK)
            low, high = low - (last - first), high - (last - first)


def _texts(payload: bytes) -> Iterator[tuple[int, _Run]]:
    """Yield the columns of a record that are texts, and from where to where its payload has them."""
    header, at = _varint(payload, 0)
    value, column = header, 0
    while at < header:
        kind = payload[at]
        if kind < 0x80:
            at += 1
        else:
            kind, at = _varint(payload, at)
        if kind >= 12:
            size = (kind - 12) // 2
            if value + size > len(payload):
                raise _Odd
            if kind % 2 and size:
                yield column, (value, value + size)
            value += size
        elif kind < len(_SIZES):
            value += _SIZES[kind]
        else:
            raise _Odd
        column += 1


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends."""
    value = data[at]
    if value < 0x80:
        return value, at + 1
    value &= 0x7F
    for count in range(1, 8):
        byte = data[at + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    return value << 8 | data[at + 8], at + 9


def _columns(sql: str) -> list[str]:
    """Return the names of a table's columns, as far as they can be told from how it was made; constraints follow."""
    inside = sql.partition("(")[2]
    parts, depth, begun = [], 0, 0
    for at, character in enumerate(inside):
        depth += (character == "(") - (character == ")")
        if (character == "," and depth == 0) or depth < 0:
            parts.append(inside[begun:at])
            begun = at + 1
        if depth < 0:
            break
    return [next((name for name in found.groups() if name), "") for each in parts if (found := _NAME.match(each))]
