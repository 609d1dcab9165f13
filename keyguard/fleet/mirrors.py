"""Keeps a mirror of each repository that is cloned from elsewhere, in a folder that only the user may enter."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from keyguard.cache import private
from keyguard.errors import SourceError
from keyguard.fleet.targets import Target
from keyguard.git.transport import Transport, fetch, remote_refs

MIRROR = "mirror.git"
FETCHED = "fetched"
LOCK = "lock"
WAIT_SECONDS = 600.0
_STEP = 0.2
_NAME = re.compile(r"[^\w.-]+")
_SHOWN = 60


def place(cache: Path, name: str) -> Path:
    """Return the folder in which everything lies that is kept of a repository; raises `SourceError` without one."""
    digest = blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    shown = _NAME.sub("-", name)[-_SHOWN:].strip("-.")
    folder = cache / f"{shown}-{digest}"
    if private.made(cache) is None or private.made(folder) is None:
        raise SourceError(
            f"nothing can be kept in {cache}", "name a folder with --cache that is yours, and that only you may enter"
        )
    return folder


def state(refs: Mapping[str, str]) -> str:
    """Return what stands for the refs of a repository elsewhere."""
    named = sorted((name, identity) for name, identity in refs.items() if name != "HEAD")
    return blake2b(repr(named).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def refs_of(target: Target, folder: Path) -> dict[str, str]:
    """Return the refs that the repository has now; raises `SourceError`."""
    return remote_refs(Transport(folder, target.address))


def updated(target: Target, folder: Path, refs: Mapping[str, str]) -> Path:
    """Return the mirror with all that these refs reach, which is fetched if it is not there."""
    mirror, mark = folder / MIRROR, folder / FETCHED
    wanted = state(refs)
    with contextlib.suppress(OSError):
        if mark.read_text("ascii") == wanted and (mirror / "HEAD").is_file():
            return mirror
    mark.unlink(missing_ok=True)
    mirror.mkdir(mode=0o700, exist_ok=True)
    fetch(Transport(mirror, target.address), refs)
    private.write(mark, wanted.encode("ascii"))
    return mirror


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; another one's hold is waited for. Raises `SourceError` if that is too long."""
    descriptor = _held(folder)
    try:
        yield
    finally:
        os.close(descriptor)


def _held(folder: Path) -> int:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return private.hold(folder / LOCK)
        except BlockingIOError:
            if time.monotonic() > until:
                raise SourceError(f"another run has held {folder} for too long", "wait until it has ended") from None
            time.sleep(_STEP)
