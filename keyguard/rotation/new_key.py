"""Makes the new key of a rotation, sees it work, puts it into every target, and waits until it is deployed.

What an attempt may have made is known by its name, which is kept before it is asked for.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace

from keyguard.model import Live, Secret
from keyguard.rotation.journal import Attempt, State, Step
from keyguard.rotation.proof import WORKS_WITHIN
from keyguard.rotation.rotation import Rotation, StoppedError, check_targets
from keyguard.rotation.targets.target import NotStoredError
from keyguard.rotation.values import Minted, Way, Wish


def replace_key(rotation: Rotation) -> None:
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
    check_targets(rotation)
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


def _sweep(rotation: Rotation, attempts: Sequence[Attempt]) -> None:
    """Delete the keys of attempts that came to nothing, which no target holds any more; not what the user has made."""
    for attempt in (each for each in attempts if not each.by_hand):
        found = rotation.issuer.made(rotation.state.old, attempt)
        if found is None:
            rotation.talk.tell("rotate.maybe-made", name=attempt.name)
            rotation.talk.show(rotation.issuer.console)
        for made in found or ():
            rotation.issuer.discard(made, attempt)
            rotation.talk.tell("rotate.swept", name=attempt.name)
        kept = tuple(each for each in rotation.state.attempts if each.name != attempt.name)
        rotation.keep(replace(rotation.state, attempts=kept))


def _known(state: State) -> Collection[str]:
    """Return the fingerprints that a target may hold: of the old key, and of those that an attempt has put there."""
    return {state.fingerprint, *(each.fingerprint for each in state.attempts if each.fingerprint)}
