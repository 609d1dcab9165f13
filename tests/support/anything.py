"""Whatever others may hand in: values of JSON, tables, and text that was valid once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

SURROGATES = st.text(st.characters(), max_size=12)
"""Text with halves of surrogate pairs in it, too, which JSON can spell."""
SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats() | SURROGATES


def values(words: Sequence[str] = ()) -> st.SearchStrategy[Any]:
    """Return values of JSON, in which these words are as likely as any other text."""
    texts = st.sampled_from(words) | SURROGATES if words else SURROGATES
    return st.recursive(
        SCALARS | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=10,
    )


def tables(names: Sequence[str], words: Sequence[str] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects that have some of these names, each with any value."""
    return st.dictionaries(st.sampled_from(names), values(words), max_size=len(names))


@st.composite
def damaged(draw: st.DrawFn, whole: Sequence[bytes]) -> bytes:
    """Draw one of these in which a stretch has become something else: what tells good from bad lies near the good."""
    data = draw(st.sampled_from(whole))
    start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
    pieces = [b"", b"\0", b"\xff", b"[" * 2000, b'{"a":' * 2000, b"9" * 5000, b'"\\ud800"', b"\n", b'"', b"-1", b"null"]
    return data[:start] + draw(st.sampled_from(pieces) | st.binary(max_size=6)) + data[end:]


def spelled(value: object) -> bytes:
    """Return a value as the bytes of JSON, halves of surrogate pairs as escapes."""
    return json.dumps(value).encode("ascii")


def inline(value: Any) -> str:
    """Return a value of JSON as TOML has it on one line; what TOML has no word for is left out."""
    if isinstance(value, dict):
        known = {name: each for name, each in value.items() if each is not None}
        return "{ " + ", ".join(f"{inline(name)} = {inline(each)}" for name, each in known.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value if each is not None) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value.encode("utf-8", "replace").decode() if isinstance(value, str) else value)
