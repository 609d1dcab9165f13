"""The report for programs that read line by line: each finding as one, and the verdict as the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyguard.model import Finding, Guidance, ScanResult
from keyguard.reporting import ascii_json
from keyguard.reporting.json_report import finding_record, heading
from keyguard.reporting.redaction import Redactor


def render(result: ScanResult, guides: Callable[[Finding], Guidance]) -> str:
    """Return lines of ASCII-only JSON, their fields those of the JSON report; `record` says what a line is."""
    return "".join(f"{line}\n" for line in _lines(result, guides))


def _lines(result: ScanResult, guides: Callable[[Finding], Guidance]) -> Iterator[str]:
    redact = Redactor.of(result.findings)
    for finding in result.findings:
        yield ascii_json.dumps({"record": "finding", **finding_record(finding, guides(finding), redact)})
    yield ascii_json.dumps({"record": "summary", **heading(result, redact)})
