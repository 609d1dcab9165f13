"""The report as a table (CSV, RFC 4180): a row for each place, for what was not read, and for the verdict."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from keyguard.language import Language
from keyguard.model import Finding, Guidance, ScanResult
from keyguard.reporting import summary
from keyguard.reporting.json_report import finding_record, heading
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor
from keyguard.reporting.terminal import clean

COLUMNS = (
    "record", "rule", "provider", "title", "confidence", "severity", "secret", "fingerprint", "candidates", "exposure",
    "evidence", "decoded_via", "live", "status", "where", "path", "member", "cell", "output", "line", "column",
    "end_line", "end_column", "commit", "blob", "author", "date", "refs", "guide", "what", "why", "mend", "accept",
    "complete",
)  # fmt: skip
"""The names of the JSON report's fields; `record` is finding, unread, opaque or summary."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate a cell (https://owasp.org/www-community/attacks/CSV_Injection)."""
Row = dict[str, Any]


def render(result: ScanResult, guides: Callable[[Finding], Guidance], *, language: Language) -> str:
    """Return the table; the last row tells whether all was read."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", extrasaction="ignore")
    table.writeheader()
    page = Page.unwrapped(language, Redactor.of(result.findings))
    for row in _rows(page, result, guides):
        table.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def _rows(page: Page, result: ScanResult, guides: Callable[[Finding], Guidance]) -> Iterator[Row]:
    for finding in result.findings:
        record = finding_record(finding, guides(finding), page.redact)
        record["guide"] = record["guide"]["summary"]
        for place in record["locations"] or [{}]:
            yield {"record": "finding", **record, **place}
    told = heading(result, page.redact)
    yield from ({"record": "unread", **each} for each in told["incomplete"])
    yield from ({"record": "opaque", **each} for each in told["opaque"])
    yield {
        "record": "summary",
        "complete": told["complete"],
        "what": summary.verdict(page, result),
        "why": list(summary.limits(page, result)),
    }


def _cell(value: object) -> str:
    """Return one line that no spreadsheet takes for a formula: one that begins like it gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = clean("; ".join(map(str, value)) if isinstance(value, list) else str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
