"""Reads stored objects in bulk, and lets through only those in which something may stand.

Of a delta only what is new is looked at, with enough around it to decide, where the object that it is a delta of was
looked at before and held nothing. Whatever is let through is read like any other object (`sources.stored`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from keyguard.git import lfs
from keyguard.git.packs.reading import Stored
from keyguard.sources.containers.kinds import recognised
from keyguard.sources.windows import is_wide

BATCH = 1 << 20
"""Bytes that are looked at in one pass."""
HELD = 1 << 23
"""Bytes of objects that wait for one: of large ones that differ in little, as much is looked at after very many."""
EVERYWHERE = sys.maxsize
"""How far something decides that may decide about any byte of its content."""
Run = tuple[int, int]
Standing = tuple[int, Sequence[Run]]
"""Where in some content something may stand, and how many bytes away that may decide: `around`, more, or `EVERYWHERE`.
"""


class Matcher(Protocol):
    """What `sources` has to know of detection (see `detection.versions`)."""

    @property
    def around(self) -> int:
        """How many bytes on each side of what is new decide with it, as a rule, whether something stands there."""

    def worth(self, contents: Sequence[bytes]) -> Mapping[int, Standing]:
        """Return the numbers of the contents in which something may stand."""

    def any_near(self, data: bytes, runs: Sequence[Run], far: int) -> bool:
        """Return whether anything is found where these runs are, or could not be searched there.

        What is up to `far` bytes away decides with it.
        """


Found = Callable[[Stored], bool]
"""Looks closely at one object; returns whether it holds anything that is reported."""


def may_be_wrapped(data: bytes) -> bool:
    """Return whether content has to be unwrapped before anything can be seen: wide text, an archive, a pointer."""
    return is_wide(data) or recognised(data) is not None or lfs.pointer(data) is not None


class _Look(NamedTuple):
    """An object that waits for its pass, and the stretches of it that are looked at."""

    stored: Stored
    stretches: Sequence[Run]


@dataclass(slots=True)
class Bulk:
    """Passes over objects, held back until there are enough of them; `found` gets those that are let through.

    `left` are those that could not be read in bulk.
    """

    matcher: Matcher
    found: Found
    left: list[str] = field(default_factory=list)
    _far: dict[str, int] = field(default_factory=dict)  # where it is more than the matcher's `around`
    _held: list[_Look] = field(default_factory=list)
    _looks: list[bytes] = field(default_factory=list)
    _size: int = 0
    _waiting: int = 0

    def read(self, objects: Iterable[Stored]) -> Iterator[Stored]:
        """Look at all of these; yield each once that is done."""
        for each in objects:
            if each.data is None:
                self.left.append(each.id)
                continue
            self._take(each, each.data)
            if self._size >= BATCH or self._waiting >= HELD:
                yield from self._pass()
        yield from self._pass()

    def _take(self, each: Stored, data: bytes) -> None:
        stretches = _about(each, data, self.matcher.around)
        looks = [data[low:high] for low, high in stretches]
        self._held.append(_Look(each, stretches))
        self._looks += looks
        self._size += sum(map(len, looks))
        self._waiting += len(data)

    def _pass(self) -> Iterator[Stored]:
        """Look at what is held, in order: what a delta has to fear of its base is known by then."""
        worth = self.matcher.worth(self._looks)
        number = 0
        for look in self._held:
            each = look.stored
            new = _together(look.stretches, (worth.get(number + at) for at in range(len(look.stretches))))
            number += len(look.stretches)
            far = self._looked(each, each.data or b"", self._far.get(each.base or "", 0), new)
            if far > self.matcher.around:
                self._far[each.id] = far
            yield each
        self._held, self._looks, self._size, self._waiting = [], [], 0, 0

    def _looked(self, each: Stored, data: bytes, before: int, new: Standing) -> int:
        """Look at an object if there is a reason; return how far something in it decides: 0 where there is nothing.

        That of its base decides as far as `before` says; `new` is what is new in it or around that.
        """
        if each.type == "blob" and may_be_wrapped(data):
            self.found(each)
            return EVERYWHERE
        if each.base is None or before == EVERYWHERE:
            if not new[0] and not before:
                return 0
        elif not self._holds_new(each, data, before, new):
            return max(before, new[0])
        if self.found(each):
            return EVERYWHERE
        return max(before, new[0]) if before != EVERYWHERE else self._worth(data, [(0, len(data))])[0]

    def _holds_new(self, each: Stored, data: bytes, before: int, new: Standing) -> bool:
        """Return whether an object has to be looked at closely for what is new in it."""
        if before:
            new = self._worth(data, _about(each, data, before))
        far, runs = new
        return bool(far) and self.matcher.any_near(data, runs, max(before, far))

    def _worth(self, data: bytes, stretches: Sequence[Run]) -> Standing:
        worth = self.matcher.worth([data[low:high] for low, high in stretches])
        return _together(stretches, map(worth.get, range(len(stretches))))


def _about(each: Stored, data: bytes, around: int) -> Sequence[Run]:
    """Return the stretches of what is new in an object, with so many bytes around it; those that touch are one."""
    if each.base is None:
        return [(0, len(data))]
    stretches: list[Run] = []
    for low, high in each.new:
        start, end = max(0, low - around), min(len(data), high + around)
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = stretches[-1][0], end
        else:
            stretches.append((start, end))
    return stretches


def _together(stretches: Sequence[Run], standing: Iterable[Standing | None]) -> Standing:
    """Return what stands in the stretches of an object as it stands in the object."""
    far, runs = 0, list[Run]()
    for (start, _), each in zip(stretches, standing, strict=True):
        if each is not None:
            far = max(far, each[0])
            runs += [(start + low, start + high) for low, high in each[1]]
    return far, runs
