from __future__ import annotations

import ast
import builtins
import hashlib
import keyword
import math
import string
import sys
from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import pytest

from keyguard.detection import bigrams
from keyguard.detection.randomness import evenness, is_hash, looks_random
from keyguard.detection.surprise import described
from tests.support import keys

ALPHABETS = {
    "hex": keys.HEX, "lower alnum": keys.LOWER + keys.DIGITS, "alnum": keys.ALNUM, "base64url": keys.B64URL,
    "letters": keys.UPPER + keys.LOWER,
}  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        "", "short", "correcthorsebatterystaple", "some_long_identifier_name", "AzureOpenAIApiKeyProvider",
        "azureOpenAiApiKeyForProduction", "config/settings/production.yaml", "/usr/local/share/keys/openai.pem",
        "https://api.openai.com/v1/models", "demo.openai.azure.com", "ada.lovelace@example.org", "1.22.333-beta.4444",
        "7e57d004-2b97-4e7a-b45f-5387367791cd", "12345678901234567890", "2026-11-23T10:20:30.000Z", "a" * 40,
        "sha256-" + "Kx3" * 14, "process.env.OPENAI_API_KEY", "openai-key-from-secret-manager-1",
        "gpt-4o-mini-2024-07-18",
        "claude-3-5-sonnet-20241022", "text-embedding-3-large", "arn:aws:iam::123456789012:role/deploy-role",
        "C:/Users/ada/Documents/keys.txt", "0123456789abcdef0123456789abcdef", "kubernetes.io/service-account-token",
        hashlib.md5(b"", usedforsecurity=False).hexdigest(), hashlib.sha256(b"password").hexdigest(),
    ],
)  # fmt: skip
def test_ordinary_values_are_not_random(value: str) -> None:
    assert not looks_random(value)


def test_a_token_that_begins_like_a_version_is_none() -> None:
    rng = keys.fresh()
    assert not looks_random("v1.5." + keys.text(rng, keys.ALNUM, 20))
    assert looks_random("v1.5" + keys.text(rng, keys.ALNUM, 40) + "." + keys.text(rng, keys.ALNUM, 60))


@pytest.mark.parametrize(
    "shape",
    [
        "SHA256:{}",
        "h1:{}=",
        "pk_" + "live_{}",
        "sb_publishable_{}",
        "sha512-{}==",
        "https://{}",
        "{}.example.com",
        "ada@{}.org",
        "/opt/{}/a.json",
        "gAAAAABn{}{}{}==",
    ],
)
def test_what_has_the_shape_of_something_else_is_no_value(shape: str) -> None:
    rng = keys.fresh()
    assert not [
        1
        for _ in range(50)
        if looks_random(shape.format(*(keys.text(rng, keys.LOWER + keys.DIGITS, 40) for _ in range(3))))
    ]


@pytest.mark.parametrize("alphabet", ["ab1", "xY7q", "-_a8z"])
def test_few_different_characters_are_not_random(alphabet: str) -> None:
    rng = keys.fresh()
    assert not [1 for _ in range(50) if looks_random(keys.text(rng, alphabet, 24))]


@pytest.mark.parametrize(("length", "most"), [(16, 8), (20, 6), (32, 3), (48, 2), (64, 2)])
@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
def test_random_values_are_random(alphabet: str, length: int, most: int) -> None:
    rng = keys.fresh()
    assert sum(not looks_random(keys.text(rng, alphabet, length)) for _ in range(1000)) <= most


def test_names_of_programs_are_not_random() -> None:
    names = {name for module in (builtins, keyword, string, sys, pytest) for name in dir(module) if len(name) >= 16}
    names |= {f"{one}_{other}" for one in sorted(names)[:30] for other in sorted(names)[-30:]}
    assert len(names) > 500
    assert sum(map(looks_random, names)) <= len(names) // 200


def test_hashes_are_known_by_the_words_before_them() -> None:
    rng = keys.fresh()
    digest = keys.text(rng, keys.HEX, 40)
    assert not is_hash(digest, "api_key = ")
    assert not is_hash(digest + "x", "commit ")
    for before in ("commit ", "index: ", '"sha1": "', "checksum=", "rev = '"):
        assert is_hash(digest, before)


def test_a_description_saves_no_more_than_chance_allows() -> None:
    rng = keys.fresh()
    saved = [described(keys.text(rng, keys.ALNUM, 40)).saved for _ in range(2000)]
    assert sum(each >= 8 for each in saved) <= 2000 / 2**8
    assert max(saved) < 17


def test_the_table_of_pairs_is_a_code() -> None:
    for first in keys.LOWER:
        assert sum(2 ** -bigrams.PAIR_BITS[first, second] for second in keys.LOWER) <= 1


def test_a_table_that_is_made_says_how_frequent_each_pair_is() -> None:
    words = ["queue", "the", "then", "they", "than", "when", "zoo", "abc", "xyz"]
    read = bigrams._read(bigrams.made_from([f"{' '.join(words)} the The"]))
    pairs = Counter(pair for word in words for pair in pairwise(word))
    for first, second in product(keys.LOWER, repeat=2):
        often = sum(pairs[first, each] + 0.5 for each in keys.LOWER)
        bits = -math.log2((pairs[first, second] + 0.5) / often)
        assert bits <= read[first, second] < bits + 0.2


def test_the_program_prints_the_table_of_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text("the thing that thinks")
    (tmp_path / "b.py").write_text("the queue")
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    bigrams._main()
    printed = [ast.literal_eval(line.strip()) for line in capsys.readouterr().out.splitlines()]
    assert "".join(printed) == bigrams.made_from(["the thing that thinks", "the queue"])
    assert {len(line) for line in printed[:-1]} == {104}


def test_the_table_of_pairs_can_be_made_again() -> None:
    table = bigrams.made_from(["the thing that thinks", "The queue"])
    assert len(table) == 26 * 26
    cheapest = min(range(26), key=lambda at: table[19 * 26 + at])
    assert keys.LOWER[cheapest] == "h"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcdefghijklmnop", 1.0),
        ("aaaaaaaabbbbbbbb", 1 / 4),
        ("0123456789" * 2, 1.0),  # there are no more than ten of them
        ("gaaagaaagaaagaaa", 0.8112781 / 4),
        ("abcdef01" * 8, 3 / 4),
        ("ghijklmn" * 8, 3 / math.log2(36)),
    ],
)
def test_characters_are_as_even_as_their_length_and_alphabet_allow(text: str, expected: float) -> None:
    assert evenness(text) == pytest.approx(expected)


def test_a_value_has_sixteen_characters() -> None:
    drawn = "Kx3vQ9mBw5TzL2pJ"
    assert looks_random(drawn)
    assert not looks_random(drawn[:15])
    assert not looks_random("3897415060928374")  # and one that is no digit


@pytest.mark.parametrize("size", [32, 40, 64, 96, 128])
def test_hashes_have_the_length_of_hashes(size: int) -> None:
    digest = keys.text(keys.fresh(), keys.HEX, size)
    assert is_hash(digest, "sha: ")
    assert is_hash(digest.upper(), "SHA: ")
    assert not is_hash(digest[1:], "sha: ")
    assert not is_hash(digest, "sha of ")
