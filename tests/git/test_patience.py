"""A git that gives nothing for long is ended, and what it did not say is told; one that waits for us is not."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from keyguard.errors import SourceError
from keyguard.git import commits, objects, patience
from keyguard.git.objects import SILENT, Header
from keyguard.git.patience import TURNS, Answers, Process
from keyguard.git.repository import Repository, discover
from tests.conftest import RunKeyguard
from tests.support.repository import Repo

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="who stands still is seen in /proc")
GIT = shutil.which("git")
NEVER = 3600.0


class Ended:
    """Something that was not ended yet."""

    is_silent = False

    def silence(self) -> None:
        self.is_silent = True


@pytest.fixture
def pipe() -> Iterator[tuple[io.FileIO, int]]:
    reading, writing = os.pipe()
    with io.FileIO(reading) as source, io.FileIO(writing, "w"):
        yield source, writing


def answers(source: io.FileIO, seconds: float) -> tuple[Ended, Answers]:
    process: Any = Ended()
    return process, Answers(process, source, seconds)


def test_nothing_for_long_is_an_end(pipe: tuple[io.FileIO, int]):
    process, reader = answers(pipe[0], 0.1)
    os.write(pipe[1], b"first")
    assert (reader.readall(), process.is_silent) == (b"first", True)
    os.write(pipe[1], b"late")
    assert reader.read(9) == b""


def test_who_is_slow_to_read_is_not_waited_for(pipe: tuple[io.FileIO, int]):
    process, reader = answers(pipe[0], 0.05)
    os.write(pipe[1], bytes(6000))
    for _ in range(6):
        time.sleep(0.06)
        assert len(reader.read(1000) or b"") == 1000
    assert not process.is_silent


def test_time_in_which_all_programs_were_stopped_counts_as_one_turn(pipe: tuple[io.FileIO, int]):
    process, reader = answers(pipe[0], NEVER)
    turns = iter([[], [], [(0, 1)], *[[]] * TURNS])

    class Woken:
        """Returns at once, as the clock goes on while everything stands still."""

        def poll(self, milliseconds: float) -> list[tuple[int, int]]:
            assert milliseconds == 1000 * NEVER / TURNS
            return next(turns)

    reader._poll = Woken()  # type: ignore[assignment]
    os.write(pipe[1], b"here")
    assert (reader.read(9), process.is_silent) == (b"here", False)
    assert (reader.read(9), process.is_silent) == (b"", True)


@pytest.fixture
def opened(repo: Repo) -> Repository:
    for number in range(4):
        repo.save("a.txt", f"text {number}\n" * 9)
    repository = discover(repo.top)
    assert repository is not None
    return repository


@pytest.fixture
def halting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a program before git that does this at this command, and is git otherwise; no time is waited for it."""
    begin = Answers.__init__

    def begun(self: Answers, process: Process, *given: Any) -> None:
        begin(self, process, *given)
        self._poll = Halting(process.pid, self._poll)  # type: ignore[assignment]

    def lay(command: str, does: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = f'#!/bin/sh\ncase " $* " in *" {command} "*) {does};; esac\nexec {GIT} "$@"\n'
        (folder / "git").write_text(script)
        (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    monkeypatch.setattr(Answers, "__init__", begun)
    return lay


class Halting:
    """Waits for what a process prints however long that takes, but no time for one that stands still."""

    def __init__(self, pid: int, real: Any) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._real = real

    def poll(self, _milliseconds: float) -> list[tuple[int, int]]:
        while not (ready := self._real.poll(10)) and self._stat.read_text().rpartition(")")[2].split()[0] != "T":
            pass
        return ready or self._real.poll(0)  # type: ignore[no-any-return]


def fresh(repository: Repository) -> Repository:
    """Return the same, as one sees it who looks for git anew."""
    assert repository.top is not None
    found = discover(repository.top)
    assert found is not None
    return found


STOPS = "kill -STOP $$"


def test_a_list_that_stands_still_has_what_came_before(opened: Repository, halting: Callable[[str, str], None]):
    halting("rev-list", f'{GIT} "$@" | head -c 100; {STOPS}')
    listed = objects.reachable(fresh(opened).git, ["--all"])
    assert [len(each) for each in listed.ids] == [40, 40]
    assert listed.failure is not None
    assert listed.failure.message == "git rev-list gave no answer for 600 s"


def test_headers_that_stand_still(opened: Repository, halting: Callable[[str, str], None]):
    ids = objects.reachable(opened.git, ["--all"]).ids
    halting("cat-file", f'head -n 1 | {GIT} "$@"; {STOPS}')
    found = objects.headers(fresh(opened).git, ids)
    assert next(found).id == ids[0]
    with pytest.raises(SourceError, match="git cat-file gave no answer"):
        list(found)


def test_trees_that_stand_still(opened: Repository, halting: Callable[[str, str], None]):
    ids = objects.commits(opened.git, ["HEAD"]).ids
    halting("diff-tree", f'{GIT} "$@" | head -c 140; {STOPS}')  # the id of a commit, modes and blobs, and no path
    with pytest.raises(SourceError, match="git diff-tree gave no answer"):
        list(commits.introductions(fresh(opened), ids))


def test_a_process_that_prints_all_and_does_not_end(
    opened: Repository, halting: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    halting("rev-list", f'{GIT} "$@"; exec >&- 2>&-; {STOPS}')
    listed = objects.commits(fresh(opened).git, ["HEAD"])
    assert len(listed.ids) == 4
    assert listed.failure is not None
    assert "gave no answer" in listed.failure.message


def test_objects_of_a_git_that_never_answers_are_told_each(opened: Repository, halting: Callable[[str, str], None]):
    ids = objects.reachable(opened.git, ["--all"]).ids
    halting("cat-file", STOPS)
    assert list(objects.read(fresh(opened).git, ids)) == [(Header(each, SILENT, 0), None) for each in ids]


def test_what_lies_behind_an_object_without_an_answer_is_read(opened: Repository, halting: Callable[[str, str], None]):
    ids = objects.reachable(opened.git, ["--all"]).ids
    answer = f'while read id; do test $id != {ids[3]} || {STOPS}; echo $id | {GIT} "$@"; done'
    halting("cat-file", answer)
    read = [(header.id, body is None) for header, body in objects.read(fresh(opened).git, ids)]
    assert read == [(each, each == ids[3]) for each in ids]


def test_what_was_not_said_yet_is_not_taken_for_what_has_no_answer(
    opened: Repository, halting: Callable[[str, str], None]
):
    """With `--buffer` git keeps what it knows for itself, until there is more of it."""
    ids = objects.reachable(opened.git, ["--all"]).ids
    halting("--buffer", STOPS)
    assert all(body is not None for _, body in objects.read(fresh(opened).git, ids))


def test_a_git_that_is_stopped_in_the_middle_of_an_object(
    repo: Repo, halting: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
):
    repo.save("a.bin", random.Random(1).randbytes(4 << 20).hex())
    repository = discover(repo.top)
    assert repository is not None
    halting("no such command", "")
    started: list[int] = []
    begin = Process.__init__

    def noted(self: Process, *given: Any) -> None:
        begin(self, *given)
        started.append(self.pid)

    monkeypatch.setattr(Process, "__init__", noted)
    blob = repo.git("rev-parse", "HEAD:a.bin")
    reading = objects.read(repository.git, [blob, repo.git("rev-parse", "HEAD")])
    header, body = next(reading)
    assert (header.id, body is not None) == (blob, True)
    os.kill(started[0], signal.SIGSTOP)
    with pytest.raises(SourceError, match="stopped in the middle"):
        body.read()  # type: ignore[union-attr]
    assert next(reading)[0].type == "commit"


def test_a_pipe_in_the_place_of_an_object(repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    """git waits for somebody who writes into it."""
    repo.save("a.txt", "in the pipe's place")
    piped = repo.git("rev-parse", "HEAD:a.txt")
    path = repo.git_dir / "objects" / piped[:2] / piped[2:]
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(patience, "SECONDS", 1.0)
    ran = run_here("scan", "--history", "--format=json", cwd=repo.top)
    report = json.loads(ran.stdout)
    assert (ran.code, report["complete"], report["findings"]) == (3, False, [])
    assert {"what": f"object {piped}", "why": "git gives no answer about it"}.items() <= {
        name: value for each in report["incomplete"] if piped in each["what"] for name, value in each.items()
    }.items()
    assert "Traceback" not in ran.stderr


def test_a_child_of_git_that_lives_on_is_not_waited_for(
    opened: Repository, halting: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
):
    """Where git is a script, what it started keeps its pipes open."""
    monkeypatch.setattr(patience, "LAST", 0.1)
    halting("rev-list", "echo begun; sleep 9")
    began = time.monotonic()
    with fresh(opened).git.stream("rev-list", "--all") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
    assert time.monotonic() - began < 6


def test_no_process_is_left(opened: Repository, halting: Callable[[str, str], None]):
    halting("rev-list", STOPS)
    with fresh(opened).git.stream("rev-list", "--all", stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b""
    assert process.is_silent
    assert process.wait(20) == -signal.SIGKILL
