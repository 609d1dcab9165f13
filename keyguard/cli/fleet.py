"""`keyguard fleet`: hundreds of repositories, one answer."""

from __future__ import annotations

import click

from keyguard.cli import fleet_report, fleet_scan
from keyguard.cli.layout import Group


@click.group("fleet", cls=Group, short_help="Scan many repositories, here or on a cluster, and report on all.")
def command() -> None:
    """Scan many repositories, and keep what is known of all of them in one file: fingerprints, never secrets.

    A scan reads only what is new since the last one, in processes of this machine or on a Dask cluster. The report says
    which keys stand in how many repositories, how far they went and since when, which are new, gone, and not known to
    be dead.
    """


command.add_command(fleet_scan.command)
command.add_command(fleet_report.command)
