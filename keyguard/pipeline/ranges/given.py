"""Turns what `--range` is given into revisions of one repository."""

from __future__ import annotations

import os
from dataclasses import dataclass

from keyguard.errors import SourceError
from keyguard.git.repository import Repository
from keyguard.model import Unread

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Range:
    """Revisions as `rev-list` takes them; `notes` say why it is these.

    `unread` is what belongs to the range and is not in this clone. `base` is the commit whose configuration, baseline
    and comments hold for the change, and not what it makes of them; None where it has none.
    """

    revisions: list[str]
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    base: str | None = None

    @property
    def tip(self) -> str:
        """The commit that the change ends in."""
        return self.revisions[0]


def ranged(repository: Repository, given: str) -> Range:
    """Turn `A..B`, `A...B` or `auto` into revisions; B may be left out for HEAD, and zeros for A mean "from nothing".

    Where B is the name of an annotated tag, its message is part of what came. Raises `SourceError` where a side names
    no commit that is here, and `UsageError` for `auto` outside a CI system.
    """
    if given == AUTO:
        from keyguard.pipeline.ranges import auto, systems

        return auto.ranged(repository, systems.job(os.environ))
    start, _, end = given.partition("...") if "..." in given else given.partition("..")
    new = [_commit(repository, end or "HEAD"), *tag(repository, end)]
    if not start.strip("0"):
        return Range(new)
    old = _commit(repository, start)
    if "..." in given:
        return Range([*new, old, *tag(repository, start), "--not", *bases(repository, old, new[0])], base=old)
    return Range([*new, "--not", old], base=old)


def bases(repository: Repository, one: str, other: str) -> list[str]:
    """Return the best commits that two have in common: none, if their histories do not meet here."""
    try:
        return repository.git.line("merge-base", "--all", one, other).split()
    except SourceError:
        return []


def tag(repository: Repository, revision: str) -> list[str]:
    """Return the annotated tag that a revision names, if it names one."""
    try:
        return repository.git.line(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tag}}"
        ).split()
    except SourceError:
        return []


def _commit(repository: Repository, revision: str) -> str:
    found = repository.resolve(revision)
    if found is None:
        raise SourceError(
            f"{revision} names no commit in this repository",
            "fetch it first; in CI check out with full history (fetch-depth: 0)",
        )
    return found
