"""Breaks a long pattern into lines."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
    (?P<opening> \((?:\?(?:P<\w+>|[:>]|<?[=!]|[a-z]*(?:-[a-z]+)?:))? )
  | (?P<either> \| )
  | (?P<closing> \) )
  | (?P<repeat> (?:[*+?]|\{\d*,?\d*\}) [?+]? )
  | (?P<unit> \[\^?\]?(?:\\.|[^\]\\])*\] | \\x[0-9A-Fa-f]{2} | \\. | . )
    """,
    re.VERBOSE | re.DOTALL,
)


def broken(source: str, width: int) -> list[str]:
    """Return the lines of a pattern that stands in one; `source` is as `writer.written` gives it.

    A line ends before a group, an alternative or a character, and is longer than `width` only where there is none.
    """
    lines = [""]
    for found in _TOKEN.finditer(source):
        may_break = found.lastgroup in ("opening", "either", "unit")
        if may_break and lines[-1] and len(lines[-1]) + len(found[0]) > width:
            lines.append("")
        lines[-1] += found[0]
    return lines
