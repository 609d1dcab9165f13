"""Says of what was found which commits, paths and refs hold it, and how far it has travelled."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from keyguard.cache import Shelf
from keyguard.errors import SourceError
from keyguard.git import commits, index, objects, remotes
from keyguard.git.commits import Authorship, Introduction, Ref
from keyguard.git.repository import Repository
from keyguard.model import Exposure, Place, Where
from keyguard.sources.walked import Walked

REFS_SHOWN = 20
PATHS_ASKED_FOR = 100
"""Up to how many paths git is told to look at only those; beyond, its whole answer is filtered here."""
CI_CHECKOUTS = (
    "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY", "BITBUCKET_CLONE_DIR", "WORKSPACE",
    "CIRCLE_WORKING_DIRECTORY", "TRAVIS_BUILD_DIR", "BUILDKITE_BUILD_CHECKOUT_PATH", "DRONE_WORKSPACE",
)  # fmt: skip
"""The variables in which the CI systems name the folder that they checked a pushed commit out into."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A place with what git knows of it, and how far that is from home."""

    place: Place
    exposure: Exposure


@dataclass(frozen=True)
class Attribution:
    """Answers from one walk of the commit graph, made when it is first asked for.

    `gaps` are the failures on the way: after one, that something was not found proves nothing. What was found is
    remembered on the shelf, if there is one.
    """

    repository: Repository
    shelf: Shelf | None = None
    gaps: list[SourceError] = field(default_factory=list, repr=False)

    @cached_property
    def intact(self) -> bool:
        """Whether git can walk all commits; where it cannot, less is sure."""
        return not isinstance(self._walked, SourceError)

    @cached_property
    def graph(self) -> dict[str, list[str]]:
        """Every commit with its parents, children first."""
        walked = self._walked
        return commits.stored_parents(self.repository) if isinstance(walked, SourceError) else walked

    @property
    def _everything(self) -> tuple[str, ...]:
        return (*objects.EVERYTHING, *self.repository.arriving)

    @cached_property
    def _walked(self) -> dict[str, list[str]] | SourceError:
        try:
            return commits.parents(self.repository, self._everything)
        except SourceError as error:
            self.gaps.append(error)
            return error

    @cached_property
    def refs(self) -> list[Ref]:
        """The refs, in the order in which they say most to a person: remote branches, branches, others, tags."""
        order = (commits.REMOTES, commits.HEADS, "HEAD", "refs/stash", "refs/notes/")
        rank = {prefix: number for number, prefix in enumerate(order)}

        def place(ref: Ref) -> int:
            return next((number for prefix, number in rank.items() if ref.name.startswith(prefix)), len(rank))

        return sorted(commits.refs(self.repository), key=lambda ref: (ref.name.startswith(commits.TAGS), place(ref)))

    @cached_property
    def pushed(self) -> set[str]:
        """The commits that are known to be on a remote."""
        return commits.pushed(self.repository, self.graph, self.refs)

    @cached_property
    def remotes(self) -> list[remotes.Remote]:
        """Where the repository is pushed to."""
        return remotes.remotes(self.repository)

    @cached_property
    def public(self) -> bool:
        """Whether every commit here was pushed by definition: in a bare clone, on a server, in a CI checkout."""
        return self.repository.bare or self._is_server or _is_ci_checkout(self.repository)

    @property
    def _is_server(self) -> bool:
        return bool(self.repository.arriving)

    def exposure(self, commit: str, reaching: Sequence[Ref]) -> Exposure:
        """Return how far a commit has travelled, by the refs that reach it."""
        if self._is_server and not reaching:
            return Exposure.REFUSED
        if self.public or commit in self.pushed:
            return Exposure.PUSHED
        if not self.intact:
            return Exposure.UNKNOWN
        if commit not in self.graph:
            return Exposure.UNREACHABLE
        tracked = any(ref.name.startswith(commits.REMOTES) for ref in self.refs)
        tagged = any(ref.name.startswith(commits.TAGS) for ref in reaching)
        return Exposure.UNKNOWN if self.remotes and (tagged or not tracked) else Exposure.UNPUSHED

    def blobs(self, wanted: Collection[str]) -> dict[str, list[Introduction]]:
        """Return where each of these blobs came in: once a path, by the earliest commit."""
        graph = self.graph
        walked = Walked(self.repository, self.shelf) if self.shelf is not None else None
        worth = graph if walked is None else walked.worth(wanted, graph)
        looked_at = [commit for commit in self.oldest_first if commit in worth]
        found: list[Introduction] = []
        with self._until_a_gap():
            found.extend(commits.introductions(self.repository, looked_at, blobs=wanted))
        if walked is not None and not self.gaps:
            walked.keep(wanted, found, graph)
        return self._earliest(iter(found))

    def versions(self, paths: Sequence[str]) -> list[Introduction]:
        """Return what commits have brought in at these paths, each blob once a path."""
        limit = paths if len(paths) <= PATHS_ASKED_FOR else ()
        touching = self.oldest_first
        if limit:
            touched = set(objects.commits(self.repository.git, ["--full-history", *self._everything], limit).ids)
            touching = [commit for commit in touching if commit in touched]
        wanted = set(paths)
        found = commits.introductions(self.repository, touching, paths=limit)
        return [
            each for many in self._earliest(each for each in found if each.path in wanted).values() for each in many
        ]

    @cached_property
    def oldest_first(self) -> list[str]:
        """All commits, parents before their children."""
        return list(reversed(self.graph))

    @contextmanager
    def _until_a_gap(self) -> Iterator[None]:
        """End quietly where a lost object ends a walk: that it is lost, the reading of objects tells."""
        try:
            yield
        except SourceError as error:
            self.gaps.append(error)

    def _earliest(self, found: Iterator[Introduction]) -> dict[str, list[Introduction]]:
        kept: dict[tuple[str, str], Introduction] = {}
        with self._until_a_gap():
            for each in found:
                kept.setdefault((each.blob, each.path), each)
        grouped: dict[str, list[Introduction]] = {}
        for each in kept.values():
            grouped.setdefault(each.blob, []).append(each)
        return grouped

    def dated(self, places: Sequence[Place]) -> list[Traced]:
        """Add author, date, refs and exposure to places whose commit or tag is known."""
        ids = sorted({place.commit for place in places if place.commit})
        reaching = commits.refs_reaching(self.graph, self.refs, set(ids))
        tags = {place.origin.blob for place in places if place.origin.where is Where.TAG_MESSAGE and place.origin.blob}
        authors = commits.authorships(self.repository, [*ids, *sorted(tags)])
        return [self._dated(place, reaching, authors) for place in places]

    def _dated(self, place: Place, reaching: Mapping[str, Sequence[Ref]], authors: Mapping[str, Authorship]) -> Traced:
        if place.commit:
            refs = reaching.get(place.commit, ())
            exposure = self.exposure(place.commit, refs)
        else:
            refs = [ref for ref in self.refs if place.origin.blob in (ref.id, ref.target, *ref.tags)]
            refs += [ref for path, ref in self.tagged.get(place.origin.blob or "", ()) if path == place.origin.path]
            exposure = self._named(refs)
        known = authors.get(place.commit or place.origin.blob or "")
        origin = place.origin
        if refs and origin.where is Where.BLOB and all(ref.name.startswith("refs/notes/") for ref in refs):
            origin = replace(origin, where=Where.NOTE)
        shown = tuple(ref.short for ref in _telling(refs)[:REFS_SHOWN])
        author, date = (known.author, known.date) if known else (None, None)
        is_first = place.commit is not None and self.graph.get(place.commit) == []
        told = replace(place, origin=origin, author=author, date=date, refs=shown, is_first=is_first)
        return Traced(told, exposure)

    def paths_with(self, texts: Collection[str]) -> dict[str, list[Introduction]]:
        """Return the paths that have one of these texts in them, each with the earliest commit that has it."""
        found: dict[str, dict[str, Introduction]] = {text: {} for text in texts}
        with self._until_a_gap():
            for each in commits.introductions(self.repository, self.oldest_first):
                for text in texts:
                    if text in each.path:
                        found[text].setdefault(each.path, each)
        return {text: list(paths.values()) for text, paths in found.items()}

    def named(self, name: str) -> Exposure:
        """Return how far the name of a ref has travelled."""
        return self._named([ref for ref in self.refs if ref.name == name])

    def _named(self, refs: Sequence[Ref]) -> Exposure:
        """Return the exposure of an object that refs name itself: a tag, or a tag of a blob."""
        if self._is_server and not refs:
            return Exposure.REFUSED
        if not refs:
            return Exposure.UNREACHABLE if self.intact else Exposure.UNKNOWN
        if self.public or any(ref.name.startswith(commits.REMOTES) for ref in refs):
            return Exposure.PUSHED
        return Exposure.UNKNOWN if self.remotes else Exposure.UNPUSHED

    @cached_property
    def staged(self) -> dict[str, list[str]]:
        """The paths of the index by their blobs."""
        found: dict[str, list[str]] = {}
        with self._until_a_gap():
            for entry in index.entries(self.repository):
                found.setdefault(entry.blob, []).append(entry.path)
        return found

    @cached_property
    def tagged(self) -> dict[str, list[tuple[str, Ref]]]:
        """The blobs of trees that refs name themselves, without a commit, as tags may: each with its paths and refs."""
        found: dict[str, list[tuple[str, Ref]]] = {}
        for ref in (each for each in self.refs if each.target_type == "tree"):
            with self._until_a_gap():
                for path, blob in index.blobs_at(self.repository, ref.target, ()).items():
                    found.setdefault(blob, []).append((path, ref))
        return found

    @cached_property
    def renamed(self) -> dict[str, str]:
        """The paths in HEAD of what is staged under another path now."""
        found: dict[str, str] = {}
        with self._until_a_gap():
            for entry in index.changed(self.repository):
                if entry.source and entry.source != entry.path:
                    found[entry.path] = entry.source
        return found


def _telling(refs: Sequence[Ref]) -> list[Ref]:
    """Leave out tags where a branch tells the same: old commits are in every one of them."""
    branches = [ref for ref in refs if not ref.name.startswith(commits.TAGS)]
    return branches or list(refs)


def _is_ci_checkout(repository: Repository) -> bool:
    top = (repository.top or repository.git_dir).resolve()
    for name in CI_CHECKOUTS:
        value = os.environ.get(name)
        if value and (name != "WORKSPACE" or os.environ.get("JENKINS_URL")):
            checkout = Path(value).expanduser().resolve()
            if top == checkout or checkout in top.parents:
                return True
    return False
