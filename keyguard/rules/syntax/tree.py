"""What a regular expression consists of, and what can be said of it without running it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from keyguard.rules.syntax.charset import Ranges, utf8_width


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of these, which in bytes is one to four of them where it is no ASCII."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Bytes:
    """One byte out of these."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Series:
    """One part after the other; without any it matches where there is nothing."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, the first that fits."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times; `high` is None where there is no bound, `mark` is empty, `?` (lazy) or `+` (possessive)."""

    item: Node
    low: int
    high: int | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A part whose text is captured; `number` counts the opening brackets from 1, and 0 is the whole match."""

    item: Node
    number: int


@dataclass(frozen=True, slots=True)
class Special:
    """A group that captures nothing and is more than brackets: `opening` is how it begins, as `(?>` or `(?!`."""

    item: Node
    opening: str

    @property
    def looks(self) -> bool:
        """Whether it looks around, and is no part of the match."""
        return self.opening != "(?>"


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between two characters, as it is written in KeyGuard's dialect."""

    text: str


Node = Chars | Bytes | Series | Choice | Repeat | Group | Special | Edge
EMPTY = Series()


def parts(node: Node) -> tuple[Node, ...]:
    """Return what a part consists of."""
    match node:
        case Series(items):
            return items
        case Choice(options):
            return options
        case Repeat(item) | Group(item) | Special(item):
            return (item,)
        case _:
            return ()


def with_parts(node: Node, new: Sequence[Node]) -> Node:
    """Return a part that consists of these instead."""
    match node:
        case Series():
            return replace(node, items=tuple(new))
        case Choice():
            return replace(node, options=tuple(new))
        case Repeat() | Group() | Special():
            return replace(node, item=new[0])
        case _:
            return node


def groups_in(node: Node) -> Iterator[int]:
    """Yield the numbers of the capturing groups, in the order in which they open."""
    if isinstance(node, Group):
        yield node.number
    for part in parts(node):
        yield from groups_in(part)


def narrowest(node: Node) -> int:
    """Return the length of the shortest text that a part matches, in bytes."""
    match node:
        case Chars() | Bytes():
            return 1
        case Series(items):
            return sum(map(narrowest, items))
        case Choice(options):
            return min(map(narrowest, options))
        case Repeat(item, low):
            return low * narrowest(item)
        case Group(item):
            return narrowest(item)
        case Special(item):
            return 0 if node.looks else narrowest(item)
        case Edge():
            return 0


def widest(node: Node) -> int | None:
    """Return the length of the longest text that a part matches, in bytes; None where there is no bound."""
    match node:
        case Chars(ranges):
            return utf8_width(ranges)
        case Bytes():
            return 1
        case Repeat(item, _, high):
            width = widest(item)
            return 0 if width == 0 else None if width is None or high is None else high * width
        case Series(items) | Choice(items):
            widths = [widest(item) for item in items]
            whole = [width for width in widths if width is not None]
            if len(whole) < len(widths):
                return None
            return sum(whole) if isinstance(node, Series) else max(whole, default=0)
        case Group(item):
            return widest(item)
        case Special(item):
            return 0 if node.looks else widest(item)
        case Edge():
            return 0
