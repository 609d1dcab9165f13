"""Lets a request to end (SIGTERM, SIGHUP) take the way of an interrupt, so that nothing half-written stays behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from keyguard.errors import EndedError

REQUESTS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def undone_when_ended() -> Iterator[None]:
    """Let a block that leaves nothing behind when it is interrupted be so by every request to end, and say so."""
    try:
        with _interrupted_when_ended():
            yield
    except (KeyboardInterrupt, click.Abort):
        raise EndedError("interrupted: all is as it was") from None


@contextmanager
def _interrupted_when_ended() -> Iterator[None]:
    """Raise `KeyboardInterrupt` in the block when the process is asked to end; otherwise it would end at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {request: signal.signal(request, _interrupt) for request in REQUESTS}
    try:
        yield
    finally:
        for request, handler in before.items():
            signal.signal(request, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
