"""Says by a digest which KeyGuard this is: whatever another one has kept may not be true of this one."""

from __future__ import annotations

import os
import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path

from keyguard import __version__

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def identity() -> str:
    """Return a digest of the version, of the interpreter, and of name, size and time of every file of KeyGuard's.

    The files tell a working copy from what it was before an edit: rules and code decide together what is found.
    """
    files = sorted(
        (os.path.relpath(file.path, _PACKAGE), file.stat().st_size, file.stat().st_mtime_ns)
        for folder, _, _ in os.walk(_PACKAGE)
        for file in os.scandir(folder)
        if file.name.endswith((".py", ".toml", ".bin"))
    )
    return blake2b(repr((__version__, sys.version, files)).encode(), digest_size=20).hexdigest()
