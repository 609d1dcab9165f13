"""The text report: each finding with where it is, how far it went and what to do, then the verdict on the scan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyguard.language import Language
from keyguard.model import Exposure, Finding, Guidance, ScanResult, Severity, Step
from keyguard.reporting import finding_text, guide_text, live_text, places, summary
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor
from keyguard.reporting.terminal import display_width, pad

FIELD = 4
"""How far the lines below a finding's title stand in."""
_SEVERITY = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold",
}
_EXPOSURE = {
    **dict.fromkeys((Exposure.PUSHED, Exposure.UNKNOWN, Exposure.UNREACHABLE), "red"),
    **dict.fromkeys((Exposure.UNPUSHED, Exposure.REFUSED), "yellow"),
}
Told = dict[tuple[str, Exposure], tuple[int, Finding, Guidance]]


def render(
    result: ScanResult,
    guides: Callable[[Finding], Guidance],
    *,
    language: Language,
    width: int = 80,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """Return the report for people; without colour and in ASCII it says the same."""
    page = Page.make(language, Redactor.of(result.findings), width=width, color=color, unicode=unicode)
    told: Told = {}
    lines: list[str] = []
    for number, finding in enumerate(result.open, 1):
        lines += [*_finding(page, number, finding), "", *_guide(page, number, finding, guides(finding), told), ""]
    lines += summary.lines(page, result)
    return "\n".join(page.plain(line.rstrip()) for line in lines) + "\n"


def _finding(page: Page, number: int, finding: Finding) -> Iterator[str]:
    say = page.say
    severity = page.plain(say(f"severity.{finding.severity.label}"))
    title = f"{page.data(finding.title)}  {page.plain(finding.secret.masked)}"
    sure = page.plain(say(f"confidence.{finding.confidence.label}"))
    mark = page.paint(severity, _SEVERITY[finding.severity])
    head = pad(f"#{number}", FIELD)
    fits = display_width(f"{head}{severity}  {title}{sure}") <= page.width
    yield f"{head}{mark}  {page.paint(title, 'bold')}" + (sure if fits else "")
    if not fits:
        yield " " * FIELD + sure.strip()
    verdict = page.plain(finding_text.verdict(page, finding))
    style = _EXPOSURE.get(finding.exposure, "")
    yield from (page.paint(line, style) if style else line for line in page.hang(" " * FIELD, verdict))
    if finding.live is not None:
        yield from live_text.lines(page.indented(FIELD), finding.live, " " * FIELD)
    labels = {name: page.plain(say(f"label.{name}")) for name in ("places", "evidence", "fingerprint")}
    column = max(map(display_width, labels.values())) + 2
    for position, row in enumerate(places.rows(page, finding, page.width - FIELD - column)):
        yield " " * FIELD + pad("" if position else labels["places"], column) + row
    reasons = finding_text.reasons(page, finding)
    if reasons:
        yield from page.hang(" " * FIELD + pad(labels["evidence"], column), reasons)
    yield " " * FIELD + pad(labels["fingerprint"], column) + finding.fingerprint


def _guide(page: Page, number: int, finding: Finding, guide: Guidance, told: Told) -> Iterator[str]:
    """Yield the guide once for findings of one rule and exposure; after that only what differs in it."""
    key = (finding.rule, finding.exposure)
    lines: Iterator[str] | list[str]
    inner = page.indented(FIELD)
    if key not in told:
        told[key] = (number, finding, guide)
        lines = guide_text.brief(inner, guide)
    else:
        first, other, known = told[key]
        own = _own_commands(finding, guide, other, known)
        head = page.say("label.guide-but" if own else "label.guide-as", n=first)
        lines = [*inner.hang("", page.plain(head)), *(f"{guide_text.INDENT}{page.data(each)}" for each in own)]
    yield from (" " * FIELD + line for line in lines)


def _own_commands(finding: Finding, guide: Guidance, other: Finding, known: Guidance) -> list[str]:
    """Return the commands that differ in more than the fingerprint, which stands above them anyway."""

    def named(step: Step, of: Finding) -> str:
        return (step.command or "").replace(of.fingerprint, "").replace(of.fingerprint[:16], "")

    before = {named(step, other) for step in known.steps}
    return [step.command for step in guide.steps if step.command and named(step, finding) not in before]
