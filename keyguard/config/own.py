"""Finds what a repository sets for itself, in its work tree or in a commit: its own file, else a table of another."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from keyguard.config.document import LARGEST, Document, parse, read
from keyguard.config.settings import FILE, Config, load, made
from keyguard.errors import ConfigError
from keyguard.git import index, objects
from keyguard.git.repository import Repository

SHARED_FILE = "pyproject.toml"
"""Where the options may stand as well, as those of other tools do."""
TABLE = ("tool", "keyguard")
_PERHAPS = re.compile(rb"""(?<![\w-])["']?keyguard["']?[ \t]*(?:\.|=(?!=))|\.[ \t]*["']?keyguard["']?[ \t]*\]""")
"""What stands in every TOML file that has the table: without it the file is not parsed, and may be malformed."""
_ROOTED = re.compile(r"""^[ \t]*\[{1,2}[ \t]*["']?tool["']?[ \t]*\.[ \t]*["']?keyguard["']?[ \t]*[].]""", re.MULTILINE)


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

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file of this name."""
        try:
            return stat.S_ISREG((self.top / path).lstat().st_mode)
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Committed:
    """The files of a commit; `name` is what the user calls it."""

    repository: Repository
    commit: str
    name: str

    def named(self, path: str) -> str:
        """Return how messages call a file, as git does."""
        return f"{self.name}:{path}"

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None where there is none.

        Raises `ConfigError` for what is no regular file of up to `LARGEST` bytes, or is not in this clone.
        """
        for step, mode, blob in index.entries_at(self.repository, self.commit, _steps(path)):
            if step == path and mode in index.REGULAR:
                return self._content(path, blob)
            if mode != index.TREE or step == path:
                raise ConfigError(f"{self.named(step)}: not a regular file", "put the file itself there")
        return None

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file of this name."""
        return any(mode in index.REGULAR for _, mode, _ in index.entries_at(self.repository, self.commit, [path]))

    def _content(self, path: str, blob: str) -> bytes:
        for header, body in objects.read(self.repository.git, [blob]):
            if body is None:
                break
            if header.size > LARGEST:
                raise ConfigError(f"{self.named(path)}: larger than {LARGEST // 1024} KiB")
            return body.read()
        raise ConfigError(f"{self.named(path)}: not in this clone", f"git fetch origin {blob}")


Files = WorkTree | Committed
"""Where a repository's own files are read from."""


def _steps(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


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
        both = shared is not None and _ROOTED.search(shared.decode("utf-8", "replace"))
        note = f"{files.named(SHARED_FILE)}: [tool.keyguard] does not count, since there is a {FILE}"
        return Own(config, (note,) if both else ())
    document = shared_table(shared, files.named(SHARED_FILE)) if shared is not None else None
    return Own(made(document, SHARED_FILE) if document else Config())


def shared_table(data: bytes, name: str) -> Document | None:
    """Return our table of a file that other tools share, None where there is none; raises `ConfigError` as `parse`."""
    return parse(data, name).part(*TABLE) if _PERHAPS.search(data) else None
