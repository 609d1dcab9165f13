"""The hooks of a push, on either side: they judge all that it brings to the receiving side, and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from keyguard.errors import UsageError
from keyguard.git import commits, objects
from keyguard.git.repository import Repository
from keyguard.hooks import updates
from keyguard.hooks.tracked import tracked
from keyguard.hooks.updates import Update
from keyguard.model import Chunk, Item, Match, Origin, ScanResult, Stats, Where
from keyguard.pipeline.request import guarded
from keyguard.pipeline.scan import Scan
from keyguard.sources.stored import ObjectReader

FRAMEWORK = "PRE_COMMIT_REMOTE_NAME"
"""What the pre-commit framework, and prek, set for a push; standard input they keep to themselves."""
FRAMEWORK_TO = "PRE_COMMIT_TO_REF"
FRAMEWORK_AT = "PRE_COMMIT_REMOTE_URL"


@dataclass(frozen=True, slots=True)
class Moving:
    """What arrives at the receiving side: ids, and revisions as `rev-list` takes them for all that is new with these.

    `names` are those of the refs; `notes` are for people.
    """

    ids: tuple[str, ...]
    revisions: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def pushed(repository: Repository, arguments: Sequence[str], given: bytes, environ: Mapping[str, str]) -> Moving:
    """Return what a pre-push hook is about: `arguments` are the remote's name and address, `given` what git says.

    Raises `UsageError` for what git does not say.
    """
    remote = environ.get(FRAMEWORK, "")
    if not given.strip() and remote:
        return _of_framework(repository, remote, environ)
    moved = updates.of_push(given)
    remote, address = [*arguments, "", ""][:2]
    return _moving(moved, [*updates.known(repository, moved), *tracked(repository, remote, address, moved)])


def received(given: bytes) -> Moving:
    """Return what a pre-receive hook is about: what no ref reaches yet. Raises `UsageError` as `pushed`.

    The old ids are what the client says, which git compares with the refs only after the hook: they prove nothing.
    """
    moved = updates.of_receive(given)
    if not moved:
        raise UsageError(
            "git did not say what arrives", "the lines that git gives to pre-receive belong on standard input"
        )
    return _moving(moved, ["--all"])


def check(scan: Scan, repository: Repository, moving: Moving) -> ScanResult:
    """Return the verdict on what arrives."""
    started = time.monotonic()
    stats = Stats()
    collected = scan.collect(_items(ObjectReader(repository, stats, scan.engine.reach), moving))
    return scan.judge(collected, stats, repository, started)


def _items(reader: ObjectReader, moving: Moving) -> Iterator[Item | Match]:
    yield from (Chunk(Origin(Where.REF_NAME, name), os.fsencode(name)) for name in moving.names)
    if moving.revisions:
        yield from guarded(reader.everything(moving.revisions))


def _moving(moved: Sequence[Update], without: Sequence[str]) -> Moving:
    new = [each.new for each in moved if each.new is not None]
    names = tuple(each.ref for each in moved if each.new is not None)
    return Moving(tuple(new), (*new, "--not", *without) if new else (), names)


def _of_framework(repository: Repository, remote: str, environ: Mapping[str, str]) -> Moving:
    """Return all that may be pushed: the framework passes on the first of the refs that are, and not the rest."""
    to = environ.get(FRAMEWORK_TO) or repository.resolve("HEAD")
    if to is not None and not objects.ID.fullmatch(to):
        raise UsageError(f"{FRAMEWORK_TO} is no object id", "the framework sets it for a push")
    note = f"pre-commit names one ref of a push alone: checked are all branches and tags that {remote} does not have"
    ids = (to,) if to and to.strip("0") else ()
    names = tuple(ref.name for ref in commits.refs(repository) if ref.name.startswith((commits.HEADS, commits.TAGS)))
    everything = ("--exclude=refs/remotes/*", "--all")
    known = tracked(repository, remote, environ.get(FRAMEWORK_AT, ""))
    return Moving(ids, (*ids, *everything, "--not", *known), names, (note,))
