"""Takes Jupyter notebooks apart: what stands in their cells as people see it, and the rest of the file around that."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keyguard.sources.containers.json_spans import Malformed, Value, parse, text

_MARK = b'"nbformat"'
"""What every notebook says of itself (nbformat.readthedocs.io), mostly at its end."""
_PAYLOAD_FROM = 512
"""Characters of base64 that are taken for something binary; shorter ones are text, which is decoded like any other."""
_TEXT_TYPE = re.compile(r"text/.*|.*[/+](?:json|xml|javascript|x-latex)|text|html|svg|json|latex|javascript")
"""Media types, and what the notebooks of version 3 call them, whose content is written as it is."""
_CONTROL = re.compile(rb"\x1b\[[0-9;:?]{0,32}[A-Za-z]")
"""What colours text for a terminal: it may stand right before a key, or in it."""
_BLANK = bytes(32 if 32 < each < 128 else each for each in range(256))
"""Blanks ASCII and keeps line ends and all else, so that lines and columns behind it stay what they are."""
_PRINTED = ("text", "evalue", "traceback")
_VERSION_3 = ("html", "svg", "json", "latex", "javascript", "png", "jpeg", "pdf")


@dataclass(frozen=True, slots=True)
class Part:
    """A cell's source, or (with the number of the `output`) one of its outputs; `binary` is what base64 said."""

    cell: int
    output: int | None
    data: bytes
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook: `parts` in order, and `rest`, which is the file with blanks where they stand in it."""

    parts: tuple[Part, ...]
    rest: bytes


def opened(data: bytes) -> Notebook | None:
    """Return what a notebook of version 3 or 4 holds, or None for what is none; raises `Excessive`."""
    if _MARK not in data:
        return None
    try:
        top = parse(data)
    except Malformed:
        return None
    sheets = [sheet for each in top.named("worksheets") for sheet in each.items]
    cells = [cell for holder in (top, *sheets) for each in holder.named("cells") for cell in each.items]
    taking = _Taking(data, bytearray(data))
    parts = tuple(part for number, cell in enumerate(cells, 1) for part in taking.cell(cell, number))
    return Notebook(parts, bytes(taking.rest))


class Larger:
    """Reads on in what is too large to be taken apart; `is_notebook` once it has said so."""

    def __init__(self, begun: bytes, read: Callable[[int], bytes]) -> None:
        self.is_notebook = _MARK in begun
        self._before = begun[-len(_MARK) :]
        self._read = read

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        piece = self._read(size)
        joined = self._before + piece
        self.is_notebook = self.is_notebook or _MARK in joined
        self._before = joined[-len(_MARK) :]
        return piece


@dataclass(frozen=True, slots=True)
class _Taking:
    """Takes parts out of a notebook; `rest` is what is left of it."""

    data: bytes
    rest: bytearray

    def cell(self, cell: Value, number: int) -> Iterator[Part]:
        """Yield what stands in a cell, and what it has put out."""
        for name, value in cell.fields:
            if name in ("source", "input") and (said := self._said(value)) is not None:
                yield Part(number, None, said)
            elif name == "outputs":
                for count, output in enumerate(value.items, 1):
                    yield from self._output(output, number, count)
            elif name == "attachments":
                bundles = [bundle for _, bundle in value.fields]
                parts = [self._media(*each, number, None) for bundle in bundles for each in bundle.fields]
                yield from (part for part in parts if part)

    def _output(self, output: Value, cell: int, number: int) -> Iterator[Part]:
        for name, value in output.fields:
            if name in _PRINTED:
                said = self._said(value, b"\n" if name == "traceback" else b"")
                if said is not None:
                    yield Part(cell, number, _CONTROL.sub(b"", said))
                continue
            media = value.fields if name == "data" else ((name, value),) if name in _VERSION_3 else ()
            parts = [self._media(kind, content, cell, number) for kind, content in media]
            yield from (part for part in parts if part)

    def _media(self, kind: str, value: Value, cell: int, output: int | None) -> Part | None:
        """Return content of a media type: text as it is, objects as their JSON, base64 as what it says."""
        is_text = _TEXT_TYPE.fullmatch(kind) is not None
        if value.kind == "{" or (value.kind == "[" and kind.endswith("json")):
            self._blank(value.start, value.end)
            return Part(cell, output, self.data[value.start : value.end])
        said = self._said(value)
        if said is None:
            return None
        binary = None if is_text else _from_base64(said)
        return Part(cell, output, said) if binary is None else Part(cell, output, binary, binary=True)

    def _said(self, value: Value, between: bytes = b"") -> bytes | None:
        """Return what a string or a list of strings says, and blank it; None where it is something else."""
        strings = value.items if value.kind == "[" else (value,)
        if value.kind == "{" or any(each.kind != '"' for each in strings):
            return None
        try:
            said = between.join(_encoded(text(self.data, each.start, each.end)) for each in strings)
        except Malformed:
            return None
        for each in strings:
            self._blank(each.start + 1, each.end - 1)
        return said

    def _blank(self, start: int, end: int) -> None:
        self.rest[start:end] = self.data[start:end].translate(_BLANK)


def _encoded(said: str) -> bytes:
    try:
        return said.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair of surrogates, written as an escape
        return said.encode("utf-8", "replace")


def _from_base64(said: bytes) -> bytes | None:
    """Return what base64 says that is long enough to be anything but text; None for other text."""
    digits = b"".join(said.split())
    if len(digits) < _PAYLOAD_FROM:
        return None
    try:
        return base64.b64decode(digits, validate=True)
    except binascii.Error:
        return None
