"""Makes up a text that a pattern is likely to match."""

from __future__ import annotations

from keyguard.rules.syntax.tree import Bytes, Chars, Choice, Node, Repeat, Series, Special, parts

_MOST = 24


def sample(node: Node) -> str:
    """Return such a text: the first way to match, with some more of what may be repeated; edges are not looked at."""
    if isinstance(node, Chars | Bytes):
        printable = [max(low, 0x21) for low, high in node.ranges if high >= 0x21]
        return chr(printable[0] if printable else node.ranges[0][0])
    if isinstance(node, Repeat):
        times = max(node.low, min(_MOST, _MOST if node.high is None else node.high))
        return sample(node.item) * times
    if isinstance(node, Special) and node.looks:
        return ""
    if isinstance(node, Choice):
        return sample(node.options[0])
    return "".join(map(sample, parts(node))) if isinstance(node, Series) or parts(node) else ""
