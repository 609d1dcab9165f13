"""Carries out a rotation step by step, each kept in the journal before the next, and goes on where one was left.

At no time are both keys gone, unless the user wanted the old one revoked first: the old key is touched only once the
new one works and stands in every target, and after the user's word that it is deployed. What an attempt may have made
is known by its name, which is kept before it is asked for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from keyguard.errors import KeyGuardError
from keyguard.model import Live, Secret
from keyguard.rotation.issuers.issuer import Issuer
from keyguard.rotation.journal import Attempt, Journal, State, Step
from keyguard.rotation.proof import WORKS_WITHIN, Proof
from keyguard.rotation.talk import Talk
from keyguard.rotation.targets.target import NotStoredError, Target
from keyguard.rotation.values import Minted, Way, Wish

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


def run(rotation: Rotation) -> None:
    """Do all that is left to do; raises `StoppedError`, or what went wrong, where it ends before that."""
    first, later = (_delete, _replace) if rotation.state.revoke_first else (_replace, _delete)
    for step in (first, later, _dead, _record):
        step(rotation)


# ---- the new key -----------------------------------------------------------------------------------------------------


def _replace(rotation: Rotation) -> None:
    """Make the new key, see it work, put it into every target, and wait until it is deployed."""
    if not rotation.state.did(Step.PROVEN):
        if rotation.state.way is Way.BY_HAND and not rotation.targets:
            _made_elsewhere(rotation)
        else:
            _made(rotation)
    if not rotation.state.did(Step.DEPLOYED):
        _sweep(rotation, rotation.state.attempts[:-1])
        if not rotation.state.revoke_first and not rotation.talk.confirm("rotate.ask-deployed"):
            raise StoppedError("the new key is in place, and the old one still works", "deploy the new one first")
        rotation.did(Step.DEPLOYED)


def _made_elsewhere(rotation: Rotation) -> None:
    """Let the user make the new key and put it where it belongs, all by hand."""
    rotation.talk.tell("rotate.by-hand-alone")
    rotation.talk.show(rotation.issuer.console)
    if not rotation.talk.confirm("rotate.ask-by-hand"):
        raise StoppedError("there is no new key yet; nothing was changed")
    rotation.did(Step.PROVEN)


def _made(rotation: Rotation) -> None:
    state = rotation.state.before(Step.NAMED, Step.MINTED, Step.STORED)
    for target in rotation.targets:
        target.check(_known(state))
    if not rotation.talk.confirm("rotate.ask-new", targets=", ".join(state.targets)):
        raise StoppedError("no new key was made")
    _sweep(rotation, [each for each in state.attempts if not each.touched])
    name = f"keyguard-{state.fingerprint.partition('-')[2][:8]}-{secrets.token_hex(3)}"
    attempt = Attempt(name, by_hand=state.way is Way.BY_HAND)
    rotation.keep(replace(state, attempts=(*state.attempts, attempt)).after(Step.NAMED))
    minted = _by_hand(rotation, name) if state.way is Way.BY_HAND else _minted(rotation, name)
    held = minted.held
    made = rotation.state.with_new(id=held.id, account=held.account, fingerprint=minted.secret.fingerprint)
    rotation.keep(made.after(Step.MINTED))
    _works(rotation, minted.secret)
    _store(rotation, minted.secret)
    _check_targets(rotation)
    rotation.did(Step.PROVEN)


def _minted(rotation: Rotation, name: str) -> Minted:
    state = rotation.state
    minted = rotation.issuer.mint(state.old, Wish(state.way, name, state.scopes, state.expires_in))
    rotation.talk.tell("rotate.minted", name=name, id=minted.held.id)
    return minted


def _by_hand(rotation: Rotation, name: str) -> Minted:
    """Let the user make the key on the provider's page, and take it unseen."""
    rotation.talk.tell("rotate.by-hand", name=name, place=rotation.state.old.place_name or rotation.state.old.place)
    rotation.talk.show(rotation.issuer.console)
    secret = rotation.talk.paste("rotate.paste-new")
    if secret is None:
        raise StoppedError("no new key was given", "make it on the provider's page, and paste it when you are asked")
    if secret.fingerprint == rotation.state.fingerprint:
        raise StoppedError("that is the old key", "make a new one")
    found = rotation.issuer.find(secret)
    return Minted(found[0] if len(found) == 1 else replace(rotation.state.old, id="", name=name), secret)


def _works(rotation: Rotation, secret: Secret) -> None:
    """See the new key work before anything depends on it."""
    if not rotation.proof.possible:
        if not rotation.talk.confirm("rotate.ask-works"):
            raise StoppedError("the new key is not known to work, and is nowhere yet")
        return

    def waiting(_check: object) -> None:
        rotation.talk.tell("rotate.works-waiting")

    check = rotation.proof.until(secret, lambda each: each.state is not Live.REVOKED, WORKS_WITHIN, waiting)
    if not check.state.alive:
        raise StoppedError(
            f"the new key is not known to work ({check.why}); it is put nowhere, the old one is as it was"
        )
    rotation.talk.tell("rotate.works", why=check.why)


