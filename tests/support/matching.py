"""Makes up texts that a pattern matches, any of them."""

from __future__ import annotations

import random
from dataclasses import replace

from keyguard.rules.syntax.dialect import KEYGUARD
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import Bytes, Chars, Choice, Node, Repeat, Series

_DIALECT = replace(KEYGUARD, verbose=False)
_MORE = (0, 1, 2, 3, 6, 40)
"""How many times over what it has to be there something may be."""


def tree_of(pattern: bytes) -> Node:
    """Return what a pattern of bytes without look-arounds consists of."""
    return read(pattern.decode("ascii"), _DIALECT)


def matching(node: Node, rng: random.Random) -> bytes:
    """Return a text that a pattern can match."""
    if isinstance(node, Chars | Bytes):
        printable = [(max(low, 0x20), min(high, 0x7E)) for low, high in node.ranges if high >= 0x20 and low <= 0x7E]
        low, high = rng.choice(printable if printable and rng.random() < 0.9 else list(node.ranges))
        return bytes([rng.randint(low, high)])
    if isinstance(node, Repeat):
        most = node.low + rng.choice(_MORE)
        times = rng.randint(node.low, most if node.high is None else min(node.high, most))
        return b"".join(matching(node.item, rng) for _ in range(times))
    if isinstance(node, Choice):
        return matching(rng.choice(node.options), rng)
    assert isinstance(node, Series), node
    return b"".join(matching(each, rng) for each in node.items)
