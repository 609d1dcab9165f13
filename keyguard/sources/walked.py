"""Remembers which commits brought content in, so that the next scan looks for it only in commits that are new.

What is remembered is the user's own, in the cache folder. It says no more than in which commits of a repository git is
asked what they brought in: those that did, and all that were not there the last time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple

from keyguard.cache import Shelf
from keyguard.git.commits import Introduction
from keyguard.git.repository import Repository

MOST = 100_000
"""How many ids are kept of one repository; each takes 43 bytes."""
Graph = Mapping[str, Sequence[str]]
"""Commits with their parents; children come before their parents."""


@dataclass(frozen=True)
class Walked:
    """What is remembered of one repository."""

    repository: Repository
    shelf: Shelf

    def worth(self, blobs: Collection[str], graph: Graph) -> Collection[str]:
        """Return those commits of a graph that may have brought in one of these blobs."""
        kept = self._kept
        if not all(each in kept.brought for each in blobs):
            return graph
        looked_at = _reached(kept.tips, graph)
        brought = {commit for each in blobs for commit in kept.brought[each]}
        return {commit for commit in graph if commit not in looked_at or commit in brought}

    def keep(self, blobs: Collection[str], found: Iterable[Introduction], graph: Graph) -> None:
        """Note that all that brought these blobs in, anywhere in a graph, was found."""
        brought: dict[str, set[str]] = {each: set() for each in blobs}
        for each in found:
            brought[each.blob].add(each.commit)
        parents = {parent for above in graph.values() for parent in above}
        tips = {commit for commit in graph if commit not in parents}
        count = len(tips) + sum(1 + len(each) for each in brought.values())
        if _Kept(tips, brought) != self._kept and count <= MOST:
            told = {
                "shallow": sorted(self.repository.shallow_roots),
                "tips": sorted(tips),
                "brought": {each: sorted(many) for each, many in brought.items()},
            }
            self.shelf.write(self._name, json.dumps(told).encode("ascii"))

    @property
    def _name(self) -> str:
        made_of = (self.shelf.identity, os.path.realpath(self.repository.git_dir))
        return f"walked-{blake2b(repr(made_of).encode(), digest_size=20).hexdigest()}"

    @cached_property
    def _kept(self) -> _Kept:
        """What was kept the last time; nothing where it is of no use: behind the end of a shallow clone all is new."""
        try:
            told = json.loads(self.shelf.read(self._name) or b"")
            if told["shallow"] == sorted(self.repository.shallow_roots):
                return _Kept(set(told["tips"]), {each: set(many) for each, many in told["brought"].items()})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass
        return _Kept(set(), {})


class _Kept(NamedTuple):
    """By what the walk was reached that found these: which commits brought in each blob."""

    tips: set[str]
    brought: dict[str, set[str]]


def _reached(tips: Iterable[str], graph: Graph) -> set[str]:
    reached = set(tips)
    for commit, above in graph.items():
        if commit in reached:
            reached.update(above)
    return reached
