"""What the text of a key tells offline, against keys that the tests build on their own."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keyguard.rules.checks import CHECKS, Evidence, marvin
from tests.support import credentials, keys

HALVES = [(20, 20), (46, 46), (57, 58), (58, 58), (59, 60), (74, 74)]
PREFIXES = ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"]


def said(name: str, text: str) -> bool | None:
    evidence = CHECKS[name](text)
    return evidence.holds if evidence else None


def token(payload: Any, header: Any = None) -> str:
    parts = [json.dumps(each).encode() for each in (header or {"alg": "RS256"}, payload)] + [b"s" * 48]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("left", "right"), HALVES[1:])
def test_issued_tail(prefix: str, left: int, right: int):
    rng = Random(left)
    issued = keys.openai_key(rng, prefix, left, right)
    assert CHECKS["openai-issued-tail"](issued) == Evidence(True, "issued-key tail byte")
    assert said("openai-issued-tail", keys.openai_key(rng, prefix, left, right, tail=False)) is False
    assert said("openai-issued-tail", issued[:-2] + "BA") is False
    assert said("openai-issued-tail", issued[:-1] + "B") is False


@pytest.mark.parametrize("length", [62, 65, 66])
def test_issued_tail_of_lengths_nobody_has_seen(length: int):
    body = "b" * 40 + keys.MARKER + "b" * (length - 50) + "AA"
    assert said("openai-issued-tail", f"sk-proj-{body}") is (None if len(body) % 4 == 1 else True)


def test_issued_tail_says_nothing_of_early_bodies_and_other_text():
    rng = Random(1)
    silent = [keys.legacy_key(rng), keys.user_key_none(rng), keys.named_service_key(rng), keys.project_key(rng, 20)]
    silent += ["", "sk-", "sk-proj-" + "a" * 100, "hello", "sk-proj-密钥" + keys.MARKER + "a" * 40]
    assert all(said("openai-issued-tail", text) is None for text in silent)


@pytest.mark.parametrize("prefix", [*PREFIXES, "sk-", "sk-service-", "sk-my-bot-"])
@pytest.mark.parametrize(("left", "right"), HALVES)
def test_known_length(prefix: str, left: int, right: int):
    rng = Random(left)
    alnum = keys.text(rng, keys.ALNUM, left)
    assert said("openai-known-length", prefix + alnum + keys.MARKER + "b" * right) is True
    assert said("openai-known-length", prefix + alnum + keys.MARKER + "b" * (right + 20)) is None
    if prefix in PREFIXES:
        assert said("openai-known-length", prefix + "aa" + alnum + keys.MARKER + "b" * right) is None


def test_a_dash_by_chance_is_not_taken_for_the_end_of_a_name():
    left = "ab-" + "c" * 30 + "_" + "d" * 27
    assert len(left) - 3 == 58
    assert said("openai-known-length", f"sk-proj-{left}{keys.MARKER}{'e' * 58}") is None


@pytest.mark.parametrize("text", ["", "sk-", keys.MARKER, "ek_" + "a" * 20 + keys.MARKER + "a" * 20])
def test_known_length_never_says_no(text: str):
    assert said("openai-known-length", text) is None


@pytest.mark.parametrize("kind", ["api03", "admin01", "oat01", "ort01", "sid02"])
def test_anthropic_known_length(kind: str):
    key = keys.anthropic_key(Random(2), kind)
    assert said("anthropic-known-length", key) is True
    assert said("anthropic-known-length", key[:-1] + "B") is None
    assert said("anthropic-known-length", key + "A") is None
    assert said("anthropic-known-length", key[:20] + key[21:]) is None


VECTOR = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop" + "JQQJ99" + "CG" + "ACHYHv6XJ3w3" + "AAAB" + "ACOG"


def test_marvin_hash():
    assert marvin.hashed(base64.b64decode(VECTOR)) == (0xF7CDDACE).to_bytes(4, "little")


@given(st.binary(max_size=70))
@example(b"")
def test_marvin_hash_of_any_length(data: bytes):
    assert marvin.hashed(data) == keys.marvin32(data).to_bytes(4, "little")


@pytest.mark.parametrize("checksum", ["ztrN", "3mrd"])
def test_azure_checksum_in_both_forms(checksum: str):
    evidence = CHECKS["azure-checksum"](VECTOR + checksum)
    assert evidence == Evidence(True, "checksum holds: Azure OpenAI key made in 2026-07")


def test_azure_checksum_whose_number_is_small_is_filled_up():
    signed = "24964".rjust(52, "k") + VECTOR[52:]
    assert said("azure-checksum", signed + "9fS0") is True


@pytest.mark.parametrize(
    ("service", "year", "month", "reason"),
    [
        ("A", "A", "A", "Azure AI services key made in 2024-01"),
        ("Y", "B", "L", "Azure Speech key made in 2025-12"),
        ("z", "Z", "C", "Azure AI service key made in 2049-03"),
    ],
)
def test_azure_keys_tell_service_and_month(service: str, year: str, month: str, reason: str):
    evidence = CHECKS["azure-checksum"](keys.azure_key(Random(3), service, year, month))
    assert evidence == Evidence(True, f"checksum holds: {reason}")


@pytest.mark.parametrize("at", [0, 30, 60, 79, 80, 83])
def test_azure_checksum_fails_for_one_other_character(at: int):
    key = keys.azure_key(Random(4))
    other = key[:at] + ("x" if key[at] != "x" else "y") + key[at + 1 :]
    assert said("azure-checksum", other) in (False, None)
    assert said("azure-checksum", other) is False or 72 <= at < 80


@pytest.mark.parametrize("text", ["", "a" * 84, keys.azure_key(Random(5))[:-1], keys.azure_key(Random(5)) + "a"])
def test_azure_checksum_says_nothing_of_other_text(text: str):
    assert said("azure-checksum", text) is None


ISSUER = "https://auth.openai.com"


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"iss": ISSUER}, True),
        ({"iss": ISSUER + "/"}, True),
        ({"https://api.openai.com/auth": {}}, True),
        ({"iss": "https://auth.openai.com.evil.example"}, False),
        ({"iss": "https://login.example.org", "aud": "https://api.openai.com/v1"}, False),
        ({"iss": [ISSUER]}, False),
        ({}, False),
        ([ISSUER], None),
        (3, None),
    ],
)
def test_jwt_issuer(payload: Any, expected: bool | None):
    assert said("jwt-issuer-openai", token(payload)) is expected


def test_jwt_expiry():
    now = datetime.now(UTC)
    assert CHECKS["jwt-not-expired"](token({"exp": 1_700_000_000})) == Evidence(False, "expired 2023-11-14")
    tomorrow = now + timedelta(days=1)
    assert CHECKS["jwt-not-expired"](token({"exp": tomorrow.timestamp()})) == Evidence(
        True, f"valid until {tomorrow.date().isoformat()}"
    )


@pytest.mark.parametrize("value", [None, "soon", True, 1e300, -1e300, [], float("inf"), float("nan")])
def test_jwt_expiry_says_nothing_of_what_is_no_date(value: Any):
    assert said("jwt-not-expired", token({"exp": value})) is None


def test_jwt_without_expiry():
    assert said("jwt-not-expired", token({"iss": ISSUER})) is None


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"agent_private_key": "MC4C"}, True),
        ({"agent_private_key": ""}, False),
        ({"agent_private_key": 3}, False),
        ({"x": "agent_private_key"}, False),
        ("agent_private_key", None),
    ],
)
def test_jwt_private_key(payload: Any, expected: bool | None):
    assert said("jwt-private-key", token(payload)) is expected


DEEP = ".".join(("e30", base64.urlsafe_b64encode(b"[" * 40_000).decode(), "s"))
HUGE = ".".join(("e30", base64.urlsafe_b64encode(b'{"exp":' + b"9" * 5000 + b"}").decode(), "s"))
SHAPED = st.builds(
    "{}{}{}{}".format, st.sampled_from([*PREFIXES, "sk-", ""]), st.text(), st.just(keys.MARKER), st.text()
)
PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["iss", "exp", "a"]) | st.text(), inner),
)


MAKERS: list[keys.Builder] = [
    credentials.base62_token,
    credentials.grafana_token,
    credentials.gitlab_token,
    credentials.atlassian_token,
    credentials.aws_key_id,
    credentials.bedrock_key,
    credentials.bedrock_short_key,
    credentials.pypi_token,
    credentials.discord_token,
    credentials.telegram_token,
    credentials.signed_azure_key,
    credentials.ed25519_pem,
    credentials.openssh_pem,
    keys.azure_key,
    keys.groq_key,
]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a credential in which something was put in place of one stretch."""
    text = draw(st.sampled_from(MAKERS))(Random(draw(st.integers(0, 3))))
    start, end = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    return text[:start] + draw(st.text(max_size=8)) + text[end:]


@pytest.mark.parametrize("name", CHECKS)
@given(
    text=st.text()
    | damaged()
    | SHAPED
    | PAYLOADS.map(token)
    | st.from_regex(r"[A-Za-z0-9+/]{52}JQQJ99[A-Z]{2}.{16}ACOG.{4}")
)
@example(text=DEEP)
@example(text=HUGE)
@example(text="a.\ud800.b")
@example(text="a.é.b")
@example(text=VECTOR + "é" * 4)
@example(text="." * 70_000)
def test_no_text_makes_a_check_raise(name: str, text: str):
    evidence = CHECKS[name](text)
    assert evidence is None or (evidence.reason and "\n" not in evidence.reason)
