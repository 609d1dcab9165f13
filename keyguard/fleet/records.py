"""Turns a verdict into plain values without secrets, which may travel and be kept, and these into findings again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from keyguard.model import (
    Confidence,
    Done,
    Event,
    Exposure,
    Finding,
    Guidance,
    Incident,
    Kept,
    Omitted,
    Opaque,
    Origin,
    Place,
    ScanResult,
    Severity,
    Stats,
    Status,
    Unread,
    Where,
)
from keyguard.reporting.json_report import finding_record, heading
from keyguard.reporting.redaction import Redactor

Record = dict[str, Any]
_NO_GUIDE = Guidance("", ())
_OF_ORIGIN = ("path", "blob", "commit", "member", "cell", "output")


def recorded(result: ScanResult) -> Record:
    """Return what is kept of a result: as the JSON report has it, every secret of it masked wherever it stands."""
    redact = Redactor.of(result.findings)
    findings = [finding_record(each, _NO_GUIDE, redact) for each in result.findings]
    for finding in findings:
        del finding["guide"], finding["live"], finding["check"]
    told = heading(result, redact)
    stats = {each.name: getattr(result.stats, each.name) for each in fields(Stats)}
    stats["remembered"] = 0  # what of it an earlier scan, a part or a worker that died had read is chance here
    return {
        "findings": findings,
        "unread": told["incomplete"],
        "opaque": told["opaque"],
        "omitted": [[redact(each.what), each.why, each.by_repository] for each in result.omitted],
        "stats": stats,
        "weaker": result.weaker,
    }


def answers(findings: Sequence[Finding]) -> list[Record]:
    """Return what providers said of keys."""
    told = ((each.fingerprint, each.live) for each in findings if each.live is not None)
    return [
        {"fingerprint": key, "live": live.state.value, "why": live.why, "hosts": list(live.hosts), "at": live.at}
        for key, live in told
    ]


def result_of(record: Mapping[str, Any], repository: str) -> ScanResult:
    """Return the result again, every place and reason named by the repository that it is in."""
    return ScanResult(
        findings=tuple(finding_of(each, repository) for each in record["findings"]),
        unread=tuple(
            Unread(f"{repository}: {each['what']}", each["why"], each["mend"], each["accept"])
            for each in record["unread"]
        ),
        omitted=tuple(Omitted(f"{repository}: {what}", why, bool(by)) for what, why, by in record["omitted"]),
        opaque=tuple(Opaque(f"{repository}: {each['what']}", each["why"]) for each in record["opaque"]),
        stats=Stats(**record["stats"]),
        weaker=record["weaker"],
    )


def finding_of(record: Mapping[str, Any], repository: str) -> Finding:
    """Return a finding again; its secret is known by its fingerprint and masked form alone."""
    return Finding(
        rule=record["rule"],
        provider=record["provider"],
        title=record["title"],
        confidence=Confidence[record["confidence"].upper()],
        severity=Severity[record["severity"].upper()],
        secret=Kept(record["fingerprint"], record["secret"]),
        places=tuple(_place(each, repository) for each in record["locations"]),
        exposure=Exposure(record["exposure"]),
        evidence=tuple(record["evidence"]),
        candidates=tuple(record["candidates"]),
        decoded_via=tuple(record["decoded_via"]),
        status=Status(record["status"]),
        incident=_incident(record["incident"]) if record["incident"] else None,
        further=record.get("further_locations", 0),
    )


def _place(record: Mapping[str, Any], repository: str) -> Place:
    origin = Origin(Where(record["where"]), **{name: record[name] for name in _OF_ORIGIN})
    if origin.path is not None:
        origin = replace(origin, path=f"{repository}/{origin.path}")
    return Place(
        origin,
        line=record["line"],
        column=record["column"],
        end_line=record["end_line"],
        end_column=record["end_column"],
        commit=record["commit"],
        author=record["author"],
        date=record["date"],
        refs=tuple(record["refs"]),
        repository=repository,
    )


def _incident(record: Mapping[str, Any]) -> Incident:
    done = {event: record[event.value.replace("-", "_")] for event in Event}
    return Incident(
        fingerprint=record["fingerprint"],
        rule=record["rule"],
        key=record["secret"] or "",
        exposure=Exposure(record["exposure"]),
        since=record["since"] or "",
        commit=record["commit"] or "",
        events={event: Done(each["at"], each["by"] or "", each["note"] or "") for event, each in done.items() if each},
    )
