"""Patterns for paths as `.gitignore` has them, matched in time linear in the path, whatever the pattern."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

DEPTH = "**"


class GlobError(ValueError):
    """The pattern is none; the text says why."""


def check(pattern: str) -> None:
    """Raise `GlobError` if a pattern cannot match what its writer wanted."""
    if "\\" in pattern:
        raise GlobError("parts of a path are separated by /, and \\ escapes nothing")
    if pattern.startswith("!"):
        raise GlobError("a pattern cannot be negated")
    parts = pattern.removeprefix("/").removesuffix("/").split("/")
    if "" in parts:
        raise GlobError("empty, or with an empty part")
    if "." in parts or ".." in parts:
        raise GlobError("paths are written from the top of the repository, without . and ..")
    if all("*" in part and not part.strip("*?") for part in parts):  # every name is long enough for `?*`
        raise GlobError("it matches everything")
    if any(DEPTH in part and part != DEPTH for part in parts):
        raise GlobError("** stands alone between slashes")


@functools.lru_cache(maxsize=64)
def matcher(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches (from its start) each path that one of the patterns, or a folder they name, covers."""
    return re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns) or "(?!)")


def _translated(pattern: str) -> str:
    anchored = "/" in pattern.removesuffix("/")
    parts = pattern.removeprefix("/").removesuffix("/").split("/")
    folder = pattern.endswith("/")
    if not anchored:
        parts = [DEPTH, *parts]
    while parts[-1] == DEPTH:  # `name/**` is what lies in the folder, as `name/` is
        parts, folder = parts[:-1], True
    ending = "/" if folder else r"(?:/|\Z)"
    groups = _split(parts)
    return "".join(
        # Taking the first place where a group fits leaves the most for those behind it, so none is ever given up:
        # an atomic group says so to the engine, which else would try every combination of places.
        (rf"(?>(?:[^/]+/)*?{body}{end})" if deep else f"(?>{body}{end})")
        for number, (deep, group) in enumerate(groups, 1)
        for body, end in [("/".join(map(_part, group)), ending if number == len(groups) else "/")]
    )


def _split(parts: Sequence[str]) -> list[tuple[bool, list[str]]]:
    """Cut at each `**`; a group is true if it may stand at any depth behind the one before."""
    groups: list[tuple[bool, list[str]]] = []
    deep = False
    for part in parts:
        if part == DEPTH:
            deep = True
        elif deep or not groups:
            groups.append((deep, [part]))
            deep = False
        else:
            groups[-1][1].append(part)
    return groups


def _part(part: str) -> str:
    """Translate what stands between two slashes; each piece before the last `*` is taken where it first fits."""
    first, *rest = ["".join("[^/]" if c == "?" else re.escape(c) for c in piece) for piece in part.split("*")]
    if not rest:
        return first
    *middle, last = rest
    inner = "".join(rf"(?>[^/]*?{piece})" for piece in middle if piece)
    return rf"{first}{inner}[^/]*{last}(?=/|\Z)"
