"""`keyguard baseline import`: carries over what other scanners were told to accept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from keyguard.cli import options
from keyguard.cli.baseline_file import BaselineFile, looked_at
from keyguard.cli.layout import Command
from keyguard.errors import ExitCode
from keyguard.pipeline.setup import Settings
from keyguard.suppression.baseline import Baseline


@click.command(
    "import",
    cls=Command,
    short_help="Carry over a .secrets.baseline, .gitleaksignore or .betterleaksignore.",
    epilog="""\b
Examples:
  keyguard baseline import .secrets.baseline
  keyguard baseline import .gitleaksignore
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@options.filters
@options.language
def command(file: Path, **given: Any) -> ExitCode:
    """Accept what FILE accepts, a baseline of detect-secrets or an ignore file of gitleaks or betterleaks.

    Such files hold no secrets, so files and history are scanned: what stands at the places that FILE names, or has the
    SHA-1 that it has, becomes an entry. What it calls a real secret is not accepted.

    Exit codes: 0 done, 2 wrong usage or an unfit file, 3 some entries fit several keys and were left out.
    """
    from keyguard.config.document import read
    from keyguard.suppression import imports

    known = imports.read(read(file, largest=imports.LARGEST), str(file))
    settings = Settings(**given)
    kept = BaselineFile.here(settings)
    before = kept.load()
    found = imports.carried(known, looked_at(kept, settings, history=True).findings, file.name)
    kept.write(Baseline({**found.entries, **before.entries}))
    lost = len(found.unmatched) + len(found.several)
    click.echo(kept.say("baseline.carried", n=len(known) - lost, all=len(known)), err=True)
    _list(kept.say("baseline.nothing-there"), found.unmatched)
    _list(kept.say("baseline.several-there"), found.several)
    return ExitCode.INCOMPLETE if found.several else ExitCode.CLEAN


def _list(why: str, places: Sequence[str]) -> None:
    from keyguard.pipeline.scrub import scrubbed
    from keyguard.reporting.terminal import clean

    if places:
        click.echo(why, err=True)
        click.echo(scrubbed("\n".join(f"  {clean(place)}" for place in places)), err=True)
