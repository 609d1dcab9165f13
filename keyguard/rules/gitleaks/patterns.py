"""Turns regular expressions of Go into KeyGuard's dialect."""

from __future__ import annotations

from dataclasses import dataclass

from keyguard.rules.patterns import PatternError, compiled
from keyguard.rules.syntax import captures, literals
from keyguard.rules.syntax.bounds import bounded, by_bytes
from keyguard.rules.syntax.dialect import GO
from keyguard.rules.syntax.literals import Alternatives
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import Group
from keyguard.rules.syntax.writer import written


@dataclass(frozen=True, slots=True)
class Converted:
    """A pattern of KeyGuard's; `most` is how often repeats go on that had no bound.

    `required` are sets of texts of which each match holds one, the best first.
    """

    source: str
    most: int | None
    required: tuple[Alternatives, ...]


def rule_pattern(source: str, group: int) -> Converted:
    """Return the pattern of a rule, whose secret is a group by its number, or with 0 the first one that has text.

    Raises `PatternError` where it cannot be carried over.
    """
    tree, most = bounded(read(source, GO))
    found = captures.of_group(tree, group) if group else captures.of_first(tree)
    whole = found.node.item if isinstance(found.node, Group) and found.node.number == 0 else found.node
    made = written(whole, found.groups)
    compiled(made)
    return Converted(made, most, tuple(literals.required(found.node)))


def searched_pattern(source: str) -> str:
    """Return a pattern that is looked for in a short text; raises `PatternError` where it cannot be carried over."""
    return written(by_bytes(read(source, GO)))


__all__ = ["Converted", "PatternError", "rule_pattern", "searched_pattern"]
