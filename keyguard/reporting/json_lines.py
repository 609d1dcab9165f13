"""The report for programs that read line by line: each finding as one, and the verdict as the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyguard.model import Finding, Guidance, ScanResult
from keyguard.model.fleet import Fleet
from keyguard.reporting import ascii_json
from keyguard.reporting.json_report import finding_records, heading
from keyguard.reporting.redaction import Redactor


def render(result: ScanResult, guides: Callable[[Finding], Guidance], fleet: Fleet | None = None) -> str:
    """Return lines of ASCII-only JSON, their fields those of the JSON report; `record` says what a line is."""
    return "".join(f"{line}\n" for line in _lines(result, guides, fleet))


def _lines(result: ScanResult, guides: Callable[[Finding], Guidance], fleet: Fleet | None) -> Iterator[str]:
    redact = Redactor.of(result.findings)
    for record in finding_records(result, guides, redact, fleet):
        yield ascii_json.dumps({"record": "finding", **record})
    yield ascii_json.dumps({"record": "summary", **heading(result, redact, fleet)})
