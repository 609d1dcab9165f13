"""Turns the filters of betterleaks, expressions that say what to drop, into refusals, as far as they are simple.

A filter is several reasons joined by `||`. Of each reason that is not understood it is said that it was left out; the
rule then finds more than it did.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from keyguard.rules.gitleaks.notes import Notes
from keyguard.rules.gitleaks.patterns import PatternError, searched_pattern

_STRING = re.compile(r"`([^`]*)`|\"((?:[^\"\\]|\\.)*)\"|//[^\n]*", re.DOTALL)
_TEXT = r"\x00(\d+)\x00"
_TARGET = rf"finding\[{_TEXT}\]"
_PATH = rf"(?:get\(attributes,{_TEXT},{_TEXT}\)|\(?attributes\[{_TEXT}\](?:\?\?{_TEXT})?\)?)"
_LIST = rf"\[((?:{_TEXT},?)*)\]"
_ENTROPY = re.compile(rf"(?:filter\.)?entropy\({_TARGET}\)<=?(\d+(?:\.\d+)?)")
_MATCHES = re.compile(rf"(!?)(?:filter\.)?matchesAny\({_TARGET},{_LIST}\)")
_CONTAINS = re.compile(rf"(?:filter\.)?containsAny\({_TARGET},{_LIST}\)")
_PATHS = re.compile(rf"(?:filter\.)?matchesAny\({_PATH},{_LIST}\)")
_NUMBER = re.compile(_TEXT)
_CHOICE = re.compile(r"(?<!\?)\?(?![?.])")
"""What decides between two expressions, of which the second goes on to the end: `a ? b : c || d`."""
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
LEFT = "a part of its filter is left out, so that it may find more"


def add(source: object, table: dict[str, Any] | None, refuse: list[dict[str, Any]], subject: str, notes: Notes) -> None:
    """Add what a filter says to a rule's table and to its refusals; without a table it is the filter of all rules."""
    if not isinstance(source, str) or not source.strip():
        return
    reading = _Reading.of(source)
    for reason in reading.reasons():
        try:
            known = reading.entropy(reason, table) or reading.refusal(reason, refuse)
        except PatternError as error:
            notes.lost(subject, f"a pattern of its filter {error}")
            continue
        if not known:
            notes.lost(subject, LEFT)


@dataclass(frozen=True, slots=True)
class _Reading:
    """An expression without blanks, in which numbers stand for its texts."""

    text: str
    strings: tuple[str, ...]

    @classmethod
    def of(cls, source: str) -> _Reading:
        strings: list[str] = []

        def kept(found: re.Match[str]) -> str:
            if found[0].startswith("//"):
                return ""
            strings.append(found[1] if found[1] is not None else _unquoted(found[0]))
            return f"\0{len(strings) - 1}\0"

        text = re.sub(r"\s+", "", _STRING.sub(kept, source.replace("\0", "")))
        return cls(text, tuple(strings))

    def reasons(self) -> Iterator[str]:
        """Yield the parts that `||` joins."""
        yield from _split(self.text)

    def entropy(self, reason: str, table: dict[str, Any] | None) -> bool:
        found = _ENTROPY.fullmatch(reason)
        if found is None or table is None or self.strings[int(found[1])] != "secret":
            return False
        table["min-entropy"] = max(float(found[2]), table.get("min-entropy", 0.0))
        return True

    def refusal(self, reason: str, refuse: list[dict[str, Any]]) -> bool:
        """Add what is refused for a reason; return whether it is one that can be."""
        if found := _PATHS.fullmatch(reason):
            names = [self.strings[int(each)] for each in found.groups()[:4] if each is not None]
            if names[0] != "path":
                return False
            refuse.append({"paths": [searched_pattern(each) for each in self._texts(found[5])]})
            return True
        if found := _MATCHES.fullmatch(reason):
            target = self.strings[int(found[2])]
            if target not in ("secret", "match", "line"):
                return False
            patterns = [searched_pattern(each) for each in self._texts(found[3])]
            patterns = [_without(patterns)] if found[1] else patterns
            refuse.append({"patterns": patterns, **({} if target == "secret" else {"target": target})})
            return True
        found = _CONTAINS.fullmatch(reason)
        if found is None or self.strings[int(found[1])] != "secret":
            return False
        refuse.append({"words": [each for each in self._texts(found[2]) if each]})
        return True

    def _texts(self, numbers: str) -> list[str]:
        return [self.strings[int(each)] for each in _NUMBER.findall(numbers)]


def _unquoted(text: str) -> str:
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError):
        return text[1:-1]


def _without(patterns: list[str]) -> str:
    """Return a pattern that matches where none of these does."""
    return f"\\A(?!(?s:.)*?(?:{'|'.join(patterns)}))"


def _split(text: str) -> Iterator[str]:
    """Yield what `||` joins outside of brackets, and inside of brackets around all of it."""
    depth, start, parts = 0, 0, list[str]()
    for at, character in enumerate(text):
        depth += _DEPTH.get(character, 0)
        if depth == 0 and _CHOICE.match(text, at):
            yield text
            return
        if depth == 0 and text.startswith("||", at):
            parts.append(text[start:at])
            start = at + 2
    parts.append(text[start:])
    for part in parts:
        if len(parts) == 1 and _is_in_brackets(part):
            yield from _split(part[1:-1])
        elif part:
            yield from _split(part) if len(parts) > 1 else [part]


def _is_in_brackets(text: str) -> bool:
    """Return whether the bracket that a text begins with ends with it, which it does not in `(a || b) && (c)`."""
    depths = list(accumulate(_DEPTH.get(character, 0) for character in text))
    return text.startswith("(") and 0 not in depths[:-1] and depths[-1] == 0
