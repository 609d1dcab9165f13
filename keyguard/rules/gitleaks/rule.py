"""Turns one rule of gitleaks into one of KeyGuard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from keyguard.rules.gitleaks import filters
from keyguard.rules.gitleaks.allowlists import refusals
from keyguard.rules.gitleaks.notes import Notes
from keyguard.rules.gitleaks.patterns import Converted, PatternError, rule_pattern, searched_pattern
from keyguard.rules.syntax.literals import SHORTEST, is_fit

NEAR = 4096
"""Within how many bytes of a match a keyword has to stand that the match itself need not have; gitleaks wants it in
the same file."""
LONGEST_TITLE = 60
MOST_ENTROPY = 99
"""More than any text has; a larger number may be more than Python takes for one with a fraction."""
_CARRIED = {
    "id", "description", "regex", "secretGroup", "entropy", "keywords", "path", "allowlist", "allowlists", "filter",
}  # fmt: skip
_LEFT = {
    "tags": "tags are left out: KeyGuard has none",
    "validate": "validate is left out: KeyGuard sends keys to no host that a file names",
    "tokenEfficiency": "tokenEfficiency is left out: KeyGuard's own look at placeholders takes its place",
    "required": "required is left out, so that it may find more: no match of another rule has to stand nearby",
    "specificity": "specificity is left out: KeyGuard has no such order of rules",
}
_IGNORED_IF_FALSE = {"skipReport", "tokenEfficiency"}


def rule_table(own: Mapping[str, Any], subject: str, rule_id: str, notes: Notes) -> dict[str, Any] | None:
    """Return the table of a rule, or None where it cannot be carried over, which is noted with the reason."""
    why = _impossible(own)
    if why:
        notes.lost(subject, why)
        return None
    try:
        pattern = rule_pattern(own["regex"], _group(own))
        path = searched_pattern(own["path"]) if own.get("path") else None
    except PatternError as error:
        notes.lost(subject, f"its pattern {error}")
        return None
    if pattern.most is not None:
        notes.changed(subject, f"repeats without a bound end after {pattern.most:,} more")
    table: dict[str, Any] = {"id": rule_id, "title": _title(own, rule_id), "pattern": pattern.source}
    table |= _gate(pattern, own.get("keywords", []), subject, notes)
    if isinstance(own.get("entropy"), int | float) and own["entropy"] > 0:
        table["min-entropy"] = float(min(own["entropy"], MOST_ENTROPY))
    if path is not None:
        table["path"] = path
    refuse = refusals(own, subject, notes)
    filters.add(own.get("filter"), table, refuse, subject, notes)
    for name in sorted(own.keys() - _CARRIED):
        if own[name] or name not in _IGNORED_IF_FALSE:
            notes.lost(subject, _LEFT.get(name, f"{name} is not known"))
    return {**table, "refuse": refuse} if refuse else table


def _impossible(own: Mapping[str, Any]) -> str | None:
    """Return why a rule has no counterpart."""
    if not isinstance(own.get("regex"), str) or not own["regex"]:
        if own.get("path"):
            return "it reports files by their names alone, and KeyGuard reports secrets"
        return "it has no regex: it changes a rule that another file has"
    if own.get("skipReport"):
        return "it reports nothing by itself, but is a part of other rules"
    if not isinstance(own.get("path", ""), str):
        return "its path is no text"
    return None


def _group(own: Mapping[str, Any]) -> int:
    group = own.get("secretGroup", 0)
    if not isinstance(group, int) or group < 0:
        raise PatternError("has a secretGroup that is no number of a group")
    return group


def kebab(name: str) -> str:
    """Return an id as KeyGuard writes it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:90] or "rule"


def _title(own: Mapping[str, Any], rule_id: str) -> str:
    description = own.get("description")
    if isinstance(description, str) and 0 < len(description.strip()) <= LONGEST_TITLE and "\n" not in description:
        return description.strip().rstrip(".")
    return rule_id.replace("-", " ")


def _gate(pattern: Converted, given: object, subject: str, notes: Notes) -> dict[str, Any]:
    """Return what has to stand near a match: nothing, where each match has a keyword in it by its pattern."""
    keywords = [each.lower() for each in given if isinstance(each, str)] if isinstance(given, list) else []
    keywords = [each for each in keywords if each.strip()]
    implied = any(
        all(any(keyword in each.text.lower() for keyword in keywords) for each in alternatives)
        for alternatives in pattern.required
    )
    if not keywords or implied:
        return {}
    notes.changed(subject, f"a keyword has to stand within {NEAR:,} bytes, not only in the same file")
    searched = next((each for each in pattern.required if is_fit(each)), None)
    if searched is None and all(len(each) >= SHORTEST and each.isascii() for each in keywords):
        return {"literals": keywords, "ignore-case": True, "context": NEAR}
    return {"near": keywords, "context": NEAR}
