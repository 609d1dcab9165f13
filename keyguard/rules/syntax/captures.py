"""Decides which group of a pattern is the secret, so that in every match there is exactly one, and it is not empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keyguard.rules.patterns import PatternError
from keyguard.rules.syntax.tree import (
    Choice,
    Group,
    Node,
    Repeat,
    Series,
    Special,
    groups_in,
    narrowest,
    parts,
    widest,
    with_parts,
)

MOST_WAYS = 64
"""How many ways to match a pattern may be told apart for the sake of its groups."""
_HINT = "give it one group that every match has, around the secret"


@dataclass(frozen=True, slots=True)
class Captured:
    """A tree, the groups that are its secret, and whether one of them has text in every match."""

    node: Node
    groups: frozenset[int] = frozenset()
    always: bool = False


def of_group(node: Node, number: int) -> Captured:
    """Return the tree in which one group is the secret; ways to match without it are left out, as no secret is there.

    Raises `PatternError` where there is no such group, or where it may be empty.
    """
    found = _with_group(node, number)
    if found is None:
        raise PatternError(f"has no group {number}", "secretGroup counts the opening brackets of capturing groups")
    return Captured(found, frozenset((number,)), always=True)


def of_first(node: Node) -> Captured:
    """Return the tree in which the first group that has text is the secret, and the whole match where there is none.

    Raises `PatternError` where that depends on the text in more ways than can be told apart.
    """
    found = _first(node)
    if found.always:
        return found
    if not found.groups:
        return _all_of(node)
    options: list[Node] = []
    groups: frozenset[int] = frozenset()
    for way in _ways(found.node):
        each = _first(way)
        if not each.groups:
            each = _all_of(way)
        elif not each.always and len(each.groups) == 1 == len(set(groups_in(way))):
            each = of_group(way, *each.groups)
        elif not each.always:
            raise PatternError("has groups of which the match decides which one is the secret", _HINT)
        options.append(each.node)
        groups |= each.groups
    return Captured(Choice(tuple(options)), groups, always=True)


def _all_of(node: Node) -> Captured:
    """Return what a pattern without groups has for a secret: all but the one character, or the end, around it."""
    items = list(node.items) if isinstance(node, Series) else [node]
    low, high = 0, len(items)
    while low < high - 1 and _is_border(items[low]):
        low += 1
    while high > low + 1 and _is_border(items[high - 1]):
        high -= 1
    inner = Group(_filled(items[low] if high == low + 1 else Series(tuple(items[low:high]))), 0)
    whole = Series((*items[:low], inner, *items[high:])) if high - low < len(items) else inner
    return Captured(whole, frozenset((0,)), always=True)


def _is_border(node: Node) -> bool:
    """Whether a part says where the secret begins or ends, as `(?:[^a-z]|$)` does."""
    width = widest(node)
    return width == 0 or (isinstance(node, Choice) and width is not None and width <= 4 and narrowest(node) == 0)


def is_certain(node: Node) -> bool:
    """Return whether there is a secret, which is not empty, in every match of a pattern that says which group it is."""
    if not any(groups_in(node)):
        return narrowest(node) > 0
    try:
        return _first(node).always
    except PatternError:
        return False


def _with_group(node: Node, number: int) -> Node | None:
    """Return a part in which a group always takes part and is not empty; None where it has no such group."""
    if isinstance(node, Group) and node.number == number:
        return replace(node, item=_filled(node.item))
    made = [] if _is_look(node) else [_with_group(part, number) for part in parts(node)]
    kept = [each for each in made if each is not None]
    if not kept:
        return None
    if isinstance(node, Choice):
        return kept[0] if len(kept) == 1 else Choice(tuple(kept))
    if isinstance(node, Repeat):
        return kept[0] if (node.low, node.high) == (0, 1) else replace(node, item=kept[0], low=max(1, node.low))
    return with_parts(node, [new if new is not None else old for new, old in zip(made, parts(node), strict=True)])


def _is_look(node: Node) -> bool:
    return isinstance(node, Special) and node.looks


def _filled(node: Node) -> Node:
    """Return a part so that it does not match where there is nothing."""
    if narrowest(node):
        return node
    match node:
        case Repeat(item, 0, high) if narrowest(item) and high != 0:
            return replace(node, low=1)
        case Group(item):
            return replace(node, item=_filled(item))
        case Choice(options):
            return Choice(tuple(map(_filled, options)))
        case Series(items) if len([item for item in items if widest(item) != 0]) == 1:
            return Series(tuple(_filled(item) if widest(item) != 0 else item for item in items))
    raise PatternError("has a secret that may be empty", "let it demand the characters that every key has")


def _first(node: Node) -> Captured:
    if isinstance(node, Group):
        whole = replace(node, item=_plain(node.item))
        return Captured(whole, frozenset((node.number,)), always=narrowest(node.item) > 0)
    if isinstance(node, Series):
        return _first_of(node.items)
    if _is_look(node) or not parts(node):
        return Captured(node)
    made = [_first(part) for part in parts(node)]
    always = all(each.always for each in made) and not (isinstance(node, Repeat) and node.low == 0)
    groups = frozenset(number for each in made for number in each.groups)
    return Captured(with_parts(node, [each.node for each in made]), groups, always=always)


def _plain(node: Node) -> Node:
    """Return a part that captures nothing."""
    if isinstance(node, Group):
        return _plain(node.item)
    return with_parts(node, [_plain(part) for part in parts(node)])


def _first_of(items: Sequence[Node]) -> Captured:
    """Return what holds for parts that follow each other: a group of the first one that always has text wins."""
    for at, item in enumerate(items):
        if not any(groups_in(item)):
            continue
        inner = _first(item)
        later = any(any(groups_in(other)) for other in items[at + 1 :])
        if inner.always or not later:
            made = Series((*items[:at], inner.node, *map(_plain, items[at + 1 :])))
            return Captured(made, inner.groups, always=inner.always)
        return _first(Choice(_spread(items, at)))
    return Captured(Series(tuple(items)))


def _spread(items: Sequence[Node], at: int) -> tuple[Node, ...]:
    """Write out the ways to match one of several parts, so that what follows it can be told apart for each."""
    ways = _ways(items[at])
    if len(ways) < 2 or len(ways) > MOST_WAYS:
        raise PatternError("has groups of which the match decides which one is the secret", _HINT)
    return tuple(Series((*items[:at], way, *items[at + 1 :])) for way in ways)


def _ways(node: Node) -> tuple[Node, ...]:
    """Return the ways to match a part that differ in which groups take part, in the order in which they are tried."""
    match node:
        case Choice(options):
            ways = tuple(way for option in options for way in _ways(option))
        case Repeat(item, 0, 1, mark):
            inner = _ways(item)
            ways = (Series(), *inner) if mark == "?" else (*inner, Series())
        case Series(items):
            at = next((at for at, item in enumerate(items) if any(groups_in(item)) and len(_ways(item)) > 1), None)
            if at is None:
                return (node,)
            ways = tuple(way for each in _spread(items, at) for way in _ways(each))
        case _:
            return (node,)
    if len(ways) > MOST_WAYS:
        raise PatternError("has groups of which the match decides which one is the secret", _HINT)
    return ways
