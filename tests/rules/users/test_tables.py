"""What a rule of a user may leave out, and what it may not say."""

from __future__ import annotations

from typing import Any

import pytest
import regex

from keyguard.errors import RuleError
from keyguard.language import Language
from keyguard.model import Confidence, Severity
from keyguard.rules.catalogue import Target, Topic
from keyguard.rules.users import custom
from tests.rules.users.sample import ACME, FILE, STEP, catalogue, rule

BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"id": None}, "id", "is missing"),
    ({"id": "Acme Key"}, "id", "kebab-case"),
    ({"id": "a" * 101}, "id", "100"),
    ({"pattern": None}, "pattern", "is missing"),
    ({"pattern": "acme_[a-z"}, "pattern", "too early"),
    ({"pattern": "acme_[a-z]+"}, "pattern", "without a bound"),
    ({"pattern": "acme_(a|b)"}, "pattern", "another group"),
    ({"pattern": "acme_(?P<key>a|b)"}, "pattern", "another group"),
    ({"pattern": "acme_(?P<secret>[a-z]{0,9})"}, "pattern", "without a secret"),
    ({"pattern": "acme(?P<secret>_[a-z]{9})?"}, "pattern", "without a secret"),
    ({"pattern": "a{0,9}"}, "pattern", "without a secret"),
    ({"pattern": "acme_(?:[a-z]{1,900}){1,900}"}, "pattern", "more than 16384"),
    ({"pattern": "(?:acme){e<=3}"}, "pattern", "no repeat"),
    ({"pattern": "(acme)\\1"}, "pattern", "back-reference"),
    ({"pattern": "(" * 500 + "acme" + ")" * 500}, "pattern", "in each other"),
    ({"pattern": "密钥[a-z]{9}"}, "pattern", "ASCII"),
    ({"literals": ["ac"]}, "literals", "3 ASCII"),
    ({"literals": ["a" * 201]}, "literals", "200"),
    ({"literals": ["acme"], "anchors": ["acme[a-z]{1,9}"]}, "anchors", "fixed length"),
    ({"literals": ["acme"], "anchors": ["acme(?:a|b){9}"]}, "anchors", "fixed length"),
    ({"ignore-case": True}, "ignore-case", "without literals"),
    ({"provider": "opnai"}, "provider", "none that KeyGuard has"),
    ({"provider": "openai", "guide": {"revoke": STEP}}, "guide", "beside a provider"),
    ({"provider": "anthropic", "guide": {"revoke": STEP}}, "guide", "beside a provider"),
    ({"guide": {"revoke": {**STEP, "command": "rm -rf"}}}, "guide.revoke.command", "not for your own"),
    ({"guide": {"revoke": {**STEP, "url": "https://acme.example@evil.example/"}}}, "guide.revoke.url", "https"),
    ({"guide": {"revoke": {**STEP, "url": "http://acme.example/"}}}, "url", "https"),
    ({"guide": {"revok": STEP}}, "guide: revok", "unknown field"),
    ({"verify": {"request": "GET https://evil.example/{secret}"}}, "verify", "host that keys are sent to"),
    ({"revoke": {"request": "DELETE https://evil.example/"}}, "revoke", "host that keys are sent to"),
    ({"create": {"command": "x"}}, "create", "host that keys are sent to"),
    ({"alone": "acme"}, "alone", "KeyGuard itself"),
    ({"detector": "shared", "shape": "no-such-rule", "near": ["acme"], "context": 9}, "shape", "no rule"),
    ({"detector": "entropy"}, "names", "is missing"),
    ({"near": ["acme"]}, "context", "is missing"),
    ({"min-entropy": "3"}, "min-entropy", "a number"),
    ({"min-entropy": -1}, "min-entropy", "below zero"),
    ({"path": "("}, "path", "open"),
    ({"path": "密"}, "path", "ASCII"),
    ({"refuse": [{}]}, "refuse 1: patterns", "missing"),
    ({"refuse": [{"patterns": ["["]}]}, "refuse 1: patterns", "too early"),
    ({"refuse": [{"words": ["x"], "target": "file"}]}, "refuse 1: target", "none of the words"),
    ({"refuse": [{"words": ["x"], "condition": "most"}]}, "refuse 1: condition", "none of the words"),
    ({"severity": "awful"}, "severity", "critical"),
    ({"title": {"en": "Acme"}}, "title: zh", "is missing"),
    ({"keywords": ["acme"]}, "keywords", "unknown field"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "problem"), BROKEN, ids=lambda value: str(value)[:40])
