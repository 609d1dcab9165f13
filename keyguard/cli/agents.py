"""`keyguard hook … --agent`: the hooks of AI agents, run, set up and taken out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from keyguard.errors import UsageError
from keyguard.hooks.agents import AGENTS

option = click.option(
    "--agent", type=click.Choice(AGENTS), help="The hook of an AI agent instead of git's; JSON on standard input."
)


def run(name: str, files: tuple[Path, ...], given: dict[str, Any]) -> int:
    """Answer one call of an agent's hook; the code is 0 or 2, since any other lets most agents go on."""
    from keyguard.hooks.agents.guard import agent, answer
    from keyguard.hooks.agents.payload import LARGEST
    from keyguard.hooks.agents.protocol import BLOCKED
    from keyguard.pipeline.setup import Settings

    _alone(files)
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if sys.stdin is not None else b""
        said = answer(agent(name), data, Settings(**given))
    except Exception as error:  # elsewhere it would end with 3, which lets the action go on
        click.echo(
            f"KeyGuard: nothing was checked, so this is stopped: internal error ({type(error).__name__})", err=True
        )
        return BLOCKED
    click.echo(said.stderr, err=True, nl=False)
    click.echo(said.stdout, nl=False)
    return said.code


def _alone(files: tuple[Path, ...] = ()) -> None:
    """Raise `UsageError` where the hook of an agent and one of git are asked for at once."""
    if click.get_current_context().get_parameter_source("hook_type") is ParameterSource.COMMANDLINE:
        raise UsageError("--agent and --type are two different hooks", "leave out one of them")
    if files:
        raise UsageError("the hook of an agent takes no files: what it looks at stands on standard input")
