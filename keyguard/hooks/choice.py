"""Says which entries of the index a commit, or a hook that is given names, is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from keyguard.git import index
from keyguard.git.index import Entry
from keyguard.git.repository import Repository


def chosen(
    repository: Repository, files: Sequence[Path], changed: Mapping[str, Entry]
) -> tuple[list[Entry], list[tuple[str, Path]]]:
    """Return the entries to read, and the named files that the index does not have; without names all that changed."""
    if not files:
        return list(changed.values()), []
    named = {repository.relative(path.parent.resolve() / path.name): path for path in files}
    entries = index.entries(repository, list(named))
    held = {entry.path for entry in entries}
    return entries, [(shown, path) for shown, path in named.items() if not _is_held(shown, held)]


def _is_held(shown: str, held: set[str]) -> bool:
    return shown in held or any(path.startswith(f"{shown}/") for path in held)
