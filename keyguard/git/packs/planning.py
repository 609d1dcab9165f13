"""Shares wanted objects out in parts, which can be read in several processes at the same time."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keyguard.git.packs import files
from keyguard.git.packs.entries import NONE, survey
from keyguard.git.packs.families import OVERHEAD, Families, Group
from keyguard.git.packs.index import Index, PackId, UnusableError, indexes
from keyguard.git.repository import Repository

LARGEST = 1 << 24
"""How many bytes an object may have to be read here: it is held as a whole, and what it is a delta of with it."""
_LOOSE = 4 * OVERHEAD
"""The weight of an object in a file of its own, whatever its size: opening the file is most of the work."""


@dataclass(frozen=True, slots=True)
class PackPart:
    """Entries of one pack, column by column; `weight` says about how much work they are.

    `parents` has the position of each one's base in this part, or `NONE`; `sizes` the length of the content, which
    lies compressed at `starts`; `wanted` is 0 where an entry is only there as a base.
    """

    pack: PackId
    weight: int
    names: bytes
    wanted: bytes
    kinds: bytes
    parents: array[int]
    sizes: array[int]
    starts: array[int]

    @property
    def ids(self) -> list[str]:
        """The ids of the wanted entries."""
        width = len(self.pack.trailer)
        names = (self.names[at : at + width] for at in range(0, len(self.names), width))
        return [name.hex() for name, wanted in zip(names, self.wanted, strict=True) if wanted]


@dataclass(frozen=True, slots=True)
class LoosePart:
    """Objects that lie in files of their own in an object folder; `names` are their ids of `width` bytes."""

    folder: str
    weight: int
    names: bytes
    width: int

    @property
    def ids(self) -> list[str]:
        """The ids of the objects."""
        return [self.names[at : at + self.width].hex() for at in range(0, len(self.names), self.width)]


Part = PackPart | LoosePart
"""A share of the work: a value that can be sent to another process."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read part by part, in any order, and the ids that are left to git."""

    parts: list[Part]
    left: list[str]


def plan(repository: Repository, wanted: Iterable[str], parts: int) -> Plan:
    """Share the wanted objects out in about so many parts of about the same weight.

    Each wanted object is in one part, or left: it may be missing, damaged, larger than `LARGEST`, or stored in a way
    that is not known here. Raises `SourceError` when git cannot say where the objects lie.
    """
    width = len(repository.zero) // 2
    folders = files.folders(repository)
    left: list[str] = []
    sought = _names(wanted, width, left)
    with indexes(folders, width) as opened:
        packed = _packed(opened, sought, left)
        found = [_families(index, names, left) for index, names in zip(opened, packed, strict=True)]
    families = [each for each in found if each is not None]
    loose = _loose(folders, sought, left)
    total = sum(each.weight for each in families) + _LOOSE * sum(map(len, loose.values()))
    target = max(_LOOSE, total // max(parts, 1))
    planned: list[Part] = []
    while families:  # each is let go before the next one's parts are cut out
        planned += _pack_parts(families.pop(0), target)
    for folder, names in loose.items():
        for start in range(0, len(names), target // _LOOSE):
            some = names[start : start + target // _LOOSE]
            planned.append(LoosePart(folder, _LOOSE * len(some), b"".join(some), width))
    return Plan(planned, left)


def _names(wanted: Iterable[str], width: int, left: list[str]) -> set[bytes]:
    names: set[bytes] = set()
    for identity in wanted:
        try:
            name = bytes.fromhex(identity)
        except ValueError:
            name = b""
        if len(name) == width:
            names.add(name)
        else:
            left.append(identity)
    return names


def _packed(opened: Sequence[Index], sought: set[bytes], left: list[str]) -> list[dict[int, bytes]]:
    """Return for each pack which names are at which offsets, and take them from what is sought.

    The first pack that has an object gives it.
    """
    packed: list[dict[int, bytes]] = [{} for _ in opened]
    for first in sorted({name[0] for name in sought}):
        for index, names in zip(opened, packed, strict=True):
            try:
                found = index.find(first, sought)
            except OSError:
                continue
            sought.difference_update(found)
            for name, offset in found.items():
                if names.setdefault(offset, name) is not name:  # two objects in one place: the index is damaged
                    left.append(name.hex())
    return packed


def _families(index: Index, names: dict[int, bytes], left: list[str]) -> Families | None:
    """Return the families of what is wanted of a pack; None when there is nothing, or all is left."""
    if not names:
        return None
    offsets, wanted = sorted(names), len(names)
    ordered = list(map(names.__getitem__, offsets))
    names.clear()
    try:
        families = Families(survey(index, ordered, offsets, LARGEST))
    except (OSError, UnusableError):
        left += [name.hex() for name in ordered[:wanted]]
        return None
    left += [ordered[number].hex() for number in range(wanted) if families.roots[number] == NONE]
    return families


def _loose(folders: Sequence[Path], sought: set[bytes], left: list[str]) -> dict[str, list[bytes]]:
    """Return by folder the names of the sought objects that lie in files of their own; the others are left."""
    found: dict[str, list[bytes]] = {}
    for folder in folders:
        for first in sorted({name[0] for name in sought}):
            with suppress(OSError):
                for file in os.listdir(folder / f"{first:02x}"):  # noqa: PTH208  # names only, and many
                    with suppress(ValueError):
                        name = bytes((first,)) + bytes.fromhex(file)
                        if name in sought:
                            sought.remove(name)
                            found.setdefault(str(folder), []).append(name)
    left += [name.hex() for name in sought]
    return found


def _pack_parts(families: Families, target: int) -> Iterator[PackPart]:
    places = array("q", [NONE]) * len(families.roots)
    for group in families.groups(target):
        yield _pack_part(families, group, places)


def _pack_part(families: Families, group: Group, places: array[int]) -> PackPart:
    """Cut the columns of a group out; `places` is where an entry was put, and is written over group by group."""
    entries, members = families.entries, group.members
    for place, number in enumerate(members):
        places[number] = place
    bases = map(entries.bases.__getitem__, members)
    return PackPart(
        pack=entries.index.pack,
        weight=group.weight,
        names=b"".join(map(entries.names.__getitem__, members)),
        wanted=bytes(group.lead) + bytes([number < entries.wanted for number in members[group.lead :]]),
        kinds=bytes(map(entries.kinds.__getitem__, members)),
        parents=array("q", [NONE if base == NONE else places[base] for base in bases]),
        sizes=array("Q", map(entries.sizes.__getitem__, members)),
        starts=array("Q", map(entries.starts.__getitem__, members)),
    )
