"""Finds what is worth decoding in some bytes, and decodes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from keyguard.detection.decoding.escapes import joined, unescaped
from keyguard.detection.decoding.forms import SHORTEST, Codec, forms
from keyguard.detection.decoding.runs import base64_at, hex_at
from keyguard.detection.decoding.view import View
from keyguard.detection.gate import Run
from keyguard.detection.hyperscan_gate import database_of, escaped
from keyguard.detection.search import merged

LONGEST_ESCAPED = 8192
"""How many bytes around an escaped literal may belong to its key: up to 12 for each character."""


LEAST = 16
"""Characters of encoded text that stand in a row at least; a shorter run holds no key."""
_ALPHABET = bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)) + b"+/_%\\&#;-"
_RUN = re.compile(rb"[%s]{16,}" % re.escape(_ALPHABET))


class Finder(Protocol):
    """Finds encoded literals: pairs of the form's number and where it begins, in any order."""

    def __call__(self, data: bytes) -> Iterable[tuple[int, int]]:
        """Return what stands in the data."""


class Decoder:
    """Decodes what holds an encoded literal of a rule, and resolves what is written in pieces near a plain one."""

    def __init__(self, literals: Iterable[bytes], *, bulk: bool) -> None:
        known = forms(literals)
        self._texts = list(known)
        self._forms = list(known.values())
        self._find = _finder(self._texts, bulk=bulk)

    def resolved(self, data: bytes) -> Iterator[View]:
        """Yield bytes around a plain literal as they read with escapes resolved, and with split literals joined."""
        if any(mark in data for mark in (b"%", b"\\", b"&", b"=")):
            yield from _some(unescaped(data, 0, len(data)))
        if any(mark in data for mark in (b'"', b"'", b"`", b"\\")):
            yield from _some(joined(data, 0, len(data)))

    def places(self, data: bytes) -> Iterator[Run]:
        """Yield where encoded literals stand."""
        for number, start in self._find(data):
            yield start, start + len(self._texts[number])

    def encoded(self, data: bytes) -> Iterator[View]:
        """Yield each stretch that holds an encoded literal as it reads decoded."""
        done = -1
        escaped: list[Run] = []
        for start, number in sorted((start, number) for number, start in self._find(data)):
            end, form = start + len(self._texts[number]), self._forms[number]
            if not _is_in_run(data, start):
                continue
            if form.codec is Codec.ESCAPES:
                escaped.append((start, end))
            elif start >= done:  # else it stands in what the one before it had decoded
                view = (
                    base64_at(data, start, end, form.phase) if form.codec is Codec.BASE64 else hex_at(data, start, end)
                )
                if view is not None:
                    done = view.end
                    yield view
        for low, high in merged(escaped, LONGEST_ESCAPED, len(data)):
            yield from _some(unescaped(data, low, high))


def _some(view: View | None) -> Iterator[View]:
    if view is not None:
        yield view


def _finder(texts: list[bytes], *, bulk: bool) -> Finder:
    if bulk:
        try:
            return _in_bulk(texts)
        except ImportError:
            pass
    return _plain(texts)


def _is_in_run(data: bytes, start: int) -> bool:
    before = data[max(0, start - LEAST) : start]
    return _RUN.match(data, start - len(before) + len(before.rstrip(_ALPHABET))) is not None


def _plain(texts: list[bytes]) -> Finder:
    """Return a finder that compiles nothing: it looks up the beginnings of what stands in long runs only."""
    starting: dict[bytes, list[int]] = {}
    for number, text in enumerate(texts):
        starting.setdefault(text[:SHORTEST], []).append(number)

    def find(data: bytes) -> Iterator[tuple[int, int]]:
        for run in _RUN.finditer(data):
            for at in range(run.start(), run.end() - SHORTEST + 1):
                for number in starting.get(data[at : at + SHORTEST], ()):
                    if data.startswith(texts[number], at):
                        yield number, at

    return find


def _in_bulk(texts: list[bytes]) -> Finder:
    database = database_of([escaped(text) for text in texts], [0] * len(texts))
    lengths = list(map(len, texts))

    def note(number: int, _start: int, end: int, _flags: int, found: list[tuple[int, int]]) -> None:
        found.append((number, end - lengths[number]))

    def find(data: bytes) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        if data:
            database.scan(data, match_event_handler=note, context=found)
        return found

    return find
