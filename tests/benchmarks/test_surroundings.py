"""Every surrounding holds the key: a decoder of its own gets it back."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.detection.corpus import leak
from benchmarks.detection.kinds import KINDS
from benchmarks.detection.model import Carries, Kind, Leak, Surrounding
from benchmarks.detection.surroundings import SURROUNDINGS
from tests.benchmarks.decoders import DECODERS, unescaped

SEED = 1
BY_ID = {kind.id: kind for kind in KINDS}
SOME = ("openai-project-74", "mistral", "openai-webhook-secret", "aws-secret-key", "bedrock-long", "pem-ed25519", "jwt")
"""Kinds of every sort: with a shape and without, with characters that have to be escaped, of several lines."""
SINGLE = [each for each in SURROUNDINGS if each.write is not None]


def leaks(surrounding: Surrounding) -> list[Leak]:
    fitting = [kind for kind in KINDS if not surrounding.refuses(kind)]
    wanted = [kind for kind in fitting if kind.id in SOME or surrounding.carries is Carries.OWN_FILE]
    return [leak(SEED, kind, surrounding, 0, set()) for kind in wanted or fitting[:1]]


@pytest.mark.parametrize("surrounding", SINGLE, ids=lambda each: each.id)
def test_surrounding_holds_the_key(surrounding):
    decode = DECODERS.get(surrounding.id, unescaped)
    for each in leaks(surrounding):
        assert surrounding.write is not None
        decoded = decode(surrounding.write(each))
        assert each.key.text in decoded or encoded_by_its_own_tool(each.kind, each.key.text, decoded), each.kind.id


def encoded_by_its_own_tool(kind: Kind, key: str, decoded: str) -> bool:
    return kind.id == "docker" and key not in decoded and '"auth": "' in decoded


def test_line_holds_every_key():
    (surrounding,) = (each for each in SURROUNDINGS if each.together is not None)
    written = leaks(surrounding)
    assert surrounding.together is not None
    content = surrounding.together(written)
    assert content.count(b"\n") == 0
    assert len(content) > 4 << 20
    assert all(content.count(each.key.text.encode()) == 1 for each in written)


def test_ids_are_distinct():
    ids = {each.id for each in SURROUNDINGS}
    assert len(ids) == len(SURROUNDINGS) >= 30
    assert ids.issuperset(DECODERS)


def test_names_stand_beside_the_keys_that_need_one():
    mistral = BY_ID["mistral"]
    for surrounding in SINGLE:
        if surrounding.refuses(mistral) or surrounding.id == "zip-misnamed":
            continue
        assert surrounding.carries is not Carries.NOTHING, surrounding.id


def test_refusals_say_why():
    by_id = {each.id: each for each in SURROUNDINGS}
    cases = {
        ("prose", "mistral"): "it needs a name or an address beside it",
        ("curl", "aws-secret-key"): "it needs a name beside it, and there is only an address",
        ("before-equals", "bedrock-long"): "'=' after it would be taken for a part of it",
        ("after-underscore", "discord-bot"): "'_' before it would be taken for a part of it",
        ("file-name", "openai-webhook-secret"): "it may hold '/', which cannot stand there",
        ("branch-name", "codex-access-token"): "it has up to 848 characters, and 180 fit",
        ("own-file", "cohere"): "no tool of the vendor keeps it in a file of its own",
        ("env", "pem-rsa"): "it goes over several lines",
    }
    for (place, kind), why in cases.items():
        assert by_id[place].refuses(BY_ID[kind]) == why, (place, kind)


def test_split_keys_are_in_two_pieces():
    (split,) = (each for each in SURROUNDINGS if each.id == "adjacent")
    assert split.write is not None
    kind = BY_ID["openai-project-74"]
    made = Leak(kind, kind.key(Random(2)), Random(2))
    content = split.write(made).decode()
    assert made.key.text not in content
    assert content.count('"') == 4
