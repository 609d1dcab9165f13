"""`keyguard incidents`: what leaked here, what has been done about it, and what is left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import incidents_resolve, options
from keyguard.cli.files import check, write_all
from keyguard.cli.here import Here
from keyguard.cli.layout import Group
from keyguard.cli.output import Format
from keyguard.errors import UsageError
from keyguard.language import Language
from keyguard.pipeline.setup import Settings

if TYPE_CHECKING:
    from keyguard.model import Incident


@click.group("incidents", cls=Group, short_help="Keep track of keys that leaked: what was done, and what is left.")
def command() -> None:
    """Keep track of each key that leaked in this repository: fingerprints, never secrets.

    A scan opens an incident for each key that it reports, but not in CI, nor with --no-cache. Open incidents are kept
    in your state folder, since a list of keys that still live is nobody else's business; closed ones are written to
    .keyguard/incidents.toml, which you commit: every scan knows then that these keys are dead, and says so if one of
    them comes back.
    """


command.add_command(incidents_resolve.command)


@command.command(
    "list",
    short_help="List the open incidents of this repository.",
    epilog="""\b
Examples:
  keyguard incidents list                       what is open, and what is left
  keyguard incidents list --all --format json   closed ones too, for programs
""",
)
@click.option("--all", "everything", is_flag=True, help="Closed ones, too.")
@options.text_or_json("list")
@options.language
def listed(everything: bool, form: str, language: Language | None) -> None:
    """List the open incidents of this repository, those that were detected first, first."""
    from keyguard.reporting import incident_text

    here = Here.of(language)
    found = sorted([*here.desk.known.open, *(here.desk.known.closed if everything else ())], key=_order)
    if form == Format.JSON:
        _print_json(found)
        return
    lines = incident_text.listed(here.page(), found, here.titles, everything=everything)
    click.echo("\n".join(lines).rstrip("\n"))


def _order(incident: Incident) -> tuple[bool, str, str]:
    done = min((each.at for each in incident.events.values()), default="")
    return incident.closed, done, incident.fingerprint


def _print_json(incidents: list[Incident]) -> None:
    from keyguard.reporting import ascii_json
    from keyguard.reporting.json_report import incident_record
    from keyguard.reporting.redaction import Redactor

    redact = Redactor(())
    records = [incident_record(each, redact) for each in incidents]
    click.echo(ascii_json.dumps({"schema": "keyguard.incidents.v1", "incidents": records}, indent=2))


@command.command(
    "show",
    short_help="Show one incident as a checklist.",
    epilog="""\b
Examples:
  keyguard incidents show kg1-0123abcd   by the beginning of its fingerprint
""",
)
@click.argument("fingerprint")
@options.language
def show(fingerprint: str, language: Language | None) -> None:
    """Show all that is known of one incident, and what is left to do, by the beginning of its FINGERPRINT."""
    from keyguard.reporting import incident_text

    here = Here.of(language)
    incident = here.incident(fingerprint)
    click.echo("\n".join(incident_text.shown(here.page(), incident, here.title(incident))))


@command.command(
    "report",
    short_help="Print the account of one incident, as evidence.",
    epilog="""\b
Examples:
  keyguard incidents report kg1-0123abcd               to read it
  keyguard incidents report kg1-0123abcd --lang zh     in Chinese
  keyguard incidents report kg1-0123abcd --output a.md
""",
)
@click.argument("fingerprint")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to a file.")
@options.sources
@options.language
def report(fingerprint: str, output: Path | None, language: Language | None, **given: Any) -> None:
    """Print the account of one incident as Markdown: evidence for the provider's support, or for an appeal.

    It says when the key was committed and pushed, as far as the history and its logs tell, when it was detected and
    revoked, what was spent between, what was checked and how to check it; the key itself stands nowhere in it.
    """
    from keyguard.pipeline.account import case
    from keyguard.reporting import incident_report

    if output is not None:
        check(output)
    here = Here.of(language, output is None)
    settings = Settings(**given, language=here.language)
    text = incident_report.render(case(here.desk, fingerprint, settings), language=here.language)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_all({output: text})


@command.command(
    "drop",
    short_help="Forget open incidents of what was no key.",
    epilog="""\b
Examples:
  keyguard incidents drop kg1-0123abcd   it was no key, or never left here
""",
)
@click.argument("fingerprints", nargs=-1, required=True, metavar="FINGERPRINT...")
def drop(fingerprints: tuple[str, ...]) -> None:
    """Forget open incidents of what was no key, or never left this machine; closed ones stay.

    A scan that finds such a key again opens its incident again, unless the baseline or a comment accepts it.
    """
    here = Here.of(None)
    found = [here.incident(each) for each in fingerprints]
    for each in found:
        if each.fingerprint not in {incident.fingerprint for incident in here.desk.known.open}:
            raise UsageError(f"the incident of {each.fingerprint} is closed", "closed ones stand in a file of git's")
    here.desk.drop([each.fingerprint for each in found])
    click.echo(here.page().say("incident.dropped", n=len(found)))
