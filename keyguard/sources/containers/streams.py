"""Content that is read piece by piece while something is looked for in it: streams end early and say why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from keyguard.model import Chunk, Origin
from keyguard.sources import windows
from keyguard.sources.containers.limits import BACKLOG, OUTSIDE, TOO_EMPTY, TRUNCATED, Budget, Problem


class Stream(Protocol):
    """Bytes in order; after the end `failure` says what had kept it from going on, if it was not the end."""

    @property
    def failure(self) -> Problem | None:
        """Why there is less than there should be."""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, fewer at the end only."""


def cut_off(source: Stream) -> Problem:
    """Return what it means that a stream has ended too early."""
    return OUTSIDE if source.failure else TRUNCATED


class Plain:
    """What a function reads."""

    failure: Problem | None = None

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.read = read


class Stretch:
    """A part of bytes in memory."""

    failure: Problem | None = None

    def __init__(self, data: bytes | bytearray, start: int, end: int) -> None:
        self._data = data
        self._at = start
        self._end = end

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        start = self._at
        self._at = min(start + size, self._end)
        return bytes(memoryview(self._data)[start : self._at])


class Keeper:
    """A stream that keeps what it reads: `data` is all of it so far, or None once it is more than may be held."""

    def __init__(self, first: bytes, source: Stream, budget: Budget) -> None:
        self.data: bytearray | None = bytearray()
        self._first: bytes | None = first
        self._source = source
        self._budget = budget

    @property
    def failure(self) -> Problem | None:
        """Why there is less than there should be."""
        return self._source.failure

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`), the first time those that were read already."""
        piece, self._first = self._source.read(size) if self._first is None else self._first, None
        if self.data is not None and not self._budget.hold(len(piece)):
            self.let_go()
        if self.data is not None:
            self.data += piece
        return piece

    def let_go(self) -> None:
        """Forget it, and keep nothing any more."""
        if self.data is not None:
            self._budget.held -= len(self.data)
        self.data = None


class Tee:
    """A stream whose content becomes raw chunks as it passes by: they wait in `ready` until they are collected."""

    def __init__(self, origin: Origin, first: bytes, source: Stream, reach: int, budget: Budget) -> None:
        self.failure: Problem | None = None
        self._windows = windows.Windows(origin, first, reach)
        self._source = source
        self._budget = budget
        self._piece = first
        self._at = 0
        self._waiting: list[Chunk] = []

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        parts: list[bytes] = []
        while size > 0 and (self._at < len(self._piece) or self._advanced()):
            part = self._piece[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def _advanced(self) -> bool:
        if len(self._waiting) >= BACKLOG:
            self._budget.spent = self.failure = self._budget.spent or TOO_EMPTY
            return False
        chunk = self._next()
        if chunk is None:
            self.failure = self._source.failure
            return False
        self._waiting.append(chunk)
        return True

    def _next(self) -> Chunk | None:
        """Read on, and return the chunk that this completes."""
        if len(self._piece) < windows.WINDOW:
            return None
        piece = self._source.read(windows.WINDOW)
        if not piece:
            return None
        self._piece, self._at = piece, 0
        return self._windows.add(piece)

    def ready(self) -> list[Chunk]:
        """Return the chunks that are complete."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def rest(self) -> Iterator[Chunk]:
        """Read to the end, and yield the chunks that are left."""
        yield from self.ready()
        while chunk := self._next():
            yield chunk
        yield self._windows.last()
