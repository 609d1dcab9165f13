"""`keyguard hook … --agent`: the hooks of AI agents, run, set up and taken out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.hooks.agents import AGENTS

option = click.option("--agent", type=click.Choice(AGENTS), help="The hook of this AI agent instead of one of git's.")
user = click.option("--user", is_flag=True, help="With --agent: your own settings, for all projects.")


def refuse_user(*, user: bool) -> None:
    """Raise `UsageError` for `--user` where git's own hook is meant."""
    if user:
        raise UsageError("--user goes with --agent")


def run(name: str, arguments: Sequence[str], given: dict[str, Any]) -> int:
    """Answer one call of an agent's hook; the code is 0 or 2, since any other lets most agents go on."""
    from keyguard.hooks.agents.guard import agent, answer
    from keyguard.hooks.agents.payload import LARGEST
    from keyguard.hooks.agents.protocol import BLOCKED
    from keyguard.pipeline.setup import Settings

    _alone(arguments)
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if sys.stdin is not None else b""
        said = answer(agent(name), data, Settings(**given))
    except (Exception, KeyboardInterrupt) as error:  # elsewhere it would end with 3, which lets the action go on
        click.echo(
            f"KeyGuard: nothing was checked, so this is stopped: internal error ({type(error).__name__})", err=True
        )
        return BLOCKED
    click.echo(said.stderr, err=True, nl=False)
    click.echo(said.stdout, nl=False)
    return said.code


def install(name: str, *, user: bool) -> None:
    """Set an agent up, and say what is left to do."""
    from keyguard.hooks.agents.guard import agent
    from keyguard.hooks.agents.install import SHARED
    from keyguard.hooks.agents.install import install as put
    from keyguard.reporting.terminal import clean

    _alone()
    known = agent(name)
    done = put(known, None if user else _top())
    click.echo(f"{'installed' if done.changed else 'installed already'}: {clean(str(done.path))}")
    if not user:
        click.echo("this file belongs to the project: commit it, and everyone who works on it needs keyguard on PATH")
        if shutil.which(SHARED) is None:
            click.echo(f"keyguard is not on PATH here: until it is, {known.title} is stopped at every step")
    for notice in (None if user else known.settings.project_notice, known.settings.notice):
        if notice:
            click.echo(notice)


def uninstall(name: str, *, user: bool) -> None:
    """Take KeyGuard out of an agent's hooks."""
    from keyguard.hooks.agents.guard import agent
    from keyguard.hooks.agents.install import uninstall as remove
    from keyguard.reporting.terminal import clean

    _alone()
    click.echo(f"removed from: {clean(str(remove(agent(name), None if user else _top()).path))}")


def _top() -> Path:
    """Return the top of the project: of the repository, and outside git this folder."""
    repository = discover(Path())
    return repository.top if repository and repository.top else Path.cwd()


def _alone(arguments: Sequence[str] = ()) -> None:
    """Raise `UsageError` where the hook of an agent and one of git are asked for at once."""
    if click.get_current_context().get_parameter_source("hook_type") is ParameterSource.COMMANDLINE:
        raise UsageError("--agent and --type are two different hooks", "leave out one of them")
    if arguments:
        raise UsageError("the hook of an agent takes no arguments: what it looks at stands on standard input")
