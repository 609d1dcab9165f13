"""Finds what keeps objects in use besides the refs that git walks: what was fetched without a ref, a merge or rebase
that has not ended, and the refs that each work tree has for itself.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from keyguard.errors import SourceError
from keyguard.git import objects
from keyguard.git.objects import MISSING, Header
from keyguard.git.packs.files import beginning, folders
from keyguard.git.repository import Repository

_HEADS = re.compile(r"[A-Z_]+")  # such as ORIG_HEAD, FETCH_HEAD, MERGE_HEAD and AUTO_MERGE; see gitrevisions(7)
_FOLDERS = ("rebase-merge", "rebase-apply", "sequencer")
_OWN_REFS = ("refs/bisect", "refs/worktree", "refs/rewritten")  # see git-worktree(1)
_ID = re.compile(rb"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])")
NAMING = ("refs", "logs", "worktrees")
"""The folders whose files name objects that are in use."""
MOST = 1 << 24
"""Bytes of one such file that are read: the names of 400,000 objects."""


def leftovers(repository: Repository) -> list[Header]:
    """Return the objects that are named there and are in this clone: such files live longer than what they name."""
    found = dict.fromkeys(identity for path in _files(repository.common_dir) for identity in _ids(path))
    ids = [each for each in found if len(each) == len(repository.zero) and each.strip("0")]
    if not ids:
        return []
    try:
        return [each for each in objects.headers(repository.git, ids) if each.type != MISSING]
    except SourceError:  # a partial clone, where git would fetch what is missing: it can say which commits are here
        listed = objects.reachable(repository.git, ["--no-walk=unsorted", "--ignore-missing"], ids, whole=False)
        return [Header(each, "commit", 0) for each in listed.ids]


def is_cut(repository: Repository) -> bool:
    """Return whether one of these files is not read to its end: it is too long, refused, or a link or pipe."""
    with suppress(OSError):
        return any(_is_cut(path) for path in _files(repository.common_dir))
    return True


def strays(repository: Repository) -> list[Path]:
    """Return the files of the object stores that git does not read: packs without an index, and what it was receiving
    when it was interrupted.
    """
    found: list[Path] = []
    for folder in folders(repository):
        packs = [*folder.glob("pack/*.pack"), *folder.glob("incoming-*/pack/*.pack")]
        found += (path for path in packs if not path.with_suffix(".idx").exists())
        for pattern in ("pack/tmp_pack_*", "incoming-*/pack/tmp_pack_*", "??/tmp_obj_*", "tmp_objdir-*/??/*"):
            found += folder.glob(pattern)
    return sorted(found)


def closed(repository: Repository) -> Iterator[tuple[Path, str]]:
    """Yield what the system does not let be read of the files that name objects in use, and why; git does not tell."""
    refused: list[OSError] = []
    for name in NAMING:
        for base, _, files in os.walk(repository.common_dir / name, onerror=refused.append):
            for path in (Path(base, file) for file in files):
                if not os.access(path, os.R_OK) and not path.is_symlink():
                    yield path, os.strerror(errno.EACCES)
    for error in refused:
        if not isinstance(error, FileNotFoundError):
            yield Path(error.filename), error.strerror or type(error).__name__


def _is_cut(path: Path) -> bool:
    status = path.lstat()
    if stat.S_ISDIR(status.st_mode):
        return False
    return not stat.S_ISREG(status.st_mode) or status.st_size > MOST or not os.access(path, os.R_OK)


def fetched(repository: Repository) -> set[str]:
    """Return what was last fetched from elsewhere, be it here or not."""
    return set(_ids(repository.common_dir / "FETCH_HEAD"))


def _files(common: Path) -> Iterator[Path]:
    for folder in [common, *sorted(common.glob("worktrees/*"))]:
        yield from (path for path in sorted(folder.glob("*")) if _HEADS.fullmatch(path.name))
        for name in _FOLDERS:
            yield from sorted(folder.glob(f"{name}/*"))
        for name in _OWN_REFS:
            yield from sorted(folder.glob(f"{name}/**/*"))
        if folder != common:  # git passes over the logs of a work tree whose HEAD is damaged
            yield from sorted(folder.glob("logs/**/*"))


def _ids(path: Path) -> list[str]:
    return [each.decode("ascii") for each in _ID.findall(beginning(path, MOST))]
