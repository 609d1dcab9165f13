"""`keyguard baseline`: writes down which findings are known and accepted, by fingerprint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keyguard.cli import options
from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.pipeline.request import Request, run
from keyguard.pipeline.setup import Settings, baseline_path, configuration_of
from keyguard.suppression.baseline import Baseline


@click.group("baseline", short_help="Accept what is known, so that only new keys are reported.")
def command() -> None:
    """Keep a list of accepted findings in .keyguard/baseline.toml: fingerprints, never secrets.

    A key on the list is still valid until it is revoked: accept only what is revoked, or never was a key.
    """


@command.command("create")
@options.filters
@options.language
@click.option("--history", is_flag=True, help="Accept also what only the history holds.")
def create(history: bool, **given: Any) -> None:
    """Accept everything that is found now; a baseline that is already there is left alone."""
    settings = Settings(**given)
    path = _path(settings)
    if path.exists():
        raise UsageError(f"{path} is already there", "keyguard baseline update adds to it")
    _write(path, Baseline(), settings, history=history)


@command.command("update")
@options.filters
@options.language
@click.option("--history", is_flag=True, help="Look at the whole history, and drop what it does not hold any more.")
def update(history: bool, **given: Any) -> None:
    """Add what is found now, and with --history drop what is gone; reasons that people wrote stay."""
    settings = Settings(**given)
    path = _path(settings)
    _write(path, Baseline.load(path) if path.exists() else Baseline(), settings, history=history)


def _path(settings: Settings) -> Path:
    repository = discover(Path())
    if repository is None or repository.top is None:
        raise UsageError("this folder is not in a git work tree", "run it inside the repository")
    return baseline_path(settings, configuration_of(settings, repository.top), repository.top)


def _write(path: Path, known: Baseline, settings: Settings, *, history: bool) -> None:
    from keyguard.reporting.terminal import clean

    result = run(Request(worktree=True, history=history), settings).result
    if result.unread:
        raise UsageError(
            f"{len(result.unread)} things could not be read, so the baseline was not written",
            "keyguard scan tells which",
        )
    written = known.updated(result.findings, drop=history)
    written.write(path)
    click.echo(f"{len(written)} accepted in {clean(str(path))}")
