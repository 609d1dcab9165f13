"""`keyguard fleet report`: what is known of all repositories, from the file of results alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from keyguard.cli import fleet_files, options
from keyguard.cli.layout import Command
from keyguard.cli.output import Format, Output, emit, reported
from keyguard.errors import ExitCode
from keyguard.fleet.overview import only, verdict_of
from keyguard.fleet.settings import configuration, of_fleet
from keyguard.fleet.store import Store
from keyguard.language import Language
from keyguard.pipeline.setup import Settings, rules_of
from keyguard.reporting.fleet_tables import GROUPINGS, ordered

SHOWN = ("new", "gone", "live")


@click.command(
    "report",
    cls=Command,
    short_help="Say what is known of all repositories.",
    epilog="""\b
Examples:
  keyguard fleet report                     which keys, where, how far, how old
  keyguard fleet report --by age            the oldest first
  keyguard fleet report --only new          those that the last run found first
  keyguard fleet report --only live         those that are not known to be dead
  keyguard fleet report --output html=fleet.html --output json=fleet.json
""",
)
@click.option("--by", type=click.Choice(GROUPINGS), default=GROUPINGS[0], show_default=True, help="Order of the keys.")
@click.option(
    "--only",
    "shown",
    type=click.Choice(SHOWN),
    help="Only keys that are new since the last run, gone with it, or not known to be dead; the exit code is on all.",
)
@options.rules
@options.config
@fleet_files.db
@reported
@options.allow_incomplete
@options.language
def command(
    by: str,
    shown: str | None,
    form: str,
    outputs: tuple[str, ...],
    allow_incomplete: bool,
    db: Path | None,
    **chosen: Any,
) -> ExitCode:
    """Report on all repositories that were ever scanned, in every form that scan has; nothing is scanned.

    Exit codes: as those of fleet scan. --rules and --config name the rules of your own, if the scan had any.
    """
    wanted = Output.plan(Format(form), outputs)
    settings = of_fleet(Settings(**chosen))
    catalogue = rules_of(settings, configuration(settings)).catalogue
    with Store(fleet_files.results(db, made=False), reading=True) as store:
        verdict, fleet = verdict_of(store, catalogue, chosen["language"] or Language.from_environment())
    code = verdict.exit_code(allow_incomplete=allow_incomplete)
    fleet = replace(fleet, by=by)
    ranked = tuple(each.finding for each in ordered(fleet, by))
    verdict = replace(verdict, fleet=fleet, result=replace(verdict.result, findings=ranked))
    if shown is not None:
        verdict = only(verdict, fleet, {"new": fleet.new, "gone": fleet.gone_now, "live": fleet.living}[shown])
    emit(verdict, wanted)
    return code
