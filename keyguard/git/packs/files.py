"""Finds the folders of an object store, and opens nothing in them but regular files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from keyguard.git.repository import Repository

DEEPEST_ALTERNATE = 5
"""How far a store that is borrowed from may borrow itself; git's own limit."""
MOST_FOLDERS = 100
_MOST_ALTERNATES = 1 << 16
_OPEN = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"))


class File:
    """A regular file that is read at offsets, never mapped: a file cut short under a map would end the process.

    Its `signature` is size, time of the last change in nanoseconds, and number. Raises `OSError` when it cannot be
    opened, or is not a regular file.
    """

    __slots__ = ("_descriptor", "signature", "size")

    def __init__(self, path: str | Path) -> None:
        self._descriptor = os.open(path, _OPEN)
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise OSError(f"{path} is not a regular file")
        self.size = status.st_size
        self.signature = (status.st_size, status.st_mtime_ns, status.st_ino)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    if hasattr(os, "pread"):

        def at(self, offset: int, size: int) -> bytes:
            """Return `size` bytes from an offset; fewer at the end of the file."""
            return os.pread(self._descriptor, size, offset)

    else:

        def at(self, offset: int, size: int) -> bytes:
            """Return `size` bytes from an offset; fewer at the end of the file."""
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, size)


def beginning(path: Path, most: int) -> bytes:
    """Return the first bytes of a regular file; none of anything else, and of what cannot be read."""
    with suppress(OSError), File(path) as file:
        return file.at(0, most)
    return b""


def folders(repository: Repository) -> list[Path]:
    """Return the folder of the repository's own objects, then those that it borrows from."""
    git = repository.git
    if not git.inherit:  # then no variable says that they lie elsewhere, and git need not be asked
        return with_alternates(repository.common_dir / "objects")
    return with_alternates(git.folder / git.line("rev-parse", "--git-path", "objects"))


def with_alternates(folder: Path) -> list[Path]:
    """Return an object folder, and the folders that it borrows from, each once."""
    found = {os.path.realpath(folder): folder}
    level = [folder]
    for _ in range(DEEPEST_ALTERNATE):
        below = [alternate for each in level for alternate in _alternates(each)]
        level = []
        for each in below:
            real = os.path.realpath(each)
            if real not in found and len(found) < MOST_FOLDERS:
                found[real] = each
                level.append(each)
    return list(found.values())


def _alternates(folder: Path) -> Iterator[Path]:
    """Yield what `info/alternates` names; quoted and commented lines are left to git."""
    for line in beginning(folder / "info" / "alternates", _MOST_ALTERNATES).split(b"\n"):
        if line and not line.startswith((b"#", b'"')) and b"\0" not in line:
            yield folder / os.fsdecode(line)
