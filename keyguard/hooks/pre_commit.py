"""The pre-commit hook: blocks a commit that would bring in a secret, and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from keyguard.errors import SourceError
from keyguard.git import index
from keyguard.git.index import Entry
from keyguard.git.packs.files import beginning
from keyguard.git.repository import Repository
from keyguard.hooks.choice import chosen
from keyguard.model import Chunk, Item, Match, ScanResult, Secret, Stats, Unread, Where
from keyguard.pipeline import changes
from keyguard.pipeline.request import staged
from keyguard.pipeline.scan import Collected, Scan
from keyguard.pipeline.standing import HEAD
from keyguard.sources.files import FileReader, Listed
from keyguard.sources.stored import ObjectReader

MOST_OF_A_MERGE = 1 << 20
"""Bytes of the list of commits that are being merged."""
Known = dict[str, set[Secret]]
"""The secrets that a path had before, which a commit does not bring in."""


def check(scan: Scan, repository: Repository, files: Sequence[Path]) -> ScanResult:
    """Return the verdict on these files as they are staged, or on all that is staged when none is named.

    A path with a staged change is judged by what the change adds: a secret that the blob it replaces or was
    renamed from has, or the same path in HEAD or in a commit being merged, is not new. A path with nothing staged is
    judged by all that it holds.
    """
    started = time.monotonic()
    stats = Stats()
    if scan.policy.base is None:
        scan = replace(scan, policy=replace(scan.policy, base=HEAD))
    changed = {entry.path: entry for entry in index.changed(repository)}
    entries, others = chosen(repository, files, changed)
    reader = FileReader(stats, scan.engine.reach, repository.object_format, repository)
    outside = chain.from_iterable(_outside(reader, path, shown, repository) for shown, path in others)
    collected = scan.collect(chain(staged(repository, entries, stats, scan.engine.reach), outside))
    new = _without_known(collected, _known(scan, repository, collected, changed))
    result = scan.judge(new, stats, repository, started)
    policy = scan.policy
    edits = changes.of_entries(repository, changed.values(), policy.watched, heeded=not policy.is_bound)
    known = len(collected.matches) - len(new.matches)
    return replace(result, known=known, policy_changes=(*edits, *result.policy_changes))


def _outside(reader: FileReader, path: Path, shown: str, repository: Repository) -> Iterator[Item]:
    if not os.path.lexists(path):
        yield Unread(shown, "it is neither in the index nor in the work tree")
    elif path.is_dir() and not path.is_symlink():
        yield from reader.named(path, repository)
    else:
        yield from reader.read(Listed(path, shown, 0, repository, named=True))


def _known(scan: Scan, repository: Repository, collected: Collected, changed: dict[str, Entry]) -> Known:
    """Return what the changed paths with a finding held before; a clean commit asks git nothing here."""
    found = [(match.place.origin, secret) for secret, many in collected.matches.items() for match in many]
    concerned = [changed[path] for path in {origin.path for origin, _ in found} if path in changed]
    if not concerned:
        return {}
    before: dict[str, set[str]] = {entry.path: {entry.before} if entry.before else set() for entry in concerned}
    names: set[str] = set()
    for revision in _parents(repository):
        for entry in concerned:
            paths = sorted({entry.path, entry.source or entry.path})
            for path, mode, identity in index.entries_at(repository, revision, paths):
                names.add(path)
                if mode not in (index.GITLINK, index.TREE):
                    before[entry.path].add(identity)
    secrets = _secrets(scan, repository, {blob for blobs in before.values() for blob in blobs})
    known = {path: {secret for blob in blobs for secret in secrets.get(blob, ())} for path, blobs in before.items()}
    for origin, secret in found:
        if origin.where is Where.FILE_NAME and origin.path in names and origin.path in known:
            known[origin.path].add(secret)
    return known


def _parents(repository: Repository) -> list[str]:
    """Return the commits that the next one follows: HEAD, and those being merged."""
    head = repository.resolve("HEAD")
    path = repository.git.folder / repository.git.line("rev-parse", "--git-path", "MERGE_HEAD")
    merging = beginning(path, MOST_OF_A_MERGE).decode("ascii", "replace").split()
    return [*([head] if head else []), *(each for each in merging if repository.resolve(each))]


def _secrets(scan: Scan, repository: Repository, blobs: Iterable[str]) -> dict[str, set[Secret]]:
    found: dict[str, set[Secret]] = {}
    for item in ObjectReader(repository, Stats(), scan.engine.reach).read(sorted(blobs)):
        if isinstance(item, Unread) and item.accept is None:  # what is only not decoded counts as new
            raise SourceError(f"{item.what}: {item.why}, so what is new cannot be told", item.mend)
        if isinstance(item, Chunk) and item.origin.blob:
            held = {match.secret for match in scan.engine.detect(item) if isinstance(match, Match)}
            found.setdefault(item.origin.blob, set()).update(held)
    return found


def _without_known(collected: Collected, known: Known) -> Collected:
    kept = {
        secret: [match for match in many if secret not in known.get(match.place.origin.path or "", ())]
        for secret, many in collected.matches.items()
    }
    return replace(collected, matches={secret: many for secret, many in kept.items() if many})
