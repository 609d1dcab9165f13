"""The one file of results, in SQLite: one transaction for each repository that is done, so that no kill costs more.

What a killed process had not committed was never there: the journal is a write-ahead log that is synced with each
transaction. Storing the same outcome twice gives what storing it once gives.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from keyguard.cache import private
from keyguard.errors import SourceError, UsageError
from keyguard.fleet.jobs import Ended, Outcome
from keyguard.fleet.opening import opened, unusable
from keyguard.fleet.records import Record
from keyguard.fleet.targets import Target
from keyguard.fleet.writing import Sought, Writing
from keyguard.model import Live
from keyguard.pipeline.desk import now


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a repository from its last scan, at `read` (ISO 8601); `keys` says whether it holds any.

    `whole` says that all of it was read.
    """

    state: str = ""
    watched: tuple[str, ...] = ()
    rules: str = ""
    ledgers: str = ""
    keys: bool = False
    read: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """One run: a number, and what it was asked for."""

    id: int
    started: str
    rules: str
    settings: Mapping[str, Any]


class Store:
    """An open file of results; of several processes one may write (`lock`)."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self.path = path
        self._lock: int | None = None
        try:
            self._db = opened(path, reading=reading)
        except sqlite3.Error as error:
            raise unusable(path, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        if self._lock is not None:
            os.close(self._lock)

    def lock(self) -> None:
        """Be the one that writes, until this process ends; raises `UsageError` where another one is."""
        beside = self.path.with_name(f"{self.path.name}.lock")
        try:
            self._lock = private.hold(beside)
            os.ftruncate(self._lock, 0)
            os.write(self._lock, f"{os.getpid()}\n".encode())
        except BlockingIOError:
            by = (private.read(beside) or b"")[:32].decode("ascii", "replace").strip() or "?"
            raise UsageError(
                f"another run (process {by}) is writing to {self.path}", "wait until it has ended, or name another --db"
            ) from None
        except OSError as error:
            raise UsageError(f"{beside} cannot be made: {error.strerror}", "name a --db where you may write") from None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            room = "what is in it stays good: make room, then keyguard fleet scan --resume goes on"
            mend = room if _is_full(error) else f"name another file with --db; {self.path} may be damaged"
            raise SourceError(f"{self.path} takes no more results: {error}", mend) from None

    def begin(self, rules: str, settings: Mapping[str, Any], version: str, targets: Iterable[Target]) -> Run:
        """Begin a run on these repositories."""
        started = now()
        with self._writing() as db:
            row = db.execute(
                "INSERT INTO runs (started, rules, settings, version) VALUES (?, ?, ?, ?) RETURNING id",
                (started, rules, json.dumps(settings), version),
            ).fetchone()
            self._aim(db, row[0], targets)
        return Run(row[0], started, rules, settings)

    def aim(self, run: Run, targets: Iterable[Target]) -> None:
        """Add repositories to a run."""
        with self._writing() as db:
            self._aim(db, run.id, targets)

    def _aim(self, db: sqlite3.Connection, run: int, targets: Iterable[Target]) -> None:
        for each in targets:
            db.execute(
                "INSERT INTO repositories (name, path, address, state, read, whole, watched, rules, ledgers)"
                " VALUES (?, ?, ?, '', '', 0, '[]', '', '') ON CONFLICT (name) DO UPDATE"
                " SET path = excluded.path, address = excluded.address",
                (each.name, json.dumps(each.path), json.dumps(each.shown)),
            )
            db.execute("INSERT OR IGNORE INTO targets SELECT ?, id FROM repositories WHERE name = ?", (run, each.name))

    def unfinished(self) -> Run | None:
        """Return the last run, if it did not come to its end."""
        rows = self.rows("SELECT id, started, rules, settings, ended FROM runs ORDER BY id DESC LIMIT 1")
        return next((Run(row[0], row[1], row[2], json.loads(row[3])) for row in rows if row[4] is None), None)

    def targets(self, run: Run) -> list[Target]:
        """Return the repositories of a run, without what was none; an address that had a password has none here."""
        rows = self.rows(
            "SELECT name, path, address FROM repositories JOIN targets ON repository = id WHERE run = ? ORDER BY id",
            run.id,
        )
        found = (Target(name, json.loads(path), json.loads(shown), json.loads(shown)) for name, path, shown in rows)
        return [each for each in found if each.path or each.address]

    def done(self, run: Run) -> set[str]:
        """Return the names of the repositories that this run is through with; those that failed are tried again."""
        rows = self.rows(
            "SELECT name FROM repositories JOIN scans ON repository = id WHERE run = ? AND ended != 'failed'", run.id
        )
        return {name for (name,) in rows}

    def known(self) -> dict[str, Before]:
        """Return what is known of every repository."""
        rows = self.rows(
            "SELECT name, state, watched, rules, ledgers, read, whole,"
            " EXISTS (SELECT 1 FROM findings WHERE repository = id AND gone_run IS NULL) FROM repositories"
        )
        return {
            name: Before(state, tuple(json.loads(watched)), rules, ledgers, bool(keys), read, bool(whole))
            for name, state, watched, rules, ledgers, read, whole, keys in rows
        }

    def add(self, run: Run, outcome: Outcome, attempts: int, ledgers: str, sought: Sought) -> None:
        """Store what came of a repository; `sought` says what was looked for."""
        at = now()
        with self._writing() as db:
            (repository,) = db.execute("SELECT id FROM repositories WHERE name = ?", (outcome.name,)).fetchone()
            db.execute(
                "INSERT OR REPLACE INTO scans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (run.id, repository, outcome.ended, at, outcome.seconds, attempts, outcome.worker, outcome.why,
                 outcome.mend),
            )  # fmt: skip
            if outcome.ended is Ended.READ:
                Writing(db, run.id, run.rules, repository, at, sought).read(outcome, ledgers)

    def to_ask(self, run: Run) -> dict[str, list[str]]:
        """Return which open keys are to be looked for in which repositories of a run: each key in one, few in all."""
        rows = self.rows(
            "SELECT name, fingerprint FROM findings f JOIN repositories r ON r.id = f.repository"
            " JOIN targets t ON t.repository = f.repository AND t.run = ?"
            " WHERE gone_run IS NULL AND status IN ('open', 'reappeared') ORDER BY name, position",
            run.id,
        )
        held: dict[str, list[str]] = {}
        for name, key in rows:
            held.setdefault(name, []).append(key)
        asked: set[str] = set()
        chosen: dict[str, list[str]] = {}
        for name in sorted(held, key=lambda each: -len(held[each])):
            new = [key for key in held[name] if key not in asked]
            asked.update(new)
            if new:
                chosen[name] = new
        return chosen

    def answered(self, answers: Iterable[Record]) -> None:
        """Store what providers said of keys; that one is dead is the proof of its revocation."""
        with self._writing() as db:
            for each in answers:
                dead = each["live"] == Live.REVOKED
                proof = f"asked {', '.join(each['hosts'])}: {each['why']}" if dead else None
                db.execute(
                    "UPDATE incidents SET live = ?, live_why = ?, live_hosts = ?, live_at = ?,"
                    " revoked = coalesce(revoked, ?), proof = coalesce(proof, ?) WHERE fingerprint = ?",
                    (each["live"], each["why"], json.dumps(each["hosts"]), each["at"], each["at"] if dead else None,
                     proof, each["fingerprint"]),
                )  # fmt: skip

    def unchanged(self, run: Run, names: Iterable[str]) -> None:
        """Store that these repositories are as they were at their last whole scan."""
        with self._writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO scans SELECT ?, id, 'unchanged', ?, 0, 0, '', '', NULL FROM repositories"
                " WHERE name = ?",
                [(run.id, now(), name) for name in names],
            )

    def end(self, run: Run) -> None:
        """Store that a run has come to its end."""
        with self._writing() as db:
            db.execute("UPDATE runs SET ended = ? WHERE id = ?", (now(), run.id))

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return what a query gives, for a report; raises `SourceError` for a damaged file."""
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise SourceError(f"{self.path} cannot be read: {error}") from None


def _is_full(error: sqlite3.Error) -> bool:
    return any(each in str(error) for each in ("full", "disk I/O", "locked"))
