"""`keyguard baseline audit`: asks what each key is, one after the other, and keeps the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import options
from keyguard.cli.baseline_file import BaselineFile, looked_at
from keyguard.cli.layout import Command
from keyguard.cli.talking import can_be_talked_to
from keyguard.errors import ExitCode, UsageError
from keyguard.model import Finding, Status
from keyguard.pipeline.setup import Settings
from keyguard.suppression.baseline import LONGEST_REASON, Baseline, Decision, Entry, fits

if TYPE_CHECKING:
    from keyguard.pipeline.request import Verdict
    from keyguard.reporting.words import Words

ANSWERS = {"f": Decision.FALSE_ALARM, "t": Decision.TEST_KEY, "v": Decision.REVOKED, "r": Decision.REAL}
MOST_PLACES = 5


@click.command(
    "audit",
    cls=Command,
    short_help="Decide on each known key, or list what is undecided.",
    epilog="""\b
Examples:
  keyguard baseline audit              asks what each undecided key is
  keyguard baseline audit --all        asks about the decided ones again
  keyguard baseline audit --check      in CI: fails while something is undecided
""",
)
@options.filters
@options.language
@click.option("--all", "again", is_flag=True, help="Ask also about what was decided before.")
@click.option("--check", is_flag=True, help="Ask nothing: list what is undecided, real or matches nothing any more.")
def command(again: bool, check: bool, **given: Any) -> ExitCode:
    """Go through the keys of this repository, its history included, and decide on each: the answers are kept at once.

    False alarms, test keys and revoked keys are accepted; a real key is reported until it is gone. Exit codes of
    --check: 0 there is nothing to do, 1 there is, 2 wrong usage.
    """
    settings = Settings(**given)
    if not check and not can_be_talked_to():
        raise UsageError("audit asks questions, and this is no terminal", "keyguard baseline audit --check asks none")
    file = BaselineFile.here(settings)
    known = file.load()
    looked = looked_at(file, settings, history=True)
    unmatched = looked.unmatched(known)
    ours = [each for each in looked.reported if each.status is not Status.ALLOWED]
    if check:
        code = _checked(file.say, known, ours, unmatched)
    else:
        undecided = [each for each in ours if again or _decision(known, each) is None]
        code = Audit(file, looked.verdict, undecided).run(known)
    file.tell_unmatched(unmatched)
    return code


def _decision(known: Baseline, finding: Finding) -> Decision | None:
    entry = known.entries.get(finding.fingerprint)
    return entry.decision if entry else None


def _checked(say: Words, known: Baseline, findings: Sequence[Finding], unmatched: Baseline) -> ExitCode:
    listed = [each for each in findings if _decision(known, each) in (None, Decision.REAL)]
    for each in listed:
        decision = _decision(known, each)
        what = say(f"baseline.{decision}") if decision else say("baseline.undecided")
        click.echo(say("baseline.listed", what=what, key=f"{each.fingerprint}  {each.rule}  {each.secret.masked}"))
    click.echo(say("baseline.checked", n=len(known), left=len(listed)))
    return ExitCode.FINDINGS if listed or unmatched.entries else ExitCode.CLEAN


@dataclass(frozen=True, slots=True)
class Audit:
    """One round of questions on some findings."""

    file: BaselineFile
    verdict: Verdict
    findings: Sequence[Finding]

    def run(self, known: Baseline) -> ExitCode:
        """Ask about each; every answer is written down before the next question."""
        at, decided, say = 0, 0, self.file.say
        try:
            while at < len(self.findings):
                finding = self.findings[at]
                self._show(at, finding, known.entries.get(finding.fingerprint))
                answer = click.prompt(say("baseline.ask"), type=click.Choice([*ANSWERS, *"sbq"]), show_choices=False)
                if answer == "q":
                    break
                if answer in ANSWERS:
                    known = self._decided(known, finding, ANSWERS[answer])
                    decided += 1
                at = max(at - 1, 0) if answer == "b" else at + 1
        except click.Abort:
            click.echo("\n" + say("baseline.stopped", n=decided))
            return ExitCode.INTERRUPTED
        click.echo(say("baseline.ended", n=decided, left=len(self.findings) - at))
        return ExitCode.CLEAN

    def _decided(self, known: Baseline, finding: Finding, decision: Decision) -> Baseline:
        before = known.entries.get(finding.fingerprint)
        say = self.file.say
        reason = click.prompt(say("baseline.why"), default=before.reason if before else "", value_proc=self._reason)
        entry = Entry(before.rule if before else finding.rule, reason, decision)
        known = known.decided(finding.fingerprint, entry)
        self.file.write(known)
        if decision is Decision.REAL:
            click.echo(say("baseline.stays", key=finding.fingerprint))
        return known

    def _show(self, at: int, finding: Finding, entry: Entry | None) -> None:
        from keyguard.detection.engine import Engine
        from keyguard.pipeline.surroundings import around
        from keyguard.reporting.redaction import Redactor
        from keyguard.reporting.terminal import clean

        redact = Redactor.of(self.verdict.result.findings)
        say = self.file.say
        title, secret = clean(finding.title), finding.secret.masked
        click.echo("\n" + say("baseline.key", n=at + 1, all=len(self.findings), title=title, secret=secret))
        evidence = say.listed([clean(say.phrase(each)) for each in finding.evidence])
        exposure = say(f"exposure.{finding.exposure}")
        click.echo(f"  {finding.rule}  {finding.fingerprint}  {exposure}  {evidence}".rstrip())
        if entry is not None:
            decision = entry.decision
            what = say(f"baseline.{decision}") if decision else say("baseline.accepted-undecided")
            click.echo(f"  {say('baseline.so-far', what=what, reason=clean(entry.reason))}".rstrip())
        commits = {place: f"  {place.commit[:12]}" if place.commit else "" for place in finding.places}
        names = ((redact.path(place) or place.origin.label, place) for place in finding.places)
        places = list(dict.fromkeys(f"  {clean(name)}:{place.line}{commits[place]}" for name, place in names))
        for place in places[:MOST_PLACES]:
            click.echo(place)
        if len(places) > MOST_PLACES:
            click.echo(f"  {say('baseline.more-places', n=len(places) - MOST_PLACES)}")
        for number, line in around(finding, self.file.repository, Engine(self.verdict.catalogue, bulk=False)):
            click.echo(f"    {number:>5} | {clean(redact(line))}")

    def _reason(self, text: str) -> str:
        """Return a reason that a baseline can hold."""
        if not fits(text) or not text.isprintable():
            raise click.UsageError(self.file.say("baseline.too-long", n=LONGEST_REASON))
        return text.strip()
