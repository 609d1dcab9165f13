"""The report as workflow commands, of which GitHub Actions makes annotations on the lines of a pull request.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, zip_longest

from keyguard.language import Language
from keyguard.model import Finding, Guidance, Place, ScanResult
from keyguard.reporting import finding_text, places, summary
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

MOST = 10
"""How many errors of one step GitHub shows as annotations: the first ones."""


def render(result: ScanResult, guides: Callable[[Finding], Guidance], *, language: Language) -> str:
    """Return an error for each key, the most severe first, a warning for what was not read, and the verdict."""
    page = Page.unwrapped(language, Redactor.of(result.findings))
    return "".join(f"{line}\n" for line in _lines(page, result, guides))


def _lines(page: Page, result: ScanResult, guides: Callable[[Finding], Guidance]) -> Iterator[str]:
    if not result.complete:
        yield _command("warning", "\n".join(summary.lines(page, result)), {"title": page.say("report.not-complete")})
    elif told := [*summary.limits(page, result), *summary.opaque(page, result)]:
        yield _command("notice", "\n".join(told), {"title": page.say("report.name")})
    if len(result.open) > MOST:
        text = page.say("report.more-shown", most=MOST, n=len(result.open))
        yield _command("warning", text, {"title": page.say("report.name")})
    for finding, place in _annotated(result):
        text = "\n".join(finding_text.message(page, finding, guides(finding)))
        yield _command("error", text, {**_at(page, place), "title": finding_text.headline(page, finding)})
    yield _data(summary.verdict(page, result) or page.say("report.not-complete"))


def _annotated(result: ScanResult) -> Iterator[tuple[Finding, Place | None]]:
    """Yield every key at its first place, and while GitHub has room for them at its further ones."""
    keys = sorted(result.open, key=lambda each: -each.severity)
    found = [(finding, places.current(finding)) for finding in keys]
    for finding, where in found:
        yield finding, where[0] if where else None
    rounds = zip_longest(*([(finding, place) for place in where[1:]] for finding, where in found))
    further = (each for one in rounds for each in one if each is not None)
    yield from islice(further, max(0, MOST - len(found)))


def _at(page: Page, place: Place | None) -> dict[str, str | int]:
    """Return what names a place; it has lines only if the file has."""
    if place is None or not places.is_of_a_file(place):
        return {}
    named: dict[str, str | int] = {"file": page.data(page.redact.path(place) or "")}
    if not places.has_lines_of_its_path(place):
        return named
    named |= {"line": place.line, "endLine": place.end_line}
    return named | {"col": place.column} if place.line == place.end_line else named


def _command(name: str, text: str, properties: dict[str, str | int]) -> str:
    said = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {said}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
