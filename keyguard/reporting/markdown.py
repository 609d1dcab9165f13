"""The report as Markdown, for a comment on a merge request and for the summary of a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from keyguard.language import Language
from keyguard.model import Finding, Guidance, ScanResult
from keyguard.reporting import finding_text, markup, places, summary
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

ROOM = 300
"""How many bytes are kept for the sentence on what there was no room for."""


def render(
    result: ScanResult, guides: Callable[[Finding], Guidance], *, language: Language, limit: int | None = None
) -> str:
    """Return the report, the verdict first; in at most `limit` bytes of UTF-8 as many findings as find room."""
    page = Page.unwrapped(language, Redactor.of(result.findings), markdown=True)
    parts = ["\n".join([*_heading(page, result), ""])]
    size = len(parts[0].encode())
    for number, finding in enumerate(result.findings):
        is_open = finding.status.blocks
        told = _open(page, number + 1, finding, guides(finding)) if is_open else _accepted(page, finding)
        parts.append("\n".join([*told, ""]))
        size += len(parts[-1].encode())
        if limit is not None and size > limit - ROOM:
            parts[-1] = f"\n{page.say('report.left-out', n=len(result.findings) - number)}\n"
            break
    return "".join(parts)


def _heading(page: Page, result: ScanResult) -> Iterator[str]:
    """Yield the verdict, and what limits it."""
    yield f"# {page.say('report.name')}"
    for line in summary.lines(page, result):
        text = line.strip()
        yield from [text] if text.startswith("- ") else ["", text]


def _open(page: Page, number: int, finding: Finding, guide: Guidance) -> Iterator[str]:
    say = page.say
    severity = say(f"severity.{finding.severity.label}")
    yield from ("", f"## {number}. {severity}{say('label.colon')}{finding_text.headline(page, finding)}", "")
    yield finding_text.verdict(page, finding) + say(f"confidence.{finding.confidence.label}")
    yield ""
    yield from (f"- {each}" for each in places.listed(page, finding))
    if known := finding_text.reasons(page, finding):
        yield f"- {say('label.evidence')}{say('label.colon')}{known}"
    yield f"- {say('label.fingerprint')}{say('label.colon')}{markup.code(finding.fingerprint)}"
    yield from _steps(replace(page, markdown=False), guide)


def _steps(page: Page, guide: Guidance) -> Iterator[str]:
    """Yield the guide, whose words may hold code spans of their own, on a page that adds none."""
    yield from ("", f"{page.say('label.guide')}{markup.literal(page.data(guide.summary))}", "")
    for number, step in enumerate(guide.steps, 1):
        target = f" <{page.data(step.url)}>" if step.url else ""
        yield f"{number}. {markup.literal(page.data(step.title))}{target}"
        if step.command:
            shown = markup.block([page.data(line) for line in step.command.split("\n")])
            yield from ("", *(f"   {line}" for line in shown), "")


def _accepted(page: Page, finding: Finding) -> Iterator[str]:
    where = next((places.spot(page, each) for each in places.current(finding)), "")
    accepted = page.say(f"status.{finding.status.value}")
    yield from ("", f"- {finding_text.headline(page, finding)} {where}: {accepted}")
