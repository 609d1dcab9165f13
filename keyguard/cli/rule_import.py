"""`keyguard rules import`: writes the rules of gitleaks or betterleaks as KeyGuard's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyguard.cli.files import can_be_written, write_all
from keyguard.cli.layout import Command
from keyguard.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from keyguard.rules.gitleaks.document import Imported


@click.command(
    "import",
    cls=Command,
    short_help="Turn a configuration of gitleaks or betterleaks into rules of KeyGuard.",
    epilog="""\b
Examples:
  keyguard rules import .gitleaks.toml
  keyguard rules import .gitleaks.toml --output rules.toml
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file instead.")
@click.option("--force", is_flag=True, help="With --output: replace a file that is there.")
def command(file: Path, output: Path | None, force: bool) -> ExitCode:
    """Write the rules of FILE, a configuration of gitleaks or betterleaks, as [[rule]] tables of KeyGuard.

    What was changed and what could not be carried over is told on standard error.

    Exit codes: 0 all of it was carried over, 2 wrong usage or no such file, 3 something was not.
    """
    from keyguard.pipeline import rule_files
    from keyguard.rules.gitleaks.toml import text_of

    if output is not None:
        if not can_be_written(output):
            raise UsageError(f"no rules can be written to {output}", "name a file in a folder that exists, not a link")
        if os.path.lexists(output) and not force:
            raise UsageError(f"{output} is already there", "name another file, or replace it with --force")
    imported = rule_files.imported(file)
    text = text_of(imported, file.name)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_all({output: text})
    _report(imported)
    return ExitCode.INCOMPLETE if any(note.lost for note in imported.notes) else ExitCode.CLEAN


def _report(imported: Imported) -> None:
    from keyguard.reporting.terminal import clean
    from keyguard.rules.gitleaks.notes import lines

    click.echo(f"{len(imported.rules)} of {imported.count} rules carried over", err=True)
    for title, lost in (("changed", False), ("not carried over", True)):
        told = list(lines([note for note in imported.notes if note.lost is lost]))
        if told:
            click.echo(f"\n{title}:", err=True)
        for line in told:
            click.echo(f"  {clean(line)}", err=True)
