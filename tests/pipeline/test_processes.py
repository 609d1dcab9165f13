"""Processes do the parts of some work, as many as there can be, and end with the one that waits for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import MutableSequence
from multiprocessing.context import BaseContext

import pytest

from keyguard.pipeline import processes

PARENT = """
import os, signal
from keyguard.pipeline.processes import together

def work(number, counted, at):
    return bytes(1 << 20)  # more than a pipe holds

for told in together(work, 40, 3, None):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
def test_nobody_goes_on_for_one_that_was_killed() -> None:
    ran = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        output, _ = ran.communicate(timeout=30)  # until all of them have closed it
    finally:
        if ran.poll() is None or sys.exc_info()[0] is not None:
            os.killpg(ran.pid, signal.SIGKILL)
    assert (ran.returncode, output) == (-signal.SIGKILL, b"")


def squared(number: int, counted: MutableSequence[int], at: int) -> int:
    counted[at] += 1
    return number * number


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_each_part_is_done_once_and_none_is_lost(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "START", start)
    assert sorted(processes.together(squared, 9, 2, None)) == [(number, number * number) for number in range(9)]


@pytest.mark.parametrize("possible", [0, 1, 2])
def test_without_enough_processes_those_there_are_do_the_work(possible: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "START", "fork")
    really, left = os.fork, [None] * possible

    def fork() -> int:
        if not left:
            raise BlockingIOError("Resource temporarily unavailable")
        left.pop()
        return really()

    monkeypatch.setattr(os, "fork", fork)
    told = sorted(processes.together(lambda number, *_: number + 7, 5, 3, None))
    assert told == [(number, number + 7 if possible else None) for number in range(5)]


def test_where_processes_can_share_nothing_all_is_told_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(BaseContext, "Value", refused)
    assert list(processes.together(lambda *_: 1, 2, 2, None)) == [(0, None), (1, None)]
