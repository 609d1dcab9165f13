"""`keyguard baseline`: writes down which findings are known and accepted, by fingerprint."""

from __future__ import annotations

import os
from typing import Any

import click

from keyguard.cli import baseline_audit, baseline_import, options
from keyguard.cli.baseline_file import BaselineFile, looked_at
from keyguard.cli.layout import Group
from keyguard.errors import UsageError
from keyguard.pipeline.setup import Settings
from keyguard.suppression.baseline import Baseline


@click.group("baseline", cls=Group, short_help="Accept what is known, so that only new keys are reported.")
def command() -> None:
    """Keep a list of accepted findings in .keyguard/baseline.toml: fingerprints, never secrets.

    A key on the list is still valid until it is revoked: accept only what is revoked, or never was a key.
    """


@command.command(
    "create",
    short_help="Accept everything that is found now.",
    epilog="""\b
Examples:
  keyguard baseline create             what the files hold
  keyguard baseline create --history   what the history holds, too
""",
)
@options.filters
@options.language
@click.option("--history", is_flag=True, help="Accept also what only the history holds.")
def create(history: bool, **given: Any) -> None:
    """Accept everything that is found now; a baseline that is already there is left alone."""
    settings = Settings(**given)
    file = BaselineFile.here(settings)
    if os.path.lexists(file.path):
        raise UsageError(f"{file.path} is already there", "keyguard baseline update adds to it")
    file.write(Baseline.created(looked_at(file, settings, history=history).reported))


@command.command(
    "update",
    short_help="Add what is found now; decisions and reasons stay.",
    epilog="""\b
Examples:
  keyguard baseline update             add what the files hold now
  keyguard baseline update --prune     and drop what nothing matches any more
""",
)
@options.filters
@options.language
@click.option("--history", is_flag=True, help="Look at the whole history, too; entries that match nothing are told.")
@click.option("--prune", is_flag=True, help="Look at the whole history, too, and drop entries that match nothing.")
def update(history: bool, prune: bool, **given: Any) -> None:
    """Add what is found now; what was decided, and the reasons that people wrote, stay.

    With --rule or --exclude-rule no entry is taken to match nothing: others were not looked for.
    """
    settings = Settings(**given)
    if prune and (settings.only or settings.without):
        raise UsageError("--prune looks for everything", "leave out --rule and --exclude-rule")
    file = BaselineFile.here(settings)
    known = file.load()
    looked = looked_at(file, settings, history=history or prune)
    unmatched = looked.unmatched(known)
    file.write(known.updated(looked.reported).without(unmatched if prune else Baseline()))
    file.tell_unmatched(unmatched, dropped=prune)


command.add_command(baseline_audit.command)
command.add_command(baseline_import.command)
