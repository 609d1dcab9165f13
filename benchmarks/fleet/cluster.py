"""Starts a Dask scheduler and its workers as processes on loopback, and ends them in the ways that a test asks for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SECONDS = 60.0
"""How long a scheduler or worker may take to be there."""


class Cluster:
    """A scheduler at a port that was free, and so many workers of one thread each, their logs in a folder."""

    def __init__(self, python: Path, folder: Path, workers: int, environment: Mapping[str, str]) -> None:
        self._python = python
        self._environment = environment
        self._folder = folder
        self._count = workers
        self._started: list[subprocess.Popen[bytes]] = []
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port = found.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def address(self) -> str:
        """Where the scheduler is."""
        return f"tcp://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(self._port))
        self._await(0)
        for number in range(self._count):
            place = str(self._folder / f"worker-{number}")
            options = ("--nworkers", "1", "--nthreads", "1", "--local-directory", place)
            self._start("dask_worker", self.address, *options)
        self._await(self._count)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in reversed(self._started):
            _kill(each)
        self._started.clear()

    def kill_scheduler(self) -> None:
        """End the scheduler with -9."""
        _kill(self._started[0])

    def _start(self, module: str, *arguments: str) -> None:
        with (self._folder / f"{module}-{len(self._started)}.log").open("wb") as log:
            self._started.append(
                subprocess.Popen(
                    [self._python, "-P", "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"],
                    stdout=log, stderr=log, start_new_session=True, env=self._environment,
                )
            )  # fmt: skip

    def _await(self, workers: int) -> None:
        script = (
            "import sys, distributed\n"
            "with distributed.Client(sys.argv[1], timeout=5) as client:\n"
            "    client.wait_for_workers(int(sys.argv[2]), timeout=50) if int(sys.argv[2]) else None\n"
        )
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            asked: Sequence[str | Path] = [self._python, "-P", "-c", script, self.address, str(workers)]
            if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.5)
        raise RuntimeError(f"no cluster of {workers} workers after {SECONDS:.0f} s; {self._folder} has its logs")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
