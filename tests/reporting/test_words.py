"""What is said is said in both languages: the same messages with the same values, numbers and commands in them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import pytest

from keyguard.language import Language
from keyguard.reporting import words
from keyguard.reporting.words import Words
from tests.conftest import PROJECT
from tests.remediation.test_words import HALF_WIDTH

SECTIONS, PHRASES = words.load()
TYPED = re.compile(
    r"\bgit (?:add|clone|fetch|fsck|push|rebase|rm|stash|switch|tag)\b|\bgh secret set\b|\bkeyguard [a-z]+"
    r"|--[a-z][a-z-]+|https://[\w./-]+"
)
"""What is typed, in a text."""
COUNTED = {"baseline", "fix", "purge", "rotate", "rotate-call", "rotate-step"}
"""Sections of which every message has to be said somewhere."""


def messages() -> Iterator[tuple[str, list[str], str]]:
    for section, table in SECTIONS.items():
        for name, both in table.items():
            english, chinese = both["en"], both["zh"]
            assert set(both) == {"en", "zh"}
            assert isinstance(chinese, str), f"{section}.{name}: Chinese has no plural"
            yield f"{section}.{name}", english if isinstance(english, list) else [english], chinese


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_the_messages_agree(section: str):
    for name, english, chinese in messages():
        if not name.startswith(f"{section}."):
            continue
        assert len(english) in (1, 2), name
        for text in english:
            assert names(text) == names(chinese), name
            assert set(TYPED.findall(text)) <= set(TYPED.findall(chinese)), name


def test_the_phrases_agree():
    for english, chinese in PHRASES.items():
        assert set(re.findall(r"\{(\w+)\}", english)) == names(chinese), english
        assert set(TYPED.findall(english)) <= set(TYPED.findall(chinese)), english


def test_chinese_has_its_own_punctuation():
    texts = [chinese for name, _, chinese in messages() if name.partition(".")[0] in COUNTED]
    assert [each for each in (*texts, *PHRASES.values()) if HALF_WIDTH.search(each)] == []


def test_no_message_is_for_nothing():
    source = "".join(path.read_text("utf-8") for path in (PROJECT / "keyguard").rglob("*.py"))
    purposes = set(re.findall(r'"([a-z-]+)"', source))
    for section in COUNTED:
        for name in SECTIONS[section]:
            in_parts = any(name == f"{start}-{end}" for start in ("way", "note") for end in (*purposes, *_ways()))
            assert f"{section}.{name}" in source or name in purposes or in_parts, f"{section}.{name}"


def _ways() -> list[str]:
    from keyguard.rotation.values import Way

    return list(Way)


def test_a_phrase_in_a_phrase_is_translated_too():
    say = Words(Language.ZH)
    assert say.phrase("OpenAI did not tell the usage of images: no answer in time") == (
        "OpenAI 未能给出 images 的用量：未能及时得到响应"
    )
    assert say.phrase("no phrase of ours") == "no phrase of ours"
    assert say.phrase('variable "key" { sensitive = true }, used as var.key, set by TF_VAR_key').startswith(
        'variable "key" { sensitive = true }，以 var.key'
    )
