"""What else speaks against a match: how even its characters are, what stands in and around it, where its file lies."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator

import regex

from keyguard.detection.candidates import Candidate
from keyguard.model import Origin, PathLimits, Where
from keyguard.rules.catalogue import LEAD, Refusal, Rule, Target

LINE = 2048
"""How many bytes on each side of a match its line is looked at."""
_SECONDS = 0.5
_MOST_TIMEOUTS = 3
_FILES = (Where.FILE, Where.BLOB, Where.SYMLINK, Where.STDIN)
"""What can have a path, or had one somewhere; a message has none."""

Paths = tuple[regex.Pattern[bytes], ...]


def beyond(rule: Rule) -> int:
    """Return how many bytes around a match the refusals of a rule look at."""
    targets = {each.target for each in rule.refuse}
    return LINE if Target.LINE in targets else LEAD if Target.MATCH in targets and rule.lead is not None else 0


class Conditions:
    """The conditions of one rule; what takes too long to decide does not speak against a match."""

    def __init__(self, rule: Rule) -> None:
        self._least = rule.min_entropy
        self._refusals = rule.refuse
        self._lead = rule.lead if any(each.target is Target.MATCH for each in rule.refuse) else None

    def unless(self, data: bytes, whole: tuple[int, int], start: int, end: int) -> Paths | None:
        """Return None where a match is refused, else the patterns of those paths at which it is."""
        if not self._least and not self._refusals:
            return ()
        secret = data[start:end].decode("utf-8", "surrogateescape")
        if self._least and entropy(secret) <= self._least:
            return None
        whole = (self._beginning(data, whole[0]), whole[1])
        paths: list[regex.Pattern[bytes]] = []
        for refusal in self._refusals:
            holds = list(_holding(refusal, data, whole, secret))
            if refusal.every and not all(holds):
                continue
            if any(holds) and not (refusal.every and refusal.paths):
                return None
            paths += refusal.paths
        return tuple(paths)

    def _beginning(self, data: bytes, start: int) -> int:
        """Return where a match begins with what may stand before it."""
        if self._lead is None:
            return start
        low = max(0, start - LEAD)
        try:
            found = self._lead.search(data[low:start], timeout=_SECONDS)
        except TimeoutError:
            found = None
        return start if found is None else low + found.start()


def _holding(refusal: Refusal, data: bytes, whole: tuple[int, int], secret: str) -> Iterator[bool]:
    """Yield of each kind of thing but paths whether one of its kind holds."""
    if refusal.patterns:
        text = _target(refusal.target, data, whole, secret)
        yield any(_found(pattern, text) for pattern in refusal.patterns)
    if refusal.words:
        folded = secret.lower()
        yield any(word in folded for word in refusal.words)


def _target(target: Target, data: bytes, whole: tuple[int, int], secret: str) -> bytes:
    start, end = whole
    if target is Target.SECRET:
        return secret.encode("utf-8", "surrogateescape")
    if target is Target.LINE:
        low, high = max(0, start - LINE), min(len(data), end + LINE)
        start = max(data.rfind(b"\n", low, start) + 1, low)
        following = data.find(b"\n", end, high)
        end = following if following >= 0 else high
    return data[start:end]


def _found(pattern: regex.Pattern[bytes], text: bytes) -> bool:
    try:
        return pattern.search(text, timeout=_SECONDS) is not None
    except TimeoutError:
        return False


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters of a text, in bits a character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


class Places:
    """Says at which paths the rules that ask for it count; a pattern that takes too long is not asked again."""

    def __init__(self) -> None:
        self._slow: Counter[bytes] = Counter()

    def fitting(self, origin: Origin, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Yield the candidates whose rule does not rule out where they stand, as far as that is known."""
        for each in candidates:
            limits = _limits(each)
            if limits is None or (origin.where in _FILES and (origin.path is None or self.fit(limits, origin.path))):
                yield each

    def fit(self, limits: PathLimits, path: str) -> bool:
        """Return whether a match counts in the file of this path."""
        name = os.fsencode(path)
        if limits.within is not None and not self._found(limits.within, name, undecided=True):
            return False
        return not any(self._found(pattern, name, undecided=False) for pattern in limits.unless)

    def _found(self, source: bytes, name: bytes, *, undecided: bool) -> bool:
        if self._slow[source] >= _MOST_TIMEOUTS:
            return undecided
        try:
            return regex.compile(source, regex.VERBOSE | regex.ASCII).search(name, timeout=_SECONDS) is not None
        except TimeoutError:
            self._slow[source] += 1
            return undecided


def later(origin: Origin, candidate: Candidate) -> PathLimits | None:
    """Return what says of a path whether a candidate counts there, if its path is not known yet."""
    return _limits(candidate) if origin.path is None else None


def _limits(candidate: Candidate) -> PathLimits | None:
    if not candidate.is_conditional:
        return None
    within = candidate.within or candidate.rule.path
    return PathLimits(within.pattern if within is not None else None, tuple(each.pattern for each in candidate.unless))
