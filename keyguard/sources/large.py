"""Reads what Git LFS keeps beside the object store: large files, where pointers to them stand."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from keyguard.git import lfs
from keyguard.git.lfs import Pointer
from keyguard.model import Item, Origin, Stats, Unread
from keyguard.sources.content import content

_MEND = "git lfs fetch --all"


def large(origin: Origin, pointer: Pointer, folders: tuple[Path, ...], reach: int, stats: Stats) -> Iterator[Item]:
    """Yield the content of the large file that a pointer stands for, as the content of what holds the pointer.

    One that is not here, or not all of it, or not as it was, is told.
    """
    what = f"{origin.label}: LFS object {pointer.oid}"
    file = lfs.opened(folders, pointer.oid)
    if file is None:
        yield Unread(what, "it is missing from this clone", _MEND, accept=pointer.oid, origin=origin)
        return
    with file:
        at, digest = 0, sha256()

        def read(size: int) -> bytes:
            nonlocal at
            pieces = []
            while size > 0 and (piece := file.at(at, size)):
                pieces.append(piece)
                digest.update(piece)
                at += len(piece)
                size -= len(piece)
                stats.bytes += len(piece)
            return b"".join(pieces)

        try:
            yield from content(origin, read, reach, size=file.size)
        except OSError as error:
            yield Unread(what, error.strerror or "it cannot be read", _MEND, accept=pointer.oid, origin=origin)
        is_other = at == file.size and digest.hexdigest() != pointer.oid
        if file.size != pointer.size or is_other:
            yield Unread(what, "it is missing or damaged", _MEND, accept=pointer.oid, origin=origin)
