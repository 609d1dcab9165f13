"""The values that travel from a source through detection and suppression to a report."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

ELLIPSIS = "…"
MASK_FROM = 16
"""A secret shorter than this many characters shows none of its own."""


class Secret:
    """Text that must not be printed: every way of turning it into text gives the masked form.

    `reveal()` is the only way to the text itself; `json`, `pickle` and `copy` refuse the object.
    """

    __slots__ = ("_prefix", "_text")

    def __init__(self, text: str, prefix: str = "") -> None:
        self._text = text
        self._prefix = prefix if text.startswith(prefix) else ""

    def reveal(self) -> str:
        """Return the text itself. Callers pass it to a comparison or to standard input, never to a message."""
        return self._text

    @property
    def fingerprint(self) -> str:
        """The name of this secret in reports and baselines, from which it cannot be recovered."""
        digest = hashlib.sha256(self._text.encode("utf-8", "surrogateescape")).hexdigest()
        return f"kg1-{digest[:32]}"

    @property
    def masked(self) -> str:
        """The type prefix, two characters, an ellipsis and the last two characters."""
        if len(self._text) < MASK_FROM:
            return ELLIPSIS
        own = self._text[len(self._prefix) :]
        if len(own) < MASK_FROM // 2:
            return f"{self._prefix}{ELLIPSIS}"
        return f"{self._prefix}{own[:2]}{ELLIPSIS}{own[-2:]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is neither pickled nor copied")


class Confidence(enum.IntEnum):
    """How sure KeyGuard is that a match is a real key of this kind."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """The word used in reports and options."""
        return self.name.lower()


class Severity(enum.IntEnum):
    """How much a live key of this kind can do; it sorts findings and decides nothing."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word used in reports."""
        return self.name.lower()


class Exposure(enum.StrEnum):
    """How far a secret has travelled, worked out from git; the order is from near to far."""

    NONE = "none"
    WORKTREE = "worktree"
    STAGED = "staged"
    UNREACHABLE = "unreachable"
    UNPUSHED = "unpushed"
    UNKNOWN = "unknown"
    PUSHED = "pushed"

    @property
    def reach(self) -> int:
        """Its place in the order, so that the farthest of several can be chosen."""
        return list(Exposure).index(self)


class Status(enum.StrEnum):
    """Whether a finding still asks for something."""

    OPEN = "open"
    BASELINE = "baseline"
    ALLOWED = "allowed"


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
    """

    origin: Origin
    data: bytes
    line: int = 1
    column: int = 1
    encoding: str | None = None


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret stands: lines and columns from 1, columns in characters, `end_column` one past the end."""

    origin: Origin
    line: int
    column: int
    end_line: int
    end_column: int
    commit: str | None = None
    author: str | None = None
    date: str | None = None
    refs: tuple[str, ...] = ()
    allowed: bool = False

    @property
    def sort_key(self) -> tuple[bool, str, str, int, int]:
        """Earliest commit first, then what no commit holds, then by path and position."""
        return (self.date is None, self.date or "", self.origin.path or "", self.line, self.column)


@dataclass(frozen=True, slots=True)
class Match:
    """One sighting of one secret in one chunk, as a rule decided it.

    `lines` is the text of the line it stands on and the line before, for inline allow comments; it is a `Secret`
    because the secret is part of it.
    """

    rule: str
    secret: Secret
    place: Place
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    decoded_via: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    lines: Secret = field(default_factory=lambda: Secret(""))


Detector = Callable[[Chunk], Iterator[Match | Unread]]
"""Finds the secrets of one chunk, and says what of it could not be searched."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One distinct secret with all its places, the earliest commit first."""

    rule: str
    provider: str
    title: str
    confidence: Confidence
    severity: Severity
    secret: Secret
    places: tuple[Place, ...]
    exposure: Exposure = Exposure.NONE
    evidence: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    decoded_via: tuple[str, ...] = ()
    status: Status = Status.OPEN

    @property
    def fingerprint(self) -> str:
        """The name of the secret in reports and baselines."""
        return self.secret.fingerprint


@dataclass(slots=True)
class Stats:
    """How much was read: counts, and `bytes` of content after decompression by git."""

    files: int = 0
    blobs: int = 0
    commits: int = 0
    tags: int = 0
    bytes: int = 0
    opaque: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The verdict of one scan, before it is put into words.

    `findings` are those at or above the wanted confidence, whatever their status; `weaker` counts the ones below.
    `hidden` counts findings, and `omitted` lists paths, that the repository's own files hide. `known` counts what a
    hook found that the commit does not bring in, because the same file had it before.
    """

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    omitted: tuple[Omitted, ...]
    stats: Stats
    weaker: int = 0
    known: int = 0

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was read."""
        return not self.unread

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that nothing accepts."""
        return tuple(finding for finding in self.findings if finding.status is Status.OPEN)

    @property
    def hidden(self) -> int:
        """How many findings the repository's own files hide."""
        return len(self.findings) - len(self.open)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing for the user to do."""

    title: str
    text: str
    url: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to do about one finding: a one-sentence summary and the steps in order."""

    summary: str
    steps: tuple[Step, ...]
