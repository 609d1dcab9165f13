"""Puts the rules of users beside KeyGuard's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from keyguard.errors import RuleError
from keyguard.rules.catalogue import Catalogue, Rule
from keyguard.rules.users import custom
from keyguard.rules.users.tables import Table, refusals_of, rule_of

MOST_RULES = 1000
MOST_LITERALS = 2000
MOST_PATTERN = 1 << 19
"""How many characters the patterns of all rules of users may have together."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The tables of one file: its rules, and what none of these takes for a secret."""

    name: str
    rules: Sequence[Table]
    refuse: Sequence[Table] = ()


def with_rules(known: Catalogue, files: Iterable[RuleFile]) -> Catalogue:
    """Return the catalogue with the rules of these files; raises `RuleError` for the first that is unfit."""
    rules: dict[str, Rule] = {}
    for file in files:
        refused = refusals_of(file.refuse)
        if len(rules) + len(file.rules) > MOST_RULES:
            raise RuleError(f"{file.name}: more than {MOST_RULES} rules of your own", "drop some")
        for table in file.rules:
            rule = rule_of(table, known)
            _refuse_twice(rule, table, known, rules)
            rules[rule.id] = replace(rule, refuse=(*rule.refuse, *refused))
        _refuse_too_much(file.name, rules.values())
    return _placed(known, rules.values()) if rules else known


def _refuse_twice(rule: Rule, table: Table, known: Catalogue, rules: dict[str, Rule]) -> None:
    place = f"{table.place}: rule {rule.id}: id"
    if rule.id in known.by_id:
        raise RuleError(
            f"{place}: KeyGuard has a rule {rule.id} of its own, of {known.by_id[rule.id].provider}",
            "give yours another id, or leave KeyGuard's to do it",
        )
    if rule.id in rules:
        where = "" if rules[rule.id].file == table.file else f", in {rules[rule.id].file} as well"
        raise RuleError(f"{place}: stands there twice{where}", "give one of the two another id")


def _refuse_too_much(file: str, rules: Iterable[Rule]) -> None:
    """Raise where there is so much to look for that a scan would be slowed down without bound."""
    rules = list(rules)
    size = sum(len(rule.pattern.pattern) for rule in rules)
    if size > MOST_PATTERN:
        raise RuleError(f"{file}: patterns of {size} characters, more than {MOST_PATTERN}", "make them shorter")
    count = sum(len(rule.gate) + len(rule.hosts) for rule in rules)
    if count > MOST_LITERALS:
        raise RuleError(f"{file}: {count} literals, names and hosts, more than {MOST_LITERALS}", "drop some")


def _placed(known: Catalogue, rules: Iterable[Rule]) -> Catalogue:
    of: dict[str, list[Rule]] = {}
    for rule in rules:
        of.setdefault(rule.provider, []).append(rule)
    providers = known.providers
    if custom.ID in of and custom.ID not in known.provider_by_id:
        providers = (*providers, custom.provider())
    return Catalogue(tuple(replace(each, rules=(*each.rules, *of.get(each.id, ()))) for each in providers))


def together(catalogues: Iterable[Catalogue]) -> Catalogue:
    """Return one catalogue with the rules of users that any of these has, of those with the same id the first."""
    first, *others = catalogues
    added: dict[str, Rule] = {}
    for rule in (rule for catalogue in others for rule in catalogue.rules):
        if rule.file is not None and rule.id not in first.by_id:
            added.setdefault(rule.id, rule)
    return _placed(first, added.values()) if added else first
