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
_HOOKS = "/hooks"
"""Of the git folder itself: programs, which a scan does not read. A branch or submodule may have that name as well."""
_PLACES = (b"gitdir: ", 4096)


def state_of(path: str, more: Iterable[str] = ()) -> str:
    """Return the state of the repository at a path and of more folders; empty where that cannot be told."""
    digest = blake2b(digest_size=20)
    count = 0
    try:
        waiting = [*_folders(Path(path)), *more]
        seen: set[str] = set()
        while waiting:
            folder = waiting.pop(0)
            if (real := os.path.realpath(folder)) in seen:
                continue
            seen.add(real)
            for line in _entries(folder, "", waiting):
                count += 1
                if count > MOST:
                    return ""
                digest.update(line)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest() if count else ""


def home_of(path: str) -> tuple[str, bool]:
    """Return the git folder that the work trees of a repository share, and whether the one at the path is a further
    one; what cannot be told is a repository of its own.
    """
    try:
        found = _folders(Path(path))
    except (OSError, ValueError):
        return path, False
    return os.path.realpath(found[-1]), len(found) > 1


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


def _entries(folder: str, name: str, linked: list[str]) -> Iterator[bytes]:
    """Yield a line for each file; of a folder of loose objects its own line says that something was added.

    What is `linked` from there is put down: some tools make a git folder of links to the parts of another one.
    """
    is_loose = _holds_objects(folder, name)
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        inner = f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if is_loose and len(entry.name) == 2:
                yield _line(inner, entry)
            elif inner != _HOOKS:
                yield from _entries(entry.path, inner, linked)
            continue
        yield _line(inner, entry)
        if entry.is_symlink() and Path(entry.path).exists():
            if entry.is_dir():
                linked.append(entry.path)
            else:
                yield _line(inner, entry, follow=True)


def _holds_objects(folder: str, name: str) -> bool:
    """Whether a folder is that of the objects of a repository, and not part of the name of a branch or submodule."""
    path = Path(folder)
    if path.name != "objects":
        return False
    return not name or ((path.parent / "HEAD").is_file() and (path.parent / "refs").is_dir())


def _line(name: str, entry: os.DirEntry[str], *, follow: bool = False) -> bytes:
    status = entry.stat(follow_symlinks=follow)
    told = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return os.fsencode(f"{name}\0{told}\n")
