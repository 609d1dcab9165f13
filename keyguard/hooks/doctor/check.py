"""What a check looks at, and what it says."""

from __future__ import annotations

import enum
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from keyguard.git.repository import Repository

LARGEST = 1 << 20
"""Bytes of a file that a check reads."""


class State(enum.StrEnum):
    """How it stands: a warning limits what is guarded, a problem leaves something unguarded."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to one question, and what to do where it is not the wanted one."""

    name: str
    state: State
    text: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """Where KeyGuard is to guard: a folder, and the repository that it lies in, if there is one."""

    folder: Path
    repository: Repository | None

    @property
    def top(self) -> Path | None:
        """The work tree of the repository."""
        return self.repository.top if self.repository else None

    def holds(self, path: Path) -> bool:
        """Whether a path lies in the repository, so that what is there may be anybody's."""
        if self.repository is None:
            return False
        inside = [self.repository.git_dir, self.repository.common_dir, *([self.top] if self.top else [])]
        places = (Path(os.path.abspath(path)), path.resolve())  # noqa: PTH100  # by its name, and where it leads
        return any(place.is_relative_to(each.resolve()) for place in places for each in inside)


def content(path: Path) -> bytes:
    """Return what a regular file begins with; nothing where there is none that can be read."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(path, "rb", opener=lambda name, _flags: os.open(name, flags)) as file:
            return file.read(LARGEST) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""
