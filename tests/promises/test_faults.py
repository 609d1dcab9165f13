"""Whatever goes wrong around a scan, its verdict is right or says that it is incomplete: never a false "clean"."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from keyguard import cache
from keyguard.git import patience, runner
from keyguard.pipeline import workers
from tests.conftest import Copied, Ran, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(21))
GIT = shutil.which("git")
COMMANDS = ("rev-parse", "ls-files", "diff-index", "rev-list", "cat-file", "for-each-ref", "diff-tree", "config")


@pytest.fixture
def leaky(copied: Copied) -> Repo:
    """A key in an old commit, one in the index, and one in the work tree."""
    return copied(leak)


def leak(repo: Repo) -> None:
    for number in range(12):
        repo.save("a.txt", f"text {number}\n" * 9)
    repo.save("b.txt", f"OPENAI_API_KEY={KEY}\n")
    repo.git("repack", "-adq")
    repo.write("c.txt", f"OPENAI_API_KEY={keys.project_key(random.Random(22))}\n")
    repo.stage("c.txt")
    repo.write("d.txt", f"OPENAI_API_KEY={keys.project_key(random.Random(23))}\n")


def faulty_git(folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, fault: str) -> None:
    """Put a program before git that fails in this way at this command, and is git otherwise."""
    folder.mkdir()
    script = f'#!/bin/sh\ncase " $* " in *" {command} "*) {fault};; esac\nexec {GIT} "$@"\n'
    (folder / "git").write_text(script)
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("fault", ["kill -9 $$", f'{GIT} "$@" | head -c 150; kill -9 $$'], ids=["at once", "half way"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_git_that_is_killed(
    leaky: Repo, tmp_path: Path, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, command: str, fault: str
):
    faulty_git(tmp_path / "bin", monkeypatch, command, fault)
    for source in (["--worktree"], ["--staged"], ["--history"], ["--range", "HEAD~2..HEAD"]):
        ran = run_here("scan", *source, "--format=json", cwd=leaky.top)
        report = json.loads(ran.stdout) if ran.stdout else {"findings": [], "complete": False}
        assert (ran.code, source) in ((1, source), (3, source)), ran.stderr
        assert report["findings"] or not report["complete"]
        assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "fault", ["kill -STOP $$", f'{GIT} "$@" | head -c 150; kill -STOP $$'], ids=["at once", "half way"]
)
@pytest.mark.parametrize("command", ["rev-list", "cat-file", "diff-tree", "for-each-ref"])
def test_a_git_that_stands_still(
    leaky: Repo, tmp_path: Path, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, command: str, fault: str
):
    """As one does that waits for a pipe, or for a disk that is gone."""
    faulty_git(tmp_path / "bin", monkeypatch, command, fault)
    monkeypatch.setattr(runner, "QUERY_SECONDS", 0.3)
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    for source in (["--staged"], ["--history"], ["--range", "HEAD~2..HEAD"]):
        ran = run_here("scan", *source, "--format=json", cwd=leaky.top)
        report = json.loads(ran.stdout) if ran.stdout else {"findings": [], "complete": False}
        assert (ran.code, source) in ((1, source), (3, source)), ran.stderr
        assert report["findings"] or not report["complete"]
        assert "Traceback" not in ran.stderr


def test_a_system_that_takes_no_byte(leaky: Repo, installed_python: str, tmp_path: Path):
    """No file may grow: what a full disk, a quota or a read-only home looks like to whoever writes."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "from keyguard.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [installed_python, "-P", "-B", "-c", program, *arguments]
        return subprocess.run(command, cwd=leaky.top, capture_output=True, text=True, check=False)

    ran = run("scan", "--worktree", "--history")
    assert (ran.returncode, "3 keys found" in ran.stdout) == (1, True), ran.stderr
    report = tmp_path / "report"
    report.write_text("precious")
    ran = run("scan", "--output", f"json={report}")
    assert (ran.returncode, report.read_text()) == (3, "precious")
    assert [path.name for path in tmp_path.iterdir() if "report" in path.name] == ["report"]


