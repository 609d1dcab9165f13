"""Says without git whether anything of a repository on this machine has changed: by its files' sizes, times, numbers.

What a scan of the history reads lies below the git folder, but for borrowed objects and submodules, whose folders are
named as well. Any change there, be it to an index or a log, gives another state; it is never taken for the same one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

MOST = 200_000
"""Entries that are looked at; a repository with more is scanned each time."""
_BYTES = "objects"
_PLACES = (b"gitdir: ", 4096)


def state_of(path: str, more: Iterable[str] = ()) -> str:
    """Return the state of the repository at a path and of more folders; empty where that cannot be told."""
    digest = blake2b(digest_size=20)
    count = 0
    try:
        for folder in dict.fromkeys([*_folders(Path(path)), *more]):
            for line in _entries(folder, ""):
                count += 1
                if count > MOST:
                    return ""
                digest.update(line)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest() if count else ""


def _folders(top: Path) -> list[str]:
    """Return the git folder of a path, and the one that it shares with other work trees."""
    dot = top / ".git"
    folder = dot if dot.is_dir() else top
    if dot.is_file():
        line, most = _PLACES
        with dot.open("rb") as file:
            folder = top / os.fsdecode(file.read(most).removeprefix(line).rstrip(b"\n"))
    found = [str(folder)]
    common = folder / "commondir"
    if common.is_file():
        found.append(str(folder / common.read_text("utf-8").strip()))
    return found


def _entries(folder: str, name: str) -> Iterator[bytes]:
    """Yield a line for each file; of a folder of loose objects its own line says that something was added."""
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        inner = f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if os.path.basename(folder) == _BYTES and len(entry.name) == 2:  # noqa: PTH119  # thousands of times
                yield _line(inner, entry)
            elif entry.name != "hooks":
                yield from _entries(entry.path, inner)
        else:
            yield _line(inner, entry)


def _line(name: str, entry: os.DirEntry[str]) -> bytes:
    status = entry.stat(follow_symlinks=False)
    told = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return os.fsencode(f"{name}\0{told}\n")
