"""Reads the Markdown files of the repository: text, links, headings and blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import PROJECT

GENERATED = PROJECT / "docs" / "providers"
_FENCE = re.compile(r"^ *```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def files() -> list[Path]:
    """Every file of prose, those that are made from the program too."""
    return sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("benchmarks/**/*.md")])


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the text of each block of code."""
    return ((each["language"], each["text"]) for each in _FENCE.finditer(text))


def links(text: str) -> list[str]:
    """Return where the links lead."""
    return _LINK.findall(_SPAN.sub("", _FENCE.sub("", text)))


def spans(text: str) -> list[str]:
    """Return the pieces of code that stand in sentences and tables."""
    return [" ".join(each.replace(r"\|", "|").split()) for each in _SPAN.findall(_FENCE.sub("", text))]


def anchors(text: str) -> set[str]:
    """Return what a link may lead to inside a page, as GitHub and GitLab name headings."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        plain = re.sub(r"\]\([^)]*\)", "", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        again = sum(1 for each in found if each == name or re.fullmatch(rf"{re.escape(name)}-\d+", each))
        found.add(f"{name}-{again}" if again else name)
    return found
