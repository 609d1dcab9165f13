"""Writes files for their owner's eyes, each in whole or not at all, and never through a link."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from keyguard.errors import SourceError, UsageError


def check(path: Path) -> None:
    """Raise `UsageError` if no report can be written to this file; what it holds stays."""
    if not can_be_written(path):
        raise UsageError(
            f"no report can be written to {path}", "name a file in a folder that exists, not a link or device"
        )
    try:
        part, descriptor = _part(path)
        os.close(descriptor)
        part.unlink()
    except OSError as error:
        raise UsageError(
            f"no report can be written to {path}: {error.strerror}", "name a file in a folder that you may write to"
        ) from None


def can_be_written(path: Path) -> bool:
    """Whether a report may take this name: no link, and no device, pipe or folder, which it would replace."""
    if os.path.lexists(path):
        return path.is_file() and not path.is_symlink()
    return path.parent.is_dir()


def write_all(texts: Mapping[Path, str]) -> None:
    """Write several files for their owner's eyes: each in whole, and none before all are on the disk.

    Raises `SourceError` when that cannot be done; then no file is changed in part.
    """
    parts: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in texts.items():
            parts[path], descriptor = _part(path)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        raise SourceError(f"the report cannot be written to {path}: {error.strerror}") from None
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _part(path: Path) -> tuple[Path, int]:
    """Open a new file beside this one, which will take its place."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    return part, os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
