"""`keyguard hook`: runs inside git's hooks, and puts itself there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import agents, options
from keyguard.cli.layout import Group
from keyguard.git.repository import Repository, here
from keyguard.hooks import TYPES

if TYPE_CHECKING:
    from keyguard.language import Language
    from keyguard.reporting.words import Words

hook_type = click.option(
    "--type", "hook_type", type=click.Choice(TYPES), default="pre-commit", show_default=True, help="Which hook."
)


@click.group("hook", cls=Group, short_help="Guard each commit: install, remove or run the git hook.")
def command() -> None:
    """Stop a key before it is committed, pushed, taken in by a server, or read by an AI agent."""


def _repository() -> Repository:
    return here("run it inside the one to guard")


@command.command(
    "run",
    short_help="Judge what a commit or a push brings; git's hook calls it.",
    epilog="""\b
Examples:
  keyguard hook run                         what is staged, as at a commit
  keyguard hook run src/a.py .env           these files as they are staged
  keyguard hook run --type commit-msg .git/COMMIT_EDITMSG
  keyguard hook run --agent claude-code < event.json
""",
)
@hook_type
@agents.option
@click.argument("arguments", nargs=-1, type=click.Path())
@options.filters
@options.config_from
@options.language
def run(hook_type: str, agent: str | None, arguments: tuple[str, ...], **given: Any) -> int:
    """Judge what a commit or a push brings. Git, or the pre-commit framework, calls it.

    \b
    pre-commit   what is staged; ARGUMENTS are paths, by default all of it
    commit-msg   the message; ARGUMENTS is the file that it is in
    pre-push     what would leave; ARGUMENTS are the remote and its address
    pre-receive  what arrives at a server, whatever the repository itself allows

    pre-push and pre-receive read on standard input which refs move, as git tells its hooks.

    With --agent: judge the prompt, or the input or output of a tool, that an AI agent gives to its hook.

    Exit codes: 0 go on, 1 a key was found, 2 wrong usage or configuration, 3 something could not be read; all but 0
    stop what git was about to do. With --agent: 0 go on (or the answer is on standard output), 2 stop.
    """
    if agent is not None:
        return agents.run(agent, arguments, given)
    from keyguard.hooks.run import judged
    from keyguard.pipeline.setup import Settings

    verdict = judged(hook_type, arguments, Settings(**given), _repository())
    if verdict.notes:
        from keyguard.cli.output import tell

        tell(verdict.notes)
    if known := verdict.result.known:
        _tell(verdict.language, "stopped.known", n=known)
    if verdict.result.findings or verdict.result.unread:
        from keyguard.cli.output import Format, Output, emit

        emit(verdict, [Output(Format.TEXT)])
    code = verdict.exit_code()
    if code and not os.environ.get("PRE_COMMIT"):  # that framework says so itself, and not every run is a commit
        _tell(verdict.language, f"stopped.{hook_type}")
    return code


@command.command(
    "install",
    short_help="Put the hook into this repository, or into an agent's settings.",
    epilog="""\b
Examples:
  keyguard hook install                        before each commit
  keyguard hook install --type pre-push        before each push
  keyguard hook install --type pre-receive     on a server, in its repository
  keyguard hook install --agent claude-code    for all who work on this project
  keyguard hook install --agent cursor --user  for you, in all your projects
""",
)
@hook_type
@agents.option
@agents.user
def install(hook_type: str, agent: str | None, user: bool) -> None:
    """Put the hook into this repository; a hook that is already there is kept and runs first.

    With --agent: into the agent's settings, those of this project unless --user is given.
    """
    if agent is not None:
        return agents.install(agent, user=user)
    agents.refuse_user(user=user)
    from keyguard.hooks.install import install as put

    done = put(_repository(), hook_type)
    _say(f"installed: {done.path}")
    if done.chained:
        _say(f"the hook that was there is kept and runs first: {done.chained}")
    if done.configured:
        _say("core.hooksPath chose that folder: other repositories or tools may share it")
    if done.of_tree:
        _say("core.hooksPath is a relative path: install the hook in each linked work tree as well")


@command.command(
    "uninstall",
    short_help="Take the hook out again; what was there before is back.",
    epilog="""\b
Examples:
  keyguard hook uninstall                   the hook before each commit
  keyguard hook uninstall --type pre-push
  keyguard hook uninstall --agent cursor
""",
)
@hook_type
@agents.option
@agents.user
def uninstall(hook_type: str, agent: str | None, user: bool) -> None:
    """Take the hook out of this repository again, and put back what was there before.

    With --agent: out of the agent's settings; what else is in them stays.
    """
    if agent is not None:
        return agents.uninstall(agent, user=user)
    agents.refuse_user(user=user)
    from keyguard.hooks.install import uninstall as remove

    done = remove(_repository(), hook_type)
    _say(f"removed: {done.path}")
    if done.chained:
        _say(f"the hook that was there before is back in its place: {done.chained}")


def _say(line: str) -> None:
    """Print a line in the language of the locale."""
    from keyguard.language import Language
    from keyguard.reporting.terminal import clean

    click.echo(clean(_words(Language.from_environment()).phrase(line)))


def _tell(language: Language, name: str, **values: int) -> None:
    """Say something about the run on standard error."""
    click.echo(f"keyguard: {_words(language)(name, **values)}", err=True)


def _words(language: Language) -> Words:
    from keyguard.cli.output import spoken  # what a hook that lets a commit through has no need of
    from keyguard.reporting.words import Words

    return Words(spoken(language))
