"""Objects in which nothing was found: counted, told apart, and written in few bytes."""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

KINDS = ("blob", "commit", "tree", "tag")
_WITHIN = 4
_ANY = bytes(kind & ~_WITHIN for kind in range(256))
Total = tuple[str, int, int]
"""Of a kind of object: how many there are, and how many bytes they have together."""


@dataclass(frozen=True, slots=True)
class Clean:
    """Such objects column by column, in 29 bytes each, or 41 with SHA-256: names, kinds, sizes.

    Those that are within a frontier (`pipeline.remembered`), which counts them itself, are marked in their kind.
    """

    names: bytearray = field(default_factory=bytearray)
    kinds: bytearray = field(default_factory=bytearray)
    sizes: array[int] = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def ids(self) -> list[str]:
        """The ids of all, in order."""
        names, digits = self.names.hex(), 2 * len(self.names) // (len(self) or 1)
        return [names[start : start + digits] for start in range(0, len(names), digits)] if names else []

    def add(self, identity: str, kind: str, size: int) -> None:
        """Add an object; `kind` is what git calls its type."""
        self.names.extend(bytes.fromhex(identity))
        self.kinds.append(KINDS.index(kind))
        self.sizes.append(size)

    def extend(self, other: Clean) -> None:
        """Add all of the others."""
        self.names.extend(other.names)
        self.kinds.extend(other.kinds)
        self.sizes.extend(other.sizes)

    def among(self, wanted: Container[str]) -> Clean:
        """Return those that are wanted, each once: as it stands here first, which is where it is marked."""
        once: dict[str, int] = {}
        for at, identity in enumerate(self.ids):
            if identity in wanted:
                once.setdefault(identity, at)
        places = list(once.values())
        kinds, sizes = (map(column.__getitem__, places) for column in (self.kinds, self.sizes))
        return Clean(bytearray.fromhex("".join(once)), bytearray(kinds), array("Q", sizes))

    def totals(self) -> Iterator[Total]:
        """Yield what there is of each kind, but for what is within."""
        for number, kind in enumerate(KINDS):
            sizes = [size for size, each in zip(self.sizes, self.kinds, strict=True) if each == number]
            yield kind, len(sizes), sum(sizes)

    @property
    def within(self) -> int:
        """How many are marked as within."""
        return len(self) - sum(map(self.kinds.count, range(len(KINDS))))

    def unmark(self) -> None:
        """Forget which are within."""
        self.kinds[:] = self.kinds.translate(_ANY)

    def mark(self, within: set[str]) -> Clean:
        """Mark as within those of some objects that are here, and take them out of the set; return the newly marked."""
        new = Clean()
        for at, identity in enumerate(self.ids):
            if identity in within:
                within.discard(identity)
                if not self.kinds[at] & _WITHIN:
                    new.add(identity, KINDS[self.kinds[at]], self.sizes[at])
                    self.kinds[at] |= _WITHIN
        return new


def sound(kinds: bytes) -> bool:
    """Return whether each of these can be the kind of an object."""
    return max(kinds, default=0) < _WITHIN + len(KINDS)


def together(totals: Iterable[Total]) -> list[Total]:
    """Return totals by kind."""
    summed = {kind: [0, 0] for kind in KINDS}
    for kind, number, size in totals:
        summed[kind][0] += number
        summed[kind][1] += size
    return [(kind, number, size) for kind, (number, size) in summed.items()]
