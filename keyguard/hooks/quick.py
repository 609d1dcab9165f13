"""Lets a commit through at once in which nothing is that the engine would look at, before anything else is loaded.

It says "clean" or nothing: in every doubt the whole check (`hooks.pre_commit`) decides, and says why.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from keyguard.detection.first_look import FirstLook, hit, may_be_wide
from keyguard.errors import KeyGuardError
from keyguard.git import index, objects
from keyguard.git.packs.files import File
from keyguard.git.repository import Repository, discover
from keyguard.hooks.choice import chosen
from keyguard.rules import built
from keyguard.sources.containers.kinds import recognised

LARGEST = 4 << 20
"""Bytes of a file beyond which reading it twice would be felt; it is then read by the whole check alone."""
BATCH = 1 << 20
"""Bytes that are looked at in one pass."""
CONFIGURATIONS = (".keyguard.toml", ".keyguard", "pyproject.toml")
"""Where a repository may have rules of its own, or a baseline or ledger that may be broken."""
POLICY = (".keyguard", ".pre-commit-config.yaml")
"""How the paths begin of files that decide what is reported: that a commit edits one is told."""
_POINTER = b"version "
"""What a pointer of Git LFS begins with."""


def is_clean(files: Sequence[str]) -> bool:
    """Say whether what is staged, or these files of the index, holds nothing that a rule could be about."""
    try:
        gate = built.gate()
        repository = discover(Path()) if gate else None
        if gate is None or repository is None or repository.top is None or _is_configured(repository.top):
            return False
        look = FirstLook(*gate)
        return all(_is_empty(look, batch) for batch in _batches(_contents(repository, [Path(file) for file in files])))
    except (KeyGuardError, OSError, ValueError, _Doubt):
        return False


class _Doubt(Exception):
    """Something is there that takes the whole check."""


def _is_configured(top: Path) -> bool:
    """Say whether the repository may have rules of its own, or a configuration that is broken."""
    *own, project = (top / name for name in CONFIGURATIONS)
    if any(map(os.path.lexists, own)):
        return True
    if not os.path.lexists(project):
        return False
    with File(project) as file:
        return file.size > LARGEST or b"keyguard" in file.at(0, LARGEST)


def _contents(repository: Repository, files: Sequence[Path]) -> Iterator[bytes]:
    """Yield the names and the content of what is looked at."""
    changed = {} if files else {entry.path: entry for entry in index.changed(repository)}
    entries, others = chosen(repository, files, changed)
    if others:
        raise _Doubt
    if any(entry.path.startswith(POLICY) for entry in entries):
        raise _Doubt
    yield from (os.fsencode(entry.path) for entry in entries)
    blobs = dict.fromkeys(entry.blob for entry in entries if entry.mode != index.GITLINK)
    for header, body in objects.read(repository.git, list(blobs)):
        if body is None or header.type != "blob" or header.size > LARGEST:
            raise _Doubt
        yield body.read()


def _batches(contents: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for content in contents:
        if may_be_wide(content) or content.startswith(_POINTER) or recognised(content) is not None:
            raise _Doubt
        batch.append(content)
        size += len(content)
        if size > BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _is_empty(look: FirstLook, batch: list[bytes]) -> bool:
    return not hit(batch, look.anything)
