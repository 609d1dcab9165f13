"""Gives each repeat of a pattern a bound, so that what decides about a match is limited."""

from __future__ import annotations

from keyguard.rules.patterns import LONGEST, PatternError
from keyguard.rules.syntax import charset
from keyguard.rules.syntax.tree import Bytes, Chars, Node, Repeat, Series, parts, widest, with_parts

MOST = tuple(1 << power for power in range(12, 2, -1))
"""How often a repeat without a bound may go on: 4,096 times, or half of that until the pattern is short enough."""


def bounded(node: Node) -> tuple[Node, int | None]:
    """Return the tree with bounds, and how often at most what had none goes on (None where nothing was changed).

    Raises `PatternError` where the pattern looks at more than `LONGEST` bytes whatever its repeats are.
    """
    if not _has_endless(node):
        width = widest(node)
        if width is None or width > LONGEST:
            raise PatternError(f"may look at {width} bytes, more than {LONGEST}", "lower the bounds of its repeats")
        return node, None
    for most in MOST:
        made = _with(node, most)
        width = widest(made)
        if width is not None and width <= LONGEST:
            return made, most
    raise PatternError(f"may look at more than {LONGEST} bytes", "lower the bounds of its repeats")


def _has_endless(node: Node) -> bool:
    endless = isinstance(node, Repeat) and node.high is None and widest(node.item) != 0
    return endless or any(map(_has_endless, parts(node)))


def _with(node: Node, most: int | None) -> Node:
    made = with_parts(node, [_with(part, most) for part in parts(node)])
    if isinstance(made, Repeat) and made.high is None:
        return _repeat(made.item, made.low, most, made.mark)
    return made


def _repeat(item: Node, low: int, most: int | None, mark: str) -> Node:
    """Repeat a part that had no bound; of anything but a few characters the bytes count, once there are enough."""
    high = None if most is None else low + most
    if not isinstance(item, Chars) or not charset.is_open(item.ranges):
        return Repeat(item, low, high, mark)
    plain = charset.within(item.ranges, 0, 0x7F)
    rest = Repeat(Bytes(charset.united((*plain, (0x80, 0xFF)))), 0, most, mark)
    return Series((Repeat(item, low, low), rest)) if low else rest


def by_bytes(node: Node) -> Node:
    """Return the tree with endless repeats of almost anything counted in bytes, and still without a bound."""
    return _with(node, None)
