"""What Git LFS leaves in a repository, made without it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def pointer(content: bytes, size: int | None = None) -> tuple[str, str]:
    """Return the id of a large file, and the pointer that stands in its place."""
    oid = hashlib.sha256(content).hexdigest()
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size or len(content)}\n"
    return oid, text


def store(folder: Path, content: bytes) -> None:
    """Put a large file where Git LFS keeps it; `folder` is `.git/lfs/objects`."""
    oid = hashlib.sha256(content).hexdigest()
    path = folder / oid[:2] / oid[2:4] / oid
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
