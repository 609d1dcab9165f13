"""Clones the repositories whose addresses `keyguard scan` is given, bare, into a folder that goes with the scan."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keyguard.errors import SourceError, UsageError
from keyguard.git.transport import Transport, fetch, remote_refs

if TYPE_CHECKING:
    from keyguard.fleet.addresses import Address


def addresses(given: Sequence[str]) -> list[Address]:
    """Return the addresses, if that is what is named; what lies on this machine is a path, whatever it looks like.

    Raises `UsageError` for one of a transport that is not allowed, and for addresses and paths together.
    """
    from keyguard.fleet.addresses import address, is_address

    found = [address(each) for each in given if is_address(each) and not os.path.lexists(each)]
    if found and len(found) < len(given):
        raise UsageError("addresses and paths are scanned in different ways", "name either, or use keyguard fleet scan")
    return found


@contextmanager
def cloned(wanted: Sequence[Address]) -> Iterator[tuple[Path, ...]]:
    """Clone what lies at these addresses, all that their refs reach; raises `SourceError` where one cannot be."""
    try:
        made = tempfile.TemporaryDirectory(prefix="keyguard-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SourceError(f"there is no room for a clone: {error.strerror}", "name a folder in TMPDIR") from None
    with made as folder:
        yield tuple(_clone(Path(folder, str(number)), each) for number, each in enumerate(wanted))


def _clone(folder: Path, where: Address) -> Path:
    try:
        folder.mkdir(mode=0o700)
        git = Transport(folder, where.whole)
        fetch(git, remote_refs(git))
    except (SourceError, OSError) as error:
        why = error.message if isinstance(error, SourceError) else error.strerror
        hint = error.hint if isinstance(error, SourceError) else None
        raise SourceError(f"{where.shown} cannot be cloned: {why}", hint) from None
    return folder
