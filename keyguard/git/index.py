"""Reads the index: what would be committed now, entry by entry, by plumbing that ends its records with NUL."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from keyguard.errors import SourceError
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError

GITLINK = "160000"
SYMLINK = "120000"
TREE = "040000"
REGULAR = ("100644", "100755", "100664")
"""The modes of files; the last is of old versions of git."""
MEND = "git read-tree HEAD makes the index anew from the last commit"


class Entry(NamedTuple):
    """One staged path: `blob` is its content, `before` the blob that it replaces in HEAD, if any.

    The `blob` of a submodule (`GITLINK`) is a commit that lies elsewhere.

    `source` is the path in HEAD that it was renamed or copied from (its own path where it was only changed).
    """

    path: str
    mode: str
    blob: str
    before: str | None = None
    source: str | None = None


def entries(repository: Repository, paths: Sequence[str] = ()) -> list[Entry]:
    """Return what the index holds at these paths, or everywhere: submodules too, all sides of an unfinished merge."""
    fields = repository.git.fields("ls-files", "-z", "--stage", "--", *paths)
    found = []
    for field in fields:
        head, _, path = field.partition(b"\t")
        mode, blob, _stage = head.decode("ascii").split()
        if not path or not blob.strip("0"):  # git reads on past the end of an index that was cut off, as zeros
            raise SourceError("the index is damaged", MEND)
        found.append(Entry(os.fsdecode(path), mode, blob))
    return found


def submodules(repository: Repository) -> list[str]:
    """Return the paths of the index that are submodules."""
    return [entry.path for entry in entries(repository) if entry.mode == GITLINK]


def changed(repository: Repository) -> list[Entry]:
    """Return the entries that differ from HEAD (all of them before the first commit), renames followed.

    An unfinished merge's sides count as changed: none of them is committed yet. Raises `SourceError` where the index is
    damaged: git reads on past the end of one that was cut off, and says nothing of the entries that it lost.
    """
    if not _is_whole(repository):
        raise SourceError("the index is damaged", MEND)
    try:
        fields = _differing(repository, "HEAD", "--find-renames")
    except GitFailedError:  # there is no commit yet; or a partial clone lacks the content that renames are found by
        head = repository.resolve("HEAD") or repository.empty_tree()
        fields = _differing(repository, head, "--no-renames")
    found: list[Entry] = []
    unmerged: list[str] = []
    for entry, status in _records(iter(fields), repository.zero):
        if status == "U":
            unmerged.append(entry.path)
        elif status != "D":
            found.append(entry)
    return found + (entries(repository, unmerged) if unmerged else [])


def _is_whole(repository: Repository) -> bool:
    """Say whether the index ends in the checksum of what stands before it, or in zeros where git was told to leave it
    out (index.skipHash): see gitformat-index(5). One that is not there is empty, and what git cannot read it says.
    """
    named = repository.git.environ.get("GIT_INDEX_FILE") if repository.git.inherit else None
    try:
        data = Path(named or repository.git_dir / "index").read_bytes()
    except OSError:
        return True
    made = _checksum(repository.object_format)
    end = len(data) - made.digest_size
    made.update(memoryview(data)[: max(end, 0)])
    return end > 0 and data[end:] in (made.digest(), bytes(made.digest_size))


def _checksum(object_format: str) -> Any:  # noqa: ANN401
    """Return what makes the checksum: for SHA-1 CPython's own module: `hashlib` loads OpenSSL."""
    if object_format == "sha1":
        with suppress(ImportError):  # other Pythons
            return importlib.import_module("_sha1").sha1()
    return importlib.import_module("hashlib").new(object_format, usedforsecurity=False)


def _differing(repository: Repository, head: str, renames: str) -> list[bytes]:
    options = ["--cached", "--raw", "-z", "--no-abbrev", "--no-ext-diff", renames]
    return repository.git.fields("diff-index", *options, head, "--")


def _records(fields: Iterator[bytes], zero: str) -> Iterator[tuple[Entry, str]]:
    for field in fields:
        old_mode, mode, before, blob, status = field.decode("ascii").lstrip(":").split()
        source = os.fsdecode(next(fields))
        path = os.fsdecode(next(fields)) if status[0] in "RC" else source
        yield Entry(path, mode, blob, None if before == zero or old_mode == GITLINK else before, source), status[0]


def entries_at(repository: Repository, revision: str, paths: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return path, mode and id of what a commit has at each of the paths, folders as such, in the order of git.

    A folder that is asked for together with something in it is left out: git lists what it holds instead.
    """
    found = []
    for field in repository.git.fields("ls-tree", "-z", "--full-tree", revision, "--", *paths):
        head, _, path = field.partition(b"\t")
        mode, _, identity = head.decode("ascii").split()
        if os.fsdecode(path) in paths:
            found.append((os.fsdecode(path), mode, identity))
    return found


def names_at(repository: Repository, revision: str) -> list[str]:
    """Return the names of what a commit has at its top."""
    fields = repository.git.fields("ls-tree", "-z", "--full-tree", "--name-only", revision, "--")
    return [os.fsdecode(field) for field in fields]


def blobs_at(repository: Repository, revision: str, paths: Sequence[str]) -> dict[str, str]:
    """Return the blob that a commit has at each of the paths; a path that it has not is left out."""
    found = {}
    for field in repository.git.fields("ls-tree", "-z", "-r", "--full-tree", revision, "--", *paths):
        head, _, path = field.partition(b"\t")
        mode, _, identity = head.decode("ascii").split()
        if mode != GITLINK:
            found[os.fsdecode(path)] = identity
    return found


def renamed(repository: Repository, before: str, after: str) -> dict[str, str]:
    """Return the paths in one commit of files that another one has under another path, by that path."""
    options = ["--raw", "-r", "-z", "--no-abbrev", "--no-ext-diff", "--find-renames", "--diff-filter=R"]
    fields = repository.git.fields("diff-tree", *options, before, after, "--")
    return {entry.path: entry.source or entry.path for entry, _ in _records(iter(fields), repository.zero)}
