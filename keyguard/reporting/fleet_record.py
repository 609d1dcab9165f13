"""What the reports for programs say of many repositories beside their findings."""

from __future__ import annotations

from typing import Any

from keyguard.model.fleet import Fleet, FleetKey
from keyguard.reporting.redaction import Redactor


def fleet_record(fleet: Fleet, redact: Redactor) -> dict[str, Any]:
    """Return the member `fleet` of the report."""
    return {
        "run": {"id": fleet.run, "started": fleet.started, "ended": fleet.ended or None},
        "repositories": [
            {
                "name": redact(each.name),
                "keys": each.keys,
                "ended": each.ended or None,
                "at": each.at or None,
                "why": redact(each.why) or None,
                "mend": each.mend,
            }
            for each in fleet.repositories
        ],
        "new": [each.finding.fingerprint for each in fleet.new],
        "live": [each.finding.fingerprint for each in fleet.living],
        "gone": [_gone(each, redact) for each in fleet.gone],
    }


def key_record(key: FleetKey, redact: Redactor) -> dict[str, Any]:
    """Return the member `fleet` of one finding."""
    return {
        "repositories": [redact(each) for each in key.repositories],
        "detected": key.detected,
        "seen": key.seen,
        "gone": key.gone or None,
        "new": key.is_new,
        "days": key.days,
        "age": key.age.value,
        "dead": key.is_dead,
    }


def _gone(key: FleetKey, redact: Redactor) -> dict[str, Any]:
    found = key.finding
    named = {"fingerprint": found.fingerprint, "rule": found.rule, "secret": found.secret.masked}
    return {**named, "status": found.status.value, **key_record(key, redact)}
