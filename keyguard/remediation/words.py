"""Reads the guide's own words, once and only when somebody needs them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from keyguard.language import Language, Text
from keyguard.rules.catalogue import Topic

FILES = ("words.toml", "whole.toml")


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step before its values are filled in; `advice` is the topic of the provider's words that belong to it."""

    title: Text
    text: Text
    command: str | None = None
    advice: Topic | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """All of them: steps and summaries by name, words for unknown values, and names of environment variables."""

    steps: Mapping[str, StepWords]
    summaries: Mapping[str, Text]
    blanks: Mapping[str, Text]
    variables: Mapping[str, str]


@cache
def load() -> Words:
    """Return the words of both files."""
    main, whole = (tomllib.loads(files(__package__).joinpath(name).read_text("utf-8")) for name in FILES)
    steps = main["steps"] | whole["steps"]
    return Words(
        steps={name: _step(table) for name, table in steps.items()},
        summaries={name: _text(table) for name, table in main["summary"].items()},
        blanks={name: _text(table) for name, table in main["blank"].items()},
        variables=main["variables"],
    )


def _step(table: Mapping[str, Any]) -> StepWords:
    return StepWords(
        title={language: table[language]["title"] for language in Language},
        text={language: table[language]["text"] for language in Language},
        command=table.get("command"),
        advice=Topic(table["advice"]) if "advice" in table else None,
    )


def _text(table: Mapping[str, str]) -> Text:
    return {language: table[language] for language in Language}
