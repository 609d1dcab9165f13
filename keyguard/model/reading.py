"""What a source yields: content with its origin, and what was not read."""

from __future__ import annotations

import enum
from dataclasses import dataclass

NESTED = "!/"
"""What stands between an archive and the path of a member in it, as in the URLs of Java."""


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
    REFLOG = "reflog"
    STDIN = "stdin"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a chunk of bytes is: a file, a stored object, a message, standard input.

    `path` is relative to the top of the repository (outside git as the user named it), with `/` between its
    parts; bytes that are not UTF-8 stand in it as surrogate escapes. `blob` is the id of the stored object,
    also for what a tag or a note holds; `commit` the id of the commit whose message or tree this is.

    `member` is the path inside an archive, the paths of nested ones joined by `NESTED`. `cell` is the number (from 1)
    of the cell of a notebook, `output` the number of that cell's output; without one it is the cell's source.
    Lines and columns are those of the innermost: of the member, the cell, the output.
    """

    where: Where
    path: str | None = None
    blob: str | None = None
    commit: str | None = None
    member: str | None = None
    cell: int | None = None
    output: int | None = None

    @property
    def label(self) -> str:
        """How messages call it: its path, else its kind and id, and the member behind that."""
        kind = "standard input" if self.where is Where.STDIN else self.where
        outer = self.path or f"{kind} {self.blob or self.commit or ''}".strip()
        return f"{outer}{NESTED}{self.member}" if self.member is not None else outer


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
    """Something that was asked for and could not be read: with one of these no scan is called clean.

    `accept` is the id by which the configuration can accept it: it was read as it is, and is only decoded no further.
    `origin` is what it is where that is known.
    """

    what: str
    why: str
    mend: str | None = None
    accept: str | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """An archive that was read as it is, and that nobody without its password or its missing part could open."""

    what: str
    why: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Omitted:
    """Something left out on purpose, by rule: counted and told, and no reason to doubt the verdict.

    `by_repository` is true where the scanned repository's own files asked for it.
    """

    what: str
    why: str
    by_repository: bool = False


Item = Chunk | Unread | Opaque | Omitted
"""What a source yields."""
