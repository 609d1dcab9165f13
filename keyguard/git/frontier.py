"""Lists what a repository holds beyond what some commits reach: those at which an earlier reading ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from keyguard.errors import SourceError
from keyguard.git import objects
from keyguard.git.objects import MISSING, Header, Listed
from keyguard.git.packs.files import folders
from keyguard.git.packs.index import indexes
from keyguard.git.repository import Repository
from keyguard.git.runner import Git


@dataclass(frozen=True, slots=True)
class Earlier:
    """How far an earlier reading came: it had all that the commits `tips` reach.

    `again` of that is what may have changed since: all else lies in packs that are the same. `unnamed` are the paths of
    those of which it does not know any more what it had of them.
    """

    tips: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reached:
    """All that a repository reaches, told apart by how.

    `tips` are the commits that refs, logs and work trees name. `within` is what they reach beyond the commits
    `before`, all of which they reach too. `beside` is what is named otherwise: annotated tags, what the index holds,
    what is left over. Some of it may be within; some of both may be reached by `before`, as is content that came back.
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
    named = objects.reachable(git, objects.NAMED, [each.id for each in more if each.type == "commit"], whole=False)
    if named.failure is not None or named.missing:
        return None
    tips = frozenset(named.ids)
    still = _reach(repository, tips, earlier.tips - tips) and _are_whole(git, earlier.again)
    before = earlier.tips if still else frozenset()
    new = tips - before
    within = objects.reachable(git, (), [*new, *_without(before)]) if new else Listed([], [])
    inside = [*_without(tips), *_without(_trees(repository, tips))]
    beside = objects.reachable(git, objects.EVERYTHING, [*(each.id for each in more), *inside])
    old = _old(repository, [*within.ids, *beside.ids], earlier) if before else set()
    if within.failure is not None or beside.failure is not None or old is None:
        return None
    missing = list(dict.fromkeys([*within.missing, *beside.missing]))
    fresh, others = ([each for each in listed.ids if each not in old] for listed in (within, beside))
    return Reached(tips, before, fresh, others, missing)


def _reach(repository: Repository, tips: Collection[str], gone: Collection[str]) -> bool:
    """Return whether the tips reach these commits, which they are not themselves."""
    if not gone:
        return True
    left = objects.reachable(repository.git, ["--max-count=1"], [*gone, *_without(tips)], whole=False)
    return left.failure is None and not left.ids and not left.missing


def _old(repository: Repository, ids: Collection[str], earlier: Earlier) -> set[str] | None:
    """Return what was reached earlier, if any of these objects may be in a pack of which that is not known.

    That takes as long as to list all. None where git cannot say it.
    """
    if not _any_in(repository, ids, earlier.unnamed):
        return set()
    listed = objects.reachable(repository.git, (), list(earlier.tips))
    return None if listed.failure is not None or listed.missing else set(listed.ids)


def _any_in(repository: Repository, ids: Collection[str], packs: Collection[str]) -> bool:
    """Return whether any of these objects is in any of these packs, or they cannot be looked at."""
    if not ids or not packs:
        return False
    sought = {bytes.fromhex(each) for each in ids}
    with indexes(folders(repository), len(repository.zero) // 2) as opened:
        looked_at = [each for each in opened if each.pack.path in packs]
        try:
            return len(looked_at) < len(packs) or any(
                index.find(first, sought) for first in {name[0] for name in sought} for index in looked_at
            )
        except OSError:
            return True


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
