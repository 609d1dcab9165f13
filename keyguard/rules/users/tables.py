"""Reads one rule of a user: as in a provider's file, but with more that may be left out, and less that may be said."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import regex

from keyguard.language import Language
from keyguard.rules import conditions
from keyguard.rules.api.sections import TABLES
from keyguard.rules.catalogue import Advice, Catalogue, Kind, Refusal, Rule, Topic
from keyguard.rules.entries import GateEntry
from keyguard.rules.fields import Fields
from keyguard.rules.patterns import PatternError
from keyguard.rules.rule import known_fields, read_rule
from keyguard.rules.syntax import captures, literals
from keyguard.rules.syntax.dialect import KEYGUARD
from keyguard.rules.syntax.lead import without_lead
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import Bytes, Node, Repeat, Series
from keyguard.rules.users import custom

LONGEST_ID = 100
LONGEST_LITERAL = 200
LONGEST_ANCHOR = 64
"""How many bytes an anchor may match: without bounds that differ it is searched in linear time."""
_DEFAULTS: Mapping[str, object] = {
    "detector": Kind.PATTERN.value, "severity": "high", "confidence": "medium", "sureness": "sure",
}  # fmt: skip
_KINDS = {kind.value: kind for kind in Kind}
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[^\s<>\"'\\]*)?")
"""An address without a user's name in it, which looks like another host than it is."""
_WORDS = {
    Language.EN: "(These words stand in {file}; KeyGuard cannot vouch for them.)",
    Language.ZH: "（以上内容来自 {file}，KeyGuard 无法为其担保。）",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file: `file` is how messages call the file, `line` where the table begins, if that is known."""

    file: str
    values: Mapping[str, Any]
    line: int | None = None

    @property
    def place(self) -> str:
        """What begins every message about it."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


def refusals_of(tables: Sequence[Table]) -> tuple[Refusal, ...]:
    """Return what no rule of a file takes for a secret; raises `RuleError` for what is unfit."""
    return tuple(conditions.refusal(Fields(table.values, f"{table.place}: refuse")) for table in tables)


def rule_of(table: Table, known: Catalogue) -> Rule:
    """Return the rule of a user; raises `RuleError` for what it may not say or for what is unfit.

    `known` are the rules and providers that it may speak of.
    """
    fields = Fields(table.values, f"{table.place}: {_called(table.values)}")
    _refuse(fields)
    provider = _provider(fields, known.provider_by_id)
    values = {**_DEFAULTS, "title": fields.values.get("id"), **table.values}
    values.pop("provider", None)
    if isinstance(values["title"], str):
        values["title"] = {language.value: values["title"] for language in Language}
    trimmed, lead = _trimmed(fields)
    filled = Fields({**values, **trimmed}, table.place)
    rule = read_rule(filled, table.place, provider, entries=_gate(fields), fewest=0)
    rule = replace(rule, file=table.file, advice=_vouched(fields, rule.advice, table.file), lead=lead)
    if "alone" in values:
        raise fields.error("alone", "belongs to the shapes that KeyGuard itself knows", "leave it out")
    return _shaped(fields, rule, known)


def _called(values: Mapping[str, Any]) -> str:
    own = values.get("id")
    return f"rule {own}" if isinstance(own, str) and re.fullmatch(r"[a-z0-9-]{1,100}", own) else "a rule"


def _refuse(fields: Fields) -> None:
    """Raise for what a file that may come with a repository has no business to say."""
    for name in TABLES:
        if name in fields.values:
            raise fields.error(
                name,
                "is not for your own rules: it would name a host that keys are sent to",
                "leave it out; only the providers that come with KeyGuard are asked about a key",
            )
    fields.only(known_fields(fields.choice("detector", _KINDS, Kind.PATTERN)) | {"provider"})
    if len(fields.text("id")) > LONGEST_ID:
        raise fields.error("id", f"has more than {LONGEST_ID} characters")


def _provider(fields: Fields, known: Collection[str]) -> str:
    provider = fields.text("provider", custom.ID)
    if provider != custom.ID and provider not in known:
        raise fields.error(
            "provider", "is none that KeyGuard has", f"leave it out, or name one of: {', '.join(sorted(known))}"
        )
    if provider != custom.ID and "guide" in fields.values:
        raise fields.error("guide", "is there beside a provider, which has its own", "leave out one of the two")
    return provider


def _vouched(fields: Fields, advice: Mapping[Topic, Advice], file: str) -> Mapping[Topic, Advice]:
    """Return the steps with a word on where they come from."""
    for topic, step in advice.items():
        if step.command is not None:
            raise fields.error(
                f"guide.{topic}.command", "is not for your own rules: people run what they are told", "put it into text"
            )
        if step.url is not None and not _LINK.fullmatch(step.url):
            raise fields.error(f"guide.{topic}.url", "is not a plain https address", "write https://host/path")
    return {topic: replace(step, text=_signed(step, file)) for topic, step in advice.items()}


def _signed(step: Advice, file: str) -> Mapping[Language, str]:
    return {language: f"{text}\n{_WORDS[language].format(file=file)}" for language, text in step.text.items()}


def _trimmed(fields: Fields) -> tuple[Mapping[str, str], regex.Pattern[bytes] | None]:
    """Return the pattern without a beginning that may be missing, if it has one, and that beginning."""
    if fields.values.get("detector", Kind.PATTERN.value) != Kind.PATTERN.value:
        return {}, None
    found = without_lead(_tree(fields, "pattern", fields.text("pattern")))
    if found is None:
        return {}, None
    return {"pattern": found[0]}, regex.compile(found[1].encode("ascii"), regex.VERBOSE | regex.ASCII)


def _gate(fields: Fields) -> tuple[GateEntry, ...] | None:
    """Return what to look for, worked out from the pattern where the rule does not say; None where it says all."""
    for literal in fields.texts("literals"):
        if len(literal) > LONGEST_LITERAL:
            raise fields.error(
                "literals", f"has one of more than {LONGEST_LITERAL} characters", "a part of it is enough"
            )
    if fields.values.get("detector", Kind.PATTERN.value) != Kind.PATTERN.value:
        return None
    tree = _tree(fields, "pattern", fields.text("pattern"))
    _check_secret(fields, tree)
    for anchor in fields.texts("anchors"):
        _check_anchor(fields, anchor)
    if fields.texts("literals") or fields.texts("anchors"):
        return None
    if "ignore-case" in fields.values:
        raise fields.error(
            "ignore-case", "is there without literals", "write (?i:…) around what is meant in the pattern"
        )
    found = None if "literals" in fields.values else literals.derived(tree)
    return tuple(GateEntry(each.text.encode(), each.any_case) for each in sorted(found or ()))


def _tree(fields: Fields, name: str, source: str) -> Node:
    try:
        return read(source, KEYGUARD)
    except PatternError as error:
        raise fields.error(name, str(error), error.hint) from None


def _check_secret(fields: Fields, tree: Node) -> None:
    """Raise where a match may have no secret, or an empty one."""
    if not captures.is_certain(tree):
        raise fields.error("pattern", "may match without a secret", "let every match have text in (?P<secret>…)")


def _check_anchor(fields: Fields, anchor: str) -> None:
    tree = _tree(fields, "anchors", anchor)
    items = tree.items if isinstance(tree, Series) else (tree,)
    sizes = [_fixed(item) for item in items]
    if None in sizes or sum(size or 0 for size in sizes) > LONGEST_ANCHOR:
        raise fields.error(
            "anchors", "has one of no fixed length", f"only characters, sets and {{n}}, {LONGEST_ANCHOR} bytes at most"
        )


def _fixed(node: Node) -> int | None:
    match node:
        case Bytes():
            return 1
        case Repeat(Bytes(), low, high) if low == high:
            return low
        case _:
            return None


def _shaped(fields: Fields, rule: Rule, known: Catalogue) -> Rule:
    """Give a rule of a shape that several vendors share what the rule of the shape says."""
    if rule.kind is not Kind.SHARED:
        return rule
    shape = known.by_id.get(rule.shape_id)
    if shape is None or shape.kind is not Kind.PATTERN:
        raise fields.error("shape", "is no rule with a pattern", "name one of KeyGuard's, such as shared-sk-hex-key")
    return replace(rule, shape=shape, gate=shape.gate, span=shape.span, prefix=rule.prefix or shape.prefix)
