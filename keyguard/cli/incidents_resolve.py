"""`keyguard incidents resolve`: writes down what was done about a key that leaked, up to the closing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import options
from keyguard.cli.here import Here
from keyguard.cli.layout import Command
from keyguard.cli.talking import can_be_talked_to
from keyguard.errors import UsageError
from keyguard.incidents.entry import LONGEST_BY, LONGEST_NOTE, fits
from keyguard.language import Language
from keyguard.model import Event, Finding, Incident
from keyguard.pipeline.desk import refuse_closing
from keyguard.pipeline.setup import Settings
from keyguard.reporting.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ASKED = tuple(event for event in Event if event is not Event.DETECTED)
_NOTED = {Event.REVOKED: "proof", Event.USAGE: "spend"}
"""The events of which something more is asked, by the name of the question."""


def _text(longest: int) -> Any:  # noqa: ANN401  # click takes any callable
    def checked(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
        return _fitting(value or "", longest)

    return checked


def _fitting(text: str, longest: int) -> str:
    """Return a text as a ledger can hold it, and without what looks like a key."""
    from keyguard.pipeline.scrub import scrubbed

    text = scrubbed(text.strip())
    if not fits(text, longest):
        raise click.UsageError(f"write one line of up to {longest} characters")
    return text


@click.command(
    "resolve",
    cls=Command,
    short_help="Write down what was done about one, up to its closing.",
    epilog="""\b
Examples:
  keyguard incidents resolve kg1-0123abcd   a checklist, on a terminal
  keyguard incidents resolve kg1-0123abcd --revoked --proof "ticket 1"
  keyguard incidents resolve kg1-0123abcd --usage-reviewed --spend "0 USD"
  keyguard incidents resolve kg1-0123abcd --replaced --consumers --close
""",
)
@click.argument("fingerprint")
@click.option("--revoked", is_flag=True, help="The key was revoked.")
@click.option("--by", metavar="WHO", callback=_text(LONGEST_BY), help="Who has done what is written down now.")
@click.option("--proof", metavar="TEXT", callback=_text(LONGEST_NOTE), help="With --revoked: how you know.")
@click.option("--replaced", is_flag=True, help="There is a new key in its place.")
@click.option("--consumers", is_flag=True, help="All that used it uses the new one.")
@click.option("--usage-reviewed", "usage", is_flag=True, help="The use of it since it leaked was looked at.")
@click.option("--spend", metavar="AMOUNT", callback=_text(LONGEST_NOTE), help="With --usage-reviewed: what was spent.")
@click.option("--history-cleaned", "history", is_flag=True, help="It was taken out of the history.")
@click.option("--close", is_flag=True, help="Nothing is left to do; only where it was revoked.")
@options.sources
@options.language
def command(fingerprint: str, by: str, proof: str, spend: str, language: Language | None, **given: Any) -> None:
    """Write down what was done about the key of FINGERPRINT (or the beginning of one), each with today's date.

    A scan takes a key for dead when it was revoked and there is a proof, and as long as it stands where it stands now.
    The key is looked for in the files, the index and the history for that. A closed incident goes to
    .keyguard/incidents.toml.
    """
    from keyguard.pipeline.account import found_again, known_as

    names = {event: event.value.partition("-")[0] for event in ASKED} | {Event.CLOSED: "close"}
    wanted = [event for event, name in names.items() if given.pop(name)]
    if (proof and Event.REVOKED not in wanted) or (spend and Event.USAGE not in wanted):
        raise UsageError("--proof goes with --revoked, --spend with --usage-reviewed")
    if not wanted and not can_be_talked_to():
        raise UsageError("nothing says what was done", "keyguard incidents resolve --help lists it")
    here = Here.of(language)
    _verdict, finding = found_again(fingerprint, Settings(**given, language=here.language))
    incident = known_as(here.desk, fingerprint, finding)
    session = Session(here, finding)
    if wanted:
        session.record(incident, wanted, by, {Event.REVOKED: proof, Event.USAGE: spend})
    else:
        session.ask(incident)


@dataclass(frozen=True, slots=True)
class Session:
    """One round of writing down; without a finding, of a key that is found no more."""

    here: Here
    finding: Finding | None

    def record(self, incident: Incident, events: Sequence[Event], by: str, notes: Mapping[Event, str]) -> None:
        """Write down what has happened, all of it or nothing, and show what the incident is like now."""
        if Event.CLOSED in events:
            refuse_closing(incident, *events)
        for event in events:
            incident = self.here.desk.record(self.finding or incident, event, by=by, note=notes.get(event, ""))
        self._show(incident)

    def ask(self, incident: Incident) -> None:
        """Go through what is left; each answer is kept at once."""
        from keyguard.reporting import incident_text

        say = Words(self.here.language)
        click.echo("\n".join(incident_text.shown(self.here.page(), incident, self.here.title(incident))))
        for event in ASKED:
            if event in incident.events or (event is Event.CLOSED and Event.REVOKED not in incident.events):
                continue
            answer = click.prompt(
                say("incident.question", event=say(f"event.{event}")), type=click.Choice(["y", "n"]), show_choices=False
            )
            if answer == "y":
                note = self._asked(say(f"incident.{_NOTED[event]}"), LONGEST_NOTE) if event in _NOTED else ""
                by = "" if event is Event.CLOSED else self._asked(say("incident.who"), LONGEST_BY)
                incident = self.here.desk.record(self.finding or incident, event, by=by, note=note)
        self._show(incident)

    def _asked(self, question: str, longest: int) -> str:
        answer: str = click.prompt(
            question, default="", show_default=False, value_proc=lambda text: _fitting(text, longest)
        )
        return answer

    def _show(self, incident: Incident) -> None:
        from keyguard.reporting import incident_text

        lines = list(incident_text.shown(self.here.page(), incident, self.here.title(incident)))
        if incident.closed and self.here.desk.repository.top is not None:
            say = Words(self.here.language)
            lines.append(f"  {say('incident.closed-in', file=str(self.here.desk.file))}")
        click.echo("\n".join(lines))
