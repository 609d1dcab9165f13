"""`keyguard doctor`: whether KeyGuard guards here, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyguard.cli import options
from keyguard.cli.layout import Command
from keyguard.errors import ExitCode

if TYPE_CHECKING:
    from keyguard.hooks.doctor.check import Check

SCHEMA = "keyguard.doctor.v1"


@click.command(
    "doctor",
    cls=Command,
    short_help="Say whether KeyGuard guards here, and how to mend it.",
    epilog="""\b
Examples:
  keyguard doctor                  in the repository that should be guarded
  keyguard doctor --format json    the same for programs
""",
)
@options.text_or_json("report")
def command(form: str) -> ExitCode:
    """Check the hook of this repository (is it installed, does it run, is it shadowed, does it block a made-up key),
    the configuration, what is left out, this machine, and the hooks of AI agents. Nothing is changed, and no code of
    the repository is run.

    Exit codes: 0 nothing is in the way (there may be warnings), 3 there is a problem: not all is guarded.
    """
    from keyguard.hooks.doctor.check import State
    from keyguard.hooks.doctor.examination import examined

    checks = list(examined(Path()))
    click.echo(_json(checks) if form == "json" else _text(checks))
    return ExitCode.INCOMPLETE if any(each.state is State.PROBLEM for each in checks) else ExitCode.CLEAN


def _text(checks: Sequence[Check]) -> str:
    from keyguard.hooks.doctor.check import State
    from keyguard.reporting.terminal import clean

    lines = []
    for each in checks:
        lines.append(f"{each.state:<9}{each.name:<15}{clean(each.text)}")
        if each.mend:
            lines.append(f"{'':<24}to mend it: {clean(each.mend)}")
    count = {state: sum(each.state is state for each in checks) for state in State}
    problems, warnings = count[State.PROBLEM], count[State.WARNING]
    verdict = "KeyGuard guards here" if not problems else "not all is guarded here"
    return "\n".join([*lines, "", f"{verdict}: {problems} problem(s), {warnings} warning(s)"])


def _json(checks: Sequence[Check]) -> str:
    import json

    from keyguard.hooks.doctor.check import State

    told = [{"check": each.name, "state": each.state, "text": each.text, "mend": each.mend} for each in checks]
    well = all(each.state is not State.PROBLEM for each in checks)
    return json.dumps({"schema": SCHEMA, "well": well, "checks": told}, indent=2)
