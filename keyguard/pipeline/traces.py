"""Where a secret has arrived: what tells one that was left standing from one that has come back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from keyguard.detection.engine import Engine
from keyguard.git import commits, index
from keyguard.git.repository import Repository
from keyguard.model import Finding, Place, Where
from keyguard.sources.attribution import Attribution
from keyguard.sources.tracing import finder

MOST = 150
"""How many traces are kept of one secret; of one that has more, only the paths are known."""
COARSE = "*"
"""Stands among the traces of which only the paths are known."""
_IN_FILES = (Where.FILE, Where.BLOB, Where.SYMLINK)


@dataclass(frozen=True, slots=True)
class Trace:
    """That a commit, or what no commit holds yet, has brought the secret to a place.

    `sure` is false where the clone does not hold what was there before.
    """

    where: str
    path: str
    commit: str = ""
    sure: bool = True

    @property
    def digest(self) -> str:
        """The trace as a ledger holds it: it tells neither the commit nor the path."""
        return _digest(self.where, self.commit, self.path)

    @property
    def place(self) -> str:
        """The digest of where that is, whichever commit brought it there."""
        return _digest("at", self.where, self.path)

    def known(self, digests: frozenset[str]) -> bool:
        """Whether it is one of these, as far as that can be told."""
        doubtful = COARSE in digests or not self.sure
        return self.digest in digests or (doubtful and self.place in digests)


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:8]


def kept(traces: frozenset[Trace]) -> frozenset[str]:
    """Return the digests of traces, by which they are known again."""
    digests = {each.digest for each in traces}
    places = sorted({each.place for each in traces if each.commit})
    if len(digests) + len(places) <= MOST:
        return frozenset([*digests, *places])
    return frozenset([COARSE, *places[: MOST - 1]])


@dataclass(frozen=True)
class Traces:
    """Looks for the traces of secrets in one repository; `within` says that it is a submodule of the one scanned."""

    repository: Repository
    engine: Engine
    within: bool = False

    def of(self, finding: Finding) -> frozenset[Trace]:
        """Return where a secret has arrived.

        An edit of a file that the secret stands in is no arrival, nor is a new branch: only a commit in which the
        secret stands at a path, while none of its parents has it there. A secret of the work tree or the index has
        arrived there if the commit that is checked out does not have it.
        """
        inside = [place for place in finding.places if self._is_inside(place)]
        found = {_of_place(place) for place in finding.places if place not in inside}
        paths = sorted({place.origin.path or "" for place in inside})
        if paths:
            holding = self._holding(finding, inside, paths)
            found.update(self._arrived(holding, paths))
            found.update(self._uncommitted(inside, holding))
        return frozenset(found)

    def _is_inside(self, place: Place) -> bool:
        """Whether a place is in a file that the commits of this repository have, or may have."""
        known = place.commit is None or place.commit in self._attribution.graph
        return not self.within and place.origin.where in _IN_FILES and place.origin.path is not None and known

    @cached_property
    def _attribution(self) -> Attribution:
        return Attribution(self.repository)

    def _holding(self, finding: Finding, places: list[Place], paths: list[str]) -> frozenset[str]:
        """Return the blobs that hold the secret: those that were found, and versions of the same files."""
        found = {place.origin.blob for place in places if place.origin.blob}
        versions = {each.blob for each in self._attribution.versions(paths)}
        versions |= {blob for blob, many in self._attribution.staged.items() if set(many) & set(paths)}
        look = finder(self.repository, self.engine.detect, self.engine.reach)
        more = {blob for blob, secrets in look(sorted(versions - found)).items() if finding.secret in secrets}
        return frozenset(found | more)

    def _arrived(self, holding: frozenset[str], paths: list[str]) -> Iterator[Trace]:
        graph, shallow = self._attribution.graph, self.repository.shallow_roots
        for each in commits.introductions(self.repository, self._attribution.oldest_first, blobs=holding):
            parents = graph.get(each.commit, ())
            stood = any(
                index.blobs_at(self.repository, parent, [each.path]).get(each.path) in holding for parent in parents
            )
            if not stood:
                yield Trace("file", each.path, each.commit, sure=each.commit not in shallow)

    def _uncommitted(self, places: list[Place], holding: frozenset[str]) -> Iterator[Trace]:
        staged = {path for blob in holding for path in self._attribution.staged.get(blob, ())}
        here = sorted(staged | {place.origin.path or "" for place in places if place.origin.blob is None})
        head = self.repository.resolve("HEAD") if here else None
        at_head = index.blobs_at(self.repository, head, here) if head else {}
        yield from (Trace("file", path) for path in here if at_head.get(path) not in holding)


def _of_place(place: Place) -> Trace:
    where = "file" if place.origin.where in _IN_FILES else place.origin.where.value
    named = place.origin.path or place.origin.blob or ""
    return Trace(where, named, place.commit or "")
