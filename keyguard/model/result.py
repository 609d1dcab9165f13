"""The verdict of a scan, and the words that go with a finding."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields

from keyguard.model.finding import Finding
from keyguard.model.levels import Status
from keyguard.model.reading import Omitted, Opaque, Unread


@dataclass(slots=True)
class Stats:
    """How much was read: counts, and `bytes` of content after decompression by git.

    `remembered` counts those stored objects that an earlier scan has read, in which it found nothing. `ignored` counts
    the files, and the whole folders, of a work tree that git ignores, which are read only if they are named; `sparse`
    the tracked files that a sparse checkout leaves out of it.
    """

    files: int = 0
    blobs: int = 0
    commits: int = 0
    tags: int = 0
    bytes: int = 0
    opaque: int = 0
    remembered: int = 0
    ignored: int = 0
    sparse: int = 0
    seconds: float = 0.0

    def add(self, other: Stats) -> None:
        """Count what was read elsewhere, too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


class PolicyPart(enum.StrEnum):
    """What decides which findings are reported, and can be edited by the change that is scanned."""

    CONFIGURATION = "configuration"
    BASELINE = "baseline"
    HOOK = "hook"
    LEDGER = "ledger"
    COMMENT = "allow-comment"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """An edit by which the scanned change has a say in what is reported of it; `counts`: whether this scan heeds it."""

    part: PolicyPart
    path: str
    line: int | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The verdict of one scan, before it is put into words.

    `findings` are those at or above the wanted confidence, whatever their status; `weaker` counts the ones below.
    `hidden` counts findings, and `omitted` lists paths, that the repository's own files hide. `known` counts what a
    hook found that the commit does not bring in, because the same file had it before. `opaque` are archives that
    could not be opened, unless they count as unread. `interrupted`: the user ended the scan before it was through.
    `policy_changes` are edits that the scanned change makes to what decides on it.
    """

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    omitted: tuple[Omitted, ...]
    stats: Stats
    weaker: int = 0
    known: int = 0
    opaque: tuple[Opaque, ...] = ()
    interrupted: bool = False
    policy_changes: tuple[PolicyChange, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was read."""
        return not self.unread

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that block: nothing accepts them, and they are not known to be dead."""
        return tuple(finding for finding in self.findings if finding.status.blocks)

    @property
    def revoked(self) -> tuple[Finding, ...]:
        """The findings that are known and revoked, whichever ledger says so."""
        return tuple(finding for finding in self.findings if finding.status is Status.REVOKED)

    @property
    def hidden(self) -> int:
        """How many findings the repository's own files hide: baseline, comments, configuration and ledger."""
        users_own = [each for each in self.revoked if each.incident is not None and not each.incident.committed]
        return len(self.findings) - len(self.open) - len(users_own)


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
