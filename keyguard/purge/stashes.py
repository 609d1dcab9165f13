"""Takes along the stashes below the newest one: only a log names them, so that a bundle and a clone do without."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from keyguard.git import objects
from keyguard.git.packs.files import File
from keyguard.git.repository import Repository
from keyguard.git.writer import Writer

STASH = "refs/stash"
FOLDER = "refs/keyguard-stashes/"
"""Where they stand in the clone while it is rewritten."""
_NEW = re.compile(rb"[0-9a-f]{40,64} ([0-9a-f]{40,64}) ")


@dataclass(frozen=True, slots=True)
class Stashes:
    """The commits of the stashes below the newest, the newer first, and those (`stash@{…}`) that are not whole here."""

    ids: Sequence[str] = ()
    broken: Sequence[str] = ()


def below(repository: Repository) -> Stashes:
    """Return what the log of stashes names besides the newest, which is a ref (git-stash(1))."""
    path = repository.common_dir / "logs" / STASH
    lines: list[bytes] = []
    with suppress(OSError), File(path) as file:
        lines = file.at(0, file.size).splitlines()
    found = [each[1].decode("ascii") for line in reversed(lines) if (each := _NEW.match(line))][1:]
    whole = _whole(repository, list(dict.fromkeys(found)))
    broken = [f"stash@{{{number}}} {each[:12]}" for number, each in enumerate(found, 1) if each not in whole]
    return Stashes([each for each in found if each in whole], broken)


def _whole(repository: Repository, ids: Sequence[str]) -> set[str]:
    """Return those commits of which everything is here; each is only asked about where something is missing at all."""
    here = [each.id for each in objects.headers(repository.git, ids) if each.type == "commit"] if ids else []
    if not here or _reaches_all(repository, here):
        return set(here)
    return {each for each in here if _reaches_all(repository, [each])}


def _reaches_all(repository: Repository, ids: Sequence[str]) -> bool:
    listed = objects.reachable(repository.git, [], ids)
    return not (listed.missing or listed.failure)


def placed(git: Writer, ids: Iterable[str]) -> None:
    """Give the stashes refs in a clone that has their objects, so that they are rewritten."""
    lines = "".join(f"create {FOLDER}{number:06}\0{each}\0" for number, each in enumerate(ids, 1))
    git.run("update-ref", "-z", "--no-deref", "--stdin", stdin=lines.encode("ascii"))


def restored(git: Writer) -> list[tuple[str, str]]:
    """Write the log of stashes anew, and return them as id and subject, the newest first."""
    form = "--format=%(objectname)%00%(contents:subject)"
    listed = b"".join(git.run("for-each-ref", form, each) for each in (STASH, FOLDER))
    pairs = [line.split("\0", 1) for line in listed.decode("utf-8", "surrogateescape").splitlines()]
    names = git.run("for-each-ref", "--format=%(refname)", STASH, FOLDER).decode("ascii").splitlines()
    gone = "".join(f"delete {name}\0\0" for name in names)
    git.run("update-ref", "-z", "--no-deref", "--stdin", stdin=gone.encode("ascii"))
    for identity, subject in reversed(pairs):
        git.run("update-ref", "--create-reflog", "--no-deref", "-m", subject or "stash", STASH, identity)
    return [(identity, subject) for identity, subject in pairs]
