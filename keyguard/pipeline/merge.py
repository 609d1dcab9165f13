"""Makes one verdict of those on several repositories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keyguard.model import Finding, ScanResult, Stats


def merged(results: Sequence[ScanResult]) -> ScanResult:
    """Return one result: a secret found in several repositories is one finding, open if it is open in any."""
    findings: dict[str, Finding] = {}
    for finding in (each for result in results for each in result.findings):
        known = findings.get(finding.fingerprint)
        findings[finding.fingerprint] = _joined(known, finding) if known else finding
    stats = Stats()
    for result in results:
        stats.add(result.stats)
    return ScanResult(
        findings=tuple(sorted(findings.values(), key=lambda each: not each.status.blocks)),
        unread=tuple(each for result in results for each in result.unread),
        omitted=tuple(each for result in results for each in result.omitted),
        opaque=tuple(each for result in results for each in result.opaque),
        stats=stats,
        weaker=sum(result.weaker for result in results),
        interrupted=any(result.interrupted for result in results),
        policy_changes=tuple(each for result in results for each in result.policy_changes),
    )


def _joined(one: Finding, other: Finding) -> Finding:
    return replace(
        one,
        places=tuple(dict.fromkeys(sorted([*one.places, *other.places], key=lambda place: place.sort_key))),
        exposure=max(one.exposure, other.exposure, key=lambda each: each.reach),
        confidence=max(one.confidence, other.confidence),
        evidence=tuple(dict.fromkeys([*one.evidence, *other.evidence])),
        status=next((each.status for each in (one, other) if each.status.blocks), one.status),
        incident=one.incident or other.incident,
        further=one.further + other.further,
    )
