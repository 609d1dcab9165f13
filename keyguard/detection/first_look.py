"""Says where anything stands that the engine would look at: quick to load, and run over all that is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING

from keyguard.detection.decoding.finder import Found, finder
from keyguard.detection.encodings import SAMPLE
from keyguard.detection.gate import Gate, Hits, PlainGate, Run
from keyguard.rules.entries import GateEntry

if TYPE_CHECKING:
    from threading import Thread

SWITCH = 4 << 20
"""Bytes that are read before Hyperscan is worth compiling: 0.7 s, against 5 MB/s without it (measured)."""
SOON = 80 << 10
"""Bytes that are read before it is worth loading where an earlier run has kept what it compiled: 15 ms."""
EACH = 1 << 10
"""What a chunk costs without Hyperscan however short it is, in bytes that are searched in that time (0.1 ms)."""
_BETWEEN = b"\n"
"""What separates contents in a pass; it is part of no literal, so that nothing comes to stand across two of them."""
_MARKS = (b"\xff", b"\xfe")
"""How the byte order mark of wide text begins."""

NEAR = 4096
"""Bytes on each side of what says whose a value is, within which the value stands; a test holds the rules to it."""

Anything = Callable[[bytes], list[Run]]
"""Says where in some bytes there is something to look at."""


class FirstLook:
    """Looks for the literals of rules, and for what has the form of encoded text.

    `bulk` loads Hyperscan, which takes longer to start and is much faster then; by default that is done once there
    has been enough to read for it to pay. Both ways find the same. Without `gated` no literal is looked for.
    `assigned` are the numbers of entries that are hit for nothing where no value is near that may be a key.
    """

    def __init__(
        self,
        entries: tuple[GateEntry, ...],
        assigned: frozenset[int] = frozenset(),
        *,
        bulk: bool | None = None,
        gated: bool = True,
    ) -> None:
        self._entries = entries
        self._assigned = assigned
        self._gated = gated
        self._size: int | None = 0 if bulk is None else None  # until Hyperscan is in use, or none is wanted
        self._asked = False
        self._preparing: list[Thread] = []
        self._set_up(bulk=bool(bulk))

    def prepare(self, *, bulk: bool) -> None:
        """Get ready at once for much content, as is done by itself once much was read."""
        if self._size is not None and bulk:
            self._size = None
            while self._preparing:
                self._preparing.pop().join()
            self._set_up(bulk=True)

    def prepare_meanwhile(self) -> None:
        """Begin to get ready for much content while the caller waits for something else; `prepare` waits for that.

        Hyperscan compiles without holding the interpreter, which takes 0.5 s where nothing is kept (measured).
        """
        if self._size is None or self._preparing:
            return
        from threading import Thread

        ahead: list[Callable[[], object]] = [partial(finder, bulk=True)]
        if self._gated:
            ahead.append(partial(gate_for, self._entries, bulk=True))
        # no daemons: one that comes back into an interpreter that ends is torn out of the library it is in
        for each in ahead:
            thread = Thread(target=_tried, args=(each,))
            with suppress(RuntimeError):  # the system gives no more of them
                thread.start()
                self._preparing.append(thread)

    def _set_up(self, *, bulk: bool) -> None:
        self._gate = gate_for(self._entries, bulk=bulk) if self._gated else None
        self._find = finder(bulk=bulk)

    def take_account(self, size: int) -> None:
        """Change to bulk once enough has been read: sooner if that only takes to load what was compiled before."""
        if self._size is None:
            return
        self._size += EACH + size
        if self._size > SWITCH:
            self.prepare(bulk=True)
        elif self._size > SOON and not self._asked:
            self._asked = True
            self.prepare(bulk=self._gated and is_kept(self._entries))

    def hits(self, data: bytes) -> Hits | None:
        """Return what the gate says, or None where there is no gate and everything has to be searched."""
        return None if self._gate is None else self._gate.hits(data)

    def encoded(self, data: bytes) -> Found:
        """Return where something stands that is worth decoding."""
        return self._find(data)

    def anything(self, data: bytes) -> list[Run]:
        """Return where there is a reason to look more closely."""
        self.take_account(len(data))
        hits = self.hits(data)
        if hits is None:
            return [(0, len(data))]
        encoded = (run for runs in self.encoded(data).values() for run in runs)
        return [*(run for number, runs in hits.items() for run in runs if self._counts(data, number, run)), *encoded]

    def _counts(self, data: bytes, number: int, run: Run) -> bool:
        if number not in self._assigned:
            return True
        from keyguard.detection.counted import apart  # only where a name was hit
        from keyguard.detection.values import any_drawn

        low, high = max(0, run[0] - NEAR), min(len(data), run[1] + NEAR)
        if any_drawn(data, low, high):
            return True
        near = data[low:high]
        told = apart(near)
        return told is not near and any_drawn(told, 0, len(told))


def _tried(make: Callable[[], object]) -> None:
    """Make something that is kept, if it can be: whoever needs it makes it again, and meets what went wrong."""
    with suppress(Exception):
        make()


class Joined:
    """Contents one behind the other, to be searched in one pass."""

    def __init__(self, contents: Sequence[bytes]) -> None:
        self._starts = list(accumulate((len(each) + len(_BETWEEN) for each in contents), initial=0))
        self.data = _BETWEEN.join(contents)

    def within(self, run: Run) -> Iterator[tuple[int, Run]]:
        """Yield the numbers of the contents that a run lies in, and where in them it does."""
        for number in range(bisect_right(self._starts, run[0]) - 1, bisect_right(self._starts, run[1] - 1)):
            start, end = self._starts[number], self._starts[number + 1] - len(_BETWEEN)
            yield number, (max(run[0], start) - start, min(run[1], end) - start)


def hit(contents: Sequence[bytes], anything: Anything) -> set[int]:
    """Return the numbers of the contents that something stands in."""
    joined = Joined(contents)
    return {number for run in (anything(joined.data) if contents else ()) for number, _ in joined.within(run)}


def may_be_wide(data: bytes) -> bool:
    """Return whether content may be wide text, which has to be decoded to see what stands in it."""
    return data[:1] in _MARKS or b"\0" in data[:SAMPLE]


def is_kept(entries: tuple[GateEntry, ...]) -> bool:
    """Return whether Hyperscan's gate for these entries was compiled by an earlier run, and is kept."""
    try:
        from keyguard.detection.hyperscan_gate import HyperscanGate

        return HyperscanGate.is_kept(entries)
    except ImportError:
        return False


@lru_cache(maxsize=2)
def gate_for(entries: tuple[GateEntry, ...], *, bulk: bool) -> Gate:
    """Return Hyperscan's gate for much content where it can be had, else the plain one.

    The ones made last are kept: a hook that has had a first look goes on with the same.
    """
    if not bulk:
        return PlainGate(entries)
    try:
        from keyguard.detection.hyperscan_gate import HyperscanGate

        return HyperscanGate(entries)
    except ImportError:
        return PlainGate(entries)
