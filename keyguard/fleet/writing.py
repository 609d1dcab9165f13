"""Writes what a scan found of one repository: its keys with their places, and what becomes of their incidents."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from keyguard.fleet.jobs import Outcome
from keyguard.fleet.records import Record
from keyguard.fleet.targets import shown_text

_OWN = ("rule", "provider", "secret", "confidence", "severity", "exposure", "status", "fingerprint")
Sought = Callable[[str, str], bool]
"""Whether a scan looks for keys of a rule and reports those that are so sure."""
_OF_PLACE = ("path", "line", "commit", "author", "date")


@dataclass(frozen=True, slots=True)
class Writing:
    """The writing of one scan, within its transaction."""

    db: sqlite3.Connection
    run: int
    rules: str
    repository: int
    at: str
    sought: Sought

    def read(self, outcome: Outcome, ledgers: str) -> None:
        """Store what a scan found and did not read; what it did not find any more is gone, if it read everything."""
        record = outcome.record
        whole = not record["unread"]
        self.db.execute(
            "UPDATE repositories SET state = ?, read = ?, whole = ?, watched = ?, rules = ?, ledgers = ? WHERE id = ?",
            (outcome.state, self.at, whole, json.dumps(outcome.watched), self.rules, ledgers, self.repository),
        )
        told = (json.dumps(record[name]) for name in ("unread", "opaque", "omitted", "stats"))
        self.db.execute(
            "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.repository, self.run, *told, record["weaker"]),
        )
        found = {each["fingerprint"] for each in record["findings"]}
        for position, finding in enumerate(record["findings"]):
            self._finding(finding, position)
        if whole:  # what could not be read may be where it stands
            self._not_found(found)

    def _not_found(self, found: set[str]) -> None:
        """Let go what was not found any more; of what this scan did not look for, nobody knows that it is gone."""
        before = self.db.execute(
            "SELECT fingerprint, rule, confidence FROM findings WHERE repository = ?"
            " AND (gone_run IS NULL OR fingerprint IN (SELECT fingerprint FROM incidents WHERE gone IS NULL))",
            (self.repository,),
        ).fetchall()
        for key, rule, confidence in before:
            if key in found:
                continue
            self.db.execute(
                "UPDATE findings SET gone_run = ? WHERE repository = ? AND fingerprint = ? AND gone_run IS NULL",
                (self.run, self.repository, key),
            )
            if self.sought(rule, confidence):
                self._perhaps_gone(key)

    def _finding(self, finding: Record, position: int) -> None:
        key = finding["fingerprint"]
        more = {name: value for name, value in finding.items() if name not in (*_OWN, "locations")}
        self.db.execute(
            "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)"
            " ON CONFLICT DO UPDATE SET rule = excluded.rule, provider = excluded.provider, secret = excluded.secret,"
            " confidence = excluded.confidence, severity = excluded.severity, exposure = excluded.exposure,"
            " status = excluded.status, more = excluded.more, last_run = excluded.last_run, gone_run = NULL,"
            " position = excluded.position,"
            " first_run = CASE WHEN gone_run IS NULL THEN first_run ELSE excluded.first_run END",
            (self.repository, key, *(finding[name] for name in _OWN[:-1]), json.dumps(more), self.run, self.run,
             position),
        )  # fmt: skip
        self.db.execute("DELETE FROM places WHERE repository = ? AND fingerprint = ?", (self.repository, key))
        self.db.executemany(
            "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self._place(key, number, each) for number, each in enumerate(finding["locations"])],
        )
        self._incident(finding)

    def _place(self, key: str, number: int, place: Record) -> tuple[object, ...]:
        more = {name: value for name, value in place.items() if name not in (*_OF_PLACE, "where")}
        shown = (shown_text(value) if isinstance(value := place[name], str) else value for name in _OF_PLACE)
        return (self.repository, key, number, place["where"], *shown, json.dumps(more))

    def _incident(self, finding: Record) -> None:
        done = (finding["incident"] or {}).get("revoked") or {}
        self.db.execute(
            "INSERT INTO incidents (fingerprint, rule, secret, detected, since_run, seen, revoked, proof)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET seen = excluded.seen, gone = NULL, gone_run = NULL,"
            " since_run = CASE WHEN gone IS NULL THEN since_run ELSE excluded.since_run END,"
            " revoked = coalesce(excluded.revoked, revoked), proof = coalesce(excluded.proof, proof)",
            (finding["fingerprint"], finding["rule"], finding["secret"], self.at, self.run, self.at,
             done.get("at"), done.get("note")),
        )  # fmt: skip

    def _perhaps_gone(self, key: str) -> None:
        self.db.execute(
            "UPDATE incidents SET gone = ?, gone_run = ? WHERE fingerprint = ? AND NOT EXISTS"
            " (SELECT 1 FROM findings WHERE fingerprint = incidents.fingerprint AND gone_run IS NULL)",
            (self.at, self.run, key),
        )
