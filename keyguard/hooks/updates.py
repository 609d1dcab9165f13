"""Reads what git tells a hook by standard input: which refs move, from where, and to where."""

from __future__ import annotations

import os
from dataclasses import dataclass

from keyguard.errors import SourceError, UsageError
from keyguard.git import objects
from keyguard.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Update:
    """A ref of the receiving side; `old` and `new` are None where it is made or deleted."""

    ref: str
    old: str | None
    new: str | None


def of_push(given: bytes) -> list[Update]:
    """Read the lines of a pre-push hook: local ref, local id, remote ref, remote id; raises `UsageError`."""
    # what is pushed may have blanks in it: a revision as the user wrote it
    return [_update(line, ref, old, new) for line in _lines(given) for _, new, ref, old in [_fields(line, 4)]]


def of_receive(given: bytes) -> list[Update]:
    """Read the lines of a pre-receive hook: old id, new id, ref; raises `UsageError`."""
    return [_update(line, ref, old, new) for line in _lines(given) for old, new, ref in [_fields(line, 3)]]


def known(repository: Repository, updates: list[Update]) -> list[str]:
    """Return those of the old ids that are here: what they reach has been sent before."""
    old = list(dict.fromkeys(each.old for each in updates if each.old is not None))
    try:
        return [each.id for each in objects.headers(repository.git, old) if each.type != objects.MISSING] if old else []
    except SourceError:  # a partial clone, where git would fetch what is missing: one by one it says of the others
        return [each for each in old if repository.has(each)]


def _lines(given: bytes) -> list[str]:
    return [line for line in os.fsdecode(given).split("\n") if line.strip()]


def _fields(line: str, count: int) -> list[str]:
    fields = line.rsplit(" ", count - 1) if count == 4 else line.split(" ")
    if len(fields) != count:
        raise UsageError(f"git does not say so what moves: {line!r}", "this command is for git's hooks to run")
    return fields


def _update(line: str, ref: str, old: str, new: str) -> Update:
    if not objects.ID.fullmatch(old) or not objects.ID.fullmatch(new):
        raise UsageError(f"there is no object id in {line!r}", "this command is for git's hooks to run")
    return Update(ref, *(each if each.strip("0") else None for each in (old, new)))
