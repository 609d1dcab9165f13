"""Keeps small files in a folder that only the user may enter; whatever goes wrong there only costs time."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from hashlib import blake2b
from pathlib import Path

NAME = "keyguard"
MOST = 16
"""How many files of one kind (the part of a name before its first dash) are kept."""
_DIGEST = 20
_OWN = 0o700
_ALL_OTHERS = 0o077


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
        path = _place()
        path.mkdir(mode=_OWN, parents=True, exist_ok=True)
        status = path.lstat()
    except (OSError, RuntimeError):  # no home folder, or one that cannot be written to
        return None
    if not stat.S_ISDIR(status.st_mode):
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & _ALL_OTHERS):
        return None
    return path


def read(name: str) -> bytes | None:
    """Return what is kept under a name, or None; also for what is not as it was written."""
    here = folder()
    if here is None:
        return None
    try:
        descriptor = os.open(here / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            data = file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return None
    digest, kept = data[:_DIGEST], data[_DIGEST:]
    return kept if digest == _digest(kept) else None


def holds(name: str) -> bool:
    """Return whether something is kept under a name."""
    here = folder()
    return here is not None and (here / name).is_file()


def write(name: str, data: bytes) -> None:
    """Keep something under a name, whole or not at all; a full disk or a folder that cannot be written is no error."""
    here = folder()
    if here is None:
        return
    partial = here / f"{name}.{os.getpid()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
            file.write(_digest(data) + data)
        partial.replace(here / name)
        _prune(here, name.partition("-")[0])
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()


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
