"""Which repository this is, so that a clone that was moved finds its incidents, and no other one does."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from keyguard.errors import SourceError
from keyguard.git import objects, remotes
from keyguard.git.repository import Repository

MOST_ROOTS = 32
"""Of a repository with more first commits than that the first of them in the order of their ids tell enough."""
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+]*://)?(?:[^/@]*@)?(?P<host>[^/:]+)(?::\d+(?=/))?[:/]+(?P<path>.+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a repository is known by: its first commits, the address that it is pushed to, and where it lies.

    `roots` are empty before the first commit, and None where they cannot be told (in a shallow clone); `home` is empty
    where there is no remote. `place` is the folder of the objects, which linked work trees share.
    """

    roots: frozenset[str] | None
    home: str
    place: str

    @classmethod
    def of(cls, repository: Repository) -> Identity:
        """Return that of a repository."""
        known = remotes.remotes(repository)
        address = next((each.address for each in known if each.name == "origin"), known[0].address if known else "")
        return cls(_roots(repository), simple(address), str(repository.common_dir.resolve()))

    def likeness(self, kept: Identity) -> int:
        """Return how sure it is that what was kept earlier is of this repository; 0 if it is not.

        A fork shares its first commits, and another clone its address, so it takes both; or the same folder; or the
        first commits of one that has no address, and lies no longer where it lay: that one was moved.
        """
        shared = bool((self.roots or frozenset()) & (kept.roots or frozenset()))
        if not (shared or self.roots is None or kept.roots is None or not kept.roots):
            return 0
        if self.place == kept.place:
            return 3
        if self.home and self.home == kept.home:
            return 2
        return 1 if shared and not (self.home and kept.home) and not os.path.lexists(kept.place) else 0


def _roots(repository: Repository) -> frozenset[str] | None:
    if repository.shallow_roots:
        return None
    head = ["HEAD"] if repository.resolve("HEAD") else []
    try:
        found = objects.commits(repository.git, ["--max-parents=0", "--branches", "--remotes", "--tags", *head])
    except SourceError:
        return None
    return None if found.failure else frozenset(sorted(found.ids)[:MOST_ROOTS])


def simple(address: str) -> str:
    """Return an address without what may change while the repository stays the same: scheme, user, port, `.git`."""
    found = _ADDRESS.fullmatch(address)
    if found is None or address.startswith(("/", ".")):
        return address
    path = found["path"].strip("/").removesuffix(".git")
    return f"{found['host'].lower()}/{path}"
