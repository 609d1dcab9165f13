"""Patterns that Go's regexp and Python's re read in the same way, and texts in which they may match."""

from __future__ import annotations

import regex
from hypothesis import reject
from hypothesis import strategies as st

from keyguard.rules.patterns import PatternError
from keyguard.rules.syntax.bounds import bounded
from keyguard.rules.syntax.dialect import GO
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import Node

_ATOMS = st.sampled_from(
    [
        *("a", "b", "k", "K", "é", "密", "-", "_", " ", "#", "\\.", "\\n", "\\x41", "\\t", "[ab]", "[^a]", "[^ab\\n]"),
        *("[01]", "[a-cK]", "[é密]", "[^é]", "[一-龥]", "[\\w-]", "[^\\w]", ".", "\\d", "\\w", "\\W"),
        *("(?s:.)", "(?i:k)", "(?i:a[b-d])", "(?i:a-k)"),
    ]
)
_TIMES = st.sampled_from(["", "", "", "?", "{2}", "{1,2}", "{0,3}?", "*", "+", "+?", "{2,}", "*?"])
_EDGES = st.sampled_from(["", "", "", "\\b", "\\B", "^"])


def _series(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.tuples(_EDGES, inner, _TIMES).map(lambda each: each[0] + each[1] + each[2])
    return st.lists(parts, min_size=1, max_size=3).map("".join)


def _bracketed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    options = st.lists(_series(inner), min_size=1, max_size=3).map("|".join)
    opening = st.sampled_from(["(?:", "(?:", "(", "(?i:", "(?P<n>"])
    return st.tuples(opening, options).map(lambda each: f"{each[0]}{each[1]})")


def _named_once(pattern: str) -> str:
    first, *others = pattern.split("(?P<n>")
    return first + "(?P<n>".join(["", *others[:1]]) + "".join(f"({each}" for each in others[1:]) if others else first


PATTERNS = _series(st.recursive(_ATOMS, lambda inner: _bracketed(inner) | inner, max_leaves=6)).map(_named_once)
TEXTS = st.text("aabckK-_ #.\nA01é密龥\t", min_size=1, max_size=14)
"""Not empty, as \\B is wrong about that in Python before 3.14."""


def limited(source: str) -> Node:
    """A pattern of Go with bounds; repeats in repeats in repeats may be too long with any."""
    try:
        return bounded(read(source, GO))[0]
    except PatternError:
        reject()


def searched(pattern: regex.Pattern[bytes], text: str) -> regex.Match[bytes] | None:
    """What a pattern finds; repeats in repeats in repeats may take any time."""
    try:
        return pattern.search(text.encode(), timeout=2)
    except TimeoutError:
        reject()
