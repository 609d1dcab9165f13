"""Markdown in which text that somebody else chose stays text: no link, no picture, no HTML, nobody called by name."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"(?:(?!\bwww\.)[^\W_]|[ ,.;()…，。；：、（）！？“”]|(?<=[^\W_])[/-](?=[^\W_]))*", re.IGNORECASE)
"""What means nothing in Markdown: letters and digits of any script, and such punctuation."""


def literal(text: str) -> str:
    """Return text in which Markdown and HTML find nothing to obey; code spans stay."""
    for character in "\\*_[]<>#|!":
        text = text.replace(character, f"\\{character}")
    return text


def code(text: str) -> str:
    """Return one line as a code span, in which nothing is obeyed, whatever backticks it holds."""
    fence = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") or (text.startswith(" ") and text.endswith(" ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def prose(text: str) -> str:
    """Return one line as it is if it is nothing but words, else as a code span: GitHub and GitLab also obey `@`."""
    return text if _PLAIN.fullmatch(text) else code(text)


def block(lines: list[str]) -> list[str]:
    """Return lines as a block of shell code, fenced by more backticks than they hold."""
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", "\n".join(lines))), default=0))
    return [f"{fence}sh", *lines, fence]
