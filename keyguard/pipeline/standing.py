"""Which state of a repository's own files counts in a run: its work tree's, that of a commit, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyguard.config.own import Files, WorkTree
from keyguard.errors import ConfigError, UsageError
from keyguard.git.repository import Repository

if TYPE_CHECKING:
    from keyguard.pipeline.ranges.given import Range

SHORT = 12


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is compared with; `revision` is None where it starts from nothing.

    `binding`: an allow comment counts only if it stood there already; else what is new is only told. `tip` is where the
    change ends, for files that it renames.
    """

    revision: str | None
    binding: bool
    tip: str = "HEAD"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a repository's own files are read from, if they count, and whether its allow comments do.

    `base` is what the comments are compared with, if that is known; `notes` are lines for people.
    """

    files: Files | None = None
    comments: bool = True
    base: Base | None = None
    notes: tuple[str, ...] = ()


HEAD = Base("HEAD", binding=False)
"""What is staged is compared with it: whoever commits decides, and is told."""


def of_work_tree(repository: Repository | None) -> Standing:
    """Return what counts where the user looks at a work tree of their own."""
    top = repository.top if repository else None
    return Standing(WorkTree(top) if top else None)


def of_commit(repository: Repository | None, revision: str) -> Standing:
    """Return what counts where the user names the commit that decides; raises `ConfigError` if it is not here."""
    if repository is None:
        raise UsageError("--config-from names a commit, and there is no git repository here")
    commit = repository.resolve(revision)
    if commit is None:
        raise ConfigError(
            f"--config-from {revision}: no such commit in this clone",
            "fetch it first, for example with git fetch origin BRANCH; in CI check out with full history",
        )
    from keyguard.config.committed import Committed

    return Standing(Committed(repository, commit, revision), base=Base(commit, binding=True))


def of_change(repository: Repository, change: Range) -> Standing:
    """Return what counts for the commits of a range: not the files that they bring themselves."""
    base = change.base
    if base is None:
        note = "this change starts from nothing, so nothing that its files hide counts; --config-from names a commit"
        return Standing(comments=False, notes=(note,))
    from keyguard.config.committed import Committed

    return Standing(Committed(repository, base, base[:SHORT]), base=Base(base, binding=True, tip=change.tip))
