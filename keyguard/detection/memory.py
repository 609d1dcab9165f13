"""Remembers what stands in a stretch of bytes: the versions of a file that a history holds are mostly the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

from keyguard.detection.candidates import Candidate
from keyguard.detection.search import Sighting

LONGEST = 1 << 16
"""Bytes of a stretch that is worth remembering; longer ones rarely come again."""
MOST = 1 << 15
"""How many stretches are remembered; each takes about 200 bytes, and more where something was found."""

Found = Callable[[bytes], Iterable[Sighting]]


class Memory:
    """Keeps what was found in bytes; equal ones are told by a digest that nobody can forge."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Candidate, ...]] = {}

    def found(self, data: bytes, find: Found) -> Iterable[Sighting]:
        """Return what `find`, which has to be the same for equal bytes, says of these.

        What could not be searched to its end is asked for anew each time.
        """
        if len(data) > LONGEST:
            return find(data)
        digest = blake2b(data, digest_size=20).digest()
        known = self._known.get(digest)
        return known if known is not None else self._noted(digest, find(data))

    def _noted(self, digest: bytes, items: Iterable[Sighting]) -> Iterator[Sighting]:
        found: list[Candidate] = []
        whole = True
        for each in items:
            yield each
            if isinstance(each, Candidate):
                found.append(each)
            else:
                whole = False
        if whole:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[digest] = tuple(found)
