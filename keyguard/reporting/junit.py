"""The report as JUnit XML: a key is a failed test, what could not be read an error, an accepted key a skipped test.

Source: the schema of Jenkins' xUnit plugin, https://github.com/jenkinsci/xunit-plugin
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from keyguard.language import Language
from keyguard.model import Finding, Guidance, ScanResult, Unread
from keyguard.reporting import finding_text, places, summary, uris
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

SUITE = "keyguard"


def render(result: ScanResult, guides: Callable[[Finding], Guidance], *, language: Language) -> str:
    """Return the report; without anything to tell it is one test that has passed, since no test would prove nothing."""
    page = Page.unwrapped(language, Redactor.of(result.findings))
    cases = [
        *(_failure(page, each, guides(each)) for each in result.open),
        *(_error(page, each) for each in result.unread),
        *(_skipped(page, each) for each in result.findings if not each.status.blocks),
    ]
    if not result.open and result.complete:
        cases.insert(0, ET.Element("testcase", classname=SUITE, name=summary.verdict(page, result)))
    seconds = f"{result.stats.seconds:.3f}"
    counts = {"tests": len(cases), "failures": len(result.open), "errors": len(result.unread)}
    named = {"name": SUITE, "time": seconds} | {name: str(number) for name, number in counts.items()}
    root = ET.Element("testsuites", named)
    suite = ET.SubElement(root, "testsuite", named | {"skipped": str(result.hidden)})
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = "\n".join(summary.lines(page, result))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(page: Page, finding: Finding) -> ET.Element:
    """Return a test that is known again by its name in the next report, though lines have moved."""
    where = next((page.data(uris.artifact(page.redact, each)) for each in places.current(finding)), SUITE)
    name = f"{where}: {finding_text.headline(page, finding)} {finding.fingerprint}"
    return ET.Element("testcase", classname=f"{SUITE}.{finding.rule}", name=name)


def _failure(page: Page, finding: Finding, guide: Guidance) -> ET.Element:
    case = _case(page, finding)
    first, *others = finding_text.message(page, finding, guide)
    ET.SubElement(case, "failure", type=finding.severity.label, message=first).text = "\n".join([first, *others])
    return case


def _error(page: Page, unread: Unread) -> ET.Element:
    case = ET.Element("testcase", classname=f"{SUITE}.unread", name=page.data(page.say.phrase(unread.what)))
    said = summary.reason(page, unread)
    text = "\n".join([said, *summary.mends(page, [unread])])
    ET.SubElement(case, "error", type="unread", message=said).text = text
    return case


def _skipped(page: Page, finding: Finding) -> ET.Element:
    case = _case(page, finding)
    ET.SubElement(case, "skipped", message=page.say(f"status.{finding.status.value}"))
    return case
