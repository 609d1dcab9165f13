"""What a rule and a provider are once their files have been read and found sound."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import regex

from keyguard.language import Text
from keyguard.model import Confidence, Severity
from keyguard.rules.checks import Check
from keyguard.rules.entries import GateEntry

if TYPE_CHECKING:
    from keyguard.rules.api.values import Api


LEAD = 512


class Kind(enum.StrEnum):
    """How a rule recognises its keys."""

    PATTERN = "pattern"
    ENTROPY = "entropy"
    SHARED = "shared"


class Target(enum.StrEnum):
    """What the patterns of a refusal are looked for in."""

    SECRET = "secret"  # noqa: S105 (the word, not one)
    MATCH = "match"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What tells a look-alike from a secret; of those that are given one suffices, or with `every` all have to hold.

    `patterns` are looked for in the `target`, `words` (in lower case) in the secret, `paths` in the file's path.
    """

    patterns: tuple[regex.Pattern[bytes], ...] = ()
    target: Target = Target.SECRET
    words: tuple[str, ...] = ()
    paths: tuple[regex.Pattern[bytes], ...] = ()
    every: bool = False


class Topic(enum.StrEnum):
    """What a provider's file has a guide step for, in the order in which the steps are taken."""

    REVOKE = "revoke"
    REPLACE = "replace"
    USAGE = "usage"
    LIMITS = "limits"
    APPEAL = "appeal"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Advice:
    """A guide step as a provider's file has it, in both languages."""

    title: Text
    text: Text
    url: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """Text with a key made up at run time; `secret` is exactly what has to be captured (None: nothing)."""

    text: str
    secret: str | None
    path: str | None = None


@dataclass(frozen=True)
class Rule:
    """One kind of key of one provider.

    `pattern` matches bytes and has one named group, `secret`. For an entropy rule it has to match the whole value
    that was assigned; for a shared rule the whole secret that the rule of the shape (`shape`, by its id `shape_id`)
    found. `alone`: what the secret of a shape has to match where none of its owners is spoken of. `span` is the
    longest text in bytes that the pattern matches, `context` how many bytes away from it a name or host may stand.
    `near`: one of these has to stand within `context`; `hints`: one of these within `context` decides between
    `candidates`, the providers that share the shape. `samples` are the fingerprints of keys that the provider's own
    documentation, or the tests of other scanners, show to everybody.

    A secret with less than `min_entropy` bits a character, Shannon's entropy, is none, nor is what a refusal speaks of;
    `path` is looked for in the path of the file. `lead` matches what of the text before a match belongs to it, up to
    `LEAD` bytes; it may be missing, and is not searched for. `file` names where a rule of a user stands, and is None
    for KeyGuard's own.
    """

    id: str
    provider: str
    title: Text
    kind: Kind
    severity: Severity
    confidence: Confidence
    sureness: str
    pattern: regex.Pattern[bytes]
    gate: tuple[GateEntry, ...]
    span: int
    context: int = 0
    prefix: str = ""
    priority: int = 0
    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    shape_id: str = ""
    shape: Rule | None = None
    alone: regex.Pattern[bytes] | None = None
    near: tuple[bytes, ...] = ()
    hints: tuple[bytes, ...] = ()
    candidates: tuple[str, ...] = ()
    require: tuple[Check, ...] = ()
    proofs: tuple[Check, ...] = ()
    proven: Confidence | None = None
    disproven: Confidence | None = None
    advice: Mapping[Topic, Advice] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    samples: frozenset[str] = frozenset()
    min_entropy: float = 0.0
    path: regex.Pattern[bytes] | None = None
    refuse: tuple[Refusal, ...] = ()
    lead: regex.Pattern[bytes] | None = None
    file: str | None = None
    examples: Sequence[Example] = ()
    counter_examples: Sequence[Example] = ()


@dataclass(frozen=True)
class Provider:
    """A company or product that issues keys, and everything KeyGuard knows of it; `apis` by the ids of its rules."""

    id: str
    name: Text
    console: str
    docs: str
    checked: str
    rules: tuple[Rule, ...]
    advice: Mapping[Topic, Advice]
    apis: Mapping[str, Api] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalogue:
    """All providers and their rules."""

    providers: tuple[Provider, ...]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the provider files."""
        return tuple(rule for provider in self.providers for rule in provider.rules)

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def provider_by_id(self) -> Mapping[str, Provider]:
        """The providers by their ids."""
        return {provider.id: provider for provider in self.providers}
