"""What the ledgers know of what is found, and what is written down in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from keyguard.config.own import Files, WorkTree
from keyguard.git.repository import Repository
from keyguard.incidents.ledger import FILE, Ledger, joined
from keyguard.model import Event, Finding, Incident, Status

if TYPE_CHECKING:
    from keyguard.pipeline.traces import Traces


def committed(files: Files | None) -> Ledger:
    """Return the closed incidents that a repository carries along; raises `ConfigError` where they are malformed."""
    data = files.read(FILE) if files else None
    return Ledger.parse(data, files.named(FILE)) if files and data is not None else Ledger()


@dataclass(frozen=True)
class Known:
    """What both ledgers know of a repository; the user's own is read when something was found."""

    repository: Repository | None = None
    committed: Ledger = field(default_factory=Ledger)

    @cached_property
    def own(self) -> Ledger:
        """What is kept on this machine."""
        if self.repository is None:
            return Ledger()
        from keyguard.incidents.state import Kept

        return Kept(self.repository).load()

    def of(self, fingerprint: str) -> Incident | None:
        """Return what is known of a secret: of what both have, all that happened."""
        mine, theirs = self.own.get(fingerprint), self.committed.get(fingerprint)
        return joined(mine, theirs) if mine and theirs else mine or theirs

    def current(self, fingerprint: str) -> Incident | None:
        """Return the open incident of a secret, else what is known of it."""
        mine = self.own.get(fingerprint)
        return mine if mine and not mine.closed and not self._closed_since(mine) else self.of(fingerprint)

    @property
    def open(self) -> list[Incident]:
        """The incidents that are not closed, nor were by somebody else since they were opened."""
        return [each for each in self.own.entries.values() if not each.closed and not self._closed_since(each)]

    @property
    def closed(self) -> list[Incident]:
        """The incidents that are closed, and not open again."""
        again = {each.fingerprint for each in self.open}
        found = {**self.own.entries, **self.committed.entries}
        return [each for key, each in found.items() if each.closed and key not in again]

    def _closed_since(self, mine: Incident) -> bool:
        theirs = self.committed.get(mine.fingerprint)
        closed = theirs.done(Event.CLOSED) if theirs else None
        detected = mine.done(Event.DETECTED)
        return closed is not None and (detected is None or detected.at < closed.at)

    def settled(self, finding: Finding, traces: Traces | None) -> Finding:
        """Return a finding with what is known of it, and as revoked or reappeared if it is known to be dead."""
        incident = self.of(finding.fingerprint)
        if incident is None:
            return finding
        finding = replace(finding, incident=incident)
        if not incident.proven or finding.status not in (Status.OPEN, Status.BASELINE) or traces is None:
            return finding
        if not all(trace.known(incident.traces) for trace in traces.of(finding)):
            return replace(finding, status=Status.REAPPEARED)
        return replace(finding, status=Status.REVOKED) if finding.status is Status.OPEN else finding


def ledgers(repository: Repository) -> Known:
    """Return what is known of a repository by its work tree and on this machine."""
    return Known(repository, committed(WorkTree(repository.top) if repository.top else None))
