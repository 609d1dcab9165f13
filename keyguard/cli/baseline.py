"""`keyguard baseline`: writes down which findings are known and accepted, by fingerprint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from keyguard.cli import options
from keyguard.cli.output import tell
from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.pipeline.request import Request, run
from keyguard.pipeline.setup import Settings, baseline_path, own_of
from keyguard.pipeline.standing import of_work_tree
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
    top, path = _places(settings)
    if os.path.lexists(path):
        raise UsageError(f"{path} is already there", "keyguard baseline update adds to it")
    _write(top, path, Baseline(), settings, history=history)


@command.command("update")
@options.filters
@options.language
@click.option("--history", is_flag=True, help="Look at the whole history, and drop what it does not hold any more.")
def update(history: bool, **given: Any) -> None:
    """Add what is found now, and with --history drop what is gone; reasons that people wrote stay.

    With --rule, --exclude-rule or --min-confidence nothing is dropped: others were not looked for.
    """
    settings = Settings(**given)
    top, path = _places(settings)
    known = Baseline.load(path, _inside(top, settings)) if os.path.lexists(path) else Baseline()
    _write(top, path, known, settings, history=history)


def _places(settings: Settings) -> tuple[Path, Path]:
    """Return the top of the work tree, and where its accepted findings are kept."""
    repository = discover(Path())
    if repository is None or repository.top is None:
        raise UsageError("this folder is not in a git work tree", "run it inside the repository")
    return repository.top, baseline_path(
        settings, own_of(settings, of_work_tree(repository).files).config, repository.top
    )


def _inside(top: Path, settings: Settings) -> Path | None:
    """Return the folder below which no link is followed; the user may name any file."""
    return None if settings.baseline else top


def _write(top: Path, path: Path, known: Baseline, settings: Settings, *, history: bool) -> None:
    from keyguard.reporting.terminal import clean

    verdict = run(Request(paths=(top,), worktree=True, history=history), settings)
    tell(verdict.notes)
    result = verdict.result
    if result.unread:
        raise UsageError(
            f"{len(result.unread)} things could not be read, so the baseline was not written",
            "keyguard scan tells which",
        )
    narrowed = settings.only or settings.without or settings.min_confidence is not None
    written = known.updated(result.findings, drop=history and not narrowed)
    written.write(path, _inside(top, settings))
    click.echo(f"{len(written)} accepted in {clean(str(path))}")
