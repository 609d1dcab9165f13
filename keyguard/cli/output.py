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

from keyguard.errors import UsageError
from keyguard.model import Finding, Guidance
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
            path = Path(file if named else each)
            if path.is_dir() or path.is_symlink() or not path.parent.is_dir():
                raise UsageError(
                    f"no report can be written to {path}", "name a file in a folder that exists, not a link"
                )
            if named:
                more.append(cls(Format(name), path))
            else:
                plain = cls(form, path)
        return [plain, *more]


def emit(verdict: Verdict, outputs: Sequence[Output]) -> None:
    """Write every report."""
    for output in outputs:
        if output.path is None:
            click.echo(rendered(verdict, output.form, terminal=sys.stdout.isatty()), nl=False)
        else:
            write_privately(output.path, rendered(verdict, output.form, terminal=False))


def rendered(verdict: Verdict, form: Format, *, terminal: bool) -> str:
    """Return the report as text; only a terminal gets colour."""
    from keyguard.remediation.guide import guidance

    def guides(finding: Finding) -> Guidance:
        return guidance(finding, verdict.catalogue, verdict.language, remote=verdict.remote, head=verdict.head)

    if form is Format.JSON:
        from keyguard.reporting import json_report

        return json_report.render(verdict.result, guides)
    from keyguard.reporting import console

    return console.render(
        verdict.result,
        guides,
        language=verdict.language,
        width=columns(),
        color=terminal and not os.environ.get("NO_COLOR"),
        unicode=speaks_unicode(),
    )


def columns() -> int:
    """Return how wide text may be."""
    return min(shutil.get_terminal_size((100, 24)).columns, MOST_COLUMNS)


def speaks_unicode() -> bool:
    """Whether standard output can show more than ASCII."""
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith(("utf", "gb"))


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
