"""Finds the triggers: with Hyperscan all of them in one pass, or one after the other with the standard library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from keyguard.detection.decoding.triggers import BEGUN, BEHIND, PASSES, TRIGGERS, WIDEST, Codec, Trigger
from keyguard.detection.gate import GAP, Run, merged

Found = Mapping[Codec, list[Run]]
"""Where each codec's triggers stand, in order; of those with a width the stretches in which one follows another."""
Finder = Callable[[bytes], Found]
_Ends = dict[int, list[int]]
"""The first and the last end of each stretch, in one flat list for each remainder of the step."""


@cache
def finder(*, bulk: bool) -> Finder:
    """Return Hyperscan's finder where it can be had, else the plain one; they find the same."""
    if bulk:
        try:
            return _in_bulk()
        except ImportError:
            pass
    return _plain


def _plain(data: bytes) -> Found:
    found: dict[Codec, list[Run]] = {}
    for each, pattern in _with_width():
        ends: _Ends = {}
        for end in _ends(pattern, data):
            _note(ends, end % each.step, end, each.step + 1)
        found.setdefault(each.codec, []).extend(_stretches(ends, each.width))
    for codec, sign in _SIGNS.items():
        if sign.search(data):
            found[codec] = list(_exact(codec)(data, [(0, len(data))]))
    return _in_order(found)


def _ends(pattern: re.Pattern[bytes], data: bytes) -> Iterator[int]:
    """Yield where each match ends, also of those that overlap."""
    match = pattern.search(data)
    while match:
        yield match.end()
        match = pattern.search(data, match.start() + 1)


def _in_bulk() -> Finder:
    from keyguard.detection.hyperscan_gate import database_of

    databases = [database_of([TRIGGERS[at].pattern for at in each], [0] * len(each), list(each)) for each in PASSES]
    steps = [each.step or 1 for each in TRIGGERS]
    gaps = [each.step + 1 if each.step else GAP for each in TRIGGERS]

    def note(number: int, _start: int, end: int, _flags: int, ends: dict[int, _Ends]) -> None:
        _note(ends.setdefault(number, {}), end % steps[number], end, gaps[number])

    def find(data: bytes) -> Found:
        ends: dict[int, _Ends] = {}
        for database in databases if data else ():
            database.scan(data, match_event_handler=note, context=ends)
        return _exactly(data, ends) if ends else {}

    return find


def _exactly(data: bytes, ends: Mapping[int, _Ends]) -> Found:
    """Say where the triggers stand, of which Hyperscan tells the ends only."""
    found: dict[Codec, list[Run]] = {}
    for number, known in ends.items():
        each = TRIGGERS[number]
        found.setdefault(each.codec, []).extend(_stretches(known, each.width))
    for codec, widest in WIDEST.items():
        if codec in found:
            windows = ((max(0, low + BEHIND - widest), high) for low, high in found[codec])
            found[codec] = list(_exact(codec)(data, merged(windows, BEHIND, len(data))))
    return _in_order(found)


def _note(ends: _Ends, remainder: int, end: int, gap: int) -> None:
    known = ends.get(remainder)
    if known is None:
        ends[remainder] = [end, end]
    elif end - known[-1] < gap:
        known[-1] = end
    else:
        known += (end, end)


def _stretches(ends: _Ends, width: int) -> Iterator[Run]:
    for known in ends.values():
        for first, last in zip(known[::2], known[1::2], strict=True):
            yield first - width, last


def _in_order(found: Mapping[Codec, list[Run]]) -> Found:
    return {codec: sorted(runs) for codec, runs in found.items() if runs}


@cache
def _with_width() -> list[tuple[Trigger, re.Pattern[bytes]]]:
    return [(each, re.compile(each.pattern)) for each in TRIGGERS if each.width]


_SIGNS: Mapping[Codec, re.Pattern[bytes]] = {
    Codec.ESCAPES: re.compile(BEGUN + rb"|PRIVATE"),
    Codec.NUMBERS: re.compile(rb"[0-9A-Fa-f'],[ \t\r\n]*[0-9']"),
    Codec.SEAMS: re.compile(rb"[\"'`]|\\\r?\n|join\("),
}
"""What stands wherever a trigger without a width does: what finds them exactly takes a while to load."""


@cache
def _exact(codec: Codec) -> Callable[[bytes, list[Run]], Iterator[Run]]:
    """Return what finds the triggers of a codec that have no width."""
    if codec is Codec.ESCAPES:
        from keyguard.detection.decoding.escapes import escapes

        return escapes
    if codec is Codec.NUMBERS:
        from keyguard.detection.decoding.numbers import numbers

        return numbers
    from keyguard.detection.decoding.seams import seams

    return seams
