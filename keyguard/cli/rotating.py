"""One run of `keyguard rotate`: from what the user asks for to a rotation, or to the list of its calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyguard.cli.by_hand import can_be_called, guided
from keyguard.cli.output import spoken
from keyguard.cli.rotate_asked import Asked
from keyguard.cli.talking import Terminal
from keyguard.cli.verify import Source
from keyguard.errors import ExitCode, KeyGuardError, UsageError
from keyguard.git.repository import discover
from keyguard.language import Language
from keyguard.model import Finding
from keyguard.pipeline.setup import Settings, rules_here
from keyguard.reporting.words import Words
from keyguard.rotation.values import Way

if TYPE_CHECKING:
    from keyguard.rotation.issuers.issuer import Issuer
    from keyguard.rotation.journal import Journal, State
    from keyguard.rotation.rotation import Rotation
    from keyguard.rotation.targets.target import Target
    from keyguard.verification.addresses import Addresses


def _has_changed(before: State | None, after: State | None) -> bool:
    """Whether a run may have changed something at the provider or in a target."""
    from keyguard.rotation.journal import Step

    if after is None or after is before:
        return False
    then = before.attempts if before else ()
    return after.attempts != then or (after.did(Step.DELETED) and not (before and before.did(Step.DELETED)))


class Session:
    """One run of the command."""

    def __init__(self, asked: Asked, settings: Settings, addresses: Addresses | None) -> None:
        self.asked = asked
        self.settings = settings
        self.addresses = addresses
        language = spoken(settings.language or Language.from_environment())
        self.talk = Terminal(Words(language), asked.yes, asked.opening)

    def run(self) -> ExitCode:
        """Rotate, or say what would be done."""
        from keyguard.rotation import journal
        from keyguard.rotation.rotation import StoppedError
        from keyguard.rotation.targets.target import target

        self.asked.check()
        targets = [target(each) for each in self.asked.into]
        finding, fingerprint = self._key(targets)
        if finding is not None and not can_be_called(finding):
            return guided(finding, self.talk)
        if self.asked.dry_run:
            return self._shown(finding, targets)
        with journal.opened(fingerprint) as book:
            before = book.state
            try:
                return self._rotated(book, finding, targets)
            except (KeyboardInterrupt, click.Abort):
                click.echo(f"keyguard: {self._way_on(book)}", err=True)
                return ExitCode.INTERRUPTED
            except KeyGuardError as error:
                if isinstance(error, UsageError) and not _has_changed(before, book.state):
                    raise
                phrase = self.talk.say.phrase
                hint = "; ".join(each for each in (phrase(error.hint or ""), self._way_on(book)) if each)
                raise StoppedError(phrase(error.message), hint) from None

    # ---- the key ------------------------------------------------------------------------------------------------

    def _key(self, targets: list[Target]) -> tuple[Finding | None, str]:
        """Return the key that is meant; of one that is nowhere any more just the fingerprint that a journal has."""
        from keyguard.rotation.journal import kept
        from keyguard.rotation.targets.dotenv import DotEnv

        beginning = self.asked.fingerprint
        files = [each.path for each in targets if isinstance(each, DotEnv) and each.path.is_file()]
        paths = () if self.asked.stdin else (*self.asked.paths, *files)
        named = () if self.asked.stdin or beginning is None else (beginning,)
        source = Source(named, None, paths, self.asked.stdin, self.asked.kind)
        source.check()
        try:
            verdict, _ = source.keys(self.settings)
        except UsageError:
            known = kept(beginning) if beginning else None
            if known is None:
                raise
            return None, known
        found = verdict.result.findings
        if len(found) != 1 or (beginning and not found[0].fingerprint.startswith(beginning)):
            raise UsageError(
                "one key is rotated at a time", "name it by its fingerprint, or give it alone with --stdin"
            )
        return found[0], found[0].fingerprint

    # ---- the rotation -------------------------------------------------------------------------------------------

    def _rotated(self, book: Journal, finding: Finding | None, targets: list[Target]) -> ExitCode:
        from keyguard.rotation.journal import Step
        from keyguard.rotation.steps import run

        if book.state is not None and book.state.did(Step.RECORDED):
            self.talk.tell("rotate.was-ended", at=dict(book.state.times)[Step.DEAD])
            return ExitCode.CLEAN
        if book.state is None:
            state = self._begun(book, finding, targets)
        else:
            state = self._gone_on(book, book.state, finding, targets)
        rotation = self._rotation(book, state, finding, targets)
        if self.asked.spend_limit is not None:
            self._cap(rotation, self.asked.spend_limit)
        run(rotation)
        return ExitCode.CLEAN

    def _cap(self, rotation: Rotation, dollars: int) -> None:
        """Limit the damage first, whatever else may take its time."""
        from keyguard.rotation.values import Extra

        if Extra.LIMIT not in rotation.issuer.extras:
            raise UsageError("--spend-limit cannot be had for this key", "leave it out: no call sets it")
        if self.talk.confirm("rotate.ask-cap", dollars=dollars):
            capped = rotation.issuer.cap(rotation.state.old, dollars * 100)
            self.talk.tell("rotate.capped" if capped else "rotate.cap-lower", dollars=dollars)

    def _begun(self, book: Journal, finding: Finding | None, targets: list[Target]) -> State:
        from keyguard.rotation.begin import begun

        if finding is None:
            raise UsageError("the key is nowhere here, and no rotation of it has begun")
        issuer = self._issuer(finding.provider, finding.rule, finding)
        return book.keep(begun(finding, issuer, self.asked.wanted(targets), self.talk))

    def _gone_on(self, book: Journal, state: State, finding: Finding | None, targets: list[Target]) -> State:
        from keyguard.rotation.resume import resumed

        say = self.talk.say
        done = say.listed([say(f"rotate-step.{name}") for name, _ in state.times])
        self.talk.tell("rotate.goes-on", key=state.masked, done=done)
        new = resumed(
            state,
            self.asked.wanted(targets),
            lambda: self._issuer(state.provider, state.rule, finding),
            self.talk,
        )
        return state if new == state else book.keep(new)

    def _rotation(self, book: Journal, state: State, finding: Finding | None, targets: list[Target]) -> Rotation:
        from keyguard.rotation.proof import Proof
        from keyguard.rotation.rotation import Rotation
        from keyguard.rotation.targets.target import target

        line = self.asked.line(self.addresses)
        return Rotation(
            journal=book,
            state=state,
            connect=lambda: self._issuer(state.provider, state.rule, finding),
            targets=targets or [target(each) for each in state.targets],
            proof=Proof(state.rule, state.provider, line.addresses, line.proxy),
            talk=self.talk,
            secret=finding.secret if finding else None,
            wait=self.asked.wait,
            recorder=lambda ended: self._ended(book, ended, finding),
        )

    def _ended(self, book: Journal, state: State, finding: Finding | None) -> None:
        self.talk.tell("rotate.ended", key=state.fingerprint, path=str(book.path))
        repository = discover(Path())
        if repository is None:
            return
        from keyguard.rotation.ledger import told

        try:
            told(state, None if self.asked.stdin else finding, repository, rules_here(self.settings).catalogue)
        except KeyGuardError as error:  # the rotation is through, and its journal says so
            note = self.talk.say.phrase(f"the ledger of incidents was not written: {error.message}")
            click.echo(f"keyguard: {note}", err=True)

    def _way_on(self, book: Journal) -> str:
        """Return how to go on; nothing has begun where there is no journal."""
        if book.state is None:
            return self.talk.say("rotate.not-begun")
        return self.talk.say("rotate.go-on", command=self.asked.again(book.state.fingerprint))

    # ---- what it works with -------------------------------------------------------------------------------------

    def _issuer(self, provider: str, rule: str, finding: Finding | None) -> Issuer:
        from keyguard.rotation.issuers.choice import issuer

        return issuer(provider, rule, self.asked.line(self.addresses), finding.secret if finding else None)

    def _shown(self, finding: Finding | None, targets: list[Target]) -> ExitCode:
        """Show the calls; with an admin key there is, what reads is sent, so that they are shown with their ids."""
        from keyguard.rotation.begin import begun
        from keyguard.rotation.issuers.choice import calls_of, is_set, variable

        if finding is None:
            raise UsageError("the key is nowhere here: there is nothing to show", "going on says what is done")
        name, state, cap = variable(finding.rule), None, self.asked.spend_limit is not None
        if name is not None and is_set(finding.rule):
            issuer = self._issuer(finding.provider, finding.rule, finding)
            state = begun(finding, issuer, self.asked.wanted(targets), self.talk)
        old, way = (state.old, state.way) if state else (None, Way(self.asked.way) if self.asked.way else None)
        first = state.revoke_first if state else self.asked.revoke_first
        calls = calls_of(finding.provider, finding.rule, old, way, revoke_first=first, cap=cap)
        self.talk.tell("rotate.dry-run")
        for call in calls:
            mark = "!" if call.changes else " "
            click.echo(f"  {mark} {call.method:6} {call.path}  {self.talk.say(f'rotate-call.{call.purpose}')}")
        if targets:
            self.talk.tell("rotate.dry-run-targets", targets=", ".join(each.spec for each in targets))
        self.talk.tell("rotate.dry-run-read" if state else "rotate.dry-run-unsent", variable=name or "")
        return ExitCode.CLEAN
