"""Holds the rule files to what they promise: examples, counter-examples, and patterns that finish."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import islice

from keyguard.detection.context import Names
from keyguard.detection.engine import Engine
from keyguard.detection.search import searches_for
from keyguard.detection.shaped import TimedOut
from keyguard.model import Chunk, Match, Origin, Unread, Where
from keyguard.rules.catalogue import Catalogue, Example, Rule

HOSTILE_BYTES = 1 << 18
SECONDS = 5.0
"""Processor time that a pattern may take on hostile text of `HOSTILE_BYTES`: ten times what the slowest of KeyGuard's
own takes (measured), since a busy core counts for less."""
MATCHES = 1000
"""How many keys are taken out of a hostile text, which is the same all over: to decide on each takes its time, too."""


@dataclass(frozen=True, slots=True)
class Case:
    """An example of a rule, or a counter-example if it has no secret; `id` names it in a report."""

    id: str
    rule: Rule
    example: Example

    def problem(self, engine: Engine) -> str | None:
        """Return what is wrong with it, or None; the text of an example is never part of that."""
        text = self.example.text.encode("utf-8", "surrogateescape")
        origin = Origin(Where.FILE, self.example.path or "example")
        found = list(engine.detect(Chunk(origin, text)))
        if any(isinstance(each, Unread) for each in found):
            return f"{self.id}: a pattern did not finish on it"
        return self._judged([each for each in found if isinstance(each, Match)])

    def _judged(self, found: list[Match]) -> str | None:
        if self.example.secret is None:
            own = any(match.rule == self.rule.id for match in found)
            return f"{self.id}: the rule finds something in it" if own else None
        secrets = {(match.rule, match.secret.reveal()) for match in found}
        if secrets == {(self.rule.id, self.example.secret)}:
            return None
        rules = ", ".join(sorted(rule for rule, _ in secrets)) or "no rule"
        exact = any(secret == self.example.secret for _, secret in secrets)
        return f"{self.id}: found by {rules}{'' if exact else ', and not as the secret that it names'}"


def cases(catalogue: Catalogue) -> Iterator[Case]:
    """Yield every example and counter-example of the rules."""
    for rule in catalogue.rules:
        yield from cases_of(rule)


def cases_of(rule: Rule) -> Iterator[Case]:
    """Yield every example and counter-example of a rule."""
    for number, example in enumerate(rule.examples, 1):
        yield Case(f"{rule.id}:example-{number}", rule, example)
    for number, example in enumerate(rule.counter_examples, 1):
        yield Case(f"{rule.id}:counter-example-{number}", rule, example)


def check(catalogue: Catalogue) -> list[str]:
    """Return everything that is wrong with the rules, one line each."""
    engine = Engine(catalogue, bulk=True)
    problems = [problem for case in cases(catalogue) if (problem := case.problem(engine))]
    problems += [problem for rule in catalogue.rules if (problem := slowness(rule))]
    return problems + [problem for name, data in provider_files() if (problem := leak(engine, name, data))]


def check_users(catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """Return what is wrong with the rules of users, one line each, and what they should know of them."""
    rules = [rule for rule in catalogue.rules if rule.file is not None]
    engine = Engine(catalogue)
    problems = [problem for rule in rules for case in cases_of(rule) if (problem := case.problem(engine))]
    problems += [problem for rule in rules if (problem := slowness(rule))]
    return problems, [
        f"{rule.id}: has no literal, so that it is run on everything, which is slow" for rule in rules if not rule.gate
    ]


def provider_files() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of KeyGuard's own rule files."""
    for file in sorted((resources.files("keyguard") / "providers").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield file.name, file.read_bytes()


def leak(engine: Engine, name: str, data: bytes) -> str | None:
    """Return what a rule file would be blamed for if it was scanned itself, or None."""
    found = next(engine.detect(Chunk(Origin(Where.FILE, name), data)), None)
    if found is None:
        return None
    return (
        f"{name}: {found.why}" if isinstance(found, Unread) else f"{name}: line {found.place.line}: holds a whole key"
    )


def slowness(rule: Rule, size: int = HOSTILE_BYTES) -> str | None:
    """Return on which hostile text a rule takes too long, or None."""
    (search,) = searches_for([rule])
    for name, data in hostile_texts(rule, size):
        started = time.process_time()
        try:
            for _ in islice(search.found(data, Names(data)), MATCHES):
                pass
        except TimedOut:
            return f"{rule.id}: does not finish on {name}"
        if time.process_time() - started > SECONDS:
            return f"{rule.id}: takes more than {SECONDS:.0f} seconds on {name}"
    return None


def hostile_texts(rule: Rule, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield texts that make a careless pattern try again and again: its own alphabet, and all but a key."""
    secret = rule.examples[0].secret if rule.examples else None
    own = (secret or rule.prefix or "A").encode() if secret or rule.file is None else _made_up(rule)
    yield "the characters of a key", _filled(bytes(sorted(set(own))), size)
    yield "the first character of a key", _filled(own[:1], size)
    yield "beginnings of keys", _filled(own[:-1] + b"!", size)
    yield "halves of keys", _filled(own[: len(own) // 2], size)
    yield "a key that does not end", own + _filled(own[-1:], size)
    yield "ends of keys", _filled(own[len(own) // 2 :], size)
    for entry in rule.gate[:4]:
        yield "its literal", _filled(entry.literal, size)
        yield "its prefix and literal", _filled(rule.prefix.encode() + entry.literal, size)


def _made_up(rule: Rule) -> bytes:
    """Return what the pattern of a rule without examples is likely to match."""
    from keyguard.rules.syntax.dialect import KEYGUARD
    from keyguard.rules.syntax.reader import read
    from keyguard.rules.syntax.sample import sample

    return sample(read(rule.pattern.pattern.decode("ascii"), KEYGUARD)).encode("latin-1") or b"A"


def _filled(unit: bytes, size: int) -> bytes:
    return (unit * (size // max(1, len(unit)) + 1))[:size]
