"""Lists and reads stored objects in bulk, each once, whatever its size, through `rev-list` and `cat-file`."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import IO, NamedTuple

from keyguard.errors import SourceError
from keyguard.git.runner import Git

EVERYTHING = ("--all", "--reflog", "--indexed-objects")
"""Where a repository's objects are reached from: all refs and heads of all its work trees, what their logs
remember (`refs/stash` included), and the index."""
NAMED = ("--no-walk=unsorted", "--all", "--reflog")
"""The commits that refs and their logs name, those behind annotated tags too, and none that these reach."""
ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""The whole id of an object, by SHA-1 or SHA-256."""
MISSING = "missing"
SILENT = "silent"
RESTARTS = 1000
"""How many objects may stop `cat-file` before the rest is given up: each is told, and each costs a new process."""

SILENCES = 3
"""How often git may give nothing for very long, before the rest is given up; the second time it is known on what."""


class Listed(NamedTuple):
    """The objects that some revisions reach; `missing` are named by others but not stored here.

    `failure` is what stopped the listing before its end.
    """

    ids: list[str]
    missing: list[str]
    failure: SourceError | None = None


class Header(NamedTuple):
    """What `cat-file` says of an object: its type and size in bytes.

    They are `MISSING` and 0 where it cannot be read, `SILENT` and 0 where git does not answer.
    """

    id: str
    type: str
    size: int


class Body:
    """The content of one object, read from the pipe as wanted; what is left is skipped by the reader."""

    __slots__ = ("_left", "_pipe")

    def __init__(self, pipe: IO[bytes], size: int) -> None:
        self._pipe = pipe
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes (all that is left by default); empty at the end.

        Raises `SourceError` when git stopped in the middle.
        """
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._pipe.read(wanted) if wanted else b""
        self._left -= len(data)
        if len(data) < wanted:
            raise SourceError("git stopped in the middle of this object")
        return data

    def skip(self) -> None:
        """Read past what is left and the line end that closes the object."""
        while self._left:
            self.read(1 << 20)
        self._pipe.read(1)


def reachable(git: Git, revisions: Sequence[str], more: Sequence[str] = (), *, whole: bool = True) -> Listed:
    """List every object that the revisions reach (trees too); a missing one is told and never asked for.

    `more` are ids, however many, that count as revisions; so may be those among the revisions, as of a push of all
    refs. Without `whole` only commits are listed.
    """
    what = ["--objects", "--no-object-names"] if whole else []
    named, ids = given(revisions, more)
    return _listed(git, ["rev-list", *what, "--missing=print", *named, "--"], ids)


def given(revisions: Sequence[str], more: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """Return how git is given revisions: as arguments, and ids, of which a command line has no room for many, as input.

    After `--not` ids are excluded, as there. `more` are ids that are not.
    """
    named, ids, mark = list[str](), list[str](), ""
    for each in revisions:
        if each == "--not":
            mark = "" if mark else "^"
        if ID.fullmatch(each):
            ids.append(mark + each)
        else:
            named.append(each)
    ids += more
    return [*named, *(["--stdin"] if ids else [])], ids


def commits(git: Git, revisions: Sequence[str], paths: Sequence[str] = ()) -> Listed:
    """List the commits that the revisions reach (those that touch the paths, if any), children first."""
    named, ids = given(revisions)
    return _listed(git, ["rev-list", "--missing=print", "--topo-order", *named, "--", *paths], ids)


def stored(git: Git) -> Listed:
    """List every object of the repository's own store and its alternates, reachable or not."""
    return _listed(git, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered", "--buffer"])


def _listed(git: Git, arguments: Sequence[str], ids: Sequence[str] = ()) -> Listed:
    with git.stream(*arguments, stdin=subprocess.PIPE) as process:
        Feeder(process.stdin, ids)
        printed = process.stdout.read() if process.stdout else b""
        failed = git.complaint(process, arguments[0])
    if failed:  # the last line may be the beginning of one
        printed = printed[: printed.rfind(b"\n") + 1]
    lines = printed.decode("ascii").splitlines()
    ids = [line for line in lines if not line.startswith("?")]
    missing = [line[1:] for line in lines if line.startswith("?")]
    return Listed(ids, missing, failed)


def headers(git: Git, ids: Iterable[str]) -> Iterator[Header]:
    """Say type and size of each object, in the order given; nothing is read in full."""
    with git.stream("cat-file", "--batch-check", "--buffer", stdin=subprocess.PIPE) as process:
        Feeder(process.stdin, ids)
        for line in process.stdout or ():
            yield _header(line)
        if failed := git.complaint(process, "cat-file"):
            raise failed


def read(git: Git, ids: Sequence[str]) -> Iterator[tuple[Header, Body | None]]:
    """Read objects in the order given; the body is None where the object is missing or cannot be read.

    A body is good until the next step. An object on which git gives up is told as missing, one on which it never
    answers as `SILENT`, and reading goes on behind it; after a few of these it is given up.
    """
    start = silences = 0
    for _ in range(RESTARTS):
        count, is_silent = yield from _read_until_stopped(git, ids, start, buffered=not silences)
        start += count
        if start >= len(ids):
            return
        silences += is_silent
        if silences > SILENCES:
            break
        if is_silent and silences == 1:  # what it had answered may be lost, so which one it was is not known yet
            continue
        if is_silent or not count:  # git says nothing at all about this one
            yield Header(ids[start], SILENT if is_silent else MISSING, 0), None
            start += 1
    for identity in ids[start:]:
        yield Header(identity, SILENT if silences else MISSING, 0), None


def _read_until_stopped(
    git: Git, ids: Sequence[str], start: int, *, buffered: bool
) -> Generator[tuple[Header, Body | None], None, tuple[int, bool]]:
    """Read objects; return of how many something was said, and whether git was ended because it gave nothing.

    One that is not `buffered` says all that it knows of an object before it looks at the next, which takes longer.
    """
    count = 0
    with git.stream("cat-file", "--batch", *(["--buffer"] if buffered else []), stdin=subprocess.PIPE) as process:
        Feeder(process.stdin, ids[start:] if start else ids)
        pipe = process.stdout
        while pipe is not None and (line := pipe.readline()).endswith(b"\n"):
            header = _header(line)
            count += 1
            if header.type == MISSING:
                yield header, None
                continue
            body = Body(pipe, header.size)
            yield header, body
            try:
                body.skip()
            except SourceError:
                break
    return count, process.is_silent


def _header(line: bytes) -> Header:
    name, kind, *size = line.decode("ascii", "replace").split()
    return Header(name, kind, int(size[0])) if size and size[0].isdigit() else Header(name, MISSING, 0)


class Feeder(threading.Thread):
    """Writes object ids to git while its answers are read: both pipes are finite."""

    def __init__(self, pipe: IO[bytes] | None, ids: Iterable[str]) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._ids = ids
        self.start()

    def run(self) -> None:
        """Write all the ids, and close the pipe; the end of the reader ends it."""
        if self._pipe is None:
            return
        try:
            for identity in self._ids:
                self._pipe.write(identity.encode("ascii") + b"\n")
            self._pipe.close()
        except (OSError, ValueError):
            return  # git is gone; whoever reads its answers sees that
