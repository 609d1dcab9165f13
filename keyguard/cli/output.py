"""Puts a verdict into the wanted forms, and these on standard output or into files."""

from __future__ import annotations

import enum
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from keyguard.errors import SourceError, UsageError
from keyguard.language import Language
from keyguard.model import ELLIPSIS, Finding, Guidance
from keyguard.pipeline.request import Verdict

MOST_COLUMNS = 120


class Format(enum.StrEnum):
    """A form of the report."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write; without a path on standard output."""

    form: Format
    path: Path | None = None

    @classmethod
    def plan(cls, form: Format, wanted: Sequence[str]) -> list[Output]:
        """Turn `--format` and `--output [FORMAT=]FILE` into reports; a plain FILE takes the place of standard output.

        Raises `UsageError` for a folder that is not there, before anything is scanned.
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
            if not can_be_written(path):
                raise UsageError(
                    f"no report can be written to {path}", "name a file in a folder that exists, not a link or device"
                )
            if named:
                more.append(cls(Format(name), path))
            else:
                plain = cls(form, path)
        return [plain, *more]


def can_be_written(path: Path) -> bool:
    """Whether a report may take this name: no link, and no device, pipe or folder, which it would replace."""
    if os.path.lexists(path):
        return path.is_file() and not path.is_symlink()
    return path.parent.is_dir()


def emit(verdict: Verdict, outputs: Sequence[Output]) -> None:
    """Write every report. Raises `SourceError` where standard output takes nothing, as on a full disk."""
    for output in outputs:
        if output.path is None:
            try:
                click.echo(rendered(verdict, output.form, to_console=True), nl=False)
            except BrokenPipeError:
                raise
            except OSError as error:
                raise SourceError(f"the report cannot be written to standard output: {error.strerror}") from None
        else:
            write_privately(output.path, rendered(verdict, output.form, to_console=False))


def tell(notes: Sequence[str]) -> None:
    """Say on standard error what there is to know of the rules of users."""
    from keyguard.reporting.terminal import clean

    for note in notes:
        click.echo(f"keyguard: {clean(note)}", err=True)


def rendered(verdict: Verdict, form: Format, *, to_console: bool) -> str:
    """Return the report as text; only a terminal gets colour."""
    from keyguard.remediation.guide import guidance

    language = spoken(verdict.language) if to_console and form is Format.TEXT else verdict.language

    def guides(finding: Finding) -> Guidance:
        known = {"remote": verdict.remote, "head": verdict.head}
        return guidance(finding, verdict.catalogue, language, **known, contact=verdict.contact)

    if form is Format.JSON:
        from keyguard.reporting import json_report

        return json_report.render(verdict.result, guides)
    from keyguard.reporting import console

    return console.render(
        verdict.result,
        guides,
        language=language,
        width=columns() if to_console else MOST_COLUMNS,
        color=to_console and colored(),
        unicode=not to_console or speaks(ELLIPSIS),
    )


def columns() -> int:
    """Return how wide text may be."""
    return min(shutil.get_terminal_size((100, 24)).columns, MOST_COLUMNS)


def colored() -> bool:
    """Whether standard output is a terminal whose user has not asked for plain text (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def speaks(text: str) -> bool:
    """Whether standard output can show these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def spoken(language: Language) -> Language:
    """Return the language to use on standard output: English where it cannot show the other one."""
    return language if language is Language.EN or speaks("密钥") else Language.EN


def write_privately(path: Path, text: str) -> None:
    """Write a file for its owner's eyes, all of it or nothing, and never through a link.

    Raises `UsageError` when that cannot be done.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from None
