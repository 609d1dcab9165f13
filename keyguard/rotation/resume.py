"""Settles from what state a rotation goes on that was begun before, where something is wanted otherwise now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.remediation.quoting import shell
from keyguard.rotation.begin import Wanted, checked
from keyguard.rotation.issuers.issuer import Issuer
from keyguard.rotation.journal import State, Step
from keyguard.rotation.talk import Talk


def resumed(state: State, wanted: Wanted, connect: Callable[[], Issuer], talk: Talk) -> State:
    """Return the state to go on from; raises `UsageError` for what cannot be had any more.

    Other targets are taken, and another way to make the new key, until that is in place; the old key can be revoked
    first until it is deleted. All else stays as it was begun.
    """
    if not state.did(Step.PROVEN) and state.folder != str(Path.cwd()):
        raise UsageError("this rotation was begun in another folder", f"go on there: cd {shell(state.folder)}")
    for option, given, kept in (
        ("--key-id", wanted.key_id, state.old.id),
        ("--scope", wanted.scopes, state.scopes),
        ("--expires-in", wanted.expires_in, state.expires_in),
    ):
        if given and given != kept:
            raise UsageError(f"this rotation was begun with another {option}", f"go on without {option}")
    return _with_targets(_with_way(state, wanted, connect), wanted, talk)


def _with_way(state: State, wanted: Wanted, connect: Callable[[], Issuer]) -> State:
    first = state.revoke_first or (wanted.revoke_first and not state.did(Step.DELETED))
    way = wanted.way or state.way
    if state.did(Step.PROVEN) or (first, way) == (state.revoke_first, state.way):
        return replace(state, revoke_first=first)
    ways = connect().ways(state.old, gone=first)
    if wanted.way and way not in ways:
        raise UsageError(f"a new key of this kind cannot be made by {way}", f"one of: {', '.join(ways)}")
    return replace(state, revoke_first=first, way=way if way in ways else ways[0])


def _with_targets(state: State, wanted: Wanted, talk: Talk) -> State:
    specs = tuple(each.spec for each in wanted.targets)
    if not specs or specs == state.targets:
        return state
    if state.did(Step.PROVEN):
        hint = f"leave out --into; it goes to {', '.join(state.targets) or 'where you put it by hand'}"
        raise UsageError("the new key is in place already, by other targets", hint)
    held = {spec for each in state.attempts for spec in each.touched if spec not in each.doubtful}
    for spec in sorted(held.difference(specs)):
        raise UsageError("a target of before may hold a new key that is not kept", f"name it again: --into {spec}")
    known = {state.fingerprint, *(each.fingerprint for each in state.attempts if each.fingerprint)}
    checked(wanted.targets, known, talk)
    return replace(state, targets=specs)
