"""Keys in files inside archives, and in the documents that are archives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from xml.sax.saxutils import escape

from benchmarks.detection.model import Carries, Leak, Surrounding
from benchmarks.detection.surroundings.encodings import FILE
from benchmarks.detection.surroundings.filling import Write, filled, in_json

_named = partial(Surrounding, carries=Carries.NAME, blocks=True)
_ONE_DAY = (2026, 3, 1, 12, 0, 0)


def _settings(leak: Leak) -> bytes:
    return filled(FILE, leak, in_json).encode()


def _source(leak: Leak) -> bytes:
    return filled('"""Settings."""\n\n@ENV@ = "@KEY@"\n', leak, in_json).encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _ONE_DAY)
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    """Return an uncompressed tar file of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _squeezed(compress: Callable[[bytes], bytes]) -> Write:
    return lambda leak: compress(_settings(leak))


def _zip(leak: Leak) -> bytes:
    return zipped({"app/readme.txt": b"Second quarter\n", "app/.env": _settings(leak)})


def _tar(leak: Leak) -> bytes:
    return tarred({"app/readme.txt": b"Second quarter\n", "app/.env": _settings(leak)})


def _wheel(leak: Leak) -> bytes:
    meta = b"Metadata-Version: 2.1\nName: acme\nVersion: 3.0\n"
    return zipped({"acme/settings.py": _source(leak), "acme-3.0.dist-info/METADATA": meta})


def _jar(leak: Leak) -> bytes:
    properties = filled("server.port=8080\n@SNAKE@=@KEY@\n", leak, in_json).encode()
    return zipped({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "BOOT-INF/application.properties": properties})


def _docx(leak: Leak) -> bytes:
    body = escape(filled("@ENV@ = @KEY@", leak))
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        "<w:p><w:r><w:t>Handbook</w:t></w:r></w:p>"
        f'<w:p><w:r><w:t xml:space="preserve">{body}</w:t></w:r></w:p></w:body></w:document>'
    )
    return zipped({"[Content_Types].xml": _types("word/document.xml"), "word/document.xml": document.encode()})


def _xlsx(leak: Leak) -> bytes:
    cells = "".join(f"<si><t>{escape(text)}</t></si>" for text in ("name", "value", leak.env, leak.key.text))
    shared = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4">{cells}</sst>'
    rows = "".join(
        f'<row r="{row}"><c t="s"><v>{2 * row - 2}</v></c><c t="s"><v>{2 * row - 1}</v></c></row>' for row in (1, 2)
    )
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    members = {"xl/sharedStrings.xml": shared.encode(), "xl/worksheets/sheet1.xml": sheet.encode()}
    return zipped({"[Content_Types].xml": _types("xl/workbook.xml"), **members})


def _types(part: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<Types xmlns="{space}"><Override PartName="/{part}"/></Types>'.encode()


CONTAINERS = (
    _named("zip", "backup.zip", _zip),
    _named("zip-stored", "backup.zip", lambda leak: zipped({"app/.env": _settings(leak)}, zipfile.ZIP_STORED)),
    _named("zip-lzma", "backup.zip", lambda leak: zipped({"app/.env": _settings(leak)}, zipfile.ZIP_LZMA)),
    _named("wheel", "acme-3.0-py3-none-any.whl", _wheel),
    _named("jar", "app.jar", _jar),
    _named("docx", "handbook.docx", _docx),
    _named("xlsx", "accounts.xlsx", _xlsx),
    _named("tar", "backup.tar", _tar),
    _named("tar-gz", "backup.tar.gz", lambda leak: gzip.compress(_tar(leak), mtime=0)),
    _named("tar-bz2", "backup.tar.bz2", lambda leak: bz2.compress(_tar(leak))),
    _named("tar-xz", "backup.tar.xz", lambda leak: lzma.compress(_tar(leak))),
    _named("gz", "dotenv.gz", _squeezed(partial(gzip.compress, mtime=0))),
    _named("bz2", "dotenv.bz2", _squeezed(bz2.compress)),
    _named("xz", "dotenv.xz", _squeezed(lzma.compress)),
    _named("zip-in-tar", "backup.tar", lambda leak: tarred({"app/inner.zip": _zip(leak)})),
    _named("tar-gz-in-zip", "backup.zip", lambda leak: zipped({"inner.tar.gz": gzip.compress(_tar(leak), mtime=0)})),
    _named("zip-misnamed", "backup.dat", _zip),
)  # fmt: skip
