"""Reads the report for programs back: which secrets it names, and in which files they stood."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keyguard.config.document import read
from keyguard.errors import UsageError
from keyguard.reporting.json_report import SCHEMA

MOST_BYTES = 256 << 20
_FINGERPRINT = re.compile(r"kg1s?-[0-9a-f]{32}")


def reported(file: Path) -> tuple[list[str], list[str]]:
    """Return the fingerprints of a report and the paths of its files from the top of the repository, each once.

    Raises `UsageError` for what is no regular file, and for one that is no report of this schema.
    """
    findings = _findings(file)
    fingerprints = dict.fromkeys(_text(each, "fingerprint") for each in findings)
    if not all(_FINGERPRINT.fullmatch(each) for each in fingerprints):
        raise _none(file, "it has a finding without a fingerprint")
    paths = dict.fromkeys(path for each in findings for path in _paths(each))
    return list(fingerprints), list(paths)


def _findings(file: Path) -> list[dict[str, Any]]:
    data = read(file, largest=MOST_BYTES)
    try:
        report = json.loads(data)
    except (ValueError, RecursionError):
        raise _none(file, "it is no JSON") from None
    if not isinstance(report, dict) or report.get("schema") != SCHEMA or not isinstance(report.get("findings"), list):
        raise _none(file, f"it is not of {SCHEMA}")
    if not all(isinstance(each, dict) for each in report["findings"]):
        raise _none(file, "it has a finding that is none")
    findings: list[dict[str, Any]] = report["findings"]
    return findings


def _paths(finding: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of files, from the top of the repository; one that leads out of it is left out."""
    places = finding.get("locations")
    for place in places if isinstance(places, list) else ():
        if isinstance(place, dict) and place.get("where") == "file":
            path = _text(place, "path")
            if path and not path.startswith("/") and ".." not in path.split("/"):
                yield path


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    return value if isinstance(value, str) else ""


def _none(file: Path, why: str) -> UsageError:
    return UsageError(f"{file} is no report: {why}", "write one with keyguard scan --format json --output FILE")
