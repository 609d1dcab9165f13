"""The report in SARIF 2.1.0, made so that GitHub's code scanning takes and shows it.

Source: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from keyguard import __version__
from keyguard.language import Language
from keyguard.model import Finding, Guidance, Place, ScanResult, Severity, Status
from keyguard.reporting import ascii_json, finding_text, guide_text, places, summary, uris
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
MOST_RESULTS = 25_000
"""How many results of a run GitHub takes; it refuses a file with more."""
MOST_RELATED = 99
"""How many places besides the first one GitHub shows of a result."""
MOST_LINKED = 10
MOST_CHARACTERS = 1024
"""Of the descriptions of a rule."""
LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
SCORE = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
"""GitHub's `security-severity`: over 9 is critical, from 7 on high, from 4 on medium."""
Guides = Callable[[Finding], Guidance]


def render(result: ScanResult, guides: Guides, whole: Guides, *, language: Language) -> str:
    """Return the report; `whole` gives the whole guide for the kind of key that a finding is, as the rule's help."""
    page = Page.unwrapped(language, Redactor.of(result.findings))
    shown = sorted(result.findings, key=lambda each: (not each.status.blocks, -each.severity))[:MOST_RESULTS]
    rules: dict[str, list[Finding]] = {}
    for finding in shown:
        rules.setdefault(finding.rule, []).append(finding)
    index = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "KeyGuard",
                "semanticVersion": __version__,
                "rules": [_rule(page, many, whole(many[0])) for many in rules.values()],
            }
        },
        "language": language.value,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top folder of the scanned repository."}}},
        "invocations": [
            {
                "executionSuccessful": result.complete,
                "toolExecutionNotifications": list(_notifications(page, result, len(result.findings) - len(shown))),
            }
        ],
        "results": [_result(page, each, guides(each), index[each.rule]) for each in shown],
    }
    return ascii_json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _notifications(page: Page, result: ScanResult, left_out: int) -> Iterator[dict[str, Any]]:
    """Yield what was not read as errors, what could not be opened as warnings, and what is not shown as notes."""
    for unread in result.unread:
        parts = [summary.reason(page, unread), *summary.mends(page, [unread])]
        yield _notification("error", page.say("message.between").join(parts))
    for opaque in result.opaque:
        yield _notification("warning", summary.reason(page, opaque))
    for line in summary.limits(page, result):
        yield _notification("note", line)
    if left_out:
        yield _notification("warning", page.say("report.left-out", n=left_out))


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": _message(text)}}


def _rule(page: Page, findings: Sequence[Finding], guide: Guidance) -> dict[str, Any]:
    first = findings[0]
    severity = max(each.severity for each in findings)
    title = page.data(first.title)
    text = guide_text.render(guide, language=page.say.language, width=page.width)
    marked = guide_text.render(guide, language=page.say.language, width=page.width, markdown=True)
    rule: dict[str, Any] = {
        "id": first.rule,
        "name": "".join(part.capitalize() for part in first.rule.split("-")),
        "shortDescription": {"text": _message(title)[:MOST_CHARACTERS]},
        "fullDescription": {"text": _message(page.say("report.about", title=title))[:MOST_CHARACTERS]},
        "help": {"text": page.redact(text), "markdown": page.redact(marked)},
        "defaultConfiguration": {"level": LEVEL[severity]},
        "properties": {
            "tags": ["security", "secret", f"provider/{page.data(first.provider)}", "external/cwe/cwe-798"],
            "precision": max(each.confidence for each in findings).label,
            "security-severity": SCORE[severity],
        },
    }
    page_of_provider = next((step.url for step in guide.steps if step.url), None)
    return rule | {"helpUri": page_of_provider} if page_of_provider else rule


def _result(page: Page, finding: Finding, guide: Guidance, rule: int) -> dict[str, Any]:
    """Return one result for one secret, as there is one thing to do about it wherever it stands.

    GitHub shows an alert at the first location alone, so that is where a checkout has it; the others are related ones,
    linked from the message.
    """
    where = [_location(page, place, finding) for place in places.current(finding)]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": LEVEL[finding.severity],
        "message": {"text": _text(page, finding, guide, len(where) - 1)},
        "locations": where[:1],
        "partialFingerprints": _fingerprints(finding),
        "properties": {
            "confidence": finding.confidence.label,
            "severity": finding.severity.label,
            "exposure": finding.exposure.value,
            "status": finding.status.value,
            "secret": finding.secret.masked,
            "fingerprint": finding.fingerprint,
        },
    }
    if len(where) > 1:
        related = where[1 : MOST_RELATED + 1]
        result["relatedLocations"] = [{"id": number, **each} for number, each in enumerate(related, 1)]
    if not finding.status.blocks:
        result["suppressions"] = [_suppression(page, finding)]
    return result


def _text(page: Page, finding: Finding, guide: Guidance, others: int) -> str:
    lines = [_message(line) for line in finding_text.message(page, finding, guide)]
    if others > 0:
        links = [f"[{number}]({number})" for number in range(1, min(others, MOST_LINKED) + 1)]
        if others > MOST_LINKED:
            links.append(page.say("message.more-links", n=others - MOST_LINKED))
        lines.insert(1, page.say("message.also", links=page.say.listed(links)))
    return "\n".join(lines)


def _message(text: str) -> str:
    """Return text for a message, in which brackets would make a link (SARIF 2.1.0, 3.11.6)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(page: Page, place: Place, finding: Finding) -> dict[str, Any]:
    """Return a location; what lies inside a file, or in no file, is at its first line, and said in words."""
    path = uris.artifact(page.redact, place)
    artifact: dict[str, Any] = {"uri": uris.uri(path)}
    if not path.startswith("/"):
        artifact["uriBaseId"] = ROOT
    region: dict[str, Any] = {"startLine": 1}
    if places.has_lines_of_its_path(place):
        region = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        }
    region["snippet"] = {"text": finding.secret.masked}
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": region},
        "message": {"text": _message(places.spot(page, place))},
    }


def _fingerprints(finding: Finding) -> dict[str, str]:
    """Return names of the result that stay when lines move.

    GitHub looks at `primaryLocationLineHash` alone. Its upload action would make one of the text of the line, which
    changes with what follows it, is the same for two keys on one line, and cannot be made for what is not checked out.
    """
    digits = finding.fingerprint.partition("-")[2]
    return {"keyguardSecret/v1": finding.fingerprint, "primaryLocationLineHash": f"{digits[:16]}:1"}


def _suppression(page: Page, finding: Finding) -> dict[str, str]:
    """Say what accepts a finding: a comment beside it, or a file of the repository."""
    by_comment = finding.status is Status.ALLOWED and all(place.allowed for place in finding.places)
    return {
        "kind": "inSource" if by_comment else "external",
        "status": "accepted",
        "justification": page.say(f"status.{finding.status.value}"),
    }
