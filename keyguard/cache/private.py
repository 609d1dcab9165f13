"""Folders that only the user may enter, and files in them that only the user may read."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_OWN = 0o700
_ALL_OTHERS = 0o077
_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def made(path: Path) -> Path | None:
    """Return a folder, made if it is not there; None where there can be none that is the user's alone.

    One that is a link, or that others own or may enter, is not used.
    """
    try:
        path.mkdir(mode=_OWN, parents=True, exist_ok=True)
    except OSError:  # one that cannot be made
        return None
    return path if is_own(path) else None


def is_own(path: Path) -> bool:
    """Whether there is such a folder, and it is the user's alone."""
    try:
        status = path.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & _ALL_OTHERS)


def read(path: Path) -> bytes | None:
    """Return what a file holds, None for anything but a regular file that can be read; no link is followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _LINKS)
        with os.fdopen(descriptor, "rb") as file:
            return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None


def hold(path: Path) -> int:
    """Lock a file, made if it is not there, until the returned descriptor is closed or this process ends.

    Raises `BlockingIOError` where another process holds it, and `OSError`. Windows has no such lock, so that everybody
    gets one there.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _LINKS, 0o600)
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write(path: Path, data: bytes) -> None:
    """Put data into a file that only the user may read, whole or not at all. Raises `OSError`."""
    partial = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _LINKS, 0o600), "wb") as file:
            file.write(data)
        partial.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
