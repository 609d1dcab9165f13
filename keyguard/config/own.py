"""Finds what a repository sets for itself, in its work tree or in a commit: its own file, else a table of another."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from keyguard.config.document import Document, parse, read
from keyguard.config.settings import FILE, Config, load, made

SHARED_FILE = "pyproject.toml"
"""Where the options may stand as well, as those of other tools do."""
TABLE = ("tool", "keyguard")
_PERHAPS = rb"""(?<![\w-])["']?keyguard["']?[ \t]*(?:\.|=(?!=))|\.[ \t]*["']?keyguard["']?[ \t]*\]"""
"""What stands in every TOML file that has the table: without it the file is not parsed, and may be malformed."""
_ENDINGS = {"toml", "tml", "tom", "yaml", "yml", "json", "ini", "cfg", "conf"}
_ALIKE = 0.85
"""Two letters changed places, one is missing, or one is too many (0.88 to 0.94)."""
_ROOTED = r"""(?m)^[ \t]*\[{1,2}[ \t]*["']?tool["']?[ \t]*\.[ \t]*["']?keyguard["']?[ \t]*[].]"""


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files below a folder."""

    top: Path

    def named(self, path: str) -> str:
        """Return how messages call a file."""
        return str(self.top / path)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None where there is none; raises `ConfigError` as `document.read` does."""
        place = self.top / path
        return read(place, self.top) if os.path.lexists(place) else None

    def names(self) -> list[str]:
        """Return what lies at the top."""
        return [each.name for each in self.top.iterdir()] if self.top.is_dir() else []

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file of this name."""
        try:
            return stat.S_ISREG((self.top / path).lstat().st_mode)
        except OSError:
            return False


class Files(Protocol):
    """Where a repository's own files are read from: its work tree, or a commit (`keyguard.config.committed`)."""

    def named(self, path: str) -> str:
        """Return how messages call a file."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None where there is none; raises `ConfigError` for what is unfit."""

    def names(self) -> list[str]:
        """Return what lies at the top; raises `SourceError` where that cannot be known."""

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file of this name."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a repository sets, and what there is to tell of where that stands."""

    config: Config
    notes: tuple[str, ...] = ()


def find(files: Files) -> Own:
    """Return what a repository sets: in `.keyguard.toml`, else in the table of `pyproject.toml`, else nothing.

    Raises `ConfigError` for whatever is not as documented. A `pyproject.toml` that cannot hold the table, or is no
    regular file, is somebody else's.
    """
    shared = files.read(SHARED_FILE) if files.is_file(SHARED_FILE) else None
    data = files.read(FILE)
    if data is not None:
        config = load(Path(files.named(FILE)), text=data, inside=Path())
        both = shared is not None and re.search(_ROOTED, shared.decode("utf-8", "replace"))
        note = f"{files.named(SHARED_FILE)}: [tool.keyguard] does not count, since there is a {FILE}"
        return Own(config, (note,) if both else ())
    document = shared_table(shared, files.named(SHARED_FILE)) if shared is not None else None
    if document:
        return Own(made(document, SHARED_FILE))
    return Own(Config(), tuple(_told(files.named(name)) for name in sorted(filter(_is_meant, files.names()))))


def _is_meant(name: str) -> bool:
    """Say whether a file looks as if its name were `FILE` misspelt: nothing else would say that it is not read."""
    stem, _, ending = name.lower().removeprefix(".").rpartition(".")
    if ending not in _ENDINGS or not stem.startswith("k"):
        return False
    from difflib import SequenceMatcher  # only for what begins like it

    return SequenceMatcher(None, stem, FILE.strip(".").partition(".")[0]).ratio() >= _ALIKE


def _told(name: str) -> str:
    return f"{name}: not read; the configuration's name is {FILE}"


def shared_table(data: bytes, name: str) -> Document | None:
    """Return our table of a file that other tools share, None where there is none; raises `ConfigError` as `parse`."""
    return parse(data, name).part(*TABLE) if b"keyguard" in data and re.search(_PERHAPS, data) else None
