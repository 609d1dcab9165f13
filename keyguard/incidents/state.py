"""Keeps the open incidents of the repositories on this machine in a folder that only the user may enter.

They are not kept in the repository: a list of keys that still live would be a map for whoever reads it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from keyguard.cache import private, state
from keyguard.config.document import Document, parse
from keyguard.config.layout import quoted
from keyguard.errors import ConfigError, UsageError
from keyguard.git.repository import Repository
from keyguard.incidents import entry
from keyguard.incidents.identity import Identity
from keyguard.incidents.ledger import Ledger

FOLDER = "incidents"
_OPEN = b"\n[open]\n"
"""What the incidents follow in a file: of those of other repositories, of which there may be many, no more is parsed.
"""


def place() -> Path:
    """Return where they are kept (see `cache.state.place`). Raises `UsageError` where there is no home folder."""
    try:
        return state.place(FOLDER)
    except RuntimeError:
        raise UsageError("there is no home folder to keep incidents in", "set XDG_STATE_HOME") from None


@dataclass(frozen=True)
class Kept:
    """What is kept of one repository."""

    repository: Repository

    def load(self) -> Ledger:
        """Return its incidents; none where nothing is kept, or not in a folder of the user's alone."""
        return self._found[1] if self._found else Ledger()

    def save(self, ledger: Ledger) -> None:
        """Replace what is kept of it. Raises `UsageError` where that cannot be done."""
        folder = place()
        if private.made(folder.parent) is None or private.made(folder) is None:
            raise UsageError(
                f"incidents cannot be kept in {folder}",
                "it has to be a folder that is yours and that only you may enter",
            )
        file = self._found[0] if self._found else folder / f"{os.urandom(8).hex()}.toml"
        try:
            private.write(file, _text(self._identity, ledger).encode())
        except OSError as error:
            raise UsageError(f"incidents cannot be kept in {file}: {error.strerror}") from None
        vars(self).pop("_found", None)

    @cached_property
    def _identity(self) -> Identity:
        return _identity_of(self.repository)

    @cached_property
    def _found(self) -> tuple[Path, Ledger] | None:
        """The file of this repository: of several that could be, the one that surely is."""
        files = list(_files(place()))
        if not files:
            return None  # before the repository is asked anything, which takes time
        path, kept, data = max(files, key=lambda each: self._identity.likeness(each[1]))
        return (path, _ledger(data, str(path))) if self._identity.likeness(kept) else None


@lru_cache(maxsize=4)  # its first commits take a walk through all of them, and one scan opens this a few times
def _identity_of(repository: Repository) -> Identity:
    return Identity.of(repository)


def _files(folder: Path) -> Iterator[tuple[Path, Identity, bytes]]:
    """Yield what is kept of each repository: whose it is, and what is to be read of the one that is looked for."""
    if not private.is_own(folder):
        return
    for path in sorted(folder.glob("*.toml")):
        data = private.read(path)
        if data is not None:
            yield path, _identity_in(data.partition(_OPEN)[0], str(path)), data


def _text(identity: Identity, ledger: Ledger) -> str:
    """Return the text of the file of a repository."""
    roots = f"roots = [{', '.join(map(quoted, sorted(identity.roots)))}]\n" if identity.roots is not None else ""
    head = f"[repository]\n{roots}home = {quoted(identity.home)}\nplace = {quoted(identity.place)}\n"
    lines = (f"{entry.line(each)}\n" for _, each in sorted(ledger.entries.items()))
    return f"{head}{_OPEN.decode()}{''.join(lines)}"


@lru_cache(maxsize=2)  # one scan opens it a few times
def _ledger(data: bytes, name: str) -> Ledger:
    """Return the incidents that `_text` has written; raises `ConfigError` where somebody else has."""
    document, entries = _part(data, name, "open")
    return Ledger({key: entry.parsed(document, key, value, committed=False) for key, value in entries.items()})


@lru_cache
def _identity_in(head: bytes, name: str) -> Identity:
    """Return whose the incidents are that follow this beginning of a file; raises `ConfigError`, as `_ledger` does."""
    _, table = _part(head, name, "repository")
    roots, home, where = table.get("roots"), table.get("home"), table.get("place")
    listed = roots is None or (isinstance(roots, list) and all(isinstance(each, str) for each in roots))
    if not listed or not isinstance(home, str) or not isinstance(where, str):
        raise ConfigError(f"{name}: it does not say of which repository it is", "move it away")
    return Identity(None if roots is None else frozenset(roots), home, where)


def _part(data: bytes, name: str, part: str) -> tuple[Document, dict[str, Any]]:
    """Return a file, or the beginning of one, and one of its two tables."""
    document = parse(data, name)
    document.only(document.table, ["repository", "open"])
    table = document.table.get(part, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{name}: not as KeyGuard writes it", "move it away")
    return document, table
