"""Packs what a worker process found for the pipe to its parent: a `Secret` refuses to be pickled by itself.

The pipe is memory of the two processes alone; nothing of it is written anywhere.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from keyguard.model import Chunk, Item, Match, Secret

Packed = tuple[Any, ...]
_PLAIN = tuple(each.name for each in fields(Match) if each.name not in ("secret", "lines"))


def packed(item: Match | Item) -> Packed:
    """Return plain values that stand for what was found or not read."""
    if isinstance(item, Match):
        plain = tuple(getattr(item, name) for name in _PLAIN)
        return ("match", item.secret.reveal(), item.secret.prefix, item.lines.reveal(), plain)
    if isinstance(item, Chunk):
        raise TypeError("a chunk is searched where it is read")
    return ("item", item)


def unpacked(values: Packed) -> Match | Item:
    """Return what the values stand for."""
    if values[0] == "item":
        item: Item = values[1]
        return item
    _, text, prefix, lines, rest = values
    return Match(secret=Secret(text, prefix), lines=Secret(lines), **dict(zip(_PLAIN, rest, strict=True)))
