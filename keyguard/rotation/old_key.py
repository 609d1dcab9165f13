"""Ends the old key of a rotation, after one more look at the new one, and asks until it is refused."""

from __future__ import annotations

from dataclasses import replace

from keyguard.model import Live, Secret
from keyguard.rotation.journal import Step
from keyguard.rotation.rotation import AGAIN, Rotation, StoppedError, check_targets


def delete(rotation: Rotation) -> None:
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
        check_targets(rotation)
        if new.id and rotation.issuer.has(replace(rotation.state.old, id=new.id, account=new.account)) is False:
            raise StoppedError("the new key is not there any more; the old one is untouched", AGAIN)
    except StoppedError:
        rotation.keep(rotation.state.before(Step.PROVEN, Step.DEPLOYED))
        raise


def see_dead(rotation: Rotation) -> None:
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


def record(rotation: Rotation) -> None:
    """Have what has been done written down where it is kept for good."""
    if not rotation.state.did(Step.RECORDED):
        rotation.recorder(rotation.state)  # a second time after a crash does no harm, never would
        rotation.did(Step.RECORDED)
