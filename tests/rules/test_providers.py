"""The provider files themselves: what their patterns find in every surrounding, and that nothing is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from keyguard.detection.engine import Engine
from keyguard.language import Language
from keyguard.model import Chunk, Confidence, Match, Origin, Where
from keyguard.rules import built, gate
from keyguard.rules.catalogue import Advice, Kind, Rule, Topic
from keyguard.rules.guide import WIDEST, columns
from tests.support import catalogues, keys

CATALOGUE = catalogues.checked()
RULES = CATALOGUE.by_id
PATTERN_RULES = [rule for rule in CATALOGUE.rules if rule.kind is Kind.PATTERN]
OWN_RULES = [rule for rule in PATTERN_RULES if rule.provider in ("openai", "azure", "anthropic")]
RNG = Random(7)

KEYS = [
    ("openai-legacy-key", keys.legacy_key(RNG)),
    *(("openai-project-key", keys.project_key(RNG, side)) for side in (20, 58, 74)),
    ("openai-project-key", keys.openai_key(RNG, "sk-proj-", 33, 119)),
    *(
        ("openai-service-account-key", keys.service_account_key(RNG, *halves))
        for halves in ((20, 20), (46, 46), (57, 58), (59, 60), (74, 74))
    ),
    ("openai-admin-key", keys.admin_key(RNG)),
    ("openai-user-key-none", keys.user_key_none(RNG)),
    ("openai-service-key-old", keys.named_service_key(RNG)),
    ("openai-service-key-old", keys.openai_key(RNG, "sk-service-", 58, 58)),
    ("azure-openai-key", keys.azure_key(RNG)),
    ("azure-ai-services-key", keys.azure_key(RNG, "Y")),
    ("anthropic-api-key", keys.anthropic_key(RNG)),
    ("anthropic-admin-key", keys.anthropic_key(RNG, "admin01")),
    ("anthropic-oauth-token", keys.anthropic_key(RNG, "oat01")),
    ("anthropic-oauth-refresh-token", keys.anthropic_key(RNG, "ort01")),
    ("anthropic-session-key", keys.anthropic_key(RNG, "sid01")),
    ("anthropic-other-key", keys.anthropic_key(RNG, "wif02")),
]
NARROW = [
    ("openai-ephemeral-key", keys.ephemeral_key(RNG)),
    ("openai-session-token", keys.session_token(RNG)),
    ("openai-codex-refresh-token", "rt_" + keys.text(RNG, keys.B64URL, 60) + "1aB"),
    ("openai-codex-pat", "at-" + keys.text(RNG, keys.ALNUM, 48)),
]
BEFORE = ["", '"', "\\n", "\\", "密钥是", "=", "/", ":", "%3D", "(", "\\u0022", "\x00", " ", "\t", "\n", "'", ">"]
GLUED_BEFORE = ["_", "x", "9", "de", "-", "key_", "my-"]
AFTER = ["", '"', '\\"', "。", "，", ".", ")", "<", "&", "|", ",", ":", "\\n", " ", "\n", "}", "*", "%22", "#", "\x00"]


def captured(rule: Rule, text: str) -> list[str]:
    return [found["secret"].decode() for found in rule.pattern.finditer(text.encode())]


def winner(text: str) -> tuple[str, str]:
    """The rule and the secret that stand when rules overlap: by priority, then by length."""
    found = [
        (rule.priority, len(match["secret"]), rule.id, match["secret"].decode())
        for rule in OWN_RULES
        for match in rule.pattern.finditer(text.encode())
    ]
    return max(found)[2:]


@pytest.mark.parametrize(("rule", "key"), KEYS, ids=lambda value: value[:24])
def test_a_key_is_found_whatever_stands_around_it(rule: str, key: str):
    for before, after in product(BEFORE + GLUED_BEFORE, AFTER):
        assert winner(f"{before}{key}{after}") == (rule, key)


@pytest.mark.parametrize(("rule", "key"), NARROW, ids=lambda value: value[:20])
def test_a_key_with_a_short_prefix_is_found_where_a_word_may_begin(rule: str, key: str):
    for before, after in product(BEFORE, AFTER):
        assert captured(RULES[rule], f"{before}{key}{after}") == [key]


WORDS = {
    "ek_": ["we", "se", "gre", "tr", "Uzb"],
    "sess-": ["as", "pos", "ob", "as"],
    "rt_": ["sta", "pa", "so", "inse"],
    "at-": ["th", "form", "fl", "ch"],
}
"""What stands before these prefixes in the words that end in them: week, assess, start, that."""


@pytest.mark.parametrize(("rule", "key"), NARROW, ids=lambda value: value[:20])
def test_and_not_in_the_middle_of_a_word(rule: str, key: str):
    for before in WORDS[RULES[rule].prefix]:
        assert captured(RULES[rule], f"{before}{key}") == []
        assert captured(RULES[rule], f"{before.upper()}{key}") == []


@pytest.mark.parametrize(("rule", "key"), NARROW, ids=lambda value: value[:20])
@pytest.mark.parametrize("before", ["_", "9", "my_", "KEY_", "v2_", "\\r", "\\x0a", "%0A", "\\u003a", "-"])
def test_what_ends_no_word_may_stand_before_a_short_prefix(rule: str, key: str, before: str):
    assert captured(RULES[rule], f"{before}{key}.") == [key]


@pytest.mark.parametrize(
    "text",
    [
        "ek_" + keys.text(RNG, keys.HEX, 40),
        "ek_" + keys.text(RNG, keys.UPPER, 32),
        "sess-" + keys.text(RNG, keys.HEX, 40),
        "sess_" + keys.text(RNG, keys.ALNUM, 40),
        "at-the-end-of-a-very-long-slug-that-has-nothing-but-words-in-it",
        "rt_helper_function_with_a_very_long_name_indeed_and_some_more",
        "whsec_your_webhook_secret_goes_here_please_and_thank_you",
        "sk-" + keys.text(RNG, keys.ALNUM, 48),
        "sk-" + keys.text(RNG, keys.HEX, 32),
        "sk-proj-" + keys.text(RNG, keys.B64URL, 156),
        "sk-ant-" + keys.text(RNG, keys.LOWER, 60),
        "task-ant-design2-menu-item-selected-with-a-very-long-class-name",
        *(
            prefix + keys.text(RNG, keys.ALNUM, 24)
            for prefix in ("org-", "proj_", "resp_", "asst_", "file-", "key_", "call_", "msg_", "run_", "vs_", "user-")
        ),
        "app_EMoamEEZ73f0CkXaXp7hrann",
        keys.text(RNG, keys.ALNUM, 84),
    ],
)
def test_what_only_looks_like_a_key_is_none(text: str):
    assert [rule.id for rule in OWN_RULES if captured(rule, f'"{text}"')] == []


def test_the_name_in_front_of_a_project_key_is_no_part_of_it():
    key = keys.project_key(RNG)
    assert winner(f"desk-{key}") == ("openai-project-key", key)
    assert winner(f"sk-your-key-here-or-{key}") == ("openai-project-key", key)
    assert captured(RULES["openai-project-key"], f"sk-proj-your-key-goes-here-or-{key}") == [key]


LONG = [(rule, key) for rule, key in KEYS if key.startswith(("sk-proj-", "sk-svc", "sk-admin-", "sk-None-", "sk-ant-"))]


@pytest.mark.parametrize("between", ["-", "_", "", ",", "\\n"])
@pytest.mark.parametrize(("second_rule", "second"), LONG, ids=lambda value: value[:16])
def test_two_keys_glued_together_are_both_found(between: str, second_rule: str, second: str):
    for rule, first in LONG:
        text = f"{first}{between}{second}"
        assert first in captured(RULES[rule], text)
        assert second in captured(RULES[second_rule], text)


def test_two_legacy_keys_glued_together_are_both_found():
    first, second = keys.legacy_key(RNG), keys.legacy_key(RNG)
    for between in ("", "-", "_", "密"):
        assert captured(RULES["openai-legacy-key"], first + between + second) == [first, second]


def test_a_legacy_key_ends_where_its_letters_and_digits_end():
    key = keys.legacy_key(RNG)
    assert winner(f"{key}_backup") == ("openai-legacy-key", key)
    assert winner(f"{key}-old") == ("openai-legacy-key", key)


@pytest.mark.parametrize("letter", "ABCDEFGHIJ")
def test_azure_keys_of_years_to_come_are_found(letter: str):
    key = keys.azure_key(RNG, year=letter)
    assert captured(RULES["azure-openai-key"], key) == [key]


def test_every_rule_is_shown_at_work():
    assert [rule.id for rule in CATALOGUE.rules if min(len(rule.examples), len(rule.counter_examples)) < 3] == []
    for rule in OWN_RULES:
        texts = [example.text for example in rule.examples]
        assert any(not text.isascii() for text in texts), f"{rule.id}: none of them stands in Chinese text"
        assert any('\\"' in text or "\\n" in text for text in texts), f"{rule.id}: none stands behind an escape"


PROVEN = [rule for rule in CATALOGUE.rules if rule.proofs and rule.proven is not None]


def test_proofs_are_shown_at_work():
    for rule in PROVEN:
        spoken = [check(example.secret or "") for example in rule.examples for check in rule.proofs]
        assert any(evidence is not None and evidence.holds for evidence in spoken), rule.id
        refuted = any(evidence is not None and not evidence.holds for evidence in spoken)
        assert not refuted or rule.id.startswith("openai"), rule.id


def test_a_prefix_begins_the_keys_of_its_rule():
    for rule in PATTERN_RULES:
        usual = [example for example in rule.examples if (example.secret or "").startswith(rule.prefix)]
        assert len(usual) >= 2, rule.id


def test_no_provider_file_holds_a_whole_key():
    engine = Engine(CATALOGUE, bulk=False)
    for file in sorted(built.OWN.glob("*.toml")):
        raw = file.read_bytes()
        assert [rule.id for rule in OWN_RULES if rule.pattern.search(raw)] == []
        found = engine.detect(Chunk(Origin(Where.FILE, file.name), raw))
        blamed = [each.rule for each in found if isinstance(each, Match) and each.confidence > Confidence.LOW]
        assert blamed == [], file.name


def test_no_counter_example_but_a_placeholder_matches_its_own_pattern():
    """What the pattern takes has to be refused by the context, by a check or as a placeholder."""
    for rule in OWN_RULES:
        for counter in rule.counter_examples:
            for secret in captured(rule, counter.text):
                assert rule.near or rule.require or "xxxx" in secret, rule.id


def advice() -> Iterator[tuple[str, Advice]]:
    for provider in CATALOGUE.providers:
        for owner, steps in [(provider.id, provider.advice), *((rule.id, rule.advice) for rule in provider.rules)]:
            yield from ((f"{owner}/{topic}", step) for topic, step in steps.items())


NAMES = re.compile(
    r"/v1/[A-Za-z_/{}]+|\b[a-z]+(?:_[a-z]+)+\b|\b\w+\.json\b|\bkey[12]\b|\bRestricted\b|\b401\b", re.ASCII
)
"""What a step calls by a name that is the same in every language."""


def test_every_step_says_the_same_in_both_languages():
    for owner, step in advice():
        for language in Language:
            assert 4 <= columns(step.title[language]) <= WIDEST, owner
            assert not step.title[language].endswith((".", "。")), owner
        english, chinese = step.text[Language.EN], step.text[Language.ZH]
        assert english.endswith("."), owner
        assert chinese.endswith("。"), owner
        assert any("\u4e00" <= each <= "\u9fff" for each in step.title[Language.ZH] + chinese), owner
        assert 0.2 < len(chinese) / len(english) < 0.7, f"{owner}: one of them says much more than the other"
        assert set(NAMES.findall(english)) == set(NAMES.findall(chinese)), owner


def test_no_language_and_no_topic_is_missing():
    for rule in CATALOGUE.rules:
        assert set(rule.title) == set(Language)
    for provider in CATALOGUE.providers:
        assert set(provider.advice) == set(Topic)


def test_a_short_webhook_secret_may_be_stripes():
    rule = RULES["openai-webhook-secret"]
    short = "whsec_" + keys.text(RNG, keys.ALNUM, 32)
    assert captured(rule, f"({short})") == [short]
    assert "stripe" in rule.candidates
    secret = keys.webhook_secret(RNG)
    assert captured(rule, f'"{secret}"') == [secret]


@pytest.mark.parametrize("length", range(32, 65))
def test_a_webhook_secret_ends_with_its_padding(length: int):
    rule = RULES["openai-webhook-secret"]
    secret = "whsec_" + keys.text(RNG, keys.ALNUM, length)
    padding = {2: "==", 3: "="}.get(length % 4, "")
    assert captured(rule, f"a={secret}{padding}&b=1") == [secret + padding]
    assert captured(rule, f"{secret}&b=1") == [secret]
    if not padding:
        assert captured(rule, f"{secret}=x") == [secret]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("openai-assigned-key", "OPENAI_API_KEY="),
        ("openai-assigned-key", "openaiApiKey: "),
        ("openai-assigned-key", "NEXT_PUBLIC_OPENAI_KEY"),
        ("openai-assigned-key", "API_KEY_OPENAI"),
        ("azure-openai-key-old", "AZURE_OPENAI_API_KEY"),
        ("azure-openai-key-old", "https://demo.openai.azure.com/"),
        ("anthropic-assigned-key", "ANTHROPIC_AUTH_TOKEN"),
        ("anthropic-assigned-key", "claude.apiKey"),
    ],
)
def test_names_that_people_use_open_the_gate(rule: str, text: str):
    assert gate.opens(RULES[rule].gate, text.encode())
