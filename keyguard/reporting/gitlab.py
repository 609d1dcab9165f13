"""The report as GitLab's secret detection takes it: `artifacts:reports:secret_detection`, schema 15.1.0.

Source: https://gitlab.com/gitlab-org/security-products/security-report-schemas
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from keyguard import __version__
from keyguard.language import Language
from keyguard.model import Finding, Guidance, Place, ScanResult
from keyguard.reporting import ascii_json, finding_text, guide_text, places, summary, uris
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

SCHEMA_VERSION = "15.1.0"
SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas"
    f"/-/raw/v{SCHEMA_VERSION}/dist/secret-detection-report-format.json"
)
NAME_CHARACTERS = 255
SOLUTION_CHARACTERS = 7000
NO_COMMIT = "0" * 40
"""Stands for the commit of what is in none: a report has to name one."""
NAMESPACE = uuid.UUID("2d1ad2f4-6a0c-5d0b-9d4c-0d6b3f0a5d7e")
"""KeyGuard's own, so that a secret has the same id in each report."""
MOST_PLACES = 100
TIME = "%Y-%m-%dT%H:%M:%S"


def render(result: ScanResult, guides: Callable[[Finding], Guidance], *, language: Language, ended: datetime) -> str:
    """Return the report of a scan that ended then (UTC).

    GitLab knows no accepted findings, so these are counted in the messages of the scan.
    """
    page = Page.unwrapped(language, Redactor.of(result.findings))
    scanner = {"id": "keyguard", "name": "KeyGuard", "version": __version__, "vendor": {"name": "KeyGuard"}}
    report = {
        "version": SCHEMA_VERSION,
        "schema": SCHEMA,
        "scan": {
            "analyzer": scanner,
            "scanner": scanner,
            "type": "secret_detection",
            "start_time": (ended - timedelta(seconds=result.stats.seconds)).strftime(TIME),
            "end_time": ended.strftime(TIME),
            "status": "success" if result.complete else "failure",
            "messages": list(_messages(page, result)),
        },
        "vulnerabilities": [_vulnerability(page, each, guides(each)) for each in result.open],
    }
    return ascii_json.dumps(report, indent=2) + "\n"


def _messages(page: Page, result: ScanResult) -> Iterator[dict[str, str]]:
    for unread in result.unread:
        parts = [summary.reason(page, unread), *summary.mends(page, [unread])]
        yield {"level": "warn", "value": page.say("message.between").join(parts)}
    for opaque in result.opaque:
        yield {"level": "warn", "value": summary.reason(page, opaque)}
    for line in summary.limits(page, result):
        yield {"level": "info", "value": line}


def _vulnerability(page: Page, finding: Finding, guide: Guidance) -> dict[str, Any]:
    """Return one vulnerability for one secret, at the place where a checkout has it."""
    title = page.data(finding.title)
    links = dict.fromkeys(step.url for step in guide.steps if step.url)
    found = places.current(finding)
    return {
        "id": str(uuid.uuid5(NAMESPACE, finding.fingerprint)),
        "name": title[:NAME_CHARACTERS],
        "description": _description(replace(page, markdown=True), finding),
        "severity": finding.severity.label.capitalize(),
        "solution": "\n".join(guide_text.brief(page, guide))[:SOLUTION_CHARACTERS],
        "identifiers": [
            {"type": "keyguard_rule_id", "name": f"KeyGuard rule {finding.rule}", "value": finding.rule},
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "links": [{"url": link} for link in links],
        "location": _location(page, found[0] if found else None),
        "raw_source_code_extract": finding.secret.masked,
        "details": _details(page, finding),
        "tracking": {"type": "source", "items": [_tracked(page, finding, found[0] if found else None)]},
    }


def _description(page: Page, finding: Finding) -> str:
    """Return Markdown: what the key is, how far it went, and why it is believed."""
    sentences = [finding_text.headline(page, finding), finding_text.verdict(page, finding)]
    sentences.append(finding_text.reasons(page, finding))
    return "\n\n".join(filter(None, sentences))


def _location(page: Page, place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"commit": {"sha": NO_COMMIT}}
    commit = {"sha": page.data(place.commit or place.origin.commit or NO_COMMIT)}
    if place.author:
        commit["author"] = page.data(place.author)
    if place.date:
        commit["date"] = page.data(place.date)
    return {"file": page.data(uris.artifact(page.redact, place)), "commit": commit, **_lines(place)}


def _lines(place: Place) -> dict[str, int]:
    """Return the lines in the file; what lies inside it, or in no file, has none there."""
    if not places.has_lines_of_its_path(place):
        return {}
    return {"start_line": place.line, "end_line": place.end_line}


def _tracked(page: Page, finding: Finding, place: Place | None) -> dict[str, Any]:
    """Return what GitLab knows the secret by when its lines have moved."""
    tracked: dict[str, Any] = {"signatures": [{"algorithm": "hash", "value": finding.fingerprint}]}
    if place is not None:
        tracked |= {"file": page.data(uris.artifact(page.redact, place)), **_lines(place)}
    return tracked


def _details(page: Page, finding: Finding) -> dict[str, Any]:
    """Return what GitLab shows in fields of its own."""
    say = page.say
    texts = {
        "secret": ("report.secret", finding.secret.masked),
        "fingerprint": ("label.fingerprint", finding.fingerprint),
        "exposure": ("report.exposure", say(f"exposure.{finding.exposure.value}")),
        "confidence": ("report.confidence", finding.confidence.label),
    }
    details: dict[str, Any] = {
        key: {"type": "text", "name": say(name), "value": value} for key, (name, value) in texts.items()
    }
    items = [{"type": "text", "value": each} for each in places.listed(page, finding, MOST_PLACES)]
    return details | {"places": {"type": "list", "name": say("label.places"), "items": items}}
