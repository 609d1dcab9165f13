"""One rotation under way: its state, its journal, and who and what it speaks with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keyguard.errors import KeyGuardError
from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import Issuer
from keyguard.rotation.journal import Journal, State, Step
from keyguard.rotation.proof import Proof
from keyguard.rotation.talk import Talk
from keyguard.rotation.targets.target import Target

AGAIN = "going on makes another one"


class StoppedError(KeyGuardError):
    """The rotation ends before its end; it can be gone on with."""


@dataclass(slots=True)
class Rotation:
    """One rotation under way; `secret` is the old key where its text is known, `wait` the seconds it may live on."""

    journal: Journal
    state: State
    connect: Callable[[], Issuer]
    targets: Sequence[Target]
    proof: Proof
    talk: Talk
    secret: Secret | None
    wait: float
    recorder: Callable[[State], None]
    _issuer: Issuer | None = None

    @property
    def issuer(self) -> Issuer:
        """Who is spoken to; asked for when it is needed, since the last steps need no admin key."""
        if self._issuer is None:
            self._issuer = self.connect()
        return self._issuer

    def keep(self, state: State) -> None:
        """Keep a state in the journal, and go on from it."""
        self.state = self.journal.keep(state)

    def did(self, step: Step) -> None:
        """Keep that a step is done."""
        self.keep(self.state.after(step))


def check_targets(rotation: Rotation) -> None:
    """See that every target holds the new key, as far as it can be read back; raises `StoppedError`."""
    new = rotation.state.new
    for target in rotation.targets:
        if new and new.fingerprint and target.holds(new.fingerprint) is False:
            raise StoppedError(f"{target.spec} does not hold the new key; the old one is untouched", AGAIN)
