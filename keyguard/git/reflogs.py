"""When commits reached a remote, as far as the logs of this clone tell (git-reflog(1))."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from keyguard.git import commits
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError

_LINE = re.compile(rb"[0-9a-f]{40,64} (?P<new>[0-9a-f]{40,64}) [^\n\t]*> (?P<time>\d{1,11}) [+-]\d{4}\t?(?P<what>.*)")
MOST = 10_000
"""How many lines are looked at: each costs a question to git until the first is found that answers."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """That a remote-tracking ref came to hold a commit: `at` is when (UTC), `pushed` whether this clone pushed it."""

    ref: str
    at: str
    pushed: bool


def arrival(repository: Repository, commit: str) -> Arrival | None:
    """Return when a remote was first known to hold a commit; None where no log tells."""
    holding: dict[str, bool] = {}
    for time, ref, new, what in sorted(_lines(repository))[:MOST]:
        if new not in holding:
            holding[new] = _holds(repository, new, commit)
        if holding[new]:
            at = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return Arrival(ref, at, pushed=what.startswith("update by push"))
    return None


def files(repository: Repository) -> list[Path]:
    """Return the logs of all refs, and of the heads of all work trees."""
    common = repository.common_dir
    found: list[Path] = []
    for folder in [common / "logs", *sorted(common.glob("worktrees/*/logs"))]:
        for base, _, names in os.walk(folder):  # what cannot be looked into is told by `leftovers.closed`
            found += (Path(base, name) for name in names)
    return sorted(found)


def _lines(repository: Repository) -> Iterator[tuple[int, str, str, str]]:
    for ref, line in commits.log_lines(repository):
        if found := _LINE.fullmatch(line):
            new, what = found["new"].decode("ascii"), found["what"].decode("utf-8", "replace")
            yield int(found["time"]), ref, new, what


def _holds(repository: Repository, tip: str, commit: str) -> bool:
    try:
        repository.git.run("merge-base", "--is-ancestor", commit, tip)
    except GitFailedError:  # it does not, or one of the two is not here any more
        return False
    return True
