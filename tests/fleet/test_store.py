"""The file of results: what it refuses, and that no kill and no repetition changes what it says."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keyguard.errors import SourceError, UsageError
from keyguard.fleet.opening import VERSION
from keyguard.fleet.store import Run, Store
from tests.conftest import PROJECT
from tests.fleet.fleets import TheFleet, without_times
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(11))


@pytest.fixture
def scanned(fleet: TheFleet, tmp_path: Path) -> TheFleet:
    repo = Repo(tmp_path / "repo")
    repo.save("a.env", f"K={KEY}\n")
    fleet.scan(repo.top)
    return fleet


def test_a_newer_schema_is_refused(scanned: TheFleet):
    with sqlite3.connect(scanned.db) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    for reading in (True, False):
        with pytest.raises(UsageError, match="newer KeyGuard"):
            Store(scanned.db, reading=reading)


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be looked at" * 20])
def test_what_is_no_file_of_results_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "x.db"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        Store(path, reading=True)


def test_the_database_of_somebody_else_is_refused(tmp_path: Path):
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE a (b)")
    db.close()
    before = path.read_bytes()
    for reading in (True, False):
        with pytest.raises(UsageError, match="not a file of keyguard fleet"):
            Store(path, reading=reading)
    assert path.read_bytes() == before


def test_nothing_is_followed_or_made_where_it_does_not_belong(tmp_path: Path):
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    for path in (tmp_path / "link.db", tmp_path, tmp_path / "none" / "x.db"):
        with pytest.raises(UsageError):
            Store(path)
    with pytest.raises(UsageError, match="no results"):
        Store(tmp_path / "missing.db", reading=True)
    assert not (tmp_path / "missing.db").exists()


def test_only_its_owner_may_read_it(scanned: TheFleet):
    modes = {each.name: each.stat().st_mode & 0o777 for each in scanned.folder.glob("fleet.db*")}
    assert set(modes.values()) == {0o600}


def test_a_damaged_file_is_not_said_to_be_full(scanned: TheFleet, tmp_path: Path):
    with sqlite3.connect(scanned.db) as db:
        db.execute("DROP TABLE targets")
    db.close()
    with pytest.raises(SourceError, match="no such table") as told:
        scanned.scan(tmp_path / "repo")
    assert "--db" in (told.value.hint or "")


def test_one_run_at_a_time(scanned: TheFleet):
    with Store(scanned.db) as first, Store(scanned.db) as second:
        first.lock()
        with pytest.raises(UsageError, match=f"process {os.getpid()}"):
            second.lock()
    with Store(scanned.db) as third:
        third.lock()


def test_a_report_can_be_read_while_a_run_writes(scanned: TheFleet):
    with Store(scanned.db) as store:
        store.lock()
        with store._writing() as db:
            db.execute("DELETE FROM places")
            assert len(scanned.json()["findings"][0]["locations"]) == 1


def test_an_outcome_stored_again_is_as_stored_once(fleet: TheFleet, tmp_path: Path):
    repo = Repo(tmp_path / "repo")
    repo.save("a.env", f"K={KEY}\n")
    _, watched = fleet.scan(repo.top)
    before = without_times(fleet.json())
    with Store(fleet.db) as store:
        for _ in range(2):
            store.add(Run(1, "", "", {}), watched.outcomes[0], 1, "", lambda rule, confidence: True)
    assert without_times(fleet.json()) == before


def test_a_full_disk_is_told_and_costs_nothing_that_was_there(scanned: TheFleet):
    before = without_times(scanned.json())
    with Store(scanned.db) as store:
        (size,) = store._db.execute("PRAGMA page_count").fetchone()
        store._db.execute(f"PRAGMA max_page_count = {size}")
        with pytest.raises(SourceError, match="no more results") as told:
            store.begin("r" * 100_000, {}, "0", [])
        assert "--resume" in (told.value.hint or "")
    assert without_times(scanned.json()) == before


KILLED = """
import sys
from pathlib import Path
from keyguard.fleet.jobs import Ended, Outcome
from keyguard.fleet.store import Store
from keyguard.fleet.targets import Target
place = {"where": "blob", "path": "a", "member": None, "cell": None, "output": None, "line": 1, "column": 1,
         "end_line": 1, "end_column": 9, "commit": None, "blob": "b", "author": None, "date": None, "refs": []}
finding = {"rule": "r", "provider": "p", "title": "t", "confidence": "high", "severity": "high", "secret": "s",
           "exposure": "pushed", "evidence": [], "candidates": [], "decoded_via": [], "status": "open",
           "incident": None, "locations": [place] * 50}
with Store(Path(sys.argv[1])) as store:
    store.lock()
    run = store.begin("rules", {}, "0", [Target(f"r{number}", f"/{number}") for number in range(5000)])
    for number in range(5000):
        found = [{**finding, "fingerprint": f"kg1-{number:032x}"}, {**finding, "fingerprint": "kg1-" + "f" * 32}]
        record = {"findings": found, "unread": [], "opaque": [], "omitted": [], "stats": {}, "weaker": 0}
        outcome = Outcome(f"r{number}", Ended.READ, state="s", record=record)
        store.add(run, outcome, 1, "", lambda rule, confidence: True)
        print(number, flush=True)
"""


def test_a_kill_leaves_whole_repositories(tmp_path: Path):
    path = tmp_path / "x.db"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(20)]
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    done = len([each for each in said if each.endswith(b"\n")])
    with Store(path) as store:
        store.lock()  # the lock of the dead one is gone
        (scans,) = store.rows("SELECT count(*) FROM scans")[0]
        assert scans in (done, done + 1)
        assert store.rows("SELECT count(*) FROM findings")[0][0] == 2 * scans
        assert store.rows("SELECT count(*) FROM places")[0][0] == 100 * scans
        assert store.rows("SELECT count(*) FROM incidents")[0][0] == scans + 1
        assert store.rows("PRAGMA integrity_check") == [("ok",)]
        run = store.unfinished()
        assert run is not None
        assert len(store.done(run)) == scans
