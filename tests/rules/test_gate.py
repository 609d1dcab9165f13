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
    "text", ["acme cloud is a company", "ACME_KEY=", "cloud_key", "acme_cloud" + "_" * 120 + "key", "apixacme.example"]
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


def test_a_name_that_is_no_part_of_the_key_demands_what_the_key_looks_like():
    name, part = entries = gate.of_pattern(["Acme", "SK-"], [], ignore_case=True)
    pattern = "(?<![a-z]) (?P<secret>sk-[0-9]{8}) (?![0-9])"
    assert gate.beside(entries, pattern, 300) == (name._replace(beside=rb"sk-[0-9]{8}", within=300), part)
    assert gate.beside(entries, pattern, gate.FURTHEST + 1) == entries
    assert gate.beside(entries, pattern + "(?(secret)a|b)", 300) == entries


def test_all_that_our_rules_may_match_near_a_name_is_near_enough():
    demanding = [(rule, entry) for rule in RULES for entry in rule.gate if entry.beside is not None]
    assert {rule.id for rule, _ in demanding} >= {"twilio-api-key-id", "facebook-app-token", "vault-token-old"}
    assert all(entry.within == rule.context + rule.span for rule, entry in demanding)


def test_a_name_in_one_case_only_is_looked_at_as_it_is_since_it_may_be_in_pieces():
    entries = gate.of_pattern(["acme"], [], ignore_case=False)
    assert gate.beside(entries, "sk-[0-9]{8}", 300) == entries


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


@pytest.mark.parametrize(
    ("literals", "anchors"),
    [
        ([], []),
        (["ab"], []),
        (["acme", "ab"], []),
        (["密钥密钥"], []),
        (["acme", "acmd"], ["acme"]),
        (["acme"], ["acme", "acmd"]),
        (["acme", "acmd"], ["acme", "acme"]),
        (["acme"], ["acme?"]),
        (["acme"], ["acme{2}"]),
        (["acme"], ["acme(a)"]),
        (["acme"], ["acme密"]),
        (["acme"], ["acme[z-a]"]),
        (["acme"], ["acme(?=a)"]),
    ],
)
def test_an_unfit_literal_or_anchor_is_refused_wherever_it_stands(literals: list[str], anchors: list[str]):
    with pytest.raises(PatternError):
        gate.of_pattern(literals, anchors, ignore_case=False)


def test_each_anchor_belongs_to_its_literal():
    entries = gate.of_pattern(["abc", "abd"], ["abc[0-9]", "abd(?:x|y)"], ignore_case=True)
    assert entries == (GateEntry(b"abc", True, b"abc[0-9]"), GateEntry(b"abd", True, b"abd(?:x|y)"))
    assert gate.of_pattern(["abc"], [], ignore_case=False) == (GateEntry(b"abc", False),)


@pytest.mark.parametrize(
    ("names", "hosts"), [(["ab key"], []), (["acme", "ab"], []), (["acme"], ["ab"]), (["密钥"], [])]
)
def test_an_unfit_name_or_host_is_refused(names: list[str], hosts: list[str]):
    with pytest.raises(PatternError):
        gate.of_names(names, hosts)


VALUE = "a" * 16


@pytest.mark.parametrize(
    ("text", "with_host", "without"),
    [
        (f'"mistral": "{VALUE}"', True, False),
        (f"mistral = {VALUE}", True, False),
        (f"mistral={VALUE[1:]}", False, False),
        (f"MISTRAL => '{VALUE}'", True, False),
        (f"mistral is {VALUE}", False, False),
        (f"exa = {VALUE}", False, False),
        ("exa:\n  key", True, True),
        ("[exa]\nname = 1\nsecret", True, True),
        ("Exa(token", True, True),
        ("exa is called token", False, False),
        ("exa api key", True, True),
        ("exa api:", False, False),
        ("mistral 密钥", True, True),
        ("exa:\n  密钥", False, False),
    ],
)
def test_a_provider_s_name_alone_is_one_where_a_host_is_known(text: str, with_host: bool, without: bool):
    names = ["mistral", "exa api"]
    assert gate.opens(gate.of_names(names, ["api.exa.example"]), text.encode()) is with_host
    assert gate.opens(gate.of_names(names, []), text.encode()) is without


@pytest.mark.parametrize(
    ("name", "owner", "alone"),
    [("exa api", "exa", False), ("mistral", "", True), ("acme cloud", "", True),
     ("acme cloud key", "acme cloud", False),
     ("key acme", "", False), ("acme pat", "", False), ("Exa API", "Exa", False), ("patrol", "", True)],
)  # fmt: skip
def test_whose_a_name_is(name: str, owner: str, alone: bool):
    assert (gate.owner_of(name), gate.is_owner(name)) == (owner, alone)


def test_a_name_is_looked_for_by_its_first_word():
    assert [entry.literal for entry in gate.of_names(["acme key", "key of acme"], [])] == [b"acme", b"acme", b"key"]
