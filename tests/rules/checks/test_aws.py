"""What AWS's credentials tell of their account."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import credentials
from tests.support.checks import reason, said


@given(st.integers(1, 10**12 - 1), st.sampled_from(["AKIA", "ASIA", "ABIA", "ACCA"]), st.integers(0, 9))
def test_the_account_of_an_id(account: int, prefix: str, seed: int):
    key = credentials.aws_key_id(Random(seed), account, prefix)
    assert reason("aws-account", key) == f"of AWS account {account:012}"


@pytest.mark.parametrize(
    ("key", "account"), [("ASIAY34FZ" + "KBOKMUTVV7A", "609629065308"), ("ASIAQNZGK" + "IQY56JQ7WML", "029608264753")]
)
def test_the_published_examples(key: str, account: str):
    assert reason("aws-account", key) == f"of AWS account {account}"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "AKIA",
        credentials.aws_key_id(Random(1), old=True),
        credentials.aws_key_id(Random(1), 2**40 - 1),
        credentials.aws_key_id(Random(1), 0),
        credentials.aws_key_id(Random(1))[:-1],
        credentials.aws_key_id(Random(1)) + "A",
        "AKIA" + "1" * 16,
        "AKIAÉ" + "A" * 15,
        "AROA" + credentials.aws_key_id(Random(1))[4:],
    ],
)
def test_an_id_without_an_account_says_nothing(key: str):
    assert said("aws-account", key) is None


def test_bedrock_long():
    key = credentials.bedrock_key(Random(3), "210987654321")
    said_of = reason("aws-bedrock", key)
    assert said_of.startswith("of AWS account 210987654321, IAM user BedrockAPIKey-")
    assert said_of.endswith("-at-210987654321")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABSK",
        "ABSK密钥",
        "ABSK" + base64.b64encode(b"BedrockAPIKey-ab12-at-21098765432:" + b"x" * 60).decode(),
        "ABSK" + base64.b64encode(b"OtherAPIKey-ab12-at-210987654321:" + b"x" * 60).decode(),
        credentials.bedrock_key(Random(4))[4:],
    ],
)
def test_bedrock_long_says_nothing_of_what_does_not_decode(text: str):
    assert said("aws-bedrock", text) is None


def test_bedrock_short():
    rng = Random(5)
    assert reason("aws-bedrock-short", credentials.bedrock_short_key(rng)) == "valid until 2099-01-01"
    old = credentials.bedrock_short_key(rng, "20250630T180000Z", 43_200)
    assert reason("aws-bedrock-short", old) == "expired 2025-07-01"
    assert said("aws-bedrock-short", old) is False
    now = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y%m%dT%H%M%SZ")
    assert said("aws-bedrock-short", credentials.bedrock_short_key(rng, now, 7200)) is True
    assert said("aws-bedrock-short", credentials.bedrock_short_key(rng, now, 1800)) is False


@pytest.mark.parametrize("made", ["20991301T000000Z", "99991231T235959Z", "today"])
def test_bedrock_short_says_nothing_of_a_date_that_is_none(made: str):
    assert said("aws-bedrock-short", credentials.bedrock_short_key(Random(6), made, 9_999_999)) is None


def test_bedrock_short_without_an_address_says_nothing():
    assert said("aws-bedrock-short", "bedrock-api-key-") is None
    assert said("aws-bedrock-short", "bedrock-api-key-é") is None
    assert said("aws-bedrock-short", "bedrock-api-key-" + "A" * 9000) is None
    assert said("aws-bedrock-short", credentials.bedrock_short_key(Random(6)).removeprefix("bedrock-api-key-")) is None


@pytest.mark.parametrize(("account", "is_one"), [(0, False), (1, True), (10**12 - 1, True), (10**12, False)])
@pytest.mark.parametrize("old", [False, True])
def test_an_account_has_twelve_digits_and_a_bit_before_it(account: int, is_one: bool, old: bool):
    key = credentials.aws_key_id(Random(7), account, old=old)
    assert said("aws-account", key) is (True if is_one and not old else None)


@pytest.mark.parametrize(("size", "expected"), [(8191, True), (8192, None)])
def test_no_more_is_read_than_an_address_has(size: int, expected: bool | None):
    key = credentials.bedrock_short_key(Random(8))
    inside = base64.b64decode(key.removeprefix("bedrock-api-key-"))
    longer = "bedrock-api-key-" + base64.b64encode(inside.ljust(6120, b"&")).decode()
    assert said("aws-bedrock-short", longer + "A" * (size - len(longer))) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?X-Amz-Date=20250630T180000Z&X-Amz-Expires=43200", "expired 2025-07-01"),
        ("?X-Amz-Expires=21599&X-Amz-Date=20250630T180000Z", "expired 2025-06-30"),
        ("?X-Amz-Expires=21600&X-Amz-Date=20250630T180000Z", "expired 2025-07-01"),
        ("?X-Amz-Date=20250630T180000Z&X-Amz-Expires=12345678", None),
        ("?X-Amz-Date=20250630T180000Z", None),
        ("?X-Amz-Expires=43200", None),
        ("?aX-Amz-Date=20250630T180000Z&X-Amz-Expires=43200", None),
    ],
)
def test_the_end_of_a_short_key_is_said_by_its_address(query: str, expected: str | None):
    text = "bedrock-api-key-" + base64.b64encode(b"https://a/" + query.encode() + b" ").decode()
    assert (reason("aws-bedrock-short", text) if expected else said("aws-bedrock-short", text)) == expected
