"""Which of the files that decide what is reported a scanned change edits itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyguard.config.own import SHARED_FILE, shared_table
from keyguard.errors import ConfigError
from keyguard.git import index, objects
from keyguard.git.index import Entry
from keyguard.git.repository import Repository
from keyguard.model import PolicyChange, PolicyPart

if TYPE_CHECKING:
    from keyguard.pipeline.ranges.given import Range

HOOK_FILE = ".pre-commit-config.yaml"
_REPOSITORY = r"(?m)^(?=[ \t]*-[ \t]+repo[ \t]*:)"
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Watched:
    """The paths of a repository that decide on findings; those in `named` count as they are, whatever the base has."""

    parts: Mapping[str, PolicyPart] = field(default_factory=dict)
    named: frozenset[str] = frozenset()


def of_range(repository: Repository, change: Range, watched: Watched, *, heeded: bool) -> list[PolicyChange]:
    """Return the edits between the base and the tip of a range; `heeded`: whether the tip's files count."""
    paths = sorted(watched.parts)
    before = index.blobs_at(repository, change.base, paths) if change.base else {}
    return _edited(repository, before, index.blobs_at(repository, change.tip, paths), watched, heeded=heeded)


def of_entries(
    repository: Repository, entries: Iterable[Entry], watched: Watched, *, heeded: bool
) -> list[PolicyChange]:
    """Return the edits in what is staged; nothing is asked of git where no such file is among it."""
    own = [each for each in entries if each.path in watched.parts]
    before = {each.path: each.before for each in own if each.before}
    after = {each.path: each.blob for each in own if each.mode != index.GITLINK}
    return _edited(repository, before, after, watched, heeded=heeded) if own else []


def _edited(
    repository: Repository, before: Mapping[str, str], after: Mapping[str, str], watched: Watched, *, heeded: bool
) -> list[PolicyChange]:
    return [
        PolicyChange(part, path, counts=heeded or path in watched.named)
        for path, part in watched.parts.items()
        if before.get(path) != after.get(path)
        and _concerning(repository, path, before.get(path)) != _concerning(repository, path, after.get(path))
    ]


def _concerning(repository: Repository, path: str, blob: str | None) -> object:
    """Return what of a file is about KeyGuard: of files that others share only a part."""
    if path not in (SHARED_FILE, HOOK_FILE) or blob is None:
        return blob
    data = _content(repository, blob)
    if path == HOOK_FILE:
        blocks = re.split(_REPOSITORY, data.decode("utf-8", "replace"))
        return [block.rstrip() for block in blocks if "keyguard" in block.lower()] or None
    try:
        document = shared_table(data, path)
    except ConfigError:
        return data
    return document.table if document else None


def _content(repository: Repository, blob: str) -> bytes:
    return b"".join(body.read(_LARGEST) for _, body in objects.read(repository.git, [blob]) if body is not None)


def lines(changes: Iterable[PolicyChange]) -> list[str]:
    """Return what people are told of the edits, one line for each."""
    return [_line(each) for each in changes]


def _line(change: PolicyChange) -> str:
    if change.part is PolicyPart.COMMENT:
        what = f"{change.path}:{change.line}: this change adds an allow comment"
    else:
        what = f"this change edits {_CALLED[change.part]} {change.path}"
    if change.counts:
        return f"{what}: look at it as at code"
    return f"{what}, which does not count for the change itself (--config-from chooses what does)"


_CALLED = {
    PolicyPart.CONFIGURATION: "the configuration in",
    PolicyPart.BASELINE: "the baseline",
    PolicyPart.LEDGER: "the ledger of incidents",
    PolicyPart.HOOK: "KeyGuard's entry in",
}
