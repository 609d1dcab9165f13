"""Lists what a repository holds beyond what some commits reach: those at which an earlier reading ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from keyguard.errors import SourceError
from keyguard.git import objects
from keyguard.git.objects import MISSING, Header, Listed
from keyguard.git.repository import Repository
from keyguard.git.runner import Git


@dataclass(frozen=True, slots=True)
class Earlier:
    """How far an earlier reading came: it had all that the commits `tips` reach.

    `again` of that is what may have changed since: all else lies in packs that are the same.
    """

    tips: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reached:
    """All that a repository reaches, told apart by how.

    `tips` are the commits that refs, logs and work trees name. `within` is what they reach beyond the commits
    `before`, all of which they reach too. `beside` is what is named otherwise: annotated tags, what the index holds,
    what is left over. Some of it may be within, or be reached by `before`.
    """

    tips: frozenset[str]
    before: frozenset[str]
    within: list[str]
    beside: list[str]
    missing: list[str]

    @property
    def ids(self) -> list[str]:
        """All of it, each once."""
        return list(dict.fromkeys([*self.within, *self.beside]))


def reached(repository: Repository, more: Sequence[Header], earlier: Earlier) -> Reached | None:
    """Return what is reached beyond an earlier reading; None where git cannot say all of it.

    `more` are objects that count as named. Where something does not reach all of its commits any more, as after a
    branch was deleted, or git cannot read what they reach, all is told from its beginning, and `before` is empty.
    """
    git = repository.git
    named = objects.named(git, [each.id for each in more if each.type == "commit"])
    if named.failure is not None or named.missing:
        return None
    tips = frozenset(named.ids)
    still = _reach(repository, tips, earlier.tips - tips) and _are_whole(git, earlier.again)
    before = earlier.tips if still else frozenset()
    new = tips - before
    within = objects.reachable(git, (), [*new, *_without(before)]) if new else Listed([], [])
    inside = [*_without(tips), *_without(_trees(repository, tips))]
    beside = objects.reachable(git, objects.EVERYTHING, [*(each.id for each in more), *inside])
    if within.failure is not None or beside.failure is not None:
        return None
    missing = list(dict.fromkeys([*within.missing, *beside.missing]))
    return Reached(tips, before, within.ids, beside.ids, missing)


def _reach(repository: Repository, tips: Collection[str], gone: Collection[str]) -> bool:
    """Return whether the tips reach these commits, which they are not themselves."""
    if not gone:
        return True
    left = objects.reachable(repository.git, ["--max-count=1"], [*gone, *_without(tips)], whole=False)
    return left.failure is None and not left.ids and not left.missing


def _are_whole(git: Git, ids: Collection[str]) -> bool:
    """Return whether all of these are here, and what names others can be read to its end, as to list it takes."""
    if not ids:
        return True
    try:
        known = list(objects.headers(git, ids))
        naming = [each.id for each in known if each.type in ("commit", "tree")]
        for _, body in objects.read(git, naming) if naming else ():
            if body is None:
                return False
            body.read()
    except SourceError:
        return False
    return all(each.type != MISSING for each in known)


def _trees(repository: Repository, tips: Collection[str]) -> list[str]:
    """Return the tree that an index holds most of; that of a commit which is left out is not left out by itself."""
    head = None if repository.bare else repository.resolve("HEAD")
    return [f"{head}^{{tree}}"] if head in tips else []


def _without(revisions: Collection[str]) -> list[str]:
    return [f"^{each}" for each in revisions]