def test_a_home_in_which_nothing_can_be_made(leaky: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, "/proc/self")
    assert run_here("scan", "--history", cwd=leaky.top).code == 1
    assert run_here("hook", "run", "--type", "pre-commit").code == 1
    monkeypatch.delenv("HOME")
    assert run_here("scan", "--history").code == 1


@pytest.mark.parametrize("paths", [["a.txt"], ["d.txt"]], ids=["of a clean scan", "of a key"])
def test_a_reader_that_goes_away(leaky: Repo, installed_python: str, paths: list[str]):
    command = [installed_python, "-P", "-m", "keyguard", "scan", "--format", "jsonl", *paths]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=leaky.top, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (3, b"")


@pytest.mark.parametrize("error", [MemoryError, OSError, RecursionError])
def test_a_worker_without_memory(leaky: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, error: type):
    """What a process had to read that ends so is read by git."""
    parent, whole = os.getpid(), workers.share

    def share(*given: Any) -> Any:
        if os.getpid() != parent:
            raise error
        return whole(*given)

    monkeypatch.setattr(workers, "ALONE", 0)
    monkeypatch.setattr(workers, "share", share)
    ran = run_here("scan", "--history", "--jobs=2", "--format=json", cwd=leaky.top)
    report = json.loads(ran.stdout)
    assert (ran.code, report["complete"], len(report["findings"])) == (1, True, 2)


def test_a_process_without_memory_gives_no_verdict(leaky: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    def detect(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("keyguard.detection.engine.Engine.detect", detect)
    ran = run_here("scan", cwd=leaky.top)
    assert (ran.code, ran.stdout) == (3, "")
    assert "there is no verdict" in ran.stderr


def test_more_different_keys_than_are_kept(leaky: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("keyguard.pipeline.scan.MOST_SECRETS", 2)
    report = json.loads(run_here("scan", "--worktree", "--format=json", cwd=leaky.top).stdout)
    assert (report["complete"], len(report["findings"])) == (False, 2)
    assert [each["why"] for each in report["incomplete"]] == ["there are more than 100000 different keys"]


def test_a_clock_that_jumps(leaky: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    times = iter(random.Random(1).choices([0.0, -5.0, 1.7e9, 4.2e9, 1e11], k=100_000))
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, lambda: next(times))
    report = json.loads(run_here("scan", "--worktree", "--history", "--format=json", cwd=leaky.top).stdout)
    assert (report["complete"], len(report["findings"])) == (True, 3)


def test_several_runs_share_a_cache(leaky: Repo, installed_python: str, run_here: RunKeyguard):
    command = [installed_python, "-P", "-m", "keyguard", "scan", "--history", "--format=json"]
    started = [
        subprocess.Popen(command, cwd=leaky.top, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(2)
    ]
    assert [len(json.loads(each.communicate()[0])["findings"]) for each in started] == [2, 2]
    assert run_here("scan", "--history", cwd=leaky.top).code == 1


def test_a_cache_that_is_written_and_read_at_once_is_whole_or_not_there():
    texts = [bytes([number]) * 100_000 for number in range(4)]

    def keep(text: bytes) -> None:
        for _ in range(30):
            cache.write("kind-a", text)

    writers = [threading.Thread(target=keep, args=(text,)) for text in texts]
    for each in writers:
        each.start()
    while any(each.is_alive() for each in writers):
        assert cache.read("kind-a") in (None, *texts)
    assert cache.read("kind-a") in texts


def locations(ran: Ran) -> list[tuple[str, object]]:
    return [(each["fingerprint"], each["locations"]) for each in json.loads(ran.stdout)["findings"]]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_cache_whose_writing_was_interrupted(leaky: Repo, run_here: RunKeyguard, share: float):
    before = run_here("scan", "--history", "--format=json", cwd=leaky.top)
    (file,) = (Path(os.environ["XDG_CACHE_HOME"]) / "keyguard").glob("history-*")
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    file.with_name(f"{file.name}.0.part").write_bytes(data)
    after = run_here("scan", "--history", "--format=json")
    assert json.loads(after.stdout)["stats"]["remembered"] == 0
    assert locations(after) == locations(before)
