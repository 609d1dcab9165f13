"""Text of the program as Markdown: what it says literally stays literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`[^`\n]+`)")
_OPTION = re.compile(r"(?<![\w`-])(--?[a-z][a-z-]*)")
_OBEYED = re.compile(r"([\\*_<>\[\]|#])")


def literal(text: str) -> str:
    """Return text in which Markdown and HTML find nothing to obey; code spans stay."""
    return "".join(
        part.replace("|", r"\|") if part.startswith("`") else _OBEYED.sub(r"\\\1", part) for part in _CODE.split(text)
    )


def prose(text: str) -> str:
    """Return a text of `--help`, in which options are shown as code."""
    return literal(_OPTION.sub(r"`\1`", text))


def code(text: str) -> str:
    """Return a code span that also stands in a cell of a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", r"\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def fenced(language: str, text: str) -> str:
    """Return a block of code."""
    return f"```{language}\n{text}\n```"
