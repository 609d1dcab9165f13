"""Reads what a wheel carries of the rules, as far as a commit without a key needs it: what is looked for quickly.

The file is made when a wheel is built (`keyguard.rules.compiled`) and lies beside the modules, as trusted as these are;
a working copy has none. It begins with the names and sizes of the provider files that it was made of, and is worthless
for any others.
"""

from __future__ import annotations

import marshal
import os
from pathlib import Path
from typing import IO, NamedTuple

from keyguard.rules.entries import GateEntry

FILE = Path(__file__).with_name("catalogue.bin")
OWN = Path(__file__).resolve().parent.parent / "providers"
"""KeyGuard's own files; not asked of `importlib.resources`, whose import takes longer than reading them."""
SUFFIX = ".toml"
MARSHAL = 4
"""The format that every Python since 3.4 reads; `marshal` is in the interpreter, and `pickle` takes 3 ms to load."""
UNREADABLE = (OSError, EOFError, ValueError, TypeError)
"""What reading a damaged file may raise."""


class Gate(NamedTuple):
    """What the rules are found by; `assigned` are the numbers of the entries that only rules about values have."""

    entries: tuple[GateEntry, ...]
    assigned: frozenset[int]


def gate(folder: Path = OWN, file: Path = FILE) -> Gate | None:
    """Return what the rules are found by, or None where there is no file that was made of the provider files."""
    try:
        with file.open("rb") as data:
            return opened(data, folder)
    except UNREADABLE:
        return None


def opened(data: IO[bytes], folder: Path) -> Gate | None:
    """Read the first part of the file, which the catalogue follows; None if it was made of other provider files."""
    if marshal.load(data) != state(folder):  # noqa: S302  # as trusted as the modules that it lies beside
        return None
    entries, assigned = marshal.load(data)  # noqa: S302
    return Gate(tuple(GateEntry(*values) for values in entries), frozenset(assigned))


def dumped(own: Gate, folder: Path) -> bytes:
    """Return the first part of the file."""
    plain = [tuple(each) for each in own.entries], sorted(own.assigned)
    return b"".join(marshal.dumps(each, MARSHAL) for each in (state(folder), plain))


def state(folder: Path) -> list[tuple[str, int]]:
    """Return the names and sizes of the provider files."""
    with os.scandir(folder) as files:
        return sorted((file.name, file.stat().st_size) for file in files if file.name.endswith(SUFFIX))
