"""Git LFS: the pointers that stand in the place of large files, and where this clone keeps the files themselves.

The format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. Git LFS itself is not needed, and never run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keyguard.git.packs.files import File

LONGEST = 1024
"""A pointer is shorter than this."""
_VERSION = re.compile(
    rb"version https?://(?:git-lfs\.github\.com/spec/v1|hawser\.github\.com/spec/v1|git-media\.io/v/2)\s"
)
_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})\s*$", re.MULTILINE)
_SIZE = re.compile(rb"^size ([0-9]{1,19})\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer says: the SHA-256 of the large file, and its size."""

    oid: str
    size: int


def pointer(data: bytes) -> Pointer | None:
    """Return what a pointer says; None for content that is none, or that stands for an empty file."""
    if len(data) >= LONGEST or not _VERSION.match(data):
        return None
    oid, size = _OID.search(data), _SIZE.search(data)
    if oid is None or size is None or not int(size[1]):
        return None
    return Pointer(oid[1].decode("ascii"), int(size[1]))


def opened(folders: Sequence[Path], oid: str) -> File | None:
    """Open the large file of this id in the first of the folders that has it (see `Repository.lfs_folders`)."""
    for folder in folders:
        with suppress(OSError):
            return File(folder / oid[:2] / oid[2:4] / oid)
    return None
