"""Reads the guide steps of a provider or of one rule."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from keyguard.language import Language, Text
from keyguard.rules.catalogue import Advice, Topic
from keyguard.rules.fields import Fields

WIDEST = 60
"""How many columns of a terminal the title of a step may take."""


def of_provider(table: Fields) -> Mapping[Topic, Advice]:
    """Return a provider's steps; raises `RuleError` where a topic has none."""
    advice = _steps(table.table("guide"))
    for topic in Topic:
        if topic not in advice:
            raise table.error("guide", f"has no step for {topic}", f"add [guide.{topic}]")
    return advice


def of_rule(table: Fields) -> Mapping[Topic, Advice]:
    """Return the steps in which a rule differs from its provider."""
    return _steps(table.table("guide")) if "guide" in table.values else {}


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _steps(table: Fields) -> dict[Topic, Advice]:
    table.only([topic.value for topic in Topic])
    return {topic: _step(table.table(topic.value)) for topic in Topic if topic.value in table.values}


def _step(table: Fields) -> Advice:
    table.only(("url", "command", *(language.value for language in Language)))
    words = {language: table.table(language.value) for language in Language}
    for own in words.values():
        own.only(("title", "text"))
    return Advice(
        title=_titles(words),
        text={language: own.text("text") for language, own in words.items()},
        url=table.link("url") if "url" in table.values else None,
        command=table.text("command") if "command" in table.values else None,
    )


def _titles(words: Mapping[Language, Fields]) -> Text:
    titles = {language: own.text("title") for language, own in words.items()}
    for language, title in titles.items():
        if "\n" in title or columns(title) > WIDEST:
            raise words[language].error("title", f"takes more than one line of {WIDEST} columns", "shorten it")
    return titles
