"""Finds the repositories of submodules that this clone has: each with a history of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keyguard.errors import SourceError
from keyguard.git import index
from keyguard.git.repository import Repository, discover
from keyguard.git.runner import Git

MODULES = "modules"


@dataclass(frozen=True, slots=True)
class Submodule:
    """A folder that a submodule's repository lies in, and the path that it has in the work tree around it.

    `repository` is None where git cannot read it; then `failure` says why.
    """

    path: str
    repository: Repository | None
    failure: SourceError | None = None


def found(repository: Repository) -> list[Submodule]:
    """Return the submodules' repositories, those of submodules too, whether or not they are checked out now.

    They lie in `.git/modules`, also after the last commit that names them is gone, or, as old ones do, in place.
    """
    seen = {os.path.realpath(repository.common_dir)}
    result: list[Submodule] = []
    waiting = [(repository, "")]
    while waiting:
        outer, prefix = waiting.pop()
        refused: list[OSError] = []
        for folder, path in [*_kept(outer, refused), *_in_place(outer)]:
            if (real := os.path.realpath(folder)) in seen:
                continue
            seen.add(real)
            each = _opened(folder, prefix + path)
            result.append(each)
            if each.repository is not None and each.repository.top is not None:
                waiting.append((each.repository, f"{each.path}/"))
        result += [_closed(outer, prefix, error) for error in refused]
    return sorted(result, key=lambda each: each.path)


def _closed(outer: Repository, prefix: str, error: OSError) -> Submodule:
    """Return what stands for all that may lie in a folder that cannot be looked into."""
    path = f"{prefix}{_as_kept(Path(error.filename), outer)}"
    why = error.strerror or type(error).__name__
    return Submodule(path, None, SourceError(why, "make the folder readable, or leave it out"))


def _kept(outer: Repository, refused: list[OSError]) -> Iterator[tuple[Path, str]]:
    """Yield the git folders below those of the outer one, with their paths, and put down what cannot be looked into."""

    def failed(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            refused.append(error)

    common = outer.common_dir
    for start in [common / MODULES, *sorted(common.glob(f"worktrees/*/{MODULES}"))]:
        for base, folders, files in os.walk(start, onerror=failed):
            if "HEAD" in files or "objects" in folders:
                yield Path(base), _work_tree(Path(base), outer)
                folders[:] = [MODULES] if MODULES in folders else []


def _work_tree(folder: Path, outer: Repository) -> str:
    """Return where a submodule lies in the work tree by its own word, and what it is kept as if that is nowhere."""
    kept = _as_kept(folder, outer)
    try:
        said = Git(folder).line("config", "--file", os.fspath(folder / "config"), "--get", "core.worktree")
        named = (folder / said).resolve()
    except SourceError:
        return kept
    top = outer.top.resolve() if outer.top else None
    return named.relative_to(top).as_posix() if top in named.parents and top else kept


def _as_kept(folder: Path, outer: Repository) -> str:
    return f"{outer.common_dir.name}/{folder.relative_to(outer.common_dir).as_posix()}"


def _in_place(outer: Repository) -> Iterator[tuple[Path, str]]:
    """Yield the git folders that lie in the work tree itself, where the index says that a submodule is."""
    if outer.top is None:
        return
    try:
        paths = index.submodules(outer)
    except SourceError:  # a damaged index, which the reading of history tells
        return
    for path in paths:
        folder = outer.top / path / ".git"
        if folder.is_dir() and not folder.is_symlink():
            yield folder, path


def _opened(folder: Path, path: str) -> Submodule:
    top = folder.parent if folder.name == ".git" else folder
    try:
        inner = discover(top)
    except SourceError as error:
        return Submodule(path, None, error)
    if inner is None or os.path.realpath(inner.git_dir) != os.path.realpath(folder):  # git found the one around it
        return Submodule(path, None, SourceError("git finds no repository there", "git submodule update --init"))
    return Submodule(path, inner)
