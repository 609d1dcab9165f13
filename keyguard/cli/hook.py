"""`keyguard hook`: runs inside git's hooks, and puts itself there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keyguard.cli import options
from keyguard.errors import ExitCode, UsageError
from keyguard.git.repository import Repository, discover
from keyguard.hooks import TYPES

hook_type = click.option(
    "--type", "hook_type", type=click.Choice(TYPES), default="pre-commit", show_default=True, help="Which hook."
)


@click.group("hook", short_help="Guard each commit: install, remove or run the git hook.")
def command() -> None:
    """Stop a key before it is committed."""


def _repository() -> Repository:
    repository = discover(Path())
    if repository is None:
        raise UsageError("this folder is not in a git repository", "run it inside the one to guard")
    return repository


@command.command("run")
@hook_type
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@options.filters
@options.config_from
@options.language
def run(hook_type: str, files: tuple[Path, ...], **given: Any) -> ExitCode:
    """Judge what is staged at FILES, by default all that is staged; exit 1 stops the commit."""
    from keyguard.hooks import pre_commit
    from keyguard.pipeline.request import verdict
    from keyguard.pipeline.setup import Settings, prepare

    repository = _repository()
    if repository.top is None:
        raise UsageError("a bare repository has no index to check")
    settings = Settings(**given)
    scan = prepare(settings, repository)
    result = pre_commit.check(scan, repository, files)
    judged = verdict(scan, result, repository)
    if judged.notes:
        from keyguard.cli.output import tell

        tell(judged.notes)
    if result.known:
        keys = "1 key" if result.known == 1 else f"{result.known} keys"
        click.echo(f"keyguard: these files had {keys} before this commit; keyguard scan shows where", err=True)
    if result.findings or result.unread:
        from keyguard.cli.output import Format, Output, emit

        emit(judged, [Output(Format.TEXT)])
    return judged.exit_code()


@command.command("install")
@hook_type
def install(hook_type: str) -> None:
    """Put the hook into this repository; a hook that is already there is kept and runs first."""
    from keyguard.hooks.install import install as put
    from keyguard.reporting.terminal import clean

    done = put(_repository(), hook_type)
    click.echo(f"installed: {clean(str(done.path))}")
    if done.chained:
        click.echo(f"the hook that was there is kept and runs first: {clean(str(done.chained))}")
    if done.configured:
        click.echo("core.hooksPath chose that folder: other repositories or tools may share it")


@command.command("uninstall")
@hook_type
def uninstall(hook_type: str) -> None:
    """Take the hook out of this repository again, and put back what was there before."""
    from keyguard.hooks.install import uninstall as remove
    from keyguard.reporting.terminal import clean

    done = remove(_repository(), hook_type)
    click.echo(f"removed: {clean(str(done.path))}")
    if done.chained:
        click.echo(f"the hook that was there before is back in its place: {clean(str(done.chained))}")
