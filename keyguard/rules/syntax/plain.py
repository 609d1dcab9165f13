"""Leaves out of a tree what looks around: what is left matches wherever the whole does, and is quick to search for."""

from __future__ import annotations

from keyguard.rules.syntax.tree import EMPTY, Choice, Edge, Group, Node, Repeat, Series, Special


def plain(node: Node) -> Node:
    """Return the tree without look-arounds, edges, groups and the marks of repeats."""
    match node:
        case Special() if node.looks:
            return EMPTY
        case Special(item) | Group(item):
            return plain(item)
        case Edge():
            return EMPTY
        case Repeat(item, low, high):
            repeated = plain(item)
            return EMPTY if repeated == EMPTY else Repeat(repeated, low, high)
        case Series(items):
            left = tuple(each for each in map(plain, items) if each != EMPTY)
            return left[0] if len(left) == 1 else Series(left)
        case Choice(options):
            different = tuple(dict.fromkeys(map(plain, options)))
            return Choice(different) if len(different) > 1 else different[0]
        case _:
            return node
