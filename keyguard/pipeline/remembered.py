"""Remembers which stored objects of a repository held nothing, so that the next scan reads only the others.

What is remembered is the user's own, in the cache folder: an object's id, kind and size, and the pack that it was read
from. It counts only for as long as that very pack lies where git reads it, and for the same KeyGuard and rules. Objects
in files of their own, and all in which anything was found or could not be read, are read again each time.

Once a scan has reached all, it remembers its frontier, too: from which commits. What they reach need not be listed
again for as long as all those packs lie there and something reaches the commits: what an id names never changes.
"""

from __future__ import annotations

import json
import os
import re
from array import array
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from keyguard.cache import Shelf
from keyguard.git.frontier import Earlier, Reached
from keyguard.git.packs.files import File, folders
from keyguard.git.packs.index import PackId, is_intact
from keyguard.git.repository import Repository
from keyguard.pipeline.clean import Clean, Total, sound, together

MOST = 2_000_000
"""How many objects of a repository are remembered one by one; of one with more only the frontier is."""
MOST_BEYOND = 200_000
"""How many objects a frontier names besides those that it only counts; with more it does not pay."""
PART = "part"
Signature = tuple[int, ...]
"""That of a pack (see `git.packs.files.File`), and that of its index."""
_Packs = dict[str, tuple[Signature, Clean]]


class Unknown(NamedTuple):
    """What has to be read, and how much need not be."""

    ids: Sequence[str]
    known: list[Total]


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far a scan came: all that the commits `tips` reach was read, and `totals` is what of it held nothing.

    `again` is all else of that, to be read each time. What was named beside it (see `git.frontier.Reached`) held
    nothing, as `beside` says, or is in `doubtful`.
    """

    tips: frozenset[str]
    totals: tuple[Total, ...]
    again: frozenset[str]
    beside: Clean
    doubtful: frozenset[str]

    def __len__(self) -> int:
        return len(self.tips) + len(self.again) + len(self.beside) + len(self.doubtful)

    def says_the_same(self, reached: Reached) -> bool:
        """Return whether nothing was reached that this did not know of."""
        known = self.doubtful.union(self.beside.ids)
        return not reached.within and reached.tips == self.tips and known == set(reached.beside)


class Remembered:
    """What is known of a repository's objects, and what a scan adds to it, on a shelf of the user's.

    A `part` of one that several processes read by themselves is kept apart, and counts from when the whole is asked.
    """

    def __init__(self, repository: Repository, rules: bytes, shelf: Shelf, part: int | None = None) -> None:
        self._shelf = shelf
        folder = os.path.realpath(repository.git_dir)
        made_of = (self._shelf.identity, rules, folder, len(repository.zero))
        self._name = f"history-{blake2b(repr(made_of).encode(), digest_size=20).hexdigest()}"
        self._width = len(repository.zero)
        self._packs: _Packs = {}
        self._frontier: Frontier | None = None
        self._parts: list[str] = []
        self._is_new = False
        if part is not None:
            self._name = f"{PART}{part}-{self._name}"
            return
        self._parts = [each for each in self._shelf.names(PART) if each.partition("-")[2] == self._name]
        kept = [self._shelf.read(each) for each in (self._name, *self._parts)]
        places = {folder / "pack" for folder in folders(repository)} if any(kept) else set()
        (self._packs, self._frontier, self._is_new), *others = (_read(each, self._width, places) for each in kept)
        for each in others:
            self._merge(each.packs)

    @property
    def holds_any(self) -> bool:
        """Whether anything of the packs that lie here now is remembered."""
        return bool(self._packs)

    @property
    def earlier(self) -> Earlier:
        """Return how far the last scan came; to nowhere, if that is not known."""
        if self._frontier is None:
            return Earlier()
        counted = sum(number for _, number, _ in self._frontier.totals)
        is_named = counted == sum(clean.within for _, clean in self._packs.values())
        return Earlier(self._frontier.tips, self._frontier.again, frozenset(() if is_named else self._packs))

    def known(self, ids: Iterable[str]) -> Clean:
        """Return those of the objects that need not be read."""
        wanted, found = set(ids), Clean()
        for _, clean in self._packs.values() if wanted else ():
            here = clean.among(wanted)
            wanted.difference_update(here.ids)
            found.extend(here)
        return found

    def apart(self, ids: Sequence[str], reached: Reached | None) -> Unknown:
        """Tell what has to be read from what need not be; with what is `reached` beyond the tips, if that is known."""
        frontier = self._frontier if reached is not None and reached.before else None
        if frontier is None:
            known = self.known(ids)
            known.unmark()
            skipped = set(known.ids)
            return Unknown([each for each in ids if each not in skipped], list(known.totals()))
        beside = frontier.beside.among(set(ids))
        skipped = set(beside.ids)
        known = self.known(each for each in ids if each not in skipped and each not in frontier.doubtful)
        skipped.update(known.ids)
        wanted = dict.fromkeys(each for each in (*frontier.again, *ids) if each not in skipped)
        return Unknown(list(wanted), together([*frontier.totals, *beside.totals(), *known.totals()]))

    def _merge(self, packs: _Packs) -> None:
        for path, (signature, clean) in packs.items():
            self._add(path, signature, clean)

    def add(self, pack: PackId, clean: Clean) -> None:
        """Add what a scan read of a pack."""
        signature = _signature(pack.path)
        if signature is None or signature[0] != pack.size or not clean:
            return
        self._add(pack.path, signature, clean)

    def _add(self, path: str, signature: Signature, clean: Clean) -> None:
        known = self._packs.get(path)
        if known is None or known[0] != signature:
            if known is not None:  # what the frontier counts lies there no more
                self._frontier = None
            self._packs[path] = (signature, clean)
        else:
            known[1].extend(clean)
        self._is_new = True

    def settle(self, reached: Reached) -> None:
        """Note that all of what is reached was read, or is to be read each time."""
        before = self._frontier if reached.before else None
        if reached.missing or (before is not None and not self._is_new and before.says_the_same(reached)):
            return
        within, totals = set(reached.within), list[Total]()
        if before is not None:
            within |= before.again
            totals += before.totals
        for _, clean in self._packs.values():
            if before is None:
                clean.unmark()
            totals += clean.mark(within).totals()
        beside = self.known(reached.beside)
        doubtful = frozenset(reached.beside).difference(beside.ids)
        self._frontier = Frontier(reached.tips, tuple(together(totals)), frozenset(within), beside, doubtful)
        if len(self._frontier) > MOST_BEYOND:
            self._frontier = None
        self._is_new = True

    def keep(self) -> None:
        """Write down what was added, if anything was."""
        if self._is_new:
            is_much = sum(len(clean) for _, clean in self._packs.values()) > MOST
            packs = {path: (each[0], Clean() if is_much else each[1]) for path, each in self._packs.items()}
            if self._frontier is not None or not is_much:
                self._shelf.write(self._name, _written(packs, self._frontier))
        self._shelf.drop(self._parts)
        self._is_new = False


def _signature(path: str) -> Signature | None:
    try:
        with File(path) as pack, File(Path(path).with_suffix(".idx")) as index:
            return pack.signature + index.signature
    except (OSError, ValueError):  # it is gone, or may not be read
        return None


def _found_by(packs: Iterable[str]) -> list[list[int] | None]:
    """Return what signs the index that several packs have in common: where it is damaged, git does not find them."""
    found: list[list[int] | None] = []
    for folder in sorted({Path(path).parent for path in packs}):
        try:
            with File(folder / "multi-pack-index") as file:
                found.append(list(file.signature))
        except OSError:  # there is none
            found.append(None)
    return found


def _written(packs: _Packs, frontier: Frontier | None) -> bytes:
    columns = [clean for _, clean in packs.values()]
    head: dict[str, object] = {
        "packs": [(os.fsencode(path).hex(), signature, len(clean)) for path, (signature, clean) in packs.items()]
    }
    if frontier is not None:
        columns.append(frontier.beside)
        head["frontier"] = {
            "tips": sorted(frontier.tips),
            "totals": frontier.totals,
            "again": sorted(frontier.again),
            "beside": len(frontier.beside),
            "doubtful": sorted(frontier.doubtful),
            "found_by": _found_by(packs),
        }
    parts = [json.dumps(head).encode(), b"\n"]
    for clean in columns:
        parts += [bytes(clean.names), bytes(clean.kinds), clean.sizes.tobytes()]
    return b"".join(parts)


class _Kept(NamedTuple):
    """What was written; with `renewed`, it is to be written anew since packs were touched."""

    packs: _Packs
    frontier: Frontier | None = None
    renewed: bool = False


def _read(data: bytes | None, digits: int, places: Container[Path]) -> _Kept:
    """Return what was written; what is not as this version writes it is nothing, and so are packs that changed.

    So are those in other folders than these: a store from which nothing is borrowed any more may still be there. Git
    touches a pack when an object is to be written that it has: then its checksums tell that it is the same.
    """
    packs: _Packs = {}
    if not data:
        return _Kept(packs)
    text, _, rest = data.partition(b"\n")
    columns = _Columns(rest, digits // 2)
    is_whole, renewed = True, False
    try:
        head = json.loads(text)
        for path, signature, count in head["packs"]:
            clean = columns.take(count)
            file = os.fsdecode(bytes.fromhex(path))
            now = _signature(file) if Path(file).parent in places else None
            touched = now is not None and now != tuple(signature)
            if now is None or (touched and not (_is_like(now, signature) and is_intact(file, digits // 2))):
                is_whole = False
            else:
                packs[file] = (now, clean)
                renewed |= touched
        said = head.get("frontier") if is_whole else None
        frontier = _frontier(said, columns, digits) if said and said["found_by"] == _found_by(packs) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return _Kept({})
    return _Kept(packs, frontier, renewed)


def _is_like(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether signatures differ in nothing but when the pack was changed last."""
    return [*one[:1], *one[2:]] == [*other[:1], *other[2:]]


