"""What the loader makes of sound files, and of a folder of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.language import Language
from keyguard.model import Confidence, Severity
from keyguard.rules import loader
from keyguard.rules.catalogue import Kind, Topic
from keyguard.rules.checks import CHECKS
from keyguard.rules.loader import load_file
from tests.rules.sample import GUIDE, HEAD, RULE, SOUND, WORDS, written


@pytest.mark.parametrize("second", ["acme", "beta"])
def test_an_id_stands_in_one_place_only(tmp_path: Path, second: str):
    if second == "acme":
        written(tmp_path, HEAD + RULE + RULE + GUIDE)
    else:
        written(tmp_path, SOUND)
        written(tmp_path, SOUND.replace('"acme"', '"beta"', 1), "beta.toml")
    with pytest.raises(RuleError, match=rf"{second}\.toml: rule acme-key: id: stands there twice"):
        loader.load(tmp_path)


def test_a_folder_that_does_not_exist_is_an_error_rather_than_no_rules(tmp_path: Path):
    with pytest.raises(RuleError, match="no such folder"):
        loader.load(tmp_path / "nowhere")


def test_files_are_read_in_the_order_of_their_names_and_others_are_left_alone(tmp_path: Path):
    for name in ("zeta", "beta"):
        text = SOUND.replace('"acme"', f'"{name}"', 1).replace('"acme-key"', f'"{name}-key"')
        written(tmp_path, text, f"{name}.toml")
    written(tmp_path, "not a provider", "README.md")
    assert [provider.id for provider in loader.load(tmp_path).providers] == ["beta", "zeta"]


def test_a_sound_file_becomes_a_provider(tmp_path: Path):
    provider = load_file(written(tmp_path, SOUND))
    assert (provider.id, provider.checked, provider.console) == ("acme", "2026-11-23", "https://acme.example/keys")
    assert provider.name[Language.ZH] == "阿克米"
    assert list(provider.advice) == list(Topic)
    (rule,) = provider.rules
    assert (rule.kind, rule.severity, rule.confidence) == (Kind.PATTERN, Severity.HIGH, Confidence.MEDIUM)
    assert (rule.span, rule.context, rule.priority, rule.prefix) == (45, 0, 0, "")
    assert [entry.literal for entry in rule.gate] == [b"acme_"]
    assert rule.examples[1].path == ".env"
    assert rule.examples[0].text == f"密钥{rule.examples[0].secret}。"
    assert [example.path for example in rule.counter_examples] == [None, "a.py"]


def test_what_a_rule_may_say_arrives(tmp_path: Path):
    more = """\
prefix = "acme_"
priority = -3
context = 50
near = ["Acme"]
hints = ["ACME.example"]
candidates = ["acme", "beta"]
require = ["jwt-private-key"]
proofs = ["azure-checksum"]
proven = "high"
disproven = "low"
ignore-case = true
anchors = ['acme_[0-9A-Za-z]{9}']
references = ["https://acme.example/format"]
"""
    own = f'[rule.guide.revoke]\nurl = "https://acme.example/x"\ncommand = "acme out"\n{WORDS}'
    text = SOUND.replace('sureness = "sure"\n', f'sureness = "sure"\n{more}').replace(GUIDE, own + GUIDE)
    (rule,) = load_file(written(tmp_path, text)).rules
    assert (rule.prefix, rule.priority, rule.context) == ("acme_", -3, 50)
    assert (rule.near, rule.hints, rule.candidates) == ((b"acme",), (b"acme.example",), ("acme", "beta"))
    assert (rule.require, rule.proofs) == ((CHECKS["jwt-private-key"],), (CHECKS["azure-checksum"],))
    assert (rule.proven, rule.disproven) == (Confidence.HIGH, Confidence.LOW)
    assert rule.gate[0].ignore_case
    assert rule.gate[0].anchor == b"acme_[0-9A-Za-z]{9}"
    assert rule.references == ("https://acme.example/format",)
    assert rule.advice[Topic.REVOKE].command == "acme out"
    assert set(rule.advice) == {Topic.REVOKE}


def test_the_own_catalogue_is_read_once():
    assert loader.load() is loader.load()
