"""A secret of a GitHub repository's Actions, through the user's own `gh`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.rotation.targets.processes import fed

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REPOSITORY = re.compile(r"(?:[\w.-]+/)?[A-Za-z0-9][\w-]*/[\w.][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class GitHubSecret:
    """One secret by its name; without a repository `gh` takes the one of the folder, as it does for its user."""

    spec: str
    name: str
    repository: str | None
    notes: Sequence[str] = ()

    @classmethod
    def named(cls, spec: str, rest: str) -> GitHubSecret:
        """Return what `gh:NAME` or `gh:OWNER/REPOSITORY:NAME` names."""
        repository, _, name = rest.rpartition(":")
        if not _NAME.fullmatch(name) or (repository and not _REPOSITORY.fullmatch(repository)):
            hint = "write it as gh:OPENAI_API_KEY or gh:owner/repository:OPENAI_API_KEY"
            raise UsageError(f"{spec} does not name a secret of GitHub's", hint)
        return cls(spec, name, repository or None)

    def check(self, known: Collection[str]) -> None:
        """Raise `UsageError` where there is no `gh`."""
        _executable()

    def others(self, known: Collection[str]) -> Sequence[str]:
        """Return nothing: it has one value."""
        return ()

    def put(self, key: Secret, known: Collection[str]) -> None:
        """Give the key to `gh secret set` on its standard input."""
        where = ["--repo", self.repository] if self.repository else []
        fed([_executable(), "secret", "set", self.name, *where], key, "gh secret set")

    def holds(self, fingerprint: str) -> None:
        """Return None: GitHub shows no secret again."""


def _executable() -> str:
    """Return the `gh` of the search path, whose relative entries would find the repository's own file."""
    entries = [each for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each).is_absolute()]
    found = shutil.which("gh", path=os.pathsep.join(entries)) if entries else None
    if found is None:
        raise UsageError("gh was not found on PATH", "install it (https://cli.github.com), or name another target")
    return found
