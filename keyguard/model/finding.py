"""A sighting of a secret, and the finding that all its sightings make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from keyguard.model.incident import Incident
from keyguard.model.levels import Confidence, Exposure, Live, Severity, Status
from keyguard.model.reading import Chunk, Origin, Unread
from keyguard.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret stands: lines and columns from 1, columns in characters, `end_column` one past the end.

    `is_first` says that the commit has no parent in this clone. `repository` is the name of the one that it is in,
    where a report is on many; then the path begins with it.
    """

    origin: Origin
    line: int
    column: int
    end_line: int
    end_column: int
    commit: str | None = None
    author: str | None = None
    date: str | None = None
    refs: tuple[str, ...] = ()
    is_first: bool = False
    allowed: bool = False
    repository: str = ""

    @property
    def sort_key(self) -> tuple[bool, str, str, str, int, int, int, int]:
        """Earliest commit first, then what no commit holds, then by path and position."""
        origin = self.origin
        inside = (origin.path or "", origin.member or "", origin.cell or 0, origin.output or 0)
        return (self.date is None, self.date or "", *inside, self.line, self.column)


@dataclass(frozen=True, slots=True)
class PathLimits:
    """Where a match counts: at paths in which the pattern `within` is found, if there is one, and none of `unless`."""

    within: bytes | None
    unless: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """One sighting of one secret in one chunk, as a rule decided it.

    `lines` is the text of the line it stands on and the line before, for inline allow comments; it is a `Secret`
    because the secret is part of it. `limits`, if there are any, decide once the path of a stored object is known.
    `further` counts places of the secret behind this one in the chunk that are left out, since there are so many.
    """

    rule: str
    secret: Secret
    place: Place
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    decoded_via: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    lines: Secret = field(default_factory=lambda: Secret(""))
    limits: PathLimits | None = None
    further: int = 0


Detector = Callable[[Chunk], Iterator[Match | Unread]]
"""Finds the secrets of one chunk, and says what of it could not be searched."""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """What came of asking a provider whether a key lives, or why it was not asked.

    `why` is a phrase for people; nothing that the provider chose stands in it but the code of an error. `hosts` have
    been sent the key; `at` is when (ISO 8601, UTC), None where it was sent nowhere.
    """

    state: Live
    why: str
    hosts: tuple[str, ...] = ()
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One distinct secret with all its places, the earliest commit first.

    `live` is None where nobody asked, `incident` where no ledger knows it. `further` counts places that are left out,
    since one file has so many.
    """

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
    live: LiveCheck | None = None
    incident: Incident | None = None
    further: int = 0

    @property
    def fingerprint(self) -> str:
        """The name of the secret in reports and baselines."""
        return self.secret.fingerprint
