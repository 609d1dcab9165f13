"""Reads one rule of a provider's file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import regex

from keyguard.model import Confidence, Severity
from keyguard.rules import conditions, gate, guide, patterns
from keyguard.rules.catalogue import Example, Kind, Rule
from keyguard.rules.checks import CHECKS, Check
from keyguard.rules.entries import GateEntry
from keyguard.rules.examples import FEWEST, DeferredExamples, counter_examples_of, examples_of
from keyguard.rules.fields import SURENESS, Fields
from keyguard.rules.patterns import PatternError

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHARED = {
    "id", "title", "detector", "severity", "confidence", "sureness", "pattern", "context", "prefix", "priority",
    "near", "hints", "candidates", "require", "proofs", "proven", "disproven", "references", "guide",
    "examples", "counter-examples", "path",
}  # fmt: skip
_OWN = {
    Kind.PATTERN: {"literals", "anchors", "ignore-case", "alone", "min-entropy", "refuse"},
    Kind.ENTROPY: {"names", "hosts"},
    Kind.SHARED: {"shape", "hosts"},
}
_KINDS = {kind.value: kind for kind in Kind}
_SEVERITIES = {each.label: each for each in reversed(Severity)}
_CONFIDENCES = {each.label: each for each in reversed(Confidence)}
_FURTHEST = 4096
"""How many bytes away from a match a name or a host may be looked for."""

T = TypeVar("T")


def known_fields(kind: Kind) -> set[str]:
    """Return the fields that a rule of a kind may have."""
    return _SHARED | _OWN[kind]


def read_rule(
    table: Fields,
    file: str,
    provider: str,
    *,
    believed: bool = False,
    entries: tuple[GateEntry, ...] | None = None,
    fewest: int = FEWEST,
) -> Rule:
    """Return the rule that a table describes; raises `RuleError` if it breaks the schema.

    One that is believed is not tried out: its pattern and its examples are made when they are first asked for.
    `entries` are its gate where that was worked out already. Where `fewest` is 0 it may have no examples, and those it
    has are made when they are first asked for.
    """
    own = table.text("id")
    table = Fields(table.values, f"{file}: rule {own if ID.fullmatch(own) else '?'}")
    if not ID.fullmatch(own):
        raise table.error("id", "is not kebab-case", "write it like openai-project-key")
    kind = table.choice("detector", _KINDS)
    table.only(known_fields(kind))
    pattern, span = _pattern(table, "pattern", believed=believed)
    context = _context(table)
    gated = _gate(table, kind) if entries is None else entries
    if kind is Kind.PATTERN and context:
        gated = gate.beside(gated, table.text("pattern"), context + span)
    proofs = _checks(table, "proofs")
    _refuse_contradictions(table, proofs)
    return Rule(
        id=own,
        provider=provider,
        title=table.both("title"),
        kind=kind,
        severity=table.choice("severity", _SEVERITIES),
        confidence=table.choice("confidence", _CONFIDENCES),
        sureness=table.choice("sureness", SURENESS),
        pattern=pattern,
        gate=gated,
        span=span,
        context=context,
        prefix=table.text("prefix", ""),
        priority=table.number("priority", 0),
        names=table.texts("names"),
        hosts=table.texts("hosts"),
        shape_id=table.text("shape") if kind is Kind.SHARED else "",
        alone=_pattern(table, "alone", believed=believed)[0] if "alone" in table.values else None,
        near=_bytes(table, "near"),
        hints=_bytes(table, "hints"),
        candidates=table.texts("candidates"),
        require=_checks(table, "require"),
        proofs=proofs,
        proven=table.optional_choice("proven", _CONFIDENCES),
        disproven=table.optional_choice("disproven", _CONFIDENCES),
        advice=guide.of_rule(table),
        min_entropy=table.amount("min-entropy", 0.0),
        path=conditions.path_of(table),
        refuse=conditions.refusals_of(table),
        references=tuple(table.secure("references", each) for each in table.texts("references")),
        examples=_made(
            partial(examples_of, table, own, kind, pattern, gated, fewest=fewest),
            at_once=bool(fewest and not believed),
        ),
        counter_examples=_made(
            partial(counter_examples_of, table, own, fewest=fewest), at_once=bool(fewest and not believed)
        ),
    )


def _made(make: Callable[[], tuple[Example, ...]], *, at_once: bool) -> Sequence[Example]:
    return make() if at_once else DeferredExamples(make)


def _pattern(table: Fields, name: str, *, believed: bool) -> tuple[regex.Pattern[bytes], int]:
    return _fit(table, name, lambda: (patterns.deferred if believed else patterns.compiled)(table.text(name)))


def _gate(table: Fields, kind: Kind) -> tuple[GateEntry, ...]:
    if kind is Kind.SHARED:
        return ()  # that of its shape, which stands in another file
    if kind is Kind.PATTERN:
        literals, anchors = table.texts("literals"), table.texts("anchors")
        ignore_case = table.flag("ignore-case")
        name = "anchors" if anchors else "literals"
        return _fit(table, name, lambda: gate.of_pattern(literals, anchors, ignore_case=ignore_case))
    names, hosts = table.texts("names"), table.texts("hosts")
    if not names:
        raise table.error("names", "is missing", 'name what such a key is assigned to: names = ["openai"]')
    return _fit(table, "names or hosts", lambda: gate.of_names(names, hosts))


def _context(table: Fields) -> int:
    context = table.number("context", 0)
    if not 0 <= context <= _FURTHEST:
        raise table.error("context", f"has to be a number of bytes from 0 to {_FURTHEST}")
    for name in ("near", "hints", "hosts"):
        if name in table.values and not context:
            raise table.error("context", f"is missing, but there are {name}", "say within how many bytes they stand")
    return context


def _refuse_contradictions(table: Fields, proofs: tuple[Check, ...]) -> None:
    for name in ("proven", "disproven"):
        if name in table.values and not proofs:
            raise table.error(name, "is there without proofs", "name the proofs, or leave it out")
    if "shape" in table.values and not (table.texts("near") or table.texts("hosts")):
        raise table.error("near", "is missing", "name what tells this vendor's keys from the others of the shape")
    if "hints" in table.values and "candidates" not in table.values:
        raise table.error("hints", "decide nothing without candidates", "list the providers that share the shape")


def _checks(table: Fields, name: str) -> tuple[Check, ...]:
    return tuple(Fields({name: each}, table.place).choice(name, CHECKS) for each in table.texts(name))


def _bytes(table: Fields, name: str) -> tuple[bytes, ...]:
    return tuple(each.lower().encode() for each in table.texts(name))


def _fit(table: Fields, name: str, made: Callable[[], T]) -> T:
    """Return what was made, and put what is wrong with it into the words of an error about this field."""
    try:
        return made()
    except PatternError as error:
        raise table.error(name, str(error), error.hint) from None
