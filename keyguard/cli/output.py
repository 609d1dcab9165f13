"""Puts a verdict into the wanted forms, and these on standard output or into files."""

from __future__ import annotations

import enum
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO, assert_never

import click

from keyguard.cli.files import check, write_all
from keyguard.errors import SourceError, UsageError
from keyguard.language import Language
from keyguard.model import ELLIPSIS, Finding, Guidance
from keyguard.pipeline.request import Verdict

MOST_COLUMNS = 120


class Format(enum.StrEnum):
    """A form of the report."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"


Data = Literal[Format.JSON, Format.JSONL, Format.SARIF, Format.GITLAB, Format.JUNIT, Format.CSV]
"""What programs read."""


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which reports to write and where, as `Output.plan` takes them."""
    command = click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="[FORMAT=]FILE",
        help="Write the report to a file; repeatable.",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice([each.value for each in Format]),
        default=Format.TEXT.value,
        show_default=True,
        help="Form of the report.",
    )(command)


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write; without a path on standard output."""

    form: Format
    path: Path | None = None

    @classmethod
    def plan(cls, form: Format, wanted: Sequence[str]) -> list[Output]:
        """Turn `--format` and `--output [FORMAT=]FILE` into reports; a plain FILE takes the place of standard output.

        Raises `UsageError` for a file that cannot be written or is named twice, before anything is scanned.
        """
        plain = cls(form)
        more = []
        for each in wanted:
            name, equals, file = each.partition("=")
            named = equals and name in list(Format)
            if equals and name.isalpha() and not named:
                raise UsageError(
                    f"there is no format {name}", f"one of: {', '.join(Format)}; a file of that name is ./{each}"
                )
            path = Path(file if named else each)
            check(path)
            if named:
                more.append(cls(Format(name), path))
            elif plain.path is not None:
                raise UsageError(f"--output names two files for --format {form}", "write FORMAT=FILE for one of them")
            else:
                plain = cls(form, path)
        planned = [plain, *more]
        _refuse_twice(planned)
        if any(output.form is Format.HTML for output in planned):
            _need_jinja()
        if any(output.form is Format.GITHUB for output in planned):
            from keyguard.cli import step_summary

            step_summary.check()
        return planned


def _need_jinja() -> None:
    """Raise `UsageError` where what the page is made with is not installed."""
    if importlib.util.find_spec("jinja2") is None:
        raise UsageError("the HTML report needs Jinja2", "pip install 'keyguard[html]'")


def _refuse_twice(outputs: Sequence[Output]) -> None:
    """Raise `UsageError` where one report would take the place of another."""
    seen: set[str] = set()
    for path in (output.path for output in outputs if output.path is not None):
        real = os.path.normcase(os.path.realpath(path))
        if real in seen:
            raise UsageError(f"two reports cannot both be written to {path}", "give each --output a file of its own")
        seen.add(real)


def emit(verdict: Verdict, outputs: Sequence[Output]) -> None:
    """Write every report: all files in whole or none of them, then standard output, then the summary of a GitHub step.

    Raises `SourceError` where something takes nothing, as on a full disk.
    """
    write_all({each.path: rendered(verdict, each.form) for each in outputs if each.path is not None})
    for output in outputs:
        if output.path is None:
            _print(rendered(verdict, output.form, to_console=True))
    if any(output.form is Format.GITHUB for output in outputs):
        from keyguard.cli import step_summary

        step_summary.add(verdict.result, Guides(verdict, verdict.language).brief, verdict.language)


def _print(text: str) -> None:
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SourceError(f"the report cannot be written to standard output: {error.strerror}") from None


def tell(notes: Sequence[str]) -> None:
    """Say on standard error what there is to know of the rules of users."""
    from keyguard.reporting.terminal import clean

    for note in notes:
        click.echo(f"keyguard: {clean(note)}", err=True)


@dataclass(frozen=True, slots=True)
class Guides:
    """What to do about the findings of a verdict, in one language."""

    verdict: Verdict
    language: Language

    def brief(self, finding: Finding) -> Guidance:
        """Return the steps that matter first."""
        from keyguard.remediation.guide import guidance

        verdict = self.verdict
        known = {"remote": verdict.remote, "head": verdict.head}
        return guidance(finding, verdict.catalogue, self.language, **known, contact=verdict.contact)

    def whole(self, finding: Finding) -> Guidance:
        """Return all that is known of the kind of key that this is, nothing of it about the finding itself."""
        from keyguard.remediation.guide import full_guidance

        catalogue = self.verdict.catalogue
        subject = catalogue.by_id.get(finding.rule) or catalogue.provider_by_id.get(finding.provider)
        if subject is None:
            return self.brief(finding)
        return full_guidance(subject, catalogue, self.language, contact=self.verdict.contact)


def rendered(verdict: Verdict, form: Format, *, to_console: bool = False) -> str:
    """Return the report as text; only a terminal gets colour."""
    if form is Format.TEXT:
        return _text(verdict, to_console=to_console)
    if form is Format.MARKDOWN and verdict.fleet is not None:
        from keyguard.cli import fleet_output

        return fleet_output.markdown(verdict, verdict.fleet)
    guides = Guides(verdict, verdict.language)
    if form is Format.MARKDOWN:
        from keyguard.reporting import markdown

        return markdown.render(verdict.result, guides.brief, language=verdict.language)
    if form is Format.GITHUB:
        from keyguard.reporting import github

        return github.render(verdict.result, guides.brief, language=verdict.language)
    if form is Format.HTML:
        return _html(verdict, guides)
    return _data(verdict, form, guides)


def _html(verdict: Verdict, guides: Guides) -> str:
    from datetime import UTC, datetime

    from keyguard.reporting.html_report import render as page

    made = datetime.now(UTC)
    return page.render(
        verdict.result,
        guides.brief,
        language=verdict.language,
        providers=providers(verdict),
        made=made,
        fleet=verdict.fleet,
    )


def providers(verdict: Verdict) -> dict[str, str]:
    """Return what the providers are called, by their ids."""
    return {name: provider.name[verdict.language] for name, provider in verdict.catalogue.provider_by_id.items()}


def _text(verdict: Verdict, *, to_console: bool) -> str:
    from keyguard.reporting import console

    language = spoken(verdict.language) if to_console else verdict.language
    verdict = verdict.said_in(language)
    width, color = (columns(), colored()) if to_console else (MOST_COLUMNS, False)
    unicode = not to_console or speaks(ELLIPSIS)
    if verdict.fleet is not None:
        from keyguard.cli import fleet_output

        return fleet_output.text(verdict, verdict.fleet, language, width=width, color=color, unicode=unicode)
    return console.render(
        verdict.result,
        Guides(verdict, language).brief,
        language=language,
        width=width,
        color=color,
        unicode=unicode,
    )


def _data(verdict: Verdict, form: Data, guides: Guides) -> str:
    result, language = verdict.result, verdict.language
    if form is Format.JSON:
        from keyguard.reporting import json_report

        return json_report.render(result, guides.brief, verdict.fleet)
    if form is Format.JSONL:
        from keyguard.reporting import json_lines

        return json_lines.render(result, guides.brief, verdict.fleet)
    if form is Format.SARIF:
        from keyguard.reporting import sarif

        return sarif.render(result, guides.brief, guides.whole, language=language)
    if form is Format.GITLAB:
        from datetime import UTC, datetime

        from keyguard.reporting import gitlab

        return gitlab.render(result, guides.brief, language=language, ended=datetime.now(UTC))
    if form is Format.JUNIT:
        from keyguard.reporting import junit

        return junit.render(result, guides.brief, language=language)
    if form is Format.CSV:
        from keyguard.reporting import csv_report

        return csv_report.render(result, guides.brief, language=language)
    assert_never(form)


def columns() -> int:
    """Return how wide text may be."""
    return min(shutil.get_terminal_size((100, 24)).columns, MOST_COLUMNS)


def colored() -> bool:
    """Whether standard output is a terminal whose user has not asked for plain text (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def speaks(text: str, stream: TextIO | None = None) -> bool:
    """Whether standard output, or another stream, can show these characters."""
    try:
        text.encode((stream or sys.stdout).encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def spoken(language: Language, stream: TextIO | None = None) -> Language:
    """Return the language to use on standard output, or another stream: English where it cannot show the other one."""
    return language if language is Language.EN or speaks("密钥", stream) else Language.EN
