"""Reads the report's own words, once, and gives them in one language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from keyguard.language import Language

Messages = Mapping[str, Mapping[str, Mapping[str, str | list[str]]]]
FILES = ("", "_baseline", "_errors", "_fix", "_fleet", "_purge", "_rotate", "_rules")
"""What the names of the files end with: commands that say much have one of their own."""


@cache
def load() -> tuple[Messages, Mapping[str, str]]:
    """Return the messages by section and name, and the Chinese for English phrases."""
    tables: dict[str, Any] = {}
    phrases: dict[str, str] = {}
    for each in FILES:
        table = tomllib.loads(files(__package__).joinpath(f"messages{each}.toml").read_text("utf-8"))
        phrases |= table.pop("phrase")
        tables |= table
    return tables, phrases


@cache
def _phrases() -> list[tuple[re.Pattern[str], str]]:
    """Return patterns for the English phrases, in which `{name}` stands for anything, with their Chinese.

    What stands there may be a phrase as well.
    """
    known = load()[1].items()
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(english))), zh) for english, zh in known]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: Language

    def __call__(self, name: str, /, **values: str | int) -> str:
        """Return the message `section.name`; of a list the words that fit the number `n`."""
        section, _, key = name.partition(".")
        words = load()[0][section][key][self.language.value]
        if isinstance(words, list):
            words = words[values.get("n") != 1]
        shown = {key: f"{value:,}" if isinstance(value, int) else value for key, value in values.items()}
        return words.format_map(shown)

    def phrase(self, english: str) -> str:
        """Return the Chinese for a phrase that is known, else the phrase as it is."""
        if self.language is not Language.ZH:
            return english
        for pattern, chinese in _phrases():
            if found := pattern.fullmatch(english):
                return chinese.format_map({name: self.phrase(each) for name, each in found.groupdict().items()})
        return english

    def listed(self, parts: list[str]) -> str:
        """Return several things as one list."""
        return self("verdict.list").join(parts)
