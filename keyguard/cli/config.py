"""`keyguard config`: says whether the configuration is fit, and gives editors its schema."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from keyguard.cli import options
from keyguard.cli.layout import Group
from keyguard.cli.output import tell
from keyguard.git.repository import discover
from keyguard.pipeline.setup import Settings, prepare


@click.group("config", cls=Group, short_help="Check the configuration, or print its schema for editors.")
def command() -> None:
    """Look after .keyguard.toml, or [tool.keyguard] in pyproject.toml."""


@command.command(
    "check",
    short_help="Say whether configuration, rules and baseline are fit.",
    epilog="""\b
Examples:
  keyguard config check                      as a scan in this folder reads them
  keyguard config check --config other.toml
  keyguard config check --config-from main   as they are in that commit
""",
)
@options.filters
@options.config_from
def check(**given: Any) -> None:
    """Read configuration, rules and baseline as a scan does, and scan nothing.

    Exit codes: 0 all of it is fit, 2 something is not; the message says what, where, and what was probably meant.
    """
    from keyguard.reporting.terminal import clean

    scan = prepare(Settings(**given), discover(Path()))
    tell(scan.notes)
    document, baseline = scan.policy.config.document, scan.policy.baseline
    click.echo(f"configuration: {clean(document.name) if document else 'none'}")
    own = [rule for rule in scan.catalogue.rules if rule.file is not None]
    real = len(baseline.entries) - len(baseline)
    click.echo(f"rules of your own: {len(own)}; accepted by the baseline: {len(baseline)}; real by it: {real}")


@command.command(
    "schema",
    short_help="Print the JSON schema of the configuration, for editors.",
    epilog="""\b
Examples:
  keyguard config schema > keyguard.schema.json
""",
)
def schema() -> None:
    """Print the JSON schema of the configuration, with which editors complete and check it."""
    click.echo(files("keyguard.config").joinpath("schema.json").read_text("utf-8"), nl=False)
