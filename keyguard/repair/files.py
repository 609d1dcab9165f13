"""Reads the files that are to be rewritten, and writes several of them: all, or none."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keyguard.errors import UsageError

LARGEST = 8 << 20
"""Bytes; no source that people write is larger."""
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, and its permissions."""

    data: bytes
    mode: int


@dataclass(frozen=True, slots=True)
class Change:
    """A file that gets new content; `before` is None where there is none yet."""

    path: Path
    before: Content | None
    after: Content


def content(path: Path, top: Path) -> Content | None:
    """Return what a file of the work tree holds, None where there is none.

    Raises `UsageError` for a link, for what lies outside of the work tree, and for what is no ordinary file.
    """
    if path.parent.resolve() != path.parent or not path.is_relative_to(top) or ".git" in path.relative_to(top).parts:
        raise UsageError(f"{path} is not in the work tree of this repository, or is reached by a link")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} is a link, or cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path} is no ordinary file")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST >> 20} MiB")
    return Content(data, stat.S_IMODE(status.st_mode))


def write(changes: Sequence[Change], top: Path, settled: Callable[[], None]) -> None:
    """Write all the files, then ask `settled`; if anything fails, an interrupt too, all are as they were.

    Raises `UsageError` where a file was edited since it was read, or cannot be written.
    """
    parts: list[Path] = []
    done: list[Change] = []
    try:
        for change in changes:
            parts.append(change.path.with_name(f".{change.path.name}.{secrets.token_hex(4)}.part"))
            _put(parts[-1], change.after)
        for change, part in zip(changes, parts, strict=True):
            if content(change.path, top) != change.before:
                raise UsageError(f"{change.path} was edited in the meantime; nothing was changed", "run it again")
            done.append(change)
            part.replace(change.path)
        settled()
    except BaseException as error:
        _undo(parts, done)
        if isinstance(error, OSError):
            raise UsageError(f"the files cannot be written: {error.strerror}; nothing was changed") from None
        raise


def _undo(parts: Sequence[Path], done: Sequence[Change]) -> None:
    for part in parts:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    for change in reversed(done):
        if change.before is None:
            change.path.unlink(missing_ok=True)
            continue
        part = change.path.with_name(f".{change.path.name}.{secrets.token_hex(4)}.part")
        _put(part, change.before)
        part.replace(change.path)


def _put(path: Path, held: Content) -> None:
    """Write a new file; nobody but its owner reads it before it has its own permissions."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(held.data)
        file.flush()
        os.fsync(descriptor)
        os.fchmod(descriptor, held.mode)
