"""Says by a digest which KeyGuard this is: whatever another one has kept may not be true of this one."""

from __future__ import annotations

import os
import sys
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from keyguard import __version__

_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = ("backports.zstd", "brotli", "dulwich", "hyperscan", "isal", "regex")
"""What content is read and searched with: another version of one may find more."""


@cache
def identity() -> str:
    """Return a digest of the version, of the interpreter, and of name, size and time of every file of KeyGuard's.

    The files tell a working copy from what it was before an edit: rules and code decide together what is found. With
    them go the libraries that read and search, each by the time of its main file.
    """
    files = sorted(
        (os.path.relpath(file.path, _PACKAGE), file.stat().st_size, file.stat().st_mtime_ns)
        for folder, _, _ in os.walk(_PACKAGE)
        for file in os.scandir(folder)
        if file.name.endswith((".py", ".toml", ".bin"))
    )
    made_of = (__version__, sys.version, files, list(map(_main_file, _LIBRARIES)))
    return blake2b(repr(made_of).encode(), digest_size=20).hexdigest()


def _main_file(library: str) -> tuple[str, int, int] | None:
    """Return what tells a version of a library from another: 0.2 ms, where to ask for its number takes 5."""
    try:
        found = find_spec(library)
        if found is None or found.origin is None:
            return None
        status = Path(found.origin).stat()
    except (ImportError, ValueError, OSError):
        return None
    return found.origin, status.st_size, status.st_mtime_ns
