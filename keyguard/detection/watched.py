"""Keeps the rules of users within bounds: none of them may make a scan endless, or fill its report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from keyguard.detection.candidates import Candidate, Cut
from keyguard.detection.context import Names
from keyguard.detection.shaped import Reach, TimedOut
from keyguard.model import Chunk, Unread
from keyguard.rules.catalogue import Rule
from keyguard.rules.entries import GateEntry

SECONDS = 30.0
"""How long all rules of users together may take, besides what they get for what they are run on."""
SECONDS_PER_BYTE = 1e-6
MOST_TIMEOUTS = 3
"""How often a rule may run out of time before it is given up."""
MOST_SECRETS = 10_000
"""How many different secrets a rule may find: more are none."""
MOST_SIGHTINGS = 100_000
"""How often a rule may find something."""


class GivenUp(TimedOut):
    """A rule that is not searched for any more; `why` ends a sentence that begins with the rule."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(rule)
        self.why = why


class Allowance:
    """The time that is left to the rules of users."""

    def __init__(self) -> None:
        self._left = SECONDS

    def earn(self, size: int) -> None:
        """Add what so many bytes are worth."""
        self._left += size * SECONDS_PER_BYTE

    def spend(self, seconds: float) -> None:
        """Take off what was used."""
        self._left -= seconds

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self._left <= 0


class Searched(Protocol):
    """What is watched: a rule that is ready to be searched for."""

    @property
    def reaches(self) -> Mapping[GateEntry, Reach]:
        """What has to stand near whatever is found, and how far from it."""

    def found(self, data: bytes, names: Names) -> Iterator[Candidate]:
        """Yield what is found."""


class Watched:
    """A user's rule, searched for until its time is up."""

    def __init__(self, rule: Rule, search: Searched, allowance: Allowance) -> None:
        self.reaches: Mapping[GateEntry, Reach] = search.reaches
        self._rule = rule
        self._search = search
        self._allowance = allowance
        self._timeouts = 0
        self._sightings = 0
        self._secrets: set[int] = set()

    def found(self, data: bytes, names: Names) -> Iterator[Candidate]:
        """Yield what the rule finds; raises `TimedOut`, and `GivenUp` once it was too slow or found too much."""
        self._check()
        found = self._search.found(data, names)
        while True:
            candidate = self._next(found)
            if candidate is None:
                return
            self._sightings += 1
            self._secrets.add(hash(candidate.text))
            self._check()
            yield replace(candidate, evidence=(*candidate.evidence, f"found by a rule of {self._rule.file}"))

    def _next(self, found: Iterator[Candidate]) -> Candidate | None:
        started = time.process_time()
        try:
            return next(found, None)
        except TimedOut:
            self._timeouts += 1
            raise
        except MemoryError:
            self._timeouts = MOST_TIMEOUTS
            raise TimedOut(self._rule.id) from None
        finally:
            self._allowance.spend(time.process_time() - started)

    def _check(self) -> None:
        if len(self._secrets) > MOST_SECRETS or self._sightings > MOST_SIGHTINGS:
            raise GivenUp(self._rule.id, f"found {len(self._secrets)} secrets, which cannot all be some")
        if self._timeouts >= MOST_TIMEOUTS:
            raise GivenUp(self._rule.id, f"ran out of time {self._timeouts} times, and was not tried again")
        if self._allowance.is_spent:
            raise GivenUp(self._rule.id, "had no time left: the rules of users together took too long")


def unread(chunk: Chunk, what: TimedOut | Cut) -> Unread:
    """Return what a report says of a chunk, or of all that follows, that was not searched to its end."""
    if isinstance(what, GivenUp):
        return Unread(f"the rest, for rule {what.rule}", f"the rule {what.why}", "make it more exact, or drop it")
    origin = chunk.origin
    named = origin.path or f"{origin.where} {origin.blob or origin.commit or ''}".strip()
    if isinstance(what, Cut):
        return Unread(f"{named}, from line {chunk.line}", what.why, "unpack it, and scan what it holds")
    return Unread(
        f"{named}, from line {chunk.line}",
        f"rule {what.rule} did not finish on it in time",
        "look at it by hand, or leave the rule out with --exclude-rule",
    )
