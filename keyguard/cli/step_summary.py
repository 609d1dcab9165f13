"""Adds the Markdown report to the summary of a GitHub Actions step."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from keyguard.errors import SourceError, UsageError
from keyguard.language import Language
from keyguard.model import Finding, Guidance, ScanResult

VARIABLE = "GITHUB_STEP_SUMMARY"
"""Names the file; it is trusted as all that a CI system says of itself."""
MOST_BYTES = 1024 * 1024
"""GitHub drops the summary of a step that is larger.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""


def check() -> None:
    """Raise `UsageError` if there is a file for the summary and nothing can be added to it."""
    path = _path()
    if path is None:
        return
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise UsageError(
            f"{VARIABLE}: nothing can be added to {path}: {error.strerror}", f"unset {VARIABLE} to do without it"
        ) from None


def add(result: ScanResult, guides: Callable[[Finding], Guidance], language: Language) -> None:
    """Add the report behind what other commands of the step have written, as much of it as GitHub still takes.

    Raises `SourceError` when that cannot be done; then the file is what it was.
    """
    from keyguard.reporting import markdown

    path = _path()
    if path is None:
        return
    try:
        with path.open("ab") as file:
            before = file.tell()
            text = markdown.render(result, guides, language=language, limit=MOST_BYTES - before)
            data = text.encode()
            if before + len(data) > MOST_BYTES:
                click.echo(f"keyguard: {VARIABLE} has no room left for the report", err=True)
                return
            try:
                file.write(data)
                file.flush()
            except OSError:
                file.truncate(before)
                raise
    except OSError as error:
        raise SourceError(f"{VARIABLE}: the report cannot be added to {path}: {error.strerror}") from None


def _path() -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None
