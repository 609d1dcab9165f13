"""Decides of a version of some content, from what is new in it, whether there is anything that was not there before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from keyguard.detection.decoding.decoder import LONGEST_ESCAPED, stretches
from keyguard.detection.decoding.triggers import PACKED, Codec
from keyguard.detection.first_look import NEAR, FirstLook, Joined
from keyguard.detection.gate import Run, longest, merged
from keyguard.detection.search import Search
from keyguard.rules.entries import GateEntry

LINGERING = 2400
"""Bytes; a literal that decides about more on one side of it stands in few texts."""
LONGEST = 1 << 16
"""Bytes around a hit that are worth remembering; more rarely come again."""
WIDER = 4
"""How many times as long as its text the hexadecimal form of UTF-16 is; other digits take less, and escapes go by
`LONGEST_ESCAPED`."""
MOST = 1 << 15
"""How many places are remembered; each takes about 100 bytes."""

Standing = tuple[int, list[Run]]
"""How far what stands in some content may decide about something, in bytes; and where it does."""
_Window = tuple[int, int, list[Run]]
"""From where to where something is looked at closely, and what in it decides together."""
Detects = Callable[[bytes], bool]
"""Says whether anything is found in some bytes, or could not be searched there."""


class Versions:
    """What bulk reading asks of an engine (`sources.bulk.Matcher`)."""

    def __init__(self, entries: Sequence[GateEntry], search: Search, look: FirstLook, detects: Detects) -> None:
        self._search = search
        self._look = look
        self._detects = detects
        self._widest = max((longest(entry) for entry in entries), default=0)
        near = [self._beyond(max(LINGERING, search.reach_of(number))) for number in range(len(entries))]
        self._far = near + [sys.maxsize] * len(entries)  # strings in the wide form of an entry are of any length
        self._far_encoded = self._beyond(max(LINGERING, LONGEST_ESCAPED, WIDER * NEAR))
        self._known: set[bytes] = set()
        self.around = self._beyond(LINGERING)
        """How many bytes on each side of what is new decide with it, as a rule."""

    def _beyond(self, reach: int) -> int:
        """Return how far from something new a hit may begin whose region goes so far around it."""
        return reach + self._widest

    def worth(self, contents: Sequence[bytes]) -> Mapping[int, Standing]:
        """Return the numbers of those contents in which something may be found, if they are not wide text."""
        joined = Joined(contents)
        found: dict[int, Standing] = {}
        for run, far in self._with_far(joined.data) if contents else ():
            for number, within in joined.within(run):
                before, runs = found.get(number) or (0, [])
                runs.append(within)
                found[number] = (max(before, far), runs)
        return found

    def _with_far(self, data: bytes) -> Iterator[tuple[Run, int]]:
        """Yield where anything stands that would be looked at more closely, and how far it may decide.

        Packed text decides about all that is behind it, and what is encoded farther than what is not: a word may be
        near a key and its digits far away. Wherever a key stands in it, the key's own digits are a trigger.
        """
        self._look.take_account(len(data))
        hits = self._look.hits(data)
        if hits is None or self._search.is_open:
            yield (0, len(data)), sys.maxsize
            return
        for number, runs in hits.items():
            for run in runs:
                yield run, self._far[number]
        for codec, runs in self._look.encoded(data).items():
            far = self._far_encoded if codec in (Codec.BASE64, Codec.HEX, Codec.ESCAPES) else self.around
            for run in runs:
                yield run, sys.maxsize if data.startswith(PACKED, run[0]) else far

    def any_near(self, data: bytes, runs: Sequence[Run], far: int) -> bool:
        """Return whether anything is found where these runs are in an object, or could not be searched there.

        What is up to `far` bytes away decides with it, and all that goes on there of what is encoded or in pieces.
        What is new often lies between two places far apart: around which runs nothing was found is remembered.
        """
        told = [(run, _digest(data, run, far)) for run in runs]
        unknown = [each for each in told if each[1] not in self._known]
        low = high = 0
        found: list[Run] = []
        goes_on: list[Run] = []
        for region in merged((run for run, _ in unknown), far, len(data)):
            before = low, high
            if high < region[1]:
                (low, high), found = region, self._stretches(data, region)
            low, high, found = self._window(data, region, far, (low, high, found))
            goes_on += _touching(region, far, len(data), found)
            if (low, high) != before and self._detects(data[low:high]):
                return True
        self._remember(digest for run, digest in unknown if not _is_cut(run, far, len(data), goes_on))
        return False

    def _window(self, data: bytes, region: Run, far: int, known: _Window) -> _Window:
        """Return a window with all that goes on beyond it of what is encoded or in pieces in a region within it."""
        low, high, found = known
        while True:
            touching = _touching(region, far, len(data), found)
            more, begins, ends = high - low, low, high
            if any(run[0] == low for run in touching):
                begins = max(0, low - more)
            if any(run[1] == high for run in touching):
                ends = min(len(data), high + more)
            if (begins, ends) == (low, high):
                return low, high, found
            low, high = begins, ends
            found = self._stretches(data, (low, high))

    def _stretches(self, data: bytes, window: Run) -> list[Run]:
        """Return what decides together in a window (see `stretches`)."""
        low, high = window
        piece = data[low:high]
        return [(low + start, low + end) for start, end in stretches(piece, self._look.encoded(piece))]

    def _remember(self, digests: Iterable[bytes]) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known.update(each for each in digests if each)


def _touching(region: Run, far: int, size: int, stretches_there: Iterable[Run]) -> list[Run]:
    """Return those of some stretches that have to do with the runs around which a region is."""
    first, last = region[0] + far if region[0] else 0, region[1] - far if region[1] < size else size
    return [run for run in stretches_there if run[0] <= last and run[1] >= first]


def _is_cut(run: Run, far: int, size: int, goes_on: Iterable[Run]) -> bool:
    """Return whether what is around a run does not decide by itself, as something goes on beyond it."""
    low, high = max(0, run[0] - far), min(size, run[1] + far)
    return any(start <= run[1] and end >= run[0] and (start < low or end > high) for start, end in goes_on)


def _digest(data: bytes, run: Run, far: int) -> bytes:
    """Return the digest of what is around a run; nothing where that is too long to come again."""
    low, high = max(0, run[0] - far), min(len(data), run[1] + far)
    return blake2b(data[low:high], digest_size=20).digest() if high - low <= LONGEST else b""
