"""Reads content as a source does, and sorts what comes of it."""

from __future__ import annotations

import io
from dataclasses import dataclass

from keyguard.model import Chunk, Item, Opaque, Origin, Unread, Where
from keyguard.sources.content import content

BLOB = "b" * 40
ORIGIN = Origin(Where.BLOB, blob=BLOB)
REACH = 64


@dataclass(frozen=True, slots=True)
class Read:
    """What came of some content."""

    items: tuple[Item, ...]

    @property
    def chunks(self) -> list[Chunk]:
        return [item for item in self.items if isinstance(item, Chunk)]

    @property
    def raw(self) -> list[bytes]:
        """The chunks of the content itself."""
        return [each.data for each in self.chunks if each.origin == ORIGIN]

    @property
    def members(self) -> dict[str, bytes]:
        """What each member holds that is no archive."""
        content = [each for each in self.chunks if each.origin.member and each.origin.where is Where.BLOB]
        return {each.origin.member or "": each.data for each in content}

    @property
    def names(self) -> list[bytes]:
        return [each.data for each in self.chunks if each.origin.where is Where.FILE_NAME]

    @property
    def opaque(self) -> list[tuple[str, str]]:
        return [(item.what, item.why) for item in self.items if isinstance(item, Opaque)]

    @property
    def unread(self) -> list[Unread]:
        return [item for item in self.items if isinstance(item, Unread)]


def read(data: bytes, origin: Origin = ORIGIN, reach: int = REACH, size: int | None = None) -> Read:
    """Return all that content gives."""
    return Read(tuple(content(origin, io.BytesIO(data).read, reach, size=size)))
