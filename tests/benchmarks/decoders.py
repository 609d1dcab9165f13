"""Gets keys back out of what the benchmark writes, with other means than it writes them with."""

from __future__ import annotations

import ast
import base64
import bz2
import email
import gzip
import html
import io
import itertools
import json
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from urllib.parse import unquote
from xml.etree import ElementTree as ET

Decoder = Callable[[bytes], str]
_LITERAL = re.compile(r"""(["'])((?:\\.|\\\n|(?!\1).)*)\1""", re.DOTALL)


def plain(content: bytes) -> str:
    return content.decode()


def unescaped(content: bytes) -> str:
    """Undo the escapes of line breaks, however many times they were made."""
    return re.sub(r"\\+n", "\n", content.decode())


def of_url(content: bytes) -> str:
    return unquote(content.decode())


def joined(content: bytes) -> str:
    """Put the string literals of a text together, with what continues a line taken out."""
    text = content.decode().replace("\\\n", "")
    return "".join(match[2] for match in _LITERAL.finditer(text))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def of_json(content: bytes) -> str:
    return "\n".join(strings(json.loads(content)))


def of_notebook(content: bytes) -> str:
    """Join the lines of each list, as notebooks are read, and evaluate the strings that are code."""
    cell = json.loads(content)["cells"][1]
    text = "".join(strings(cell["source"])) + "\n" + "".join(strings(cell["outputs"]))
    return text + "".join(str(ast.literal_eval(match[0])) for match in _LITERAL.finditer(text) if "\n" not in match[0])


def of_mail(content: bytes) -> str:
    payload = email.message_from_bytes(content).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def of_lines(content: bytes) -> str:
    return "\n".join(of_json(line) for line in content.splitlines())


def runs(alphabet: str, decode: Callable[[str], bytes]) -> Decoder:
    """Decode the longest text of an alphabet that stands anywhere, line breaks and indents in it left out."""

    def decoder(content: bytes) -> str:
        text = re.sub(r"\n\s*", "", content.decode())
        return unescaped(decode(max(re.findall(f"[{alphabet}]+", text), key=len)))

    return decoder


def from_base64(text: str) -> bytes:
    text = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(text + "=" * (-len(text) % 4))


def of_utf16_base64(content: bytes) -> str:
    return base64.b64decode(content.split()[-1]).decode("utf-16-le")


def of_base64_value(content: bytes) -> str:
    """Decode the last long text of base64: the value, which stands after its name."""
    return from_base64(re.findall(r"[A-Za-z0-9+/=]{20,}", content.decode())[-1].split("=", 1)[0]).decode()


def of_secret(content: bytes) -> str:
    return base64.b64decode(content.decode().splitlines()[-1].split(": ")[1]).decode()


def of_escapes(content: bytes) -> str:
    return content.decode("unicode_escape")


def of_braces(content: bytes) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), content.decode())


def of_bytes(content: bytes) -> str:
    return "".join(chr(int(digits, 16)) for digits in re.findall(r"0x([0-9a-f]{2})", content.decode()))


def of_wide(encoding: str) -> Decoder:
    return lambda content: unescaped(content.decode(encoding).encode())


def opened(content: bytes) -> str:
    """Open whatever archive this is, and the archives in it, down to text."""
    for read in (_of_zip, _of_tar, gzip.decompress, bz2.decompress, lzma.decompress):
        try:
            inner = read(content)
        except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError):
            continue
        return opened(inner) if isinstance(inner, bytes) else "\n".join(map(opened, inner))
    return unescaped(content)


def _of_zip(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def _of_tar(content: bytes) -> list[bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = (archive.extractfile(member) for member in archive.getmembers())
        return [file.read() for file in files if file is not None]


def of_office(content: bytes) -> str:
    return "\n".join(itertools.chain.from_iterable(ET.fromstring(part).itertext() for part in _of_zip(content)))


def of_binary(content: bytes) -> str:
    return content.decode("latin-1")


def of_wide_string(content: bytes) -> str:
    return content[:-1].decode("utf-16-le", "replace") + content[1:].decode("utf-16-le", "replace")


BASE64 = runs("A-Za-z0-9+/=", from_base64)
DECODERS: dict[str, Decoder] = {
    **dict.fromkeys(("url-query", "url-path", "url-user", "lock-file", "url-parameter", "percent-quoted"), of_url),
    **dict.fromkeys(("concatenated", "concatenated-lines", "concatenated-dots", "adjacent", "adjacent-lines"), joined),
    **dict.fromkeys(("continued-string", "continued-line", "shell-continued"), joined),
    **dict.fromkeys(("notebook-source", "notebook-stream", "notebook-result", "notebook-html"), of_notebook),
    "notebook-error": of_json,
    "kubernetes-data": of_secret,
    "mail-quoted-printable": of_mail,
    "transcript": of_lines,
    "utf-8-bom": unescaped,
    **{f"utf-16-{order}-bom": of_wide("utf-16") for order in ("le", "be")},
    **{f"utf-16-{order}": of_wide(f"utf-16-{order}") for order in ("le", "be")},
    **{f"utf-32-{order}-bom": of_wide("utf-32") for order in ("le", "be")},
    "utf-32-le": of_wide("utf-32-le"),
    "gb18030": of_wide("gb18030"),
    "latin-1": of_wide("latin-1"),
    **dict.fromkeys(("base64", "base64-76", "base64-64", "base64-yaml-block", "base64-in-json"), BASE64),
    "base64-data-url": BASE64,
    "base64-url": runs("A-Za-z0-9_-", from_base64),
    "base64-twice": runs("A-Za-z0-9+/=", lambda text: from_base64(from_base64(text).decode())),
    "base64-utf-16-command": of_utf16_base64,
    "base64-value": runs("A-Za-z0-9+/=", from_base64),
    "base64-basic-auth": lambda content: base64.b64decode(content.decode().split("Basic ")[1].split('"')[0]).decode(),
    **dict.fromkeys(("hex", "hex-upper", "hex-value"), runs("0-9a-fA-F", bytes.fromhex)),
    "percent": of_url,
    **dict.fromkeys(("escapes-u", "escapes-x", "escapes-octal"), of_escapes),
    "json-escapes": of_json,
    "escapes-u-braces": of_braces,
    "byte-array": of_bytes,
    **dict.fromkeys(("entities-decimal", "entities-hex"), lambda content: html.unescape(content.decode())),
    "docx": of_office,
    "xlsx": of_office,
    "binary-string": of_binary,
    "binary-length-prefixed": of_binary,
    "binary-utf-16": of_wide_string,
}
"""How the key is got back, for each surrounding in which it does not stand as it is."""
ARCHIVES = (
    "zip", "zip-stored", "zip-lzma", "wheel", "jar", "tar", "tar-gz", "tar-bz2", "tar-xz", "gz", "bz2", "xz",
    "zip-in-tar", "tar-gz-in-zip", "zip-misnamed",
)  # fmt: skip
DECODERS |= dict.fromkeys(ARCHIVES, opened)
