"""Tells the ledger of incidents that a rotation has ended: the old key is revoked, with the proof, and replaced."""

from __future__ import annotations

from keyguard.git.repository import Repository
from keyguard.incidents.entry import LONGEST_NOTE, fits
from keyguard.model import Done, Event, Finding, Incident
from keyguard.pipeline.desk import Desk, now
from keyguard.rotation.journal import State, Step
from keyguard.rules.catalogue import Catalogue

BY = "keyguard rotate"


def told(state: State, finding: Finding | None, repository: Repository, rules: Catalogue) -> None:
    """Write down what a rotation has done; raises `UsageError` where the ledger cannot be written.

    `finding` is the key where it was found in this repository, if it was: its places are remembered with it.
    """
    done = {Event.REVOKED: _fitting(state.proof, "its provider refuses it")}
    new = (state.new.fingerprint or state.new.id) if state.new else None
    if new:
        placed = f"by {new}, in {', '.join(state.targets) or 'a place of yours'}"
        done[Event.REPLACED] = _fitting(placed, "in its targets")
    if state.did(Step.DEPLOYED) and not state.revoke_first:
        done[Event.CONSUMERS] = "by the word of its user"
    if state.spent:
        done[Event.USAGE] = _fitting(state.spent, "told when the rotation began")
    subject, at = finding or Incident(state.fingerprint, state.rule), now()
    Desk(repository, rules).record_all(subject, {event: Done(at, BY, note) for event, note in done.items()})


def _fitting(text: str, otherwise: str) -> str:
    return text if fits(text, LONGEST_NOTE) else otherwise
