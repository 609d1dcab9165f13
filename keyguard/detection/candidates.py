"""What a rule saw in some bytes before anything is reported, and which of several overlapping sightings stays."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import regex

from keyguard.model import Confidence
from keyguard.rules.catalogue import Kind, Rule

_DIGITS = frozenset(("base64", "hex"))
"""Decodings of digits, which keys are written in, too."""
_REST = 3
"""Digits behind a key that is encoded whole, for a line end; what encodes more than a key may be one, as a token is
that has a token in it."""

MOST = 1000
"""Places of one secret that are told of one chunk: each takes 1 KB, and a file may be made of nothing else."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A secret from `start` to `end` of some bytes, as one rule decided it; `via` are the decodings that show it.

    It is one only in a file whose path `within` is found in, if there is one, and none of `unless` is.
    """

    rule: Rule
    start: int
    end: int
    text: str
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    unless: tuple[regex.Pattern[bytes], ...] = ()
    within: regex.Pattern[bytes] | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether it depends on the path of the file whether it counts."""
        return self.rule.path is not None or self.within is not None or bool(self.unless)

    @property
    def sureness(self) -> tuple[int, int]:
        """How sure the rule is of it, and how much it knows of it."""
        return self.confidence, len(self.evidence)

    def overruns(self, other: Candidate) -> bool:
        """Return whether this reads more than another sighting of the same rule, which is surer, as the key."""
        begins = len(other.via) < len(self.via) and self.text.startswith(other.text)
        return begins and self.text != other.text and other.sureness > self.sureness

    @property
    def rank(self) -> tuple[bool, int, int, int, int, int, str]:
        """The order in which sightings that overlap are preferred."""
        limited = self.within is not None
        return (
            limited,
            -self.rule.priority,
            self.start - self.end,
            len(self.via),
            -self.confidence,
            self.start,
            self.rule.id,
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that was not read to its end; `why` says what and why."""

    why: str


def told(found: Iterable[Candidate]) -> list[tuple[Candidate, int]]:
    """Return these, of each secret no more than the first `MOST`, that one with how many places behind it are left out.

    Of places that are told apart by their paths each kind counts by itself, and none is left out that is surer.
    """
    kept: list[tuple[Candidate, int]] = []
    seen = Counter[tuple[object, ...]]()
    surest: dict[tuple[object, ...], tuple[int, int]] = {}
    last: dict[tuple[object, ...], int] = {}
    for each in found:
        key = each.rule.id, each.text, each.within, each.unless
        seen[key] += 1
        if seen[key] > MOST and each.sureness <= surest[key]:
            kept[last[key]] = kept[last[key]][0], kept[last[key]][1] + 1
            continue
        if seen[key] <= MOST:
            last[key] = len(kept)
        surest[key] = max(surest.get(key, each.sureness), each.sureness)
        kept.append((each, 0))
    return kept


def settled(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return those that stay, by position: of any that overlap the one of higher priority, then the longer one.

    What encodes a key, and looks like one of the same rule itself, is none (`_without_encoded`).
    Rules of users take nothing from KeyGuard's own. What they find stays beside what those found, unless that is as
    sure of the same place. Nor does one that counts at some paths only take the place of another.
    """
    own: list[Candidate] = []
    users: dict[str, list[Candidate]] = {}
    for each in candidates:
        if each.rule.file is None:
            own.append(each)
        else:
            users.setdefault(each.rule.id if each.is_conditional else "", []).append(each)
    kept = _apart(_without_overrun(list(_without_encoded(own))))
    if not users:
        return kept
    added = [each for many in users.values() for each in _apart(many) if not _is_covered(each, kept)]
    return sorted([*kept, *added], key=lambda each: (each.start, each.end))


def _without_encoded(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Leave out what a rule that goes by names takes for its key in the text that encodes one.

    Base64 of letters and digits is letters and digits, too; but what is no encoding never decodes to a key. Rules that
    have a pattern say themselves whether they mean the encoded text.
    """
    decoded: dict[str, list[Candidate]] = {}
    for each in sorted(candidates, key=lambda one: one.start):
        if each.via and each.rule.kind is Kind.ENTROPY:
            decoded.setdefault(each.rule.id, []).append(each)
    return (each for each in candidates if not _is_encoded(each, decoded.get(each.rule.id, ())))


def _is_encoded(candidate: Candidate, decoded: Sequence[Candidate]) -> bool:
    """Return whether one of these, in order, is what a candidate says once it is decoded."""
    at = bisect_left(decoded, candidate.start, key=lambda each: each.start)
    within = takewhile(lambda each: each.start < candidate.end, (decoded[one] for one in range(at, len(decoded))))
    return any(candidate.end - _REST <= each.end <= candidate.end and _says(candidate, each) for each in within)


def _says(encoded: Candidate, decoded: Candidate) -> bool:
    done = len(encoded.via)
    if len(decoded.via) <= done or decoded.via[:done] != encoded.via or decoded.text == encoded.text:
        return False
    # an escape within a key is how an address writes it, one before it is none of it
    return decoded.via[done] in _DIGITS or decoded.start > encoded.start


def _without_overrun(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Leave out what goes on behind a key, as the literal after it may, where the rule is surer of the key alone."""
    begun: dict[tuple[str, int], list[Candidate]] = {}
    for each in candidates:
        begun.setdefault((each.rule.id, each.start), []).append(each)
    return (each for each in candidates if not any(map(each.overruns, begun[each.rule.id, each.start])))


def _is_covered(candidate: Candidate, kept: list[Candidate]) -> bool:
    """Whether something that is as sure stands where a candidate does; `kept` are in order and apart."""
    at = bisect_left(kept, candidate.end, key=lambda each: each.start)
    while at and kept[at - 1].end > candidate.start:
        at -= 1
        if kept[at].confidence >= candidate.confidence:
            return True
    return False


def _apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return those that stay of the candidates of one kind of rule."""
    starts: list[int] = []
    kept: list[Candidate] = []
    for each in sorted(candidates, key=lambda one: one.rank):
        at = bisect_left(starts, each.start)
        free_before = at == 0 or kept[at - 1].end <= each.start
        free_after = at == len(kept) or each.end <= kept[at].start
        if free_before and free_after:
            starts.insert(at, each.start)
            kept.insert(at, each)
    return kept
