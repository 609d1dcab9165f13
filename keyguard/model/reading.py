"""What a source yields: content with its origin, and what was not read."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Where(enum.StrEnum):
    """The kind of thing that held the secret."""

    FILE = "file"
    BLOB = "blob"
    COMMIT_MESSAGE = "commit-message"
    TAG_MESSAGE = "tag-message"
    NOTE = "note"
    FILE_NAME = "file-name"
    REF_NAME = "ref-name"
    SYMLINK = "symlink"
    GIT_CONFIG = "git-config"
    STDIN = "stdin"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a chunk of bytes is: a file, a stored object, a message, standard input.

    `path` is relative to the top of the repository (outside git as the user named it), with `/` between its
    parts; bytes that are not UTF-8 stand in it as surrogate escapes. `blob` is the id of the stored object,
    also for what a tag or a note holds; `commit` the id of the commit whose message or tree this is.
    """

    where: Where
    path: str | None = None
    blob: str | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some bytes of one origin; `line` and `column` (both from 1) are the position of its first character.

    A large origin comes as several overlapping chunks in order. `encoding` is the text encoding that the first
    bytes of the origin showed (a codec name of Python, such as `utf-16-le`), or None for bytes matched as they are.
    `more` is true where another chunk of the origin follows, so that what the end of this one cuts comes whole there.
    """

    origin: Origin
    data: bytes
    line: int = 1
    column: int = 1
    encoding: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was asked for and could not be read: with one of these no scan is called clean."""

    what: str
    why: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Omitted:
    """Something left out on purpose, by rule: counted and told, and no reason to doubt the verdict.

    `by_repository` is true where the scanned repository's own files asked for it.
    """

    what: str
    why: str
    by_repository: bool = False


Item = Chunk | Unread | Omitted
"""What a source yields."""
