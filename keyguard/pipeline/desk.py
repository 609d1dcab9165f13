"""Writes down what happens to keys that leaked, in the ledgers of the user and of the repository."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from keyguard.detection.engine import Engine
from keyguard.errors import UsageError
from keyguard.git.repository import Repository
from keyguard.incidents.entry import LONGEST_NOTE, fits
from keyguard.incidents.ledger import FILE
from keyguard.incidents.state import Kept
from keyguard.model import Confidence, Done, Event, Finding, Incident, Live, LiveCheck, Status
from keyguard.pipeline.ledger import Known, ledgers
from keyguard.pipeline.traces import Traces, kept
from keyguard.rules.catalogue import Catalogue

_CI = ("CI", "TF_BUILD", "JENKINS_URL")
"""Variables of which one is set in every CI system: there nothing is kept for the next run."""


def detected(repository: Repository, findings: Iterable[Finding]) -> None:
    """Keep what a scan found as open incidents on this machine; nothing is kept in CI.

    What is accepted by now is no incident, if nothing was done about it. Raises `UsageError` where nothing can be kept.
    """
    if _in_ci():
        return
    store = Kept(repository)
    before = store.load()
    closed = {each.fingerprint for each in ledgers(repository).closed}  # also where this scan was told to ignore it
    found = [
        each
        for each in findings
        if each.confidence >= Confidence.MEDIUM and (each.status is Status.REAPPEARED or each.fingerprint not in closed)
    ]
    accepted = {each.fingerprint for each in found if each.status.accepted}
    untouched = {key for key, each in before.entries.items() if not each.events.keys() - {Event.DETECTED}}
    after = before.without(accepted & untouched)
    after = after.having(opened(each, before.get(each.fingerprint)) for each in found if each.status.blocks)
    if after != before:
        store.save(after)


def answered(repository: Repository, rules: Catalogue, findings: Iterable[Finding]) -> None:
    """Keep what providers said of keys that were looked for everywhere: incidents of those that are not known to be
    dead, and of those that are now, their answer as the proof. Raises `UsageError` where nothing can be kept.
    """
    findings = list(findings)
    detected(repository, findings)
    if _in_ci():
        return
    desk = Desk(repository, rules)
    for each in findings:
        known = desk.known.current(each.fingerprint)
        dead = each.live is not None and each.live.state is Live.REVOKED and each.status.blocks
        if each.live is not None and dead and not (known and known.proven):
            desk.record(each, Event.REVOKED, note=_proof(each.live))


def _proof(live: LiveCheck) -> str:
    """Return a provider's answer as a proof; nothing where it does not know all of its keys."""
    from keyguard.verification.asking import ELSEWHERE

    if ELSEWHERE in live.why:
        return ""
    said = f"asked {', '.join(live.hosts)}: {live.why}"
    return said if fits(said, LONGEST_NOTE) else "its provider says so"


def _in_ci() -> bool:
    return any(os.environ.get(name) for name in _CI)


def opened(finding: Finding, mine: Incident | None) -> Incident:
    """Return the open incident of a finding; of one that has come back all that happened before is kept."""
    known = mine or finding.incident or Incident(finding.fingerprint, finding.rule)
    events = dict(known.events)
    events.pop(Event.CLOSED, None)
    if mine is None or mine.closed or Event.DETECTED not in events:
        events[Event.DETECTED] = Done(now())
    return replace(located(known, finding), events=events, committed=False)


def located(incident: Incident, finding: Finding) -> Incident:
    """Return an incident with what a finding says of its key: its first commit, and how far it has come at most."""
    exposure = max((incident.exposure, finding.exposure), key=lambda each: each.reach)
    found = replace(incident, key=finding.secret.masked, exposure=exposure if incident.key else finding.exposure)
    first = finding.places[0] if finding.places else None
    if first is None or not first.date or (incident.since and incident.since <= first.date):
        return found
    return replace(found, since=first.date, commit=first.commit or incident.commit)


def refuse_closing(incident: Incident, *saying: Event) -> None:
    """Raise `UsageError` for an incident whose key is not revoked, also if it is said now."""
    if Event.REVOKED not in (*incident.events, *saying):
        raise UsageError(
            f"{incident.fingerprint} is not revoked, so its incident cannot be closed",
            f"revoke the key first: keyguard guide {incident.fingerprint[:16]}; then say so with --revoked",
        )


def now(ago: timedelta = timedelta(0)) -> str:
    """Return the time, or that of so long ago, as ledgers have it."""
    return (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Desk:
    """Where incidents of one repository are written down; `rules` are those that its secrets are found by."""

    repository: Repository
    rules: Catalogue

    @cached_property
    def known(self) -> Known:
        """What the ledgers know before anything is written."""
        return ledgers(self.repository)

    def record(self, subject: Finding | Incident, event: Event, *, by: str = "", note: str = "") -> Incident:
        """Write down that something has happened to a key, and return its incident; one is opened if there is none.

        `note` is the proof of a revocation, or what was spent. Where the subject is a finding of all files and of the
        whole history, a revocation and the closing remember where it stands. A closed incident goes to the ledger of
        the repository, if there is a work tree. Raises `UsageError` where it cannot be written or is not due yet.
        """
        return self.record_all(subject, {event: Done(now(), by, note)})

    def record_all(self, subject: Finding | Incident, done: Mapping[Event, Done]) -> Incident:
        """Write down several events at once, as `record` does one."""
        incident = self._opened(subject)
        if Event.CLOSED in done:
            refuse_closing(incident, *done)
        incident = replace(incident, events={**incident.events, **done})
        if isinstance(subject, Finding) and not done.keys().isdisjoint((Event.REVOKED, Event.CLOSED)):
            traces = Traces(self.repository, Engine(self.rules, bulk=False)).of(subject)
            incident = replace(incident, traces=kept(traces))
        self._write(incident)
        return incident

    def drop(self, fingerprints: Sequence[str]) -> None:
        """Forget open incidents."""
        Kept(self.repository).save(self.known.own.without(fingerprints))
        vars(self).pop("known")

    def _opened(self, subject: Finding | Incident) -> Incident:
        known = self.known.current(subject.fingerprint)
        if isinstance(subject, Incident):
            return replace(known or subject, committed=False)
        return opened(subject, known)

    def _write(self, incident: Incident) -> None:
        store = Kept(self.repository)
        if incident.closed and self.repository.top is not None:
            ledger = self.known.committed.having([replace(incident, committed=True)])
            ledger.write(self.file, self.repository.top)
            if incident.fingerprint in self.known.own.entries:
                store.save(self.known.own.without([incident.fingerprint]))
        else:
            store.save(self.known.own.having([incident]))
        vars(self).pop("known")

    @property
    def file(self) -> Path:
        """The ledger of the repository's work tree."""
        return (self.repository.top or self.repository.git_dir) / FILE
