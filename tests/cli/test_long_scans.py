"""What a scan does besides its verdict: progress, an interrupt, several processes, and what it keeps for the next."""

from __future__ import annotations

import json
import os
import pty
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(keys.fresh())
INTERRUPTED = """
import os, signal
from keyguard.sources.files import FileReader
read, seen = FileReader.read, []
def once(self, *given):
    seen.append(given)
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    return read(self, *given)
FileReader.read = once
"""
IMPATIENT = """
import keyguard.cli.progress as progress
progress.SECONDS = progress.STEP = 0.0
import keyguard.pipeline.workers as workers
workers.TOLD = 1
"""


def run_changed(program: str, *arguments: str, cwd: Path, stderr: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """The command line in a process in which something was changed before."""
    program += "import sys; from keyguard.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-P", "-c", program, *arguments]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=stderr)


@pytest.fixture(autouse=True)
def as_installed(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(installed))


@pytest.fixture
def leaky(repo: Repo) -> Repo:
    repo.save("a.env", f"OPENAI_API_KEY={KEY}\n")
    for number in range(4):
        repo.save("b.txt", f"version {number}\n")
    repo.git("repack", "-adq")
    return repo


def test_an_interrupt_ends_with_what_was_found_so_far(repo: Repo) -> None:
    for name in "abc":
        repo.write(f"{name}.env", f"OPENAI_API_KEY={keys.project_key(keys.fresh())}\n" + "a line\n" * 240_000)
    process = run_changed(INTERRUPTED, "scan", cwd=repo.top)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"1 key found" in out
    assert b"the scan was interrupted" in out
    assert err == b""


def test_progress_is_for_a_terminal(leaky: Repo) -> None:
    ours, theirs = pty.openpty()
    process = run_changed(IMPATIENT, "scan", "--worktree", "--history", cwd=leaky.top, stderr=theirs)
    process.communicate(timeout=60)
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert b"Reading: 2 files, " in shown
    assert b" of 15 objects, " in shown
    assert shown.endswith(b"\r\x1b[K")


@pytest.mark.parametrize("option", [(), ("--no-progress",)])
def test_and_for_nobody_else(leaky: Repo, option: tuple[str, ...]) -> None:
    ours, theirs = pty.openpty() if option else (-1, subprocess.PIPE)
    process = run_changed(IMPATIENT, "scan", "--history", *option, cwd=leaky.top, stderr=theirs)
    _, err = process.communicate(timeout=60)
    if option:
        os.close(theirs)
        with pytest.raises(OSError):  # there was nothing, and the other end is closed
            os.read(ours, 1)
        os.close(ours)
    else:
        assert err == b""


def test_the_next_scan_reads_only_what_is_new(leaky: Repo, run_keyguard: RunKeyguard) -> None:
    def scan(*options: str) -> dict[str, int]:
        ran = run_keyguard("scan", "--history", "--format", "json", *options, cwd=leaky.top)
        report = json.loads(ran.stdout)
        assert (ran.code, len(report["findings"]), report["complete"]) == (1, 1, True)
        stats: dict[str, int] = report["stats"]
        return stats

    first, second = scan("--jobs", "2"), scan()
    assert first["remembered"] == 0
    assert second["remembered"] == 9
    assert {name: value for name, value in first.items() if name not in ("seconds", "remembered")} == {
        name: value for name, value in second.items() if name not in ("seconds", "remembered")
    }
    assert scan("--no-cache")["remembered"] == 0
    assert scan("--exclude-rule", "groq-key")["remembered"] == 0
    assert list((Path(os.environ["XDG_CACHE_HOME"]) / "keyguard").glob("walked-*"))  # where it came in is kept, too
    assert "9 of them read by an earlier scan" in run_keyguard("scan", "--history", cwd=leaky.top).stdout


def test_without_a_cache_nothing_is_kept(leaky: Repo, run_keyguard: RunKeyguard) -> None:
    run_keyguard("scan", "--history", "--no-cache", cwd=leaky.top)
    assert not (Path(os.environ["XDG_CACHE_HOME"]) / "keyguard").exists()


def test_there_is_at_least_one_process(repo: Repo, run_keyguard: RunKeyguard) -> None:
    ran = run_keyguard("scan", "--history", "--jobs", "0", cwd=repo.top)
    assert ran.code == 2
    assert "at least 1" in ran.stderr


def test_what_is_not_read_is_told_in_one_order(repo: Repo, run_keyguard: RunKeyguard) -> None:
    for number in range(30):
        repo.write(f"{number}.txt", f"{number} {random.Random(number).randbytes(40).hex()}\n")
    repo.stage(".")
    repo.commit()
    repo.git("repack", "-adfq", "--depth=0")
    (pack,) = (repo.git_dir / "objects" / "pack").glob("*.pack")
    data = bytearray(pack.read_bytes())
    data[200:1200] = bytes(1000)
    pack.chmod(0o644)
    pack.write_bytes(data)
    told = []
    for seed in ("1", "2", "3"):
        ran = run_keyguard(
            "scan", "--history", "--format", "json", "--no-cache", cwd=repo.top, environ={"PYTHONHASHSEED": seed}
        )
        told.append(json.loads(ran.stdout)["incomplete"])
    assert told[0] == told[1] == told[2]
    assert len(told[0]) > 5
