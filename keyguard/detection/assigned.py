"""Searches for keys without a shape: by the names that they are assigned to, and by looking random."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

import regex

from keyguard.detection import nearness
from keyguard.detection.candidates import Candidate
from keyguard.detection.context import LOOK, Names
from keyguard.detection.names import holds_key, is_generic, is_of, words_of
from keyguard.detection.randomness import is_hash, looks_random
from keyguard.detection.shaped import Literals, Reach, fits
from keyguard.detection.values import may_be_assigned, values
from keyguard.detection.verdict import Judge
from keyguard.rules.catalogue import Rule
from keyguard.rules.entries import GateEntry
from keyguard.rules.gate import is_owner

_A_UUID = b"7e57d004-2b97-4e7a-b45f-5387367791cd"
_NO_UUID = b"7e57d004x2b97x4e7axb45fx5387367791cd"
_DIGEST = re.compile(rb"[0-9A-Fa-f-]+")
"""What a revision or a checksum may be, which files of many kinds have under a name."""
_SECTION = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{1,40}")
"""A word that may name the section, the block or the class that a value stands in."""
_GIVEN = re.compile(rb"[\"']?\]?[ \t]*(?:=>|:=|=|:)[ \t]*[^\s(\[{|>][^\r\n(\[{]*[\r\n]")
"""Behind a name that has a value of its own, in a line of its own."""
_CALLED = re.compile(rb"\([\"'`]\Z")
_FILE_OF_KEYS = regex.compile(
    rb"""
    (?:^|/) \.? (?: [A-Za-z0-9]{1,20} [_.-]? )?
    (?i: keys? | auth | credentials? | creds | secrets? | tokens? ) (?: \.[a-z]{2,5} ){0,2} $
    """,
    regex.VERBOSE | regex.ASCII,
)
"""The paths of files that keep keys under their providers' names, such as those of `llm`; the file may not say so."""
_MOST_NAMES = 1 << 14
"""How many names are remembered with the rules that they speak of."""


