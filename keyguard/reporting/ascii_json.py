"""Writes JSON that every reader takes, whatever stands in its strings: ASCII only, and no lone surrogates."""

from __future__ import annotations

import json
import re

from keyguard.reporting.terminal import clean


def dumps(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON; bytes of a path that are not UTF-8 stand in it as `\\xNN`."""
    return re.sub(r"[^\x00-\x7f]+", _as_ascii, json.dumps(value, indent=indent, ensure_ascii=False))


def _as_ascii(found: re.Match[str]) -> str:
    """Write characters as JSON escapes; a lone surrogate, which no JSON reader has to accept, as visible text."""
    shown = "".join(clean(each) if "\ud800" <= each <= "\udfff" else each for each in found[0])
    return json.dumps(shown)[1:-1]
