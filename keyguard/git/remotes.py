"""Where a repository is pushed to, read by GitPython: the only module that knows that library, imported when needed.

GitPython's `Repo()` and its reading of the configuration start no program of the repository's; importing it costs
more than 100 ms, so only what has a finding to explain does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from keyguard.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote's name, and its address without user name and password."""

    name: str
    address: str


def remotes(repository: Repository) -> list[Remote]:
    """Return the remotes of the configuration; none where GitPython cannot read it."""
    import git
    import git.exc

    try:
        with git.Repo(repository.git_dir) as repo:
            return [
                Remote(remote.name, _without_credentials(remote.config_reader.get("url", fallback="")))
                for remote in repo.remotes
            ]
    except (git.exc.GitError, OSError, ValueError):
        return []


def _without_credentials(address: object) -> str:
    return re.sub(r"^([a-z+]+://)[^/@]*@", r"\1", str(address), flags=re.IGNORECASE)
