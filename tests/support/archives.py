"""Archives, documents and notebooks, made at run time."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import sqlite3
import struct
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Files = Mapping[str, bytes]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def streamed_zip(files: Files) -> bytes:
    """Return a zip archive whose members have their sizes behind them, as a program writes it into a pipe."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(_Pipe(buffer), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class _Pipe(io.RawIOBase):
    def __init__(self, buffer: io.BytesIO) -> None:
        self._buffer = buffer

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._buffer.write(data)


def encrypted(archive: bytes) -> bytes:
    """Return a zip archive that says of every member that it is encrypted."""
    data = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def tarred(files: Files, form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def deb(files: Files) -> bytes:
    """Return a Debian package (deb(5)) whose data are these files."""
    members = {"debian-binary": b"2.0\n", "data.tar.xz": lzma.compress(tarred(files))}
    parts = [b"!<arch>\n"]
    for name, data in members.items():
        head = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n"
        parts += [head.encode("ascii"), data, b"\n" * (len(data) % 2)]
    return b"".join(parts)


def lzma_alone(data: bytes) -> bytes:
    """Return what came before xz."""
    return lzma.compress(data, lzma.FORMAT_ALONE)


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zlib": zlib.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lzma_alone,
    "zst": zstd.compress,
}


def _tarred_and(compress: Callable[[bytes], bytes]) -> Callable[[Files], bytes]:
    return lambda files: compress(tarred(files))


def tarred_and_brotli(files: Files) -> bytes:
    """Return a tar in a format that has no mark, and no second stream behind the first."""
    return bytes(brotli.compress(tarred(files)))


ARCHIVES: dict[str, Callable[[Files], bytes]] = {
    "zip": zipped,
    "stored.zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "bzip2.zip": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "lzma.zip": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "streamed.zip": streamed_zip,
    "pyz": lambda files: b"#!/usr/bin/env python3\n" + zipped(files),
    "tar": tarred,
    "ustar.tar": lambda files: tarred(files, tarfile.USTAR_FORMAT),
    "gnu.tar": lambda files: tarred(files, tarfile.GNU_FORMAT),
    "deb": deb,
    **{f"tar.{name}": _tarred_and(compress) for name, compress in COMPRESSIONS.items()},
}


def docx(*paragraphs: Sequence[str]) -> bytes:
    """Return a Word document: each paragraph is the runs that its text is split over."""
    body = "".join(
        "<w:p>"
        + "".join(f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs)
        + "</w:p>"
        for runs in paragraphs
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<w:document xmlns:w="urn:w"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def odt(*paragraphs: Sequence[str]) -> bytes:
    """Return an OpenDocument text."""
    body = "".join(
        "<text:p>" + "".join(f'<text:span text:style-name="T1">{run}</text:span>' for run in runs) + "</text:p>\n  "
        for runs in paragraphs
    )
    content = f'<office:document xmlns:office="o" xmlns:text="t"><office:body>{body}</office:body></office:document>'
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def cell(source: str | list[str], *outputs: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a code cell of a notebook."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs), **more}


def stream(text: str | list[str]) -> dict[str, Any]:
    """Return what a cell has printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(**data: Any) -> dict[str, Any]:
    """Return what a cell shows, by media type with `_` for `/`."""
    bundle = {name.replace("_", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": bundle}


def picture(content: bytes = b"", size: int = 4096) -> str:
    """Return a picture in base64 that has something in it."""
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + content + bytes(size)).decode()


def notebook(*cells: Mapping[str, Any], indent: int | None = 1, metadata: Mapping[str, Any] | None = None) -> bytes:
    """Return a notebook of version 4."""
    top = {"cells": list(cells), "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(top, indent=indent, ensure_ascii=False).encode()


def local_header(name: bytes, data: bytes, *, method: int = 0, flags: int = 0, size: int | None = None) -> bytes:
    """Return a member of a zip as it stands in the archive."""
    packed = len(data) if size is None else size
    return (
        struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, method, 0, 0, 0, packed, packed, len(name), 0) + name + data
    )


def directory(entries: Sequence[tuple[bytes, int, int]], start: int, *, method: int = 0) -> bytes:
    """Return the directory of a zip: entries are name, packed size and offset; `start` is where it will stand."""
    listed = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, method, 0, 0, 0, size, size, len(name), 0, 0, 0, 0, 0, at)
        + name
        for name, size, at in entries
    )
    count = min(len(entries), 0xFFFF)
    return listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)


def database(script: str, rows: Iterable[tuple[str, Sequence[object]]] = (), *, encoding: str = "UTF-8") -> bytes:
    """Return a SQLite database: what a script makes, and then rows, each as the statement that inserts it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA encoding = '{encoding}'")
            connection.executescript(script)
            for statement, values in rows:
                connection.execute(statement, values)
            connection.commit()
        return path.read_bytes()
