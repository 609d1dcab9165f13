"""Carries out a rotation step by step, each kept in the journal before the next, and goes on where one was left.

At no time are both keys gone, unless the user wanted the old one revoked first: the old key is touched only once the
new one works and stands in every target, and after the user's word that it is deployed.
"""

from __future__ import annotations

from keyguard.rotation.new_key import replace_key
from keyguard.rotation.old_key import delete, record, see_dead
from keyguard.rotation.rotation import Rotation


def run(rotation: Rotation) -> None:
    """Do all that is left to do; raises `StoppedError`, or what went wrong, where it ends before that."""
    first, later = (delete, replace_key) if rotation.state.revoke_first else (replace_key, delete)
    for step in (first, later, see_dead, record):
        step(rotation)