def _store(rotation: Rotation, secret: Secret) -> None:
    for target in rotation.targets:
        touched = rotation.state.attempts[-1].touched
        rotation.keep(rotation.state.with_new(touched=(*touched, target.spec)))
        try:
            target.put(secret, _known(rotation.state))
        except NotStoredError as error:
            doubtful = rotation.state.attempts[-1].doubtful
            failed = {"touched": touched} if error.surely else {"doubtful": (*doubtful, target.spec)}
            rotation.keep(rotation.state.with_new(**failed))
            raise
        rotation.talk.tell("rotate.stored", target=target.spec)
    rotation.did(Step.STORED)


def _check_targets(rotation: Rotation) -> None:
    new = rotation.state.new
    for target in rotation.targets:
        if new and new.fingerprint and target.holds(new.fingerprint) is False:
            raise StoppedError(f"{target.spec} does not hold the new key; the old one is untouched", AGAIN)


def _sweep(rotation: Rotation, attempts: Sequence[Attempt]) -> None:
    """Delete the keys of attempts that came to nothing, which no target holds any more; not what the user has made."""
    for attempt in (each for each in attempts if not each.by_hand):
        for made in rotation.issuer.made(rotation.state.old, attempt):
            rotation.issuer.discard(made, attempt)
            rotation.talk.tell("rotate.swept", name=attempt.name)
        kept = tuple(each for each in rotation.state.attempts if each.name != attempt.name)
        rotation.keep(replace(rotation.state, attempts=kept))


def _known(state: State) -> Collection[str]:
    """Return the fingerprints that a target may hold: of the old key, and of those that an attempt has put there."""
    return {state.fingerprint, *(each.fingerprint for each in state.attempts if each.fingerprint)}


# ---- the old key -----------------------------------------------------------------------------------------------------


def _delete(rotation: Rotation) -> None:
    """Delete the old key, after one more look at whether the new one is where it has to be."""
    state = rotation.state
    if state.did(Step.DELETED):
        return
    if not state.revoke_first:
        _check_new(rotation)
    if rotation.issuer.has(state.old) is False:
        rotation.talk.tell("rotate.gone")
    else:
        question = "rotate.ask-revoke-first" if state.revoke_first else "rotate.ask-delete"
        if not rotation.talk.confirm(question, key=state.masked, id=state.old.id):
            raise StoppedError("the old key was not deleted: it still works for whoever has it")
        rotation.issuer.delete(state.old)
        rotation.talk.tell("rotate.deleted", id=state.old.id)
    rotation.did(Step.DELETED)


def _check_new(rotation: Rotation) -> None:
    new = rotation.state.new
    if new is None:  # made and put in place by hand
        return
    try:
        _check_targets(rotation)
        if new.id and rotation.issuer.has(replace(rotation.state.old, id=new.id, account=new.account)) is False:
            raise StoppedError("the new key is not there any more; the old one is untouched", AGAIN)
    except StoppedError:
        rotation.keep(rotation.state.before(Step.PROVEN, Step.DEPLOYED))
        raise


def _dead(rotation: Rotation) -> None:
    """Ask with the old key until it is refused: only that proves that it is dead."""
    if rotation.state.did(Step.DEAD):
        return
    if not rotation.proof.possible:
        rotation.talk.tell("rotate.dead-unproven")
        proof = "the provider's answer to the deletion"
    else:
        proof = _refused(rotation, _old_secret(rotation))
        rotation.talk.tell("rotate.dead", why=proof)
    rotation.keep(replace(rotation.state, proof=proof).after(Step.DEAD))


def _old_secret(rotation: Rotation) -> Secret:
    if rotation.secret is None:
        given = rotation.talk.paste("rotate.paste-old", key=rotation.state.masked)
        if given is None or given.fingerprint != rotation.state.fingerprint:
            raise StoppedError(
                "the old key is deleted, but was not seen dead: it is nowhere here any more to ask with",
                f"give it once more on standard input: keyguard rotate {rotation.state.fingerprint} --stdin",
            )
        rotation.secret = given
    return rotation.secret


def _refused(rotation: Rotation, secret: Secret) -> str:
    def waiting(check: object) -> None:
        rotation.talk.tell("rotate.dead-waiting", why=getattr(check, "why", ""))

    check = rotation.proof.until(secret, lambda each: each.state is Live.REVOKED, rotation.wait, waiting)
    if check.state is not Live.REVOKED:
        rotation.keep(rotation.state.before(Step.DELETED))  # looked at anew: a list that lacked it may have been wrong
        raise StoppedError(
            f"the old key is deleted, but its death was not seen within {rotation.wait:.0f} s ({check.why})",
            "providers take minutes at times; going on looks again whether it is there, and asks again",
        )
    return check.why


def _record(rotation: Rotation) -> None:
    if not rotation.state.did(Step.RECORDED):
        rotation.recorder(rotation.state)  # a second time after a crash does no harm, never would
        rotation.did(Step.RECORDED)
