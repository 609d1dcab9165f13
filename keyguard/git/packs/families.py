"""Sorts the entries of a pack into families: a whole object, and all that is stored as deltas of it in the end."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from keyguard.git.packs.entries import BAD, NONE, Entries

DEEPEST = 4096
"""How many deltas may follow each other; git makes 4095 at most."""
OVERHEAD = 1 << 13
"""How many bytes could be rebuilt in the time that an entry costs whatever its size."""
_PIECES = 4
"""How many times longer than the longest chain a piece of a family is: each has to rebuild what it starts from."""
_UNSEEN, _ON_PATH = -2, -3


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that are read together; the first `lead` are only there as bases of the others.

    `weight` is about the number of bytes that they make, with `OVERHEAD` for each.
    """

    members: list[int]
    weight: int
    lead: int = 0


class Families:
    """The families of a pack's entries; `roots` has the number of each entry's whole object, or `NONE`: left to git."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.roots = array("q", [_UNSEEN]) * len(entries.offsets)
        self._depths = array("I", bytes(4 * len(entries.offsets)))
        self._find_roots()
        self._counts = Counter(self.roots)
        del self._counts[NONE]

    def _find_roots(self) -> None:
        roots, depths = self.roots, self._depths
        for number, base in enumerate(self.entries.bases):
            if base != NONE and roots[base] >= 0 and depths[base] < DEEPEST:  # nearly always: bases come first
                roots[number] = roots[base]
                depths[number] = depths[base] + 1
            elif roots[number] == _UNSEEN:
                self._climb(number)

    def _climb(self, number: int) -> None:
        """Find the root of an entry, and on the way that of all between; a circle has none, nor has a bad entry."""
        entries, roots, path = self.entries, self.roots, []
        while roots[number] == _UNSEEN and (base := entries.bases[number]) != NONE:
            roots[number] = _ON_PATH
            path.append(number)
            number = base
        if roots[number] == _UNSEEN:
            roots[number] = number if entries.kinds[number] != BAD else NONE
        root = roots[number] if roots[number] != _ON_PATH else NONE
        depth = self._depths[number]
        for each in reversed(path):
            depth += 1
            roots[each] = root if depth <= DEEPEST else NONE
            self._depths[each] = depth

    @property
    def weight(self) -> int:
        """The weight of all families together."""
        return sum(map(self._weight, self._counts))

    def _weight(self, root: int) -> int:
        return self._counts[root] * (self.entries.sizes[root] + OVERHEAD)

    def groups(self, target: int) -> Iterator[Group]:
        """Yield all families, neighbours together, in groups of up to the target weight.

        A family that is heavier is cut into pieces.
        """
        order = self.entries.ordered()
        together: dict[int, int] = {}
        members: list[list[int]] = []
        total = target
        for root in order:
            if root in self._counts:
                total += self._weight(root)
                if total > target:
                    members.append([])
                    total = self._weight(root)
                together[root] = len(members) - 1
        roots = self.roots
        for number in order:
            if (root := roots[number]) != NONE:
                members[together[root]].append(number)
        for each in members:
            yield from self._pieces(each, target)

    def _pieces(self, members: list[int], target: int) -> Iterator[Group]:
        weight = sum(self._weight(root) for root in members if self.roots[root] == root)
        deepest = max(self._depths[number] for number in members) if weight > target else 0
        count = min(-(-weight // target), len(members) // (_PIECES * (deepest + 1)))
        if weight <= target or count < 2:
            yield Group(members, weight)
            return
        line = self._depth_first(members)
        for piece in range(count):
            part = line[piece * len(line) // count : (piece + 1) * len(line) // count]
            lead = self._bases(part[0])
            yield Group(lead + part, weight // count, len(lead))

    def _bases(self, number: int) -> list[int]:
        """Return what an entry is a delta of, and so on, from the whole object on."""
        found: list[int] = []
        while (number := self.entries.bases[number]) != NONE:
            found.append(number)
        return found[::-1]

    def _depth_first(self, members: list[int]) -> list[int]:
        below = defaultdict(list)
        for number in members:
            below[self.entries.bases[number]].append(number)
        line: list[int] = []
        waiting = below[NONE][::-1]
        while waiting:
            number = waiting.pop()
            line.append(number)
            waiting += reversed(below.get(number, ()))
        return line
