"""Remembers which stored objects of a repository held nothing, so that the next scan reads only the others.

What is remembered is the user's own, in the cache folder: an object's id, kind and size, and the pack that it was read
from. It counts only for as long as that very pack lies there, and for the same KeyGuard and the same rules. Objects in
files of their own, and all in which anything was found or could not be read, are read again each time.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from keyguard import cache
from keyguard.cache import Shelf
from keyguard.git.packs.index import PackId
from keyguard.git.repository import Repository

MOST = 2_000_000
"""How many objects of a repository are remembered; each takes 29 bytes, or 41 with SHA-256."""
PART = "part"
_KINDS = ("blob", "commit", "tree", "tag")
Signature = tuple[int, int, int]
"""Size, time of the last change in nanoseconds, and number of a file."""


@dataclass(frozen=True, slots=True)
class Clean:
    """Objects in which nothing was found, column by column: ids one after the other, their kinds, their sizes."""

    ids: list[str] = field(default_factory=list)
    kinds: bytearray = field(default_factory=bytearray)
    sizes: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, identity: str, kind: str, size: int) -> None:
        """Add an object; `kind` is what git calls its type."""
        self.ids.append(identity)
        self.kinds.append(_KINDS.index(kind))
        self.sizes.append(size)

    def totals(self) -> Iterator[tuple[str, int, int]]:
        """Yield of each kind how many there are, and how many bytes they have together."""
        for number, kind in enumerate(_KINDS):
            sizes = [size for size, each in zip(self.sizes, self.kinds, strict=True) if each == number]
            yield kind, len(sizes), sum(sizes)

    def among(self, wanted: Container[str]) -> Clean:
        """Return those that are wanted, each once."""
        once = {identity: at for at, identity in enumerate(self.ids) if identity in wanted}
        places = list(once.values())
        kinds, sizes = (map(column.__getitem__, places) for column in (self.kinds, self.sizes))
        return Clean(list(once), bytearray(kinds), array("Q", sizes))

    def extend(self, other: Clean) -> None:
        """Add all of the others."""
        self.ids.extend(other.ids)
        self.kinds.extend(other.kinds)
        self.sizes.extend(other.sizes)


class Remembered:
    """What is known of a repository's objects, and what a scan adds to it; by default in the user's own cache.

    A `part` of one that several processes read by themselves is kept apart, and counts from when the whole is asked.
    """

    def __init__(
        self, repository: Repository, rules: bytes, shelf: Shelf | None = None, part: int | None = None
    ) -> None:
        self._shelf = shelf or cache.Shelf(cache.folder(), cache.identity())
        folder = os.path.realpath(repository.git_dir)
        made_of = (self._shelf.identity, rules, folder, len(repository.zero))
        self._name = f"history-{blake2b(repr(made_of).encode(), digest_size=20).hexdigest()}"
        self._width = len(repository.zero)
        self._packs: dict[str, tuple[Signature, Clean]] = _read(self._shelf.read(self._name), self._width)
        self._is_new = False
        self._parts = (
            []
            if part is not None
            else [each for each in self._shelf.names(PART) if each.partition("-")[2] == self._name]
        )
        for name in self._parts:
            self._merge(_read(self._shelf.read(name), self._width))
        if part is not None:
            self._packs, self._name = {}, f"{PART}{part}-{self._name}"

    @property
    def holds_any(self) -> bool:
        """Whether anything of the packs that lie here now is remembered."""
        return bool(self._packs)

    def known(self, ids: Iterable[str]) -> Clean:
        """Return those of the objects that need not be read."""
        wanted, found = set(ids), Clean()
        for _, clean in self._packs.values():
            here = clean.among(wanted)
            wanted.difference_update(here.ids)
            found.extend(here)
        return found

    def _merge(self, packs: dict[str, tuple[Signature, Clean]]) -> None:
        for path, (signature, clean) in packs.items():
            self._add(path, signature, clean)

    def add(self, pack: PackId, clean: Clean) -> None:
        """Add what a scan read of a pack."""
        signature = _signature(pack.path)
        if signature is None or signature[0] != pack.size or not clean.ids:
            return
        self._add(pack.path, signature, clean)

    def _add(self, path: str, signature: Signature, clean: Clean) -> None:
        known = self._packs.get(path)
        if known is None or known[0] != signature:
            self._packs[path] = (signature, clean)
        else:
            known[1].extend(clean)
        self._is_new = True

    def keep(self) -> None:
        """Write down what was added, if anything was."""
        if self._is_new and sum(len(clean.ids) for _, clean in self._packs.values()) <= MOST:
            self._shelf.write(self._name, _written(self._packs))
        self._shelf.drop(self._parts)
        self._is_new = False


def _signature(path: str) -> Signature | None:
    try:
        status = Path(path).stat(follow_symlinks=False)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _written(packs: dict[str, tuple[Signature, Clean]]) -> bytes:
    head = [(os.fsencode(path).hex(), *signature, len(clean.ids)) for path, (signature, clean) in packs.items()]
    parts = [json.dumps(head).encode(), b"\n"]
    for _, clean in packs.values():
        parts += [bytes.fromhex("".join(clean.ids)), bytes(clean.kinds), clean.sizes.tobytes()]
    return b"".join(parts)


def _read(data: bytes | None, digits: int) -> dict[str, tuple[Signature, Clean]]:
    """Return what was written; what is not as this version writes it is nothing, and so are packs that changed."""
    packs: dict[str, tuple[Signature, Clean]] = {}
    if not data:
        return packs
    head, _, rest = data.partition(b"\n")
    at = 0
    try:
        for path, size, changed, number, count in json.loads(head):
            width = digits // 2
            names = rest[at : at + width * count].hex()
            kinds = bytearray(rest[at + width * count : at + (width + 1) * count])
            sizes = array("Q", rest[at + (width + 1) * count : at + (width + 9) * count])
            at += (width + 9) * count
            ids = [names[start : start + digits] for start in range(0, len(names), digits)]
            if len(ids) != count or len(sizes) != count or max(kinds, default=0) >= len(_KINDS):
                return {}
            file = os.fsdecode(bytes.fromhex(path))
            if _signature(file) == (size, changed, number):
                packs[file] = ((size, changed, number), Clean(ids, kinds, sizes))
    except (ValueError, TypeError, RecursionError):
        return {}
    return packs
