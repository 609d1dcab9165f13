"""Turns allowlists, which say what is no secret, into refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keyguard.rules.gitleaks.notes import Notes
from keyguard.rules.gitleaks.patterns import PatternError, searched_pattern

_KNOWN = {"description", "condition", "commits", "paths", "regexTarget", "regexes", "stopwords"}
_TARGETS = {"": "secret", "secret": "secret", "match": "match", "line": "line"}
_ALL = {"AND": True, "&&": True, "": False, "OR": False, "||": False}
COMMITS = "commits are not looked at: accept what is in them by keyguard baseline update --history"


def refusals(table: Mapping[str, Any], subject: str, notes: Notes) -> list[dict[str, Any]]:
    """Return the refusals of a rule or of a whole file: its allowlists, in either spelling."""
    found = table.get("allowlists", [])
    lists = [*(found if isinstance(found, list) else [found])]
    if "allowlist" in table:
        lists.append(table["allowlist"])
    made = (refusal(each, subject, notes) for each in lists)
    return [each for each in made if each is not None]


def refusal(own: object, subject: str, notes: Notes) -> dict[str, Any] | None:
    """Return what one allowlist says, as far as it can be carried over without refusing more than it did."""
    if not isinstance(own, dict):
        notes.lost(subject, "an allowlist is no table")
        return None
    condition, target = str(own.get("condition", "")).upper(), str(own.get("regexTarget", ""))
    if condition not in _ALL or target not in _TARGETS:
        notes.lost(subject, "an allowlist has a condition or regexTarget that gitleaks does not know either")
        return None
    every = _ALL[condition]
    for name in sorted(own.keys() - _KNOWN - {"targetRules"}):
        notes.lost(subject, f"{name} of an allowlist is not known")
    patterns, all_patterns = _patterns(own.get("regexes", []), subject, "an allowlist", notes)
    paths, all_paths = _patterns(own.get("paths", []), subject, "the paths of an allowlist", notes)
    if own.get("commits"):
        notes.lost(subject, COMMITS)
    if every and (own.get("commits") or not all_patterns or not all_paths):
        notes.lost(subject, "an allowlist whose conditions have to hold together, of which one was not carried over")
        return None
    words = _texts(own.get("stopwords", []))
    if not all(map(str.strip, words)):
        notes.lost(subject, "a stopword of an allowlist is blank")
    return _refusal(patterns, _TARGETS[target], [each for each in words if each.strip()], paths, every=every)


def _refusal(
    patterns: list[str], target: str, words: list[str], paths: list[str], *, every: bool
) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    if every:
        made["condition"] = "all"
    if patterns:
        made["patterns"] = patterns
        if target != "secret":
            made["target"] = target
    if words:
        made["words"] = words
    if paths:
        made["paths"] = paths
    return made if patterns or words or paths else None


def _patterns(sources: object, subject: str, where: str, notes: Notes) -> tuple[list[str], bool]:
    """Return the patterns that can be carried over, and whether these are all."""
    given = _texts(sources)
    made: list[str] = []
    for source in given:
        if not source.strip():
            notes.lost(subject, f"a pattern of {where} is blank")
            continue
        try:
            made.append(searched_pattern(source))
        except PatternError as error:
            notes.lost(subject, f"a pattern of {where} {error}")
    return made, len(made) == len(given)


def _texts(values: object) -> list[str]:
    return [each for each in values if isinstance(each, str) and each] if isinstance(values, Iterable) else []