class AssignedSearch:
    """The rules whose keys are known by what they are assigned to; every value is read once for all of them."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [_AssignedRule(rule) for rule in rules]
        self.reaches: Mapping[GateEntry, Reach] = _reaches(self._rules)
        self._hosts = [(at, host.lower().encode()) for at, rule in enumerate(rules) for host in rule.hosts]
        self._owned: dict[str, Mapping[int, str]] = {}
        self._alone: dict[str, list[int]] = {}
        for at, rule in enumerate(rules):
            for owner in {"".join(words_of(name)) for name in rule.names if rule.hosts and is_owner(name)}:
                self._alone.setdefault(owner, []).append(at)

    def found(self, data: bytes, names: Names) -> Iterator[Candidate]:
        """Yield what the rules decide to be secrets; raises `TimedOut`."""
        folded = data.lower()
        hosted: set[int] | None = None
        for start, end in values(data, 0, len(data)):
            # in this order for speed: a value comes again in many versions of a file, what stands around it does not
            if not may_be_assigned(data, start, end) or not _may_be_random(data[start:end].decode("ascii")):
                continue
            name = names.any_before(start, end)
            if name is None:
                continue
            if not holds_key(name):
                yield from self._kept(data, start, end, name)
                continue
            if hosted is None:  # few texts get as far
                hosted = {at for at, host in self._hosts if host in folded}
            for at, reason in self._owners(data, folded, start, end, name, hosted):
                if candidate := self._rules[at].decided(data, start, end, reason):
                    yield candidate

    def _kept(self, data: bytes, start: int, end: int, name: str) -> Iterator[Candidate]:
        """Yield what is kept under the mere name of its provider, where the section says keys, or the file may."""
        owners = [
            at for at in self._alone.get("".join(words_of(name)), ()) if self._rules[at].is_named(data, start, end)
        ]
        if not owners:
            return
        if _CALLED.search(data[max(0, start - 2) : start]):
            yield from self._decided(owners, data, start, end, f"it is what {name} is called with")
            return
        section = next((each for each in _sections(data, start) if holds_key(each) and is_generic(each)), None)
        if section is None and _DIGEST.fullmatch(data, start, end):
            return
        reason = f"it stands under {name} in {section or 'a file of keys'}"
        for candidate in self._decided(owners, data, start, end, reason):
            yield candidate if section else replace(candidate, within=_FILE_OF_KEYS)

    def _decided(self, owners: Iterable[int], data: bytes, start: int, end: int, reason: str) -> Iterator[Candidate]:
        for at in owners:
            if candidate := self._rules[at].decided(data, start, end, reason):
                yield candidate

    def _owners(
        self, data: bytes, folded: bytes, start: int, end: int, name: str, hosted: Iterable[int]
    ) -> Iterator[tuple[int, str]]:
        """Yield the rules whose a value may be, each with the reason: by its name, by a host, by its section."""
        owned = self._owned_by(name)
        for at, reason in owned.items():
            if self._rules[at].is_named(data, start, end):
                yield at, reason
        near = {
            at: host for at in hosted if at not in owned and (host := self._rules[at].host_near(folded, start, end))
        }
        yield from near.items()
        if not owned and not near and is_generic(name):
            for section in _sections(data, start):
                if owned := self._owned_by(f"{section}_{name}"):
                    yield from (
                        (at, reason) for at, reason in owned.items() if self._rules[at].is_named(data, start, end)
                    )
                    return

    def _owned_by(self, name: str) -> Mapping[int, str]:
        """Return the rules whose names stand in a name, each with the words that say so."""
        if name not in self._owned:
            if len(self._owned) >= _MOST_NAMES:
                self._owned.clear()
            owners = ((at, is_of(name, each.rule.names)) for at, each in enumerate(self._rules))
            self._owned[name] = {
                at: f"the name it is assigned to speaks of {owner}" for at, owner in owners if owner is not None
            }
        return self._owned[name]


@lru_cache(maxsize=1 << 14)
def _may_be_random(text: str) -> bool:
    """Return whether any rule could take a value for random, be it one of UUIDs or of other keys."""
    return looks_random(text) or looks_random(text.replace("-", ""))


def _sections(data: bytes, start: int) -> Iterator[str]:
    """Yield the words before a value, the nearest first, as far as the record goes that the value stands in.

    The name of a key with a value of its own is none: what follows is another key.
    """
    left = data[max(0, start - LOOK) : start]
    words = list(_SECTION.finditer(left))
    for found in reversed(words[:-1]):
        own = words[-1]  # the name of the value itself
        if nearness.before(left[found.end() : own.start() + 1]) >= nearness.ANOTHER_RECORD:
            return
        section = found[0].decode("ascii")
        if not (holds_key(section) and _GIVEN.match(left, found.end())):
            yield section


def _reaches(rules: Sequence[_AssignedRule]) -> dict[GateEntry, Reach]:
    """Return how far what is decided by a name, or by a host, may stand from it."""
    found: dict[GateEntry, Reach] = {}
    for each in rules:
        rule = each.rule
        named = dict.fromkeys(each.names, (LOOK + rule.span, LOOK + rule.span))
        hosted = dict.fromkeys(each.hosts, (LOOK + rule.context + rule.span, rule.context + rule.span))
        for entry, (before, after) in {**named, **hosted}.items():
            known = found.get(entry, (0, 0))
            found[entry] = max(known[0], before), max(known[1], after)
    return found


class _AssignedRule:
    """One of these rules, with what it takes to decide about a value."""

    def __init__(self, rule: Rule) -> None:
        hosts = {host.encode() for host in rule.hosts}
        self.rule = rule
        self.hosts = [entry for entry in rule.gate if entry.literal in hosts and entry.anchor is None]
        self.names = [entry for entry in rule.gate if entry not in self.hosts]
        self._literals = Literals(self.names, LOOK)
        self._judge = Judge(rule)

    def is_named(self, data: bytes, start: int, end: int) -> bool:
        """Return whether one of the names, as the gate looks for it, stands before a value or behind it."""
        return self._literals.stand_near(data, start, end)

    @cached_property
    def _of_uuids(self) -> bool:
        """Whether the rule is about UUIDs, which are no secret anywhere else."""
        pattern = self.rule.pattern
        return pattern.fullmatch(_A_UUID) is not None and pattern.fullmatch(_NO_UUID) is None

    def host_near(self, folded: bytes, start: int, end: int) -> str | None:
        """Return which of the hosts stands within the context of a value, in text in lower case."""
        around = folded[max(0, start - self.rule.context) : end + self.rule.context]
        host = next((each for each in self.rule.hosts if each.lower().encode() in around), None)
        return f"{host} stands near it" if host else None

    def decided(self, data: bytes, start: int, end: int, reason: str) -> Candidate | None:
        """Return the candidate at these bytes, or None where shape or randomness speak against it."""
        if not fits(self.rule, data, start, end):
            return None
        candidate = self._judge.decided(data, start, end) if self._is_random(data, start, end) else None
        return replace(candidate, evidence=(reason, *candidate.evidence)) if candidate else None

    def _is_random(self, data: bytes, start: int, end: int) -> bool:
        text = data[start:end].decode("ascii")
        drawn = text.replace("-", "") if self._of_uuids else text
        return looks_random(drawn) and not is_hash(text, data[max(0, start - LOOK) : start].decode("ascii", "replace"))
