"""Keeps small files in a folder that only the user may enter; whatever goes wrong there only costs time."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from keyguard.cache import private
from keyguard.cache.identity import identity

NAME = "keyguard"
MOST = 16
"""How many files of one kind (the part of a name before its first dash) are kept."""
_DIGEST = 20

_off: list[bool] = []
"""Holds something once nothing is to be kept, or believed, in this process."""


def switch_off() -> None:
    """Neither read nor write anything here from now on."""
    _off.append(True)


def folder() -> Path | None:
    """Return the folder, made if it is not there; None where there can be none that is the user's alone.

    It is `$XDG_CACHE_HOME/keyguard` or `~/.cache/keyguard`, on macOS `~/Library/Caches/keyguard`, on Windows
    `%LOCALAPPDATA%\\keyguard\\cache`. One that is a link, or that others own or may enter, is not used.
    """
    if _off:
        return None
    try:
        return private.made(_place())
    except RuntimeError:  # no home folder
        return None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of such files; `identity` says which KeyGuard they are for. Without a folder nothing is kept."""

    folder: Path | None
    identity: str

    def read(self, name: str) -> bytes | None:
        """Return what is kept under a name, or None; also for what is not as it was written."""
        data = private.read(self.folder / name) if self.folder is not None else None
        if data is None:
            return None
        digest, kept = data[:_DIGEST], data[_DIGEST:]
        return kept if digest == _digest(kept) else None

    def write(self, name: str, data: bytes) -> None:
        """Keep something under a name, whole or not at all; a full disk or an unwritable folder is no error."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            private.write(self.folder / name, _digest(data) + data)
            _prune(self.folder, name.partition("-")[0])

    def names(self, beginning: str) -> list[str]:
        """Return the names that begin so, of what is kept."""
        return sorted(each.name for each in self.folder.glob(f"{beginning}*")) if self.folder is not None else []

    def drop(self, names: Iterable[str]) -> None:
        """Keep these no longer."""
        if self.folder is None:
            return
        for name in names:
            with contextlib.suppress(OSError):
                (self.folder / name).unlink()


def own() -> Shelf:
    """Return the user's own shelf for this KeyGuard."""
    return Shelf(folder(), identity())


def read(name: str) -> bytes | None:
    """Return what the user's own has under a name, or None; also for what is not as it was written."""
    return Shelf(folder(), "").read(name)


def holds(name: str) -> bool:
    """Return whether something is kept under a name."""
    here = folder()
    return here is not None and (here / name).is_file()


def write(name: str, data: bytes) -> None:
    """Keep something of the user's under a name, as a shelf does."""
    Shelf(folder(), "").write(name, data)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()


def _prune(here: Path, kind: str) -> None:
    """Take out the oldest of a kind: each change of the rules leaves one behind."""
    kept = sorted(here.glob(f"{kind}-*"), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in kept[MOST:]:
        path.unlink(missing_ok=True)


def _place() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / NAME / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / NAME
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base and base.startswith("/") else Path.home() / ".cache") / NAME
