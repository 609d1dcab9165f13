"""`keyguard fleet` as people call it: what it says, how it ends, and that a killed process costs nothing."""

from __future__ import annotations

import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keyguard.cli import fleet_progress
from keyguard.reporting.terminal import display_width
from tests.conftest import PROJECT, RunKeyguard
from tests.fleet.fleets import TheFleet, without_times
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(21))


@pytest.fixture
def fleet(tmp_path: Path) -> TheFleet:
    folder = tmp_path / "fleet"
    folder.mkdir(mode=0o700)
    return TheFleet(folder)


@pytest.fixture
def repos(tmp_path: Path) -> list[Path]:
    made = []
    for number in range(3):
        repo = Repo(tmp_path / "all" / f"r{number}")
        repo.save("a.env", f"K={KEY}\n" if number else "K=1\n")
        made.append(repo.top)
    return made


def test_a_scan_and_its_reports(run_here: RunKeyguard, repos: list[Path], tmp_path: Path):
    listed = "\n".join(map(str, repos)).encode()
    ran = run_here("fleet", "scan", "--progress", "jsonl", "--output", f"json={tmp_path}/a.json", stdin=listed)
    assert ran.code == 1
    assert "1 key in 2 of 3 repositories: 1 new" in ran.stdout
    events = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [each["event"] for each in events if each["event"] != "given"] == [
        "begun",
        "checked",
        *["ended"] * 3,
        "over",
    ]
    assert all(KEY not in text for text in (ran.stdout, ran.stderr))
    again = run_here("fleet", "scan", str(tmp_path / "all"), "--format", "json")
    assert (again.code, again.stderr) == (1, "")
    whole = json.loads(again.stdout)
    assert whole["findings"][0]["fleet"]["new"] is False
    report = run_here("fleet", "report", "--format", "json")
    assert json.loads(report.stdout)["findings"] == whole["findings"]
    assert report.code == 1
    only_new = run_here("fleet", "report", "--only", "new", "--by", "age")
    assert only_new.code == 1
    assert "kg1" not in only_new.stdout
    chinese = run_here("fleet", "report", "--lang", "zh", "--only", "live")
    assert "3 个仓库" in chinese.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_columns_of_a_table_stand_below_each_other(run_here: RunKeyguard, repos: list[Path], lang: str):
    lines = run_here("fleet", "scan", *map(str, repos), "--lang", lang).stdout.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  "))
    ends = [display_width(line) for line in lines[first : lines.index("", first)]]
    assert len(ends) > 1
    assert set(ends) == {ends[0]}


def test_a_fleet_without_keys_is_clean(run_here: RunKeyguard, repos: list[Path]):
    ran = run_here("fleet", "scan", str(repos[0]), "--jobs", "1")
    assert ran.code == 0
    assert "No key in 1 repository" in ran.stdout
    assert run_here("fleet", "report").code == 0


