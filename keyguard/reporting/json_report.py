"""The report for programs: `keyguard.report.v1`, described in docs/json-report.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from keyguard import __version__
from keyguard.model import (
    Done,
    Event,
    Finding,
    Guidance,
    Incident,
    LiveCheck,
    Place,
    PolicyChange,
    ScanResult,
    Step,
    Unread,
)
from keyguard.model.fleet import Fleet
from keyguard.reporting import ascii_json
from keyguard.reporting.fleet_record import fleet_record, key_record
from keyguard.reporting.redaction import Redactor

SCHEMA = "keyguard.report.v1"


def render(result: ScanResult, guides: Callable[[Finding], Guidance], fleet: Fleet | None = None) -> str:
    """Return the report as ASCII-only JSON; bytes of a path that are not UTF-8 stand in it as `\\xNN`."""
    redact = Redactor.of(result.findings)
    report = heading(result, redact, fleet)
    report["findings"] = list(finding_records(result, guides, redact, fleet))
    return ascii_json.dumps(report, indent=2) + "\n"


def finding_records(
    result: ScanResult, guides: Callable[[Finding], Guidance], redact: Redactor, fleet: Fleet | None
) -> Iterator[dict[str, Any]]:
    """Yield what the report says of each finding, and of its part in a fleet, if it is on one."""
    keys = {key.finding.fingerprint: key for key in (*fleet.gone, *fleet.keys)} if fleet else {}
    for each in result.findings:
        record = finding_record(each, guides(each), redact)
        key = keys.get(each.fingerprint)
        yield {**record, "fleet": key_record(key, redact)} if key else record


def heading(result: ScanResult, redact: Redactor, fleet: Fleet | None = None) -> dict[str, Any]:
    """Return all that the report says but for its findings."""
    more = {"fleet": fleet_record(fleet, redact)} if fleet else {}
    return {
        "schema": SCHEMA,
        "tool": {"name": "keyguard", "version": __version__},
        "complete": result.complete,
        "incomplete": [_unread(each, redact) for each in result.unread],
        "opaque": [{"what": redact(each.what), "why": redact(each.why)} for each in result.opaque],
        "stats": _stats(result),
        "policy_changes": [_policy_change(each, redact) for each in result.policy_changes],
        **more,
    }


def _stats(result: ScanResult) -> dict[str, int | float]:
    stats = result.stats
    paths = {each.what for each in result.omitted if each.by_repository}
    return {
        "files": stats.files,
        "blobs": stats.blobs,
        "commits": stats.commits,
        "tags": stats.tags,
        "bytes": stats.bytes,
        "opaque": stats.opaque,
        "remembered": stats.remembered,
        "ignored": stats.ignored,
        "sparse": stats.sparse,
        "hidden": result.hidden + len(paths),
        "hidden_findings": result.hidden,
        "hidden_paths": len(paths),
        "revoked": len(result.revoked),
        "weaker": result.weaker,
        "seconds": round(stats.seconds, 3),
    }


def _policy_change(change: PolicyChange, redact: Redactor) -> dict[str, str | int | bool | None]:
    return {
        "part": change.part.value,
        "path": redact(change.path),
        "line": change.line,
        "counts": change.counts,
    }


def _unread(unread: Unread, redact: Redactor) -> dict[str, str | None]:
    return {
        "what": redact(unread.what),
        "why": redact(unread.why),
        "mend": redact(unread.mend) if unread.mend else None,
        "accept": unread.accept,
    }


def finding_record(finding: Finding, guide: Guidance, redact: Redactor) -> dict[str, Any]:
    """Return what the report says of one finding."""
    return {
        "rule": finding.rule,
        "provider": finding.provider,
        "title": finding.title,
        "confidence": finding.confidence.label,
        "severity": finding.severity.label,
        "secret": finding.secret.masked,
        "fingerprint": finding.fingerprint,
        "candidates": list(finding.candidates),
        "exposure": finding.exposure.value,
        "evidence": [redact(each) for each in finding.evidence],
        "decoded_via": list(finding.decoded_via),
        "locations": [_location(each, redact) for each in finding.places],
        "further_locations": finding.further,
        "live": finding.live.state.value if finding.live else None,
        "check": _check(finding.live, redact) if finding.live else None,
        "status": finding.status.value,
        "incident": incident_record(finding.incident, redact) if finding.incident else None,
        "guide": {"summary": redact(guide.summary), "steps": [_step(each, redact) for each in guide.steps]},
    }


def incident_record(incident: Incident, redact: Redactor) -> dict[str, Any]:
    """Return what is known of an incident; an event that has not happened is null."""
    return {
        "fingerprint": incident.fingerprint,
        "rule": incident.rule,
        "secret": incident.key or None,
        "exposure": incident.exposure.value,
        "since": incident.since or None,
        "commit": incident.commit or None,
        **{event.value.replace("-", "_"): _done(incident.done(event), redact) for event in Event},
    }


def _done(done: Done | None, redact: Redactor) -> dict[str, str | None] | None:
    return {"at": done.at, "by": redact(done.by) or None, "note": redact(done.note) or None} if done else None


def _check(live: LiveCheck, redact: Redactor) -> dict[str, Any]:
    return {"why": redact(live.why), "hosts": list(live.hosts), "at": live.at}


def _location(place: Place, redact: Redactor) -> dict[str, Any]:
    named = {"repository": redact(place.repository)} if place.repository else {}
    return {
        **named,
        "where": place.origin.where.value,
        "path": redact.path(place),
        "member": redact.member(place),
        "cell": place.origin.cell,
        "output": place.origin.output,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "commit": place.commit,
        "blob": place.origin.blob,
        "author": redact(place.author) if place.author else None,
        "date": place.date,
        "refs": [redact(each) for each in place.refs],
    }


def _step(step: Step, redact: Redactor) -> dict[str, str | None]:
    return {
        "title": redact(step.title),
        "text": redact(step.text),
        "url": step.url,
        "command": redact(step.command) if step.command else None,
    }