def test_what_is_unfit_is_refused_and_the_message_says_where(change: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(RuleError) as refusal:
        rule(**change)
    told = f"{refusal.value.message} {refusal.value.hint}"
    assert refusal.value.message.startswith(f"{FILE}:1: ")
    assert field in told
    assert problem in told


def test_an_id_and_a_pattern_suffice() -> None:
    made = rule()
    assert (made.severity, made.confidence, made.sureness) == (Severity.HIGH, Confidence.MEDIUM, "sure")
    assert made.title == {Language.EN: "acme-key", Language.ZH: "acme-key"}
    assert (made.provider, made.file) == (custom.ID, FILE)
    assert [(each.literal, each.ignore_case) for each in made.gate] == [(b"acme_", False)]
    assert not made.examples
    assert not made.counter_examples


def test_what_it_says_arrives() -> None:
    made = rule(
        title="Acme key", severity="critical", confidence="high", prefix="acme_", priority=5, near=["Acme"],
        context=99, path=r"\.py$", refuse=[{"patterns": ["^x"], "target": "line", "condition": "all"}],
        provider="openai", references=["https://acme.example/"], **{"min-entropy": 3},
    )  # fmt: skip
    assert made.title[Language.ZH] == "Acme key"
    assert (made.severity, made.confidence, made.prefix) == (Severity.CRITICAL, Confidence.HIGH, "acme_")
    assert (made.near, made.context, made.min_entropy, made.provider) == ((b"acme",), 99, 3.0, "openai")
    assert made.path is not None
    assert (made.refuse[0].target, made.refuse[0].every) == (Target.LINE, True)


@pytest.mark.parametrize(
    ("pattern", "gate"),
    [
        ("(?i)acme_[a-z]{9}", [(b"acme_", True)]),
        ("(?:live|test)_[a-z]{9}", [(b"live_", False), (b"test_", False)]),
        ("[a-f0-9]{40}", []),
    ],
)
def test_literals_are_worked_out_where_there_are_any(pattern: str, gate: list[tuple[bytes, bool]]) -> None:
    assert [(each.literal, each.ignore_case) for each in rule(pattern=pattern).gate] == gate


def test_a_rule_may_ask_to_be_run_on_everything() -> None:
    assert rule(literals=[]).gate == ()


def test_an_anchor_of_a_fixed_length_is_taken() -> None:
    made = rule(literals=["acme_"], anchors=["acme_[a-z]{4}x"])
    assert made.gate[0].anchor == b"acme_[a-z]{4}x"


def test_the_guide_says_where_its_words_come_from() -> None:
    made = rule(guide={"revoke": {**STEP, "url": "https://acme.example/keys?a=1"}})
    step = made.advice[Topic.REVOKE]
    assert step.url == "https://acme.example/keys?a=1"
    assert FILE in step.text[Language.EN]
    assert FILE in step.text[Language.ZH]


def test_an_entropy_rule_and_one_of_a_shared_shape_are_taken() -> None:
    named = rule(pattern="[0-9a-f]{32}", detector="entropy", names=["acme cloud"], hosts=["acme.example"], context=99)
    assert named.names == ("acme cloud",)
    shared = rule(
        pattern="sk-[0-9a-f]{32}", detector="shared", shape="shared-sk-hex-key", hosts=["acme.example"], context=99
    )
    assert shared.shape is not None
    assert shared.gate == shared.shape.gate


def test_examples_are_looked_at_when_they_are_asked_for() -> None:
    made = rule(examples=[{"secret": "acme_<<alnum:24>>", "text": "k=<<secret>>"}])
    assert len(made.examples) == 1
    whole = rule(examples=[{"secret": "acme_abc"}])
    with pytest.raises(RuleError, match="written out"):
        len(whole.examples)


def test_the_synthetic_provider_has_a_guide_for_everything() -> None:
    provider = catalogue(ACME).provider_by_id[custom.ID]
    assert provider.name == {Language.EN: "Your own rules", Language.ZH: "自定义规则"}
    assert set(provider.advice) == set(Topic)
    assert all(step.command is None for step in provider.advice.values())


def test_what_is_as_long_as_it_may_be_is_taken() -> None:
    assert rule(id="a" * 100).id == "a" * 100
    literal = "a" * 200
    assert rule(pattern="a{200}", literals=[literal]).gate[0].literal == literal.encode()
    assert rule(literals=["acme_"], anchors=["acme_[a-z]{58}x"]).gate[0].anchor == b"acme_[a-z]{58}x"
    for anchor in ("acme_[a-z]{59}x", "acme_[a-z]{2,3}", "acme_[a-z]?"):
        with pytest.raises(RuleError, match="fixed length"):
            rule(literals=["acme_"], anchors=[anchor])


LED = r"[\w.-]{0,9}? acme [ _-]? key = (?P<secret>[a-z]{9})"


def test_a_beginning_that_may_be_missing_is_looked_for_apart() -> None:
    made = rule(pattern=LED)
    assert made.lead is not None
    assert made.lead.flags & regex.VERBOSE
    assert made.lead.flags & regex.ASCII
    assert made.lead.sub(b"", b"k = my.", count=1) == b"k = "
    assert made.pattern.search(b"acme_key=abcdefghi")
    named = rule(pattern=LED, detector="entropy", names=["acme"], context=99)
    assert (named.lead, named.pattern.pattern) == (None, LED.encode())
