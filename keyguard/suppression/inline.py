"""Allow comments: words beside a key that say it may stay, KeyGuard's own and those that other scanners left."""

from __future__ import annotations

import re
from collections.abc import Collection

from keyguard.model import Match

_BEFORE = r"(?<!\w)(?<!\w[.-])"
_OWN = re.compile(rf"{_BEFORE}keyguard:[ \t]{{0,4}}allow(?!\w|-\w)", re.ASCII | re.IGNORECASE)
_SAME_LINE = re.compile(
    rf"{_BEFORE}(?:pragma: ?(?:allow|white)list[ -]secret|(?:gitleaks|betterleaks):allow)(?!\w|-\w)", re.ASCII
)
_NEXT_LINE = re.compile(rf"{_BEFORE}pragma: ?(?:allow|white)list[ -]nextline[ -]secret(?!\w|-\w)", re.ASCII)
_WORD = re.compile(r"[ \t,:=]*(?P<word>[a-z0-9]+(?:[-_][a-z0-9]+)*)", re.ASCII | re.IGNORECASE)
_COMMENT_LEADER = re.compile(r"\W*(?:rem\s+)?\W*", re.IGNORECASE)
_COMMENT_END = re.compile(r"\*/|--!?>|[#%-]\}|%>")
QUOTES = "\"'`"


def allowed(match: Match, rules: Collection[str]) -> bool:
    """Say whether a comment on the match's line, or alone on the line before, allows it.

    `rules` are the ids of all rules: a comment that seems to name a rule but misspells it allows nothing.
    """
    *above, line = match.lines.reveal().split("\n")
    if _SAME_LINE.search(line) or any(_names(found, match.rule, rules) for found in _OWN.finditer(line)):
        return True
    before = above[-1] if above else ""
    found = _OWN.search(before)
    alone = found is not None and _is_alone(found) and _names(found, match.rule, rules)
    return alone or _NEXT_LINE.search(before) is not None


def _names(directive: re.Match[str], rule: str, rules: Collection[str]) -> bool:
    """Say whether the directive names the rule, or none at all."""
    named = []
    position = directive.end()
    while (found := _WORD.match(directive.string, position)) and _is_rule_like(found["word"], rules):
        named.append(found["word"])
        position = found.end()
    return not named or rule in named


def _is_rule_like(word: str, rules: Collection[str]) -> bool:
    """Say whether a word is meant as a rule: written like an id, or a known id's first part such as `openai`."""
    return "-" in word or "_" in word or any(rule.startswith(f"{word.lower()}-") for rule in rules)


def _is_alone(directive: re.Match[str]) -> bool:
    """Say whether the line is nothing but this comment: one beside code speaks of that code, not of the next line."""
    before, behind = directive.string[: directive.start()], directive.string[directive.end() :]
    if not _COMMENT_LEADER.fullmatch(before):
        return False
    ends = [found.end()] if (found := _COMMENT_END.search(behind)) else []
    ends += [at + 1 for quote in QUOTES if quote in before and (at := behind.find(quote)) >= 0]
    return not ends or not re.search(r"\w", behind[min(ends) :])
