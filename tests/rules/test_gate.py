"""What opens a rule's gate, and that every engine can search for it."""

from __future__ import annotations

import re

import hyperscan
import pytest

from keyguard.rules import gate, loader
from keyguard.rules.catalogue import Kind
from keyguard.rules.entries import GateEntry
from keyguard.rules.patterns import PatternError

RULES = loader.load().rules


def test_every_anchor_begins_with_its_literal_and_compiles_everywhere():
    expressions = []
    for entry in {entry for rule in RULES for entry in rule.gate}:
        assert entry.literal.isascii()
        if entry.anchor is None:
            continue
        assert re.sub(rb"\\(?=\W)", b"", entry.anchor).startswith(entry.literal)
        assert re.compile(entry.anchor).groups == 0
        expressions.append(entry.wider or entry.anchor)  # as it is compiled
    hyperscan.Database().compile(expressions=expressions, flags=[hyperscan.HS_FLAG_CASELESS] * len(expressions))


def test_the_gate_opens_for_every_example():
    shut = [
        (rule.id, number)
        for rule in RULES
        for number, example in enumerate(rule.examples, 1)
        if not gate.opens(rule.gate, example.text.encode())
    ]
    assert shut == []


NAMED = gate.of_names(["acme cloud", "key acme"], ["api.acme.example"])


@pytest.mark.parametrize(
    "text",
    [
        "ACME_CLOUD_API_KEY=",
        "acmeCloudToken: ",
        "acme-cloud.client.secret",
        "acme  cloud password",
        "acme_cloud:\n  api_key: ",
        'acme_cloud["auth"]',
        "KEY_ACME=",
        "keyAcme",
        "https://API.acme.example/v1",
    ],
)
def test_the_gate_of_an_entropy_rule_opens_for_names_that_hold_keys(text: str):
    assert gate.opens(NAMED, text.encode())


@pytest.mark.parametrize(
    "text", ["acme cloud is a company", "ACME_KEY=", "cloud_key", "acme_cloud" + "_" * 60 + "key", "apixacme.example"]
)
def test_and_for_nothing_else(text: str):
    assert not gate.opens(NAMED, text.encode())


def test_an_entropy_rule_is_searched_for_in_any_case():
    assert NAMED[0].literal == b"acme"
    assert all(entry.ignore_case for entry in NAMED)
    assert NAMED[-1] == GateEntry(b"api.acme.example", ignore_case=True)


def test_the_catalogue_has_no_literal_that_every_text_holds():
    common = b'the key is in this file; import os, self.value = None  # week_12 what-if start_at "id": true'
    for rule in RULES:
        assert not gate.opens(rule.gate, common), rule.id
        assert rule.gate or rule.kind is Kind.ENTROPY


def test_an_anchor_keeps_the_gate_shut_where_its_literal_stands_alone():
    entries = gate.of_pattern(["ek_"], ["ek_[0-9a-f]{4}"], ignore_case=False)
    assert gate.opens(entries, b"ek_00ff")
    assert not gate.opens(entries, b"week_one EK_00ff")


@pytest.mark.parametrize(("ignore_case", "opens"), [(True, True), (False, False)])
def test_case_counts_unless_the_rule_says_otherwise(ignore_case: bool, opens: bool):
    assert gate.opens(gate.of_pattern(["Acme_"], [], ignore_case=ignore_case), b"xACME_y") is opens


@pytest.mark.parametrize("anchor", ["a.b", "a\\.b", "a\\.b*", "a\\.b(?<!a)", "a\\.b|c"])
def test_a_literal_with_a_dot_is_escaped_in_its_anchor(anchor: str):
    if anchor == "a\\.b":
        gate.of_pattern(["a.b"], [anchor], ignore_case=False)
        return
    with pytest.raises(PatternError):
        gate.of_pattern(["a.b"], [anchor], ignore_case=False)
