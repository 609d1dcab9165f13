"""Reads what git prints while it runs, and waits for that, but not for ever: who gives nothing for long is ended."""

from __future__ import annotations

import io
import select
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SECONDS = 600.0
"""How long git may print nothing while that is waited for. If it walks through millions of commits before it prints the
first, that takes some minutes; if a pipe is in the place of an object, or a disk is gone, it waits for ever."""
TURNS = 20
"""In how many turns that is waited for: when all programs were stopped for a while, git has the other turns left."""
BUFFER = 1 << 20
LAST = 5.0
"""Seconds that are waited for what git complained of, and for its end once it was killed."""


class Process(subprocess.Popen[bytes]):
    """A command whose output is read while it runs; `is_silent` once it was ended because it gave nothing."""

    def __init__(self, command: Sequence[str], folder: Path, environ: dict[str, str], stdin: int | IO[bytes]) -> None:
        self.is_silent = False
        self.patience = SECONDS
        pipe = subprocess.PIPE
        super().__init__(command, stdin=stdin, stdout=pipe, stderr=pipe, cwd=folder, env=environ, bufsize=BUFFER)
        if isinstance(self.stdout, io.BufferedReader) and hasattr(select, "poll"):  # Windows cannot wait for a pipe
            self.stdout = io.BufferedReader(Answers(self, self.stdout.detach(), self.patience), BUFFER)
        self._complaints = Drain(self.stderr)

    def silence(self) -> None:
        """End it, since it gives nothing."""
        self.is_silent = True
        self.kill()

    def ended(self) -> tuple[int, bytes]:
        """Wait for its end, and return its code and what it complained of, up to 64 KiB."""
        try:
            code = self.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.silence()
            return -1, b""
        return code, self._complaints.text()

    def over(self) -> None:
        """Kill it, and let go of its pipes. Nobody waits long for that: it may be past killing, or have left a child.

        Nobody waits at all for one that was silent.
        """
        self.kill()
        letting_go = threading.Thread(target=self._let_go, daemon=True)
        letting_go.start()
        if not self.is_silent:
            letting_go.join(LAST)

    def _let_go(self) -> None:
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                _close(pipe)
        self.wait()


class Answers(io.RawIOBase):
    """What a process prints; it is silenced, and this is at its end, when nothing comes for `seconds`.

    They count only while somebody waits here: who takes long between two reads keeps git waiting, and not the other
    way round.
    """

    def __init__(self, process: Process, pipe: io.RawIOBase, seconds: float) -> None:
        super().__init__()
        self._process = process
        self._pipe = pipe
        self._turn = 1000 * seconds / TURNS
        self._poll = select.poll()
        self._poll.register(pipe.fileno(), select.POLLIN)

    def readable(self) -> bool:
        """Return that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read what there is, at least a byte until the end."""
        if self._process.is_silent:
            return 0
        if not any(self._poll.poll(self._turn) for _ in range(TURNS)):
            self._process.silence()
            return 0
        return self._pipe.readinto(buffer)

    def readall(self) -> bytes:
        """Return all that comes."""
        pieces = []
        while piece := self.read(BUFFER):
            pieces.append(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Close the pipe."""
        self._pipe.close()
        super().close()


class Drain(threading.Thread):
    """Reads a process's complaints, so that it never waits for a full pipe."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._text = b""
        self.start()

    def run(self) -> None:
        """Read to the end; the first part is kept."""
        try:
            self._text = self._pipe.read(1 << 16) if self._pipe else b""
            while self._pipe and self._pipe.read(1 << 16):
                pass
        except (OSError, ValueError):
            return

    def text(self) -> bytes:
        """Return the first part of what was said, up to 64 KiB."""
        self.join(timeout=LAST)
        return self._text


def _close(pipe: IO[bytes]) -> None:
    # what was still buffered for a process that is gone; or the thread that feeds it closes it at this very moment
    with suppress(OSError, ValueError):
        pipe.close()
