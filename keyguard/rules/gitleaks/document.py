"""Reads a whole configuration of gitleaks or betterleaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from keyguard.rules.gitleaks import filters
from keyguard.rules.gitleaks.allowlists import refusal, refusals
from keyguard.rules.gitleaks.notes import Note, Notes
from keyguard.rules.gitleaks.rule import kebab, rule_table

_MARKS = ("rules", "allowlist", "allowlists", "extend")
_KNOWN = {
    "title", "description", "minVersion", "betterleaksMinVersion", "rules", "allowlist", "allowlists", "extend",
    "filter", "prefilter",
}  # fmt: skip
WHOLE = "the file"


@dataclass(frozen=True, slots=True)
class Imported:
    """Tables `[[rule]]` and `[[refuse]]` as KeyGuard has them; `count` is how many rules there were.

    `described` are the descriptions of the rules by their new ids.
    """

    rules: tuple[dict[str, Any], ...]
    refuse: tuple[dict[str, Any], ...]
    notes: tuple[Note, ...]
    count: int
    described: Mapping[str, str]


def is_one(table: Mapping[str, Any]) -> bool:
    """Return whether a TOML document is a configuration of gitleaks, by what it has."""
    return "rule" not in table and any(name in table for name in _MARKS)


def imported(table: Mapping[str, Any], taken: Collection[str]) -> Imported:
    """Return the rules that the document has; `taken` are ids that they may not have."""
    notes = Notes()
    rules = _rules(table, notes)
    made: dict[str, dict[str, Any]] = {}
    described: dict[str, str] = {}
    ids: dict[str, str] = {}
    for name, own in rules.items():
        new = _free(kebab(name), {*taken, *made})
        converted = rule_table(own, name, new, notes)
        if converted is None:
            continue
        if new != name:
            notes.changed(name, f"is called {new} here")
        made[new], ids[name] = converted, new
        described[new] = str(own.get("description", ""))
    shared = _shared(table, {name: made[new] for name, new in ids.items()}, notes)
    return Imported(tuple(made.values()), tuple(shared), tuple(notes.all), len(rules), described)


def _rules(table: Mapping[str, Any], notes: Notes) -> dict[str, Mapping[str, Any]]:
    """Return the rules by their ids; of those with the same id gitleaks takes the last."""
    found: dict[str, Mapping[str, Any]] = {}
    given = table.get("rules", [])
    for number, own in enumerate(given if isinstance(given, list) else [given], 1):
        name = own.get("id") if isinstance(own, dict) else None
        if not isinstance(name, str) or not name.strip():
            notes.lost(f"rule {number}", "it has no id")
            continue
        if name in found:
            notes.lost(name, "it stands there twice, and the last one counts")
        found[name] = own
    return found


def _free(name: str, taken: Collection[str]) -> str:
    """Return an id that no other rule has."""
    new = name if name not in taken else f"gitleaks-{name}"
    number = 2
    while new in taken:
        new, number = f"gitleaks-{name}-{number}", number + 1
    return new


def _shared(table: Mapping[str, Any], made: Mapping[str, dict[str, Any]], notes: Notes) -> list[dict[str, Any]]:
    """Return what is refused for all rules of the file, and add to some rules what is refused for them alone."""
    found = table.get("allowlists", [])
    given = found if isinstance(found, list) else [found]
    for own in given:
        targets = own.get("targetRules", []) if isinstance(own, dict) else []
        for name in targets if isinstance(targets, list) else [targets]:
            if not isinstance(name, str) or name not in made:
                notes.lost(str(name), "an allowlist is for it, and it was not carried over")
            elif (one := refusal(own, name, notes)) is not None:
                made[name].setdefault("refuse", []).append(one)
    for_all = [own for own in given if not (isinstance(own, dict) and own.get("targetRules"))]
    shared = refusals({**table, "allowlists": for_all}, WHOLE, notes)
    for name in ("prefilter", "filter"):
        filters.add(table.get(name), None, shared, f"{WHOLE}, {name}", notes)
    _extend(table.get("extend"), notes)
    for name in sorted(table.keys() - _KNOWN):
        notes.lost(WHOLE, f"{name} is not known")
    return shared


def _extend(extend: object, notes: Notes) -> None:
    if not isinstance(extend, dict):
        return
    if extend.get("useDefault"):
        notes.lost("extend", "the rules that come with gitleaks are left out: KeyGuard's own take their place")
    for name in ("path", "url"):
        if extend.get(name):
            notes.lost("extend", f"its {name} is not followed: name that file with --rules as well")
    if extend.get("disabledRules"):
        notes.lost("extend", "disabledRules are left out: --exclude-rule or exclude-rules switch KeyGuard's rules off")
