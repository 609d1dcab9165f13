"""Shows on a terminal how far a scan is, once it takes longer than a second; the line goes away with the scan."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import Self

from keyguard.cli.output import spoken
from keyguard.language import Language
from keyguard.reporting.words import Words

SECONDS = 1.0
"""How long a scan may take before anything is shown."""
STEP = 0.1
"""Seconds between two changes of the line."""
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """A line on standard error that says how much was read, how fast, and how long the rest will take."""

    def __init__(self, language: Language | None) -> None:
        self._say = Words(spoken(language or Language.from_environment()))
        self._started = self._shown = time.monotonic()
        self._objects = 0
        self._visible = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def of(self, objects: int) -> None:
        """So many objects are to be read from now on."""
        self._objects = objects

    def at(self, objects: int, size: int) -> None:
        """So many objects, or files where their number is not known before, are read, with so many bytes."""
        now = time.monotonic()
        if now - self._started < SECONDS or now - self._shown < STEP:
            return
        self._shown = now
        self._visible = True
        line = self._line(objects, size, max(now - self._started, STEP))
        sys.stderr.write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._visible:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._visible = False

    def _line(self, objects: int, size: int, seconds: float) -> str:
        say = self._say
        megabytes, speed = f"{size / 1e6:,.0f}", f"{size / 1e6 / seconds:,.0f}"
        if not self._objects:
            return say("progress.files", n=objects, size=megabytes, speed=speed)
        line = say("progress.objects", n=objects, of=self._objects, size=megabytes, speed=speed)
        if not objects:
            return line
        left = (self._objects - objects) * seconds / objects
        return line + say("progress.left", left=_clock(left))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
