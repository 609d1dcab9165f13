"""Takes secrets out of bytes: exactly what KeyGuard finds in them, until it finds nothing any more."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

from keyguard.detection.encodings import UTF8_BOM, encoding_of
from keyguard.detection.engine import Engine
from keyguard.git import lfs
from keyguard.model import MASK_FROM, Chunk, Match, Origin, Place, Secret, Where
from keyguard.sources.containers.kinds import Kind, recognised
from keyguard.sources.content import content

PLACEHOLDER = b"***REMOVED***"
ROUNDS = 8
"""How often what is left is looked for: a key can stand in what encodes another one."""
_END = re.compile(rb"\r\n|\r|\n")
ARCHIVE = "it is inside an archive"
BINARY = "the file is binary, and would not work with other bytes in it"
ENCODED = "it is encoded in a way that cannot be taken out of the file"
POINTER = "the file is a pointer of Git LFS, and the large file has the key"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """New content without the secrets and the pairs of bytes that make it; or no content, and why there is none."""

    data: bytes | None
    pairs: tuple[tuple[bytes, bytes], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Cleans content of some secrets."""

    secrets: Collection[Secret]
    engine: Engine

    def blob(self, data: bytes) -> Cleaned:
        """Return a blob without the secrets: as text, or not at all."""
        if lfs.pointer(data) is not None:
            return Cleaned(None, why=POINTER)
        kind = recognised(data)
        if kind is not None and kind is not Kind.NOTEBOOK:
            return Cleaned(None, why=ARCHIVE)
        encoding = encoding_of(data, None)
        if b"\0" in data and encoding is None:
            return Cleaned(None, why=BINARY)
        return self.text(data, encoding or "utf-8")

    def text(self, data: bytes, encoding: str = "utf-8") -> Cleaned:
        """Return text without the secrets."""
        pairs = dict(self._literal(data, encoding))
        for _ in range(ROUNDS):
            new = _replaced(data, pairs)
            found = self._found(new)
            if not found:
                return Cleaned(new, tuple(pairs.items())) if pairs else Cleaned(None, why=ENCODED)
            spans = {_span(new, place) for place in found} if encoding == "utf-8" else set()
            more = {new[low:high]: PLACEHOLDER for low, high in spans if high > low}
            if not more or more.keys() <= pairs.keys():
                break
            pairs |= more
        return Cleaned(None, why=ENCODED)

    def _literal(self, data: bytes, encoding: str) -> list[tuple[bytes, bytes]]:
        """Return the secrets that stand in the data as they are; a short one could be a part of anything."""
        found = []
        for secret in sorted(self.secrets, key=len, reverse=True):
            plain = written(secret, encoding)
            if len(secret) >= MASK_FROM and plain in data:
                found.append((plain, PLACEHOLDER.decode().encode(encoding)))
        return found

    def _found(self, data: bytes) -> list[Place]:
        """Return where the secrets are found, as deep as KeyGuard looks."""
        chunks = content(Origin(Where.BLOB), BytesIO(data).read, self.engine.reach)
        return [
            match.place
            for chunk in chunks
            if isinstance(chunk, Chunk)
            for match in self.engine.detect(chunk)
            if isinstance(match, Match) and match.secret in self.secrets
        ]


def written(secret: Secret, encoding: str = "utf-8") -> bytes:
    """Return the bytes of a secret in text of this encoding."""
    plain = secret.reveal()
    return plain.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def _replaced(data: bytes, pairs: dict[bytes, bytes]) -> bytes:
    for old, new in pairs.items():
        data = data.replace(old, new)
    return data


def _span(data: bytes, place: Place) -> tuple[int, int]:
    """Return the bytes that a place in UTF-8 text is made of."""
    starts = [len(UTF8_BOM) if data.startswith(UTF8_BOM) else 0, *(each.end() for each in _END.finditer(data))]
    return _offset(data, starts, place.line, place.column), _offset(data, starts, place.end_line, place.end_column)


def _offset(data: bytes, starts: list[int], line: int, column: int) -> int:
    start = starts[min(line, len(starts)) - 1]
    end = starts[line] if line < len(starts) else len(data)
    before = data[start:end].decode("utf-8", "surrogateescape")[: column - 1]
    return start + len(before.encode("utf-8", "surrogateescape"))
