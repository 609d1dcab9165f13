"""Reads stored objects in bulk, and lets through only those in which something may stand.

Of a delta only what is new is looked at, with enough around it to decide, where the object that it is a delta of was
looked at before and held nothing. Whatever is let through is read like any other object (`sources.stored`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from keyguard.git import lfs
from keyguard.git.packs.reading import Stored
from keyguard.sources.containers.kinds import recognised
from keyguard.sources.windows import is_wide

BATCH = 1 << 20
"""Bytes that are looked at in one pass."""


class Matcher(Protocol):
    """What `sources` has to know of detection (see `detection.sifter`)."""

    @property
    def around(self) -> int:
        """How many bytes on each side of what is new decide with it whether something stands there."""

    def worth(self, contents: Sequence[bytes]) -> set[int]:
        """Return the numbers of the contents in which something may stand."""

    def any_in(self, data: bytes) -> bool:
        """Return whether anything is found in some bytes, or could not be searched there."""

    def lingers(self, data: bytes) -> bool:
        """Return whether something stands in content that may decide about bytes farther away than `around`."""


Found = Callable[[Stored], bool]
"""Looks closely at one object; returns whether it holds anything that is reported."""


def may_be_wrapped(data: bytes) -> bool:
    """Return whether content has to be unwrapped before anything can be seen: wide text, an archive, a pointer."""
    return is_wide(data) or recognised(data) is not None or lfs.pointer(data) is not None


@dataclass(slots=True)
class Bulk:
    """Passes over objects, held back until there are enough of them; `found` gets those that are let through.

    `tainted` are the objects whose deltas are let through whatever is new in them. `left` are those that could not be
    read in bulk.
    """

    matcher: Matcher
    found: Found
    left: list[str] = field(default_factory=list)
    _tainted: set[str] = field(default_factory=set)
    _held: list[Stored] = field(default_factory=list)
    _looks: list[bytes] = field(default_factory=list)
    _size: int = 0

    def read(self, objects: Iterable[Stored]) -> Iterator[Stored]:
        """Look at all of these; yield each once that is done."""
        for each in objects:
            if each.data is None:
                self.left.append(each.id)
                continue
            self._take(each, each.data)
            if self._size >= BATCH:
                yield from self._pass()
        yield from self._pass()

    def _take(self, each: Stored, data: bytes) -> None:
        around = self.matcher.around
        look = data
        if each.base is not None and (each.low > around or each.high + around < len(data)):
            look = data[max(0, each.low - around) : each.high + around]
        self._held.append(each)
        self._looks.append(look)
        self._size += len(look)

    def _pass(self) -> Iterator[Stored]:
        """Look at what is held, in order: what a delta has to fear of its base is known by then."""
        worth = self.matcher.worth(self._looks)
        for number, each in enumerate(self._held):
            data = each.data or b""
            tainted = each.base in self._tainted or (each.type == "blob" and may_be_wrapped(data))
            if tainted or (number in worth and self._holds_new(each, data)):
                holds = self.found(each)
                if tainted or holds or self.matcher.lingers(data):
                    self._tainted.add(each.id)
            yield each
        self._held, self._looks, self._size = [], [], 0

    def _holds_new(self, each: Stored, data: bytes) -> bool:
        """Return whether an object has to be looked at closely, for what is new in it or since all of it is."""
        if each.base is None:
            return True
        around = 2 * self.matcher.around  # what decides about a hit near the new bytes
        return self.matcher.any_in(data[max(0, each.low - around) : each.high + around])
