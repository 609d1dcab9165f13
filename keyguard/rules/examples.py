"""Reads the examples of a rule, and makes up the keys in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import regex

from keyguard.rules import gate, templates
from keyguard.rules.catalogue import Example, Kind
from keyguard.rules.entries import GateEntry
from keyguard.rules.fields import Fields
from keyguard.rules.templates import TemplateError

FEWEST = 2
"""How many examples and counter-examples a rule has at least."""


class DeferredExamples(Sequence[Example]):
    """Examples that are made up when they are first asked for: only a check of the rules ever does."""

    def __init__(self, make: Callable[[], tuple[Example, ...]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[Example, ...]:
        return self._make()

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Example, ...]: ...
    def __getitem__(self, index: int | slice) -> Example | tuple[Example, ...]:
        return self._made[index]

    def __iter__(self) -> Iterator[Example]:
        return iter(self._made)  # by `__getitem__`, a mistake in making them that is an IndexError would mean "none"

    def __len__(self) -> int:
        return len(self._made)


def examples_of(
    table: Fields,
    rule: str,
    kind: Kind,
    pattern: regex.Pattern[bytes],
    entries: Sequence[GateEntry],
    *,
    fewest: int = FEWEST,
) -> tuple[Example, ...]:
    """Return the examples; raises `RuleError` for one that the gate or the pattern would not let through."""
    made = tuple(_example(own, f"{rule}/{number}") for number, own in enumerate(table.tables("examples"), 1))
    if len(made) < fewest:
        raise table.error("examples", f"are fewer than {FEWEST}", "add { secret = '…', text = '…<<secret>>…' }")
    for number, example in enumerate(made, 1):
        if kind is not Kind.SHARED and entries and not gate.opens(entries, example.text.encode()):
            raise table.error("examples", f"number {number} holds none of the literals that the rule is found by")
        if not _matches(kind, pattern, example):
            raise table.error("examples", f"number {number} is not what the pattern captures")
    return made


def counter_examples_of(table: Fields, rule: str, *, fewest: int = FEWEST) -> tuple[Example, ...]:
    """Return the counter-examples, which are texts, or tables with `text` and `path`."""
    values: Any = table.values.get("counter-examples", [])
    if not isinstance(values, list):
        raise table.error("counter-examples", "has to be a list")
    made = tuple(_counter_example(table, each, f"{rule}/not/{number}") for number, each in enumerate(values, 1))
    if len(made) < fewest:
        raise table.error("counter-examples", f"are fewer than {FEWEST}", "add text in which the rule finds nothing")
    if fewest and all(templates.is_random(each["text"] if isinstance(each, dict) else each) for each in values):
        raise table.error("counter-examples", "have no placeholder", "add text that people write in place of a key")
    return made


def _example(own: Fields, seed: str) -> Example:
    own.only(("secret", "text", "path"))
    if not templates.is_random(own.text("secret")):
        raise own.error("secret", "is written out", "make it up at run time: sk-<<alnum:20>>…")
    secret = _expanded(own, "secret", own.text("secret"), seed)
    if "<<secret>>" not in own.text("text", "<<secret>>"):
        raise own.error("text", "does not hold <<secret>>")
    text = _expanded(own, "text", own.text("text", "<<secret>>"), f"{seed}/text", secret)
    return Example(text, secret, own.text("path", "") or None)


def _counter_example(table: Fields, value: Any, seed: str) -> Example:  # noqa: ANN401 (whatever TOML has there)
    own = Fields(value if isinstance(value, dict) else {"text": value}, f"{table.place}: counter-examples")
    own.only(("text", "path"))
    return Example(_expanded(own, "text", own.text("text"), seed), None, own.text("path", "") or None)


def _expanded(table: Fields, name: str, text: str, seed: str, secret: str = "") -> str:
    try:
        return templates.expanded(text, seed, secret)
    except TemplateError as error:
        raise table.error(name, str(error), "docs/rules.md lists the templates") from None


def _matches(kind: Kind, pattern: regex.Pattern[bytes], example: Example) -> bool:
    secret = (example.secret or "").encode()
    if kind is not Kind.PATTERN:
        return pattern.fullmatch(secret) is not None
    return any(found["secret"] == secret for found in pattern.finditer(example.text.encode(), overlapped=True))