def _frontier(said: dict[str, Any], columns: _Columns, digits: int) -> Frontier:
    """Return a frontier as it was written; raises `ValueError`, `TypeError` or `KeyError` for what is none."""
    tips, again, doubtful = (frozenset(said[each]) for each in ("tips", "again", "doubtful"))
    is_id = re.compile(f"[0-9a-f]{{{digits}}}").fullmatch  # git is given them
    if not all(map(is_id, (*tips, *again, *doubtful))):
        raise ValueError("no ids")
    totals = tuple(together((kind, int(number), int(size)) for kind, number, size in said["totals"]))
    return Frontier(tips, totals, again, columns.take(said["beside"]), doubtful)


class _Columns:
    """Takes columns of clean objects off some bytes; `width` is that of an id."""

    def __init__(self, data: bytes, width: int) -> None:
        self._data = data
        self._width = width
        self._at = 0

    def take(self, count: int) -> Clean:
        """Return the next so many; raises `ValueError` where these are not."""
        ends = [self._at + count * width for width in (0, self._width, self._width + 1, self._width + 9)]
        names, kinds, sizes = (self._data[start:end] for start, end in pairwise(ends))
        if count < 0 or len(sizes) != 8 * count or not sound(kinds):
            raise ValueError("cut off")
        self._at = ends[-1]
        return Clean(bytearray(names), bytearray(kinds), array("Q", sizes))
