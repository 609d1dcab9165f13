"""Both languages have the same words, placeholders, numbers and commands in them."""

import inspect
import re
import string
from collections.abc import Iterator

import pytest

from keyguard.config.contact import Contact
from keyguard.language import Language, Text
from keyguard.model import Exposure
from keyguard.remediation import guide, words
from keyguard.remediation.situation import Situation
from tests.reporting.samples import catalogue, typical

LOADED = words.load()
COMMANDS = re.compile(
    r"git (?:[a-z]+-[a-z]+|add|rebase|stash|gc|reflog|rm|tag -a|push|remote)|keyguard [a-z]+|--[a-z][a-z-]+|~/[\w./-]+"
)
"""What is typed, in a text."""
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;?!](?=[\u4e00-\u9fff])")


def placeholders(text: str) -> set[tuple[str, str | None]]:
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


def pairs() -> Iterator[tuple[str, Text]]:
    for name, step in LOADED.steps.items():
        yield f"{name}.title", step.title
        yield f"{name}.text", step.text
    for kind, table in (("summary", LOADED.summaries), ("blank", LOADED.blanks)):
        for name, both in table.items():
            yield f"{kind}.{name}", both


@pytest.mark.parametrize(("name", "text"), list(pairs()), ids=[name for name, _ in pairs()])
def test_the_languages_agree(name, text):
    english, chinese = text[Language.EN], text[Language.ZH]
    assert english.strip()
    assert chinese.strip()
    assert placeholders(english) == placeholders(chinese)
    assert english.count("\n- ") == chinese.count("\n- ")
    assert not HALF_WIDTH.search(chinese), "punctuation of the other language"
    missing = set(COMMANDS.findall(english)) - set(COMMANDS.findall(chinese))
    assert not missing, "commands of one language only"


def test_all_placeholders_are_known():
    values = Situation(Language.EN, catalogue(), finding=typical(Exposure.PUSHED), contact=Contact()).values
    known = {*values, "advice"}
    for step in LOADED.steps.values():
        for text in (*step.title.values(), *step.text.values(), step.command or ""):
            assert {name for name, _ in placeholders(text)} <= known
    for both in LOADED.summaries.values():
        assert {name for name, _ in placeholders(both[Language.EN])} <= known


def test_values_stand_in_commands_only_quoted():
    free = {"fingerprint", "short", "subject"}  # ours, and harmless
    for step in LOADED.steps.values():
        for name, spec in placeholders(step.command or ""):
            assert spec in ("sh", "top") or name in free


def test_no_file_has_words_for_nothing():
    source = inspect.getsource(guide)
    assert [name for name in LOADED.steps if f'"{name}"' not in source] == []
