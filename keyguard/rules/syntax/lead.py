"""Takes off a pattern what it begins with and need not: `[a-z]{0,50}` before what it is really about.

A search that tries every position finds the same secrets without it, and many times faster.
"""

from __future__ import annotations

from keyguard.rules.syntax.tree import Bytes, Node, Repeat, Series, groups_in
from keyguard.rules.syntax.writer import written


def without_lead(node: Node) -> tuple[str, str] | None:
    """Return the pattern that is left, and what matches the beginning before it; None where there is none.

    The secret, and so a pattern that is a secret as a whole, stays as it is.
    """
    groups = list(groups_in(node))
    items = node.items if isinstance(node, Series) else (node,)
    size = next((at for at, item in enumerate(items) if not _may_be_missing(item)), 0)
    if not groups or not size:
        return None
    lead = Series(tuple(Repeat(item.item, 0, item.high) for item in items[:size] if isinstance(item, Repeat)))
    return written(Series(items[size:]), groups), f"{written(lead)}\\Z"


def _may_be_missing(item: Node) -> bool:
    if not isinstance(item, Repeat) or item.mark == "+":  # a possessive one may take away what follows
        return False
    return item.low == 0 and item.high is not None and isinstance(item.item, Bytes)