def test_what_was_not_read_is_3_unless_it_may_be(run_here: RunKeyguard, repos: list[Path], tmp_path: Path):
    given = ["fleet", "scan", str(repos[0]), str(tmp_path / "gone"), "--jobs", "1"]
    ran = run_here(*given)
    assert ran.code == 3
    assert f"{tmp_path}/gone: not read: it does not exist" in ran.stderr
    assert run_here(*given, "--allow-incomplete").code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "no repositories are named"),
        (["/nowhere/at/all"], "/nowhere/at/all: it does not exist"),
        (["."], "it is no repository, and none is below it"),
        (["ext::sh -c id"], "ext:: is no transport that is allowed"),
        (["http://a.example/b"], "http:// is no transport that is allowed"),
        (["--resume"], "there is no run that did not come to its end"),
        (["--scheduler", "head:8786", "REPO"], "head:8786 is not the address of a Dask scheduler"),
        (["--scheduler", "tcp://h:1", "--jobs", "2", "REPO"], "--jobs counts processes of this machine"),
        (["--jobs", "0", "REPO"], "at least 1"),
        (["--db", "/proc/none.db", "REPO"], "results cannot be kept in /proc/none.db"),
        (["--db", ".", "REPO"], "is no file that results can be kept in"),
        (["--cache", "/proc/none", "REPO"], "nothing can be kept in /proc/none"),
        (["--progress", "table", "REPO"], "a live table needs a terminal"),
        (["--config", "none.toml", "REPO"], "none.toml"),
        (["--scheduler", "tcp://h:1", "https://me:x@a.example/b"], "may not go to a scheduler"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    run_here: RunKeyguard, tmp_path: Path, given: list[str], said: str
):
    (tmp_path / "empty").mkdir()
    looks_like_one = tmp_path / "repo"
    (looks_like_one / ".git").mkdir(parents=True)
    ran = run_here(
        "fleet", "scan", *(str(looks_like_one) if each == "REPO" else each for each in given), cwd=tmp_path / "empty"
    )
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) <= 2


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_said_before_anything_is(
    run_here: RunKeyguard, repos: list[Path], monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("distributed", reason="needs the extra: keyguard[fleet]")
    monkeypatch.setattr("keyguard.fleet.pools.CONNECT_SECONDS", 0.2)
    ran = run_here("fleet", "scan", str(repos[0]), "--scheduler", "tcp://127.0.0.1:1")
    assert (ran.code, ran.stdout) == (2, "")
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in ran.stderr
    assert "there are no results" in run_here("fleet", "report").stderr


def test_the_scheduler_of_the_environment_is_used(run_here: RunKeyguard, repos: list[Path]):
    ran = run_here("fleet", "scan", str(repos[0]), environ={"DASK_SCHEDULER_ADDRESS": "head:8786"})
    assert ran.code == 2
    assert "head:8786 is not the address of a Dask scheduler" in ran.stderr


def test_a_report_without_results(run_here: RunKeyguard):
    ran = run_here("fleet", "report")
    assert ran.code == 2
    assert "keyguard fleet scan makes them" in ran.stderr


def test_a_locked_file_says_who_has_it(run_here: RunKeyguard, repos: list[Path], tmp_path: Path):
    from keyguard.fleet.store import Store

    with Store(tmp_path / "x.db") as store:
        store.lock()
        ran = run_here("fleet", "scan", str(repos[0]), "--db", str(tmp_path / "x.db"))
    assert ran.code == 2
    assert f"another run (process {os.getpid()}) is writing to" in ran.stderr


def test_the_live_table_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    from rich.console import Console

    from keyguard.fleet.jobs import Ended, Outcome, Task
    from keyguard.language import Language

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shown = fleet_progress.observer("auto", Language.EN)
    assert isinstance(shown, fleet_progress.LiveTable)
    shown.begun(1, 4)
    shown.checked(1, 3)
    for name in ("a", "b\x1b[2J", "c"):
        shown.given(name, Task.SCAN)
    shown.split("c", 9)
    shown.ended(Outcome("a", Ended.READ, record={"findings": [{}, {}], "unread": []}), 1)
    shown.ended(Outcome("b\x1b[2J", Ended.FAILED, why="it is broken"), 3)
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(shown._table())
    text = console.export_text()
    assert "3 of 4 repositories, 2 keys, 1 not read" in text
    assert "NOT READ" in text
    assert "in parts" in text
    assert "\x1b[2J" not in text


def test_a_killed_run_goes_on_where_it_was(fleet: TheFleet, tmp_path: Path):
    for number in range(6):
        repo = Repo(tmp_path / "all" / f"r{number:02}")
        repo.save("a.env", f"K={KEY}\n")
    command = [sys.executable, "-P", "-m", "keyguard", "fleet", "scan", str(tmp_path / "all"), "--progress", "jsonl"]
    process = subprocess.Popen(
        [*command, "--db", str(fleet.db), "--jobs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert process.stderr is not None
    ended = (re.search(rb'"ended".*"worker": "[^"]*:(\d+)"', line) for line in process.stderr)
    worker = next(int(found[1]) for found in ended if found)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    _await_end(worker)
    summary, watched = fleet.scan(resume=True)
    assert (summary.run, summary.unchanged + summary.read) == (1, 6)
    assert 0 < len(watched.outcomes) < 6
    fresh = TheFleet(tmp_path / "fresh")
    fresh.folder.mkdir(mode=0o700)
    fresh.scan(tmp_path / "all")
    ended_as = [(each["name"], each["keys"]) for each in fleet.json()["fleet"]["repositories"]]
    assert ended_as == [(each["name"], each["keys"]) for each in fresh.json()["fleet"]["repositories"]]
    assert without_times(fleet.json()["findings"]) == without_times(fresh.json()["findings"])


def _await_end(process: int) -> None:
    """Wait until a worker is gone, which ends with the process that it worked for."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError(f"worker {process} lives on")
