"""Does the parts of some work in several processes; what one that died has not told is told as lost."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

START = "fork" if sys.platform == "linux" else "spawn"
"""How a process begins; a fork has all that its parent had ready, but is not safe everywhere (multiprocessing)."""
STARTING = 0 if START == "fork" else 24 << 20
"""Bytes that are searched in the time that a process takes which gets everything anew: 0.8 s."""
TICK = 0.2
"""Seconds between two looks at how far the processes are."""
Work = Callable[[int, MutableSequence[int], int], Any]
"""Does the part of this number; adds what it did to two of some numbers, which begin at a place. Returns what can be
pickled, and is picklable itself where processes cannot be forked."""


class Progress(Protocol):
    """What wants to know how far a scan is."""

    def of(self, objects: int) -> None:
        """So many things are to be read."""

    def at(self, objects: int, size: int) -> None:
        """So many are read, with so many bytes together."""


def cores() -> int:
    """Return how many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def together(work: Work, parts: int, jobs: int, progress: Progress | None) -> Iterator[tuple[int, Any]]:
    """Yield the number of each part with what came of it, as it is done; at last those that were lost, with None."""
    from multiprocessing.connection import wait  # 5 ms, and most scans have little to share out

    missing = set(range(parts))
    with ExitStack() as stack:
        counted, pipes = _begun(work, parts, jobs, stack)
        while pipes:
            ready = wait(pipes, None if progress is None else TICK)
            if progress is not None:
                progress.at(sum(counted[::2]), sum(counted[1::2]))
            for receiving in [each for each in pipes if each in ready]:
                told = _told(receiving)
                if told is None:
                    pipes.remove(receiving)
                else:
                    missing.discard(told[0])
                    yield told
    for number in sorted(missing):
        yield number, None


def _begun(work: Work, parts: int, jobs: int, stack: ExitStack) -> tuple[MutableSequence[int], list[Connection]]:
    """Begin processes that end with the stack, as many as there can be; return what they count in and tell through."""
    import multiprocessing

    context: Any = multiprocessing.get_context(START)
    counted: MutableSequence[int] = []
    pipes: list[Connection] = []
    with suppress(OSError):  # the system gives no more of them, or nothing that they could share (no /dev/shm)
        following = context.Value("l", 0)
        counted = context.RawArray("q", 2 * jobs)  # each process counts in two numbers of its own
        for job in range(jobs):
            receiving, sending = context.Pipe(duplex=False)
            ends = (sending, *([*pipes, receiving] if START == "fork" else []))
            given = (work, parts, following, ends, counted, 2 * job)
            process = context.Process(target=_worked, args=given, daemon=True)
            process.start()
            sending.close()
            stack.callback(_ended, process, receiving, following)
            pipes.append(receiving)
    return counted, pipes


def _told(receiving: Connection) -> tuple[int, Any] | None:
    try:
        told: tuple[int, Any] | None = receiving.recv()
    except (EOFError, OSError):
        return None
    return told


def _ended(process: BaseProcess, receiving: Connection, _: object) -> None:
    """End a process; what it shares has to be kept until then, since one that is not forked looks for it by name."""
    receiving.close()
    process.terminate()
    process.join()


def _worked(
    work: Work,
    parts: int,
    following: Any,  # noqa: ANN401
    ends: Sequence[Connection],
    counted: MutableSequence[int],
    at: int,
) -> None:
    """Do one part after the other until none is left; an interrupt is the business of the process that waits.

    The first of the `ends` is what that is told through. The others are its own, which a fork has as well: held open
    here, they would let this process wait for ever when the other was killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe, *others = ends
    for each in others:
        each.close()
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= parts:
            break
        told = number, work(number, counted, at)
        try:
            pipe.send(told)
        except BrokenPipeError:  # nobody waits for it any more
            break
    pipe.close()
    os._exit(0)  # nothing of the parent's that is still open here is flushed a second time
