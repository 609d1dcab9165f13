"""Measures how far a word counts from a key: the end of the record that one of them stands in sets them apart."""

from __future__ import annotations

import re

_BEFORE = re.compile(rb"}|\](?!\[)|\)(?!\s{0,80}\.[A-Za-z_])|\n[ \t]*\r?\n|\n[ \t]*-[ \t]|;")
"""What, between a word and the key behind it, ends the record that the word stands in; a chain of calls goes on."""
_AFTER = re.compile(rb"[{}\[(]|\n[ \t]*\r?\n|\n[ \t]*-[ \t]|;|,\s*[{\[]")
"""The same for a word behind the key; what closes there leaves the record of the key."""
_HEADER = re.compile(rb"[\"']?\]{1,2}(?=\r?\n)")
"""What ends the header of a section, as in TOML and ini files: the section only begins there."""
ANOTHER_RECORD = 400
"""Bytes that the end of a record counts as: more than any rule's context."""


def before(between: bytes) -> int:
    """Return how far a word counts from a key behind it; `between` is what stands between the two."""
    header = _HEADER.match(between)
    return _far(between[header.end() :] if header else between, _BEFORE)


def after(between: bytes) -> int:
    """Return how far a word counts from a key before it; `between` is what stands between the two."""
    return _far(between, _AFTER)


def _far(between: bytes, ends: re.Pattern[bytes]) -> int:
    return len(between) + ANOTHER_RECORD * sum(1 for _ in ends.finditer(between))
