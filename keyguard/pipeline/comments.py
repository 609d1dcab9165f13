"""Tells the allow comments that a change brings in from those that stood there before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from keyguard.detection.engine import Engine
from keyguard.errors import SourceError
from keyguard.git import index, objects
from keyguard.git.repository import Repository
from keyguard.model import Chunk, Finding, Match, Place, PolicyChange, PolicyPart, Secret, Stats, Where
from keyguard.pipeline.standing import Base
from keyguard.sources.stored import ObjectReader
from keyguard.suppression.inline import allowed


@dataclass(frozen=True)
class Comments:
    """The allow comments of a repository as a base has them; `within` says that it is a submodule, which has none."""

    base: Base
    repository: Repository
    engine: Engine
    rules: frozenset[str]
    within: bool = False

    def judged(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[PolicyChange]]:
        """Return the findings as they count, and the comments that are new: a binding base does not heed those."""
        judged, changes = [], list[PolicyChange]()
        for finding in findings:
            new = [place for place in finding.places if place.allowed and not self._stood(finding.secret, place)]
            counts = not self.base.binding
            changes += [
                PolicyChange(PolicyPart.COMMENT, place.origin.path or place.origin.label, place.line, counts)
                for place in new
            ]
            if new and not counts:
                places = [replace(place, allowed=False) if place in new else place for place in finding.places]
                finding = replace(finding, places=tuple(places))  # noqa: PLW2901
            judged.append(finding)
        return judged, list(dict.fromkeys(changes))

    def _stood(self, secret: Secret, place: Place) -> bool:
        """Whether the base heeds a comment for this secret in the file, or the place is itself one of the base's."""
        if self._commit is None or self.within:
            return False
        path = place.origin.path
        if path is not None and any(secret in self._allowed_in(each) for each in (path, self._renamed.get(path))):
            return True
        return self._is_of_base(place)

    def _is_of_base(self, place: Place) -> bool:
        """Whether a commit that the base follows holds exactly this: a place of the index may have an older one."""
        if place.commit is None or not self._follows(place.commit):
            return False
        if place.origin.where is Where.COMMIT_MESSAGE:
            return True
        path = place.origin.path
        held = index.blobs_at(self.repository, place.commit, [path]) if path else {}
        return bool(held) and place.origin.blob in held.values()

    def _follows(self, commit: str) -> bool:
        if commit not in self._followed:
            new = objects.commits(self.repository.git, ["--max-count=1", commit, f"^{self._commit}"])
            self._followed[commit] = new.failure is None and not new.ids
        return self._followed[commit]

    @cached_property
    def _followed(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _commit(self) -> str | None:
        return self.repository.resolve(self.base.revision) if self.base.revision else None

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """The paths in the base of what is called otherwise at the tip, as far as git can tell."""
        tip = self.repository.resolve(self.base.tip)
        if tip is None or tip == self._commit:
            return {}
        try:
            return index.renamed(self.repository, self._commit or "", tip)
        except SourceError:  # renames are found by content, which a partial clone may not have
            return {}

    @cached_property
    def _known(self) -> dict[str, frozenset[Secret]]:
        return {}

    def _allowed_in(self, path: str | None) -> frozenset[Secret]:
        """Return the secrets that a comment allows in the base's version of a file."""
        if path is None:
            return frozenset()
        if path not in self._known:
            blobs = index.blobs_at(self.repository, self._commit or "", [path])
            self._known[path] = frozenset(self._secrets(list(blobs.values())))
        return self._known[path]

    def _secrets(self, blobs: Sequence[str]) -> Iterable[Secret]:
        for item in ObjectReader(self.repository, Stats(), self.engine.reach).read(list(blobs)):
            for match in self.engine.detect(item) if isinstance(item, Chunk) else ():
                if isinstance(match, Match) and allowed(match, self.rules):
                    yield match.secret
