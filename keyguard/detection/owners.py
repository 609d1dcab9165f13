"""Decides whose a key is whose shape several vendors share: by the name or host that stands nearest to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from keyguard.detection import nearness
from keyguard.detection.candidates import Candidate
from keyguard.detection.context import LOOK, Names
from keyguard.detection.names import is_of
from keyguard.detection.shaped import Literals, Reach, fits, spans
from keyguard.detection.verdict import Judge
from keyguard.rules.catalogue import Rule
from keyguard.rules.entries import GateEntry

_BEHIND = 3
"""How many times as far a word behind the key counts: what speaks of a key mostly stands before it."""
_HOST = 4
"""How many times nearer a host counts than a word: models of one vendor are served by others."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A word or host of an owner near a key; `weight` is how far it counts."""

    weight: float
    owner: int
    text: str


class SharedSearch:
    """A shape with the vendors whose keys have it; `shape` is None where its own rule is left out.

    `claimed` are names of rules that go by names: what is assigned to one of them is an owner's only by a host.
    """

    def __init__(self, owners: Sequence[Rule], shape: Rule | None, claimed: tuple[str, ...]) -> None:
        model = shape or owners[0].shape
        if model is None:
            raise ValueError(f"rule {owners[0].id} has no shape")
        context = max(owner.context for owner in owners)
        reach = model.span + context + LOOK
        self.reaches: Mapping[GateEntry, Reach] = dict.fromkeys(model.gate, (reach, reach))
        self._model = model
        self._shape = shape
        self._owners = owners
        self._claimed = claimed
        self._literals = Literals(model.gate, 0)
        self._judges = [Judge(owner) for owner in owners]
        self._nobody = Judge(shape) if shape else None

    def found(self, data: bytes, names: Names) -> Iterator[Candidate]:
        """Yield what has the shape, as its owner's key, or with the vendors who may own it; raises `TimedOut`."""
        for whole, start, end in spans(self._model, data):
            if self._literals.stand_near(data, *whole) and (candidate := self._decided(data, start, end, names)):
                yield candidate

    def _decided(self, data: bytes, start: int, end: int, names: Names) -> Candidate | None:
        possible = [at for at, owner in enumerate(self._owners) if fits(owner, data, start, end)]
        named = names.any_before(start, end) or ""
        owner, reason = self._owner(data, start, end, named, possible)
        if owner is not None:
            candidate = self._judges[owner].decided(data, start, end)
            return replace(candidate, evidence=(reason, *candidate.evidence)) if candidate else None
        if self._nobody is None or self._shape is None:
            return None
        if self._shape.alone is not None and self._shape.alone.fullmatch(data, start, end) is None:
            return None
        candidate = self._nobody.decided(data, start, end)
        return replace(candidate, candidates=self._candidates(self._shape, possible)) if candidate else None

    def _candidates(self, shape: Rule, possible: Sequence[int]) -> tuple[str, ...]:
        """Return who may own the key, in the order that the rule of the shape gives."""
        likely = {self._owners[at].provider for at in possible}
        ruled_out = {owner.provider for owner in self._owners} - likely
        ordered = (each for each in shape.candidates if each not in ruled_out)
        return tuple(dict.fromkeys([*ordered, *sorted(likely)]))

    def _owner(self, data: bytes, start: int, end: int, named: str, possible: Sequence[int]) -> tuple[int | None, str]:
        """Return whose the key is and why: by its own name, else by the nearest mention, else nobody's."""
        folded = named.lower().encode()
        for at in possible:
            word = next((each for each in self._owners[at].near if each in folded), None)
            if word is not None:
                return at, f"the name it is assigned to speaks of {word.decode()}"
        by_host_only = bool(named) and is_of(named, self._claimed) is not None
        near = [each for at in possible for each in self._mentions(data, start, end, at, by_host_only=by_host_only)]
        nearest = min(near, key=lambda each: each.weight, default=None)
        if nearest is None or (nearest.weight >= nearness.ANOTHER_RECORD and len({each.owner for each in near}) > 1):
            return None, ""
        return nearest.owner, f"{nearest.text} stands near it"

    def _mentions(self, data: bytes, start: int, end: int, at: int, *, by_host_only: bool) -> Iterator[_Mention]:
        owner = self._owners[at]
        low = max(0, start - owner.context)
        before, after = data[low:start].lower(), data[end : end + owner.context].lower()
        hosts = [host.lower().encode() for host in owner.hosts]
        for word in hosts if by_host_only else (*hosts, *owner.near):
            scale = 1 / _HOST if word in hosts else 1.0
            text = word.decode("utf-8", "replace")
            if (last := before.rfind(word)) >= 0:
                yield _Mention(scale * nearness.before(before[last + len(word) :]), at, text)
            if (first := after.find(word)) >= 0:
                yield _Mention(scale * _BEHIND * nearness.after(after[:first]), at, text)
