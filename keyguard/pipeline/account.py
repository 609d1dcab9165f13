"""Gathers what the account of an incident is made of: the key found again, its first commit, the logs of pushes."""

from __future__ import annotations

from datetime import UTC, datetime

from keyguard.errors import UsageError
from keyguard.git.reflogs import arrival
from keyguard.model import Finding, Incident
from keyguard.pipeline import lookup
from keyguard.pipeline.desk import Desk, located, opened
from keyguard.pipeline.request import Verdict
from keyguard.pipeline.setup import Settings
from keyguard.reporting.incident_report import Case


def found_again(beginning: str, settings: Settings) -> tuple[Verdict, Finding | None]:
    """Look for a secret in the files, the index and the history here; raises `UsageError` where several begin so."""
    if not lookup.FINGERPRINT.fullmatch(beginning):
        raise UsageError("that is not a fingerprint", "one begins with kg1-, as keyguard incidents list shows it")
    verdict = lookup.looked_for([beginning], settings)
    return verdict, lookup.named(verdict, beginning)


def known_as(desk: Desk, beginning: str, finding: Finding | None) -> Incident:
    """Return the incident of a secret, whether it is found still or only known; raises `UsageError` if neither."""
    if finding is not None:
        known = desk.known.current(finding.fingerprint)
        return known if known is not None else opened(finding, None)
    known = remembered(desk, beginning)
    if known is None:
        raise UsageError(
            f"no secret and no incident {beginning} is known here", "keyguard incidents list --all shows all incidents"
        )
    return known


def remembered(desk: Desk, beginning: str) -> Incident | None:
    """Return the incident whose fingerprint begins so, None where there is none; raises `UsageError` for several."""
    known_so = (*desk.known.own.named(beginning), *desk.known.committed.named(beginning))
    fingerprints = {each.fingerprint for each in known_so}
    if len(fingerprints) > 1:
        raise lookup.ambiguous(beginning, sorted(fingerprints))
    return desk.known.current(fingerprints.pop()) if fingerprints else None


def case(desk: Desk, beginning: str, settings: Settings) -> Case:
    """Return what the account of an incident is made of."""
    verdict, finding = found_again(beginning, settings)
    incident = known_as(desk, beginning, finding)
    if finding is not None:
        incident = located(incident, finding)
    rule = desk.rules.by_id.get(incident.rule)
    owner = desk.rules.provider_by_id.get(rule.provider) if rule else None
    return Case(
        incident=incident,
        title=rule.title[verdict.language] if rule else incident.rule,
        provider=owner.name[verdict.language] if owner else incident.rule,
        finding=finding,
        looked=verdict.result,
        arrival=arrival(desk.repository, incident.commit) if incident.commit else None,
        made=datetime.now(UTC),
    )
