"""Tells the ledger of incidents that a rotation has ended: the old key is revoked, with the proof, and replaced."""

from __future__ import annotations

from keyguard.git.repository import Repository
from keyguard.incidents.entry import LONGEST_NOTE, fits
from keyguard.model import Event, Finding, Incident
from keyguard.pipeline.desk import Desk
from keyguard.rotation.record import Record
from keyguard.rules.catalogue import Catalogue

BY = "keyguard rotate"


def told(record: Record, finding: Finding | None, repository: Repository, rules: Catalogue) -> None:
    """Write down what a rotation has done; raises `UsageError` where the ledger cannot be written.

    `finding` is the key where it was found in this repository, if it was: its places are remembered with it.
    """
    desk = Desk(repository, rules)
    subject = finding or Incident(record.fingerprint, record.rule)
    desk.record(subject, Event.REVOKED, by=BY, note=_fitting(record.proof, "its provider refuses it"))
    if record.new_id or record.new_fingerprint:
        placed = f"by {record.new_fingerprint or record.new_id}, in {', '.join(record.targets) or 'a place of yours'}"
        desk.record(subject, Event.REPLACED, by=BY, note=_fitting(placed, "in its targets"))


def _fitting(text: str, otherwise: str) -> str:
    return text if fits(text, LONGEST_NOTE) else otherwise
