"""Tokens of bots and apps, marks of vendors, and what JSON Web Tokens tell."""

from __future__ import annotations

import base64
import json
from random import Random
from typing import Any

import pytest

from tests.support import credentials, keys
from tests.support.checks import changed, reason, said

FAR = 4_102_444_800


def jwt(header: Any, payload: Any) -> str:
    parts = [json.dumps(each).encode() for each in (header, payload)] + [b"s" * 48]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_discord():
    token = credentials.discord_token(Random(1), 175_928_847_299_117_063)
    assert reason("discord-bot", token) == "of bot 175928847299117063, made 2016-04-30"
    assert said("discord-bot", credentials.discord_token(Random(1), 99_999_999_999_999_999_999)) is True


@pytest.mark.parametrize("head", ["", "TUFZ", "MTIzNDU2Nzg5", "密钥", "x", base64.b64encode(b"1" * 30).decode()])
def test_discord_without_an_id(head: str):
    assert said("discord-bot", head + ".GabcdE." + "aZ" * 19) is False
    assert said("discord-bot", head) is None


def test_telegram():
    token = credentials.telegram_token(Random(2), "7412589630")
    assert reason("telegram-bot", token) == "of bot 7412589630"
    assert said("telegram-bot", token[:-1]) is None
    assert said("telegram-bot", token.replace(":AA", ":AB")) is None
    assert said("telegram-bot", "é" * 46) is None


def test_groq():
    key = keys.groq_key(Random(3))
    assert said("groq-marker", key) is True
    assert said("groq-marker", changed(key, 26)) is None
    assert said("groq-marker", key + "a") is None
    assert said("groq-marker", "gsk_é") is None


def test_google():
    key = keys.google_key(Random(4))
    assert said("google-key-start", key) is True
    assert said("google-key-start", key[:6] + "E" + key[7:]) is None
    assert said("google-key-start", key[:-1]) is None
    assert said("google-key-start", key[:-1] + "é") is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [({"alg": "HS256"}, True), ({"alg": "none"}, True), ({"alg": ""}, False), ({"alg": 3}, False), ([], False)],
)
def test_a_header_names_an_algorithm(header: Any, expected: bool):
    assert said("jwt-header", jwt(header, {})) is expected


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "é.é.é", "eyJ.eyJ.x"])
def test_what_is_no_token_has_no_header(text: str):
    assert said("jwt-header", text) is False


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_a_token_that_is_not_signed_is_worth_little(algorithm: str):
    assert reason("jwt-in-force", jwt({"alg": algorithm}, {"exp": FAR})) == "not signed: anyone can make it"
    assert said("jwt-in-force", jwt({"alg": algorithm}, {})) is False


def test_a_token_in_force():
    assert reason("jwt-in-force", jwt({"alg": "HS256"}, {"exp": FAR})) == "valid until 2100-01-01"
    assert said("jwt-in-force", jwt({"alg": "HS256"}, {"exp": 1_700_000_000})) is False
    assert said("jwt-in-force", jwt({"alg": "HS256"}, {})) is None
    assert said("jwt-in-force", "no token") is None


@pytest.mark.parametrize(
    ("payload", "expected"),
    [({"iss": "minimax"}, True), ({"GroupID": "17"}, True), ({"iss": "other"}, False), ([], None)],
)
def test_minimax(payload: Any, expected: bool | None):
    assert said("jwt-issuer-minimax", jwt({"alg": "RS256"}, payload)) is expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"iss": "supabase", "role": "service_role"}, True),
        ({"iss": "supabase-demo", "role": "service_role"}, True),
        ({"iss": "acme", "role": "service_role"}, False),
        ({"role": "service_role"}, False),
        ({"iss": "supabase", "role": "anon"}, False),
        ({"iss": "supabase", "role": ["service_role"]}, False),
        ({"iss": ["supabase"], "role": "service_role"}, False),
        (3, None),
    ],
)
def test_supabase(payload: Any, expected: bool | None):
    assert said("jwt-supabase-service", jwt({"alg": "HS256"}, payload)) is expected


@pytest.mark.parametrize(
    ("payload", "said_of"),
    [
        ({"sub": "system:serviceaccount:kube-system:admin.v1"}, "of service account kube-system:admin.v1"),
        ({"iss": "kubernetes/serviceaccount"}, "of a service account"),
        ({"iss": "kubernetes/serviceaccount", "sub": "\u001b[31m"}, "of a service account"),
        ({"sub": "system:serviceaccount:only"}, "of no service account"),
        ({"sub": 3}, "of no service account"),
    ],
)
def test_kubernetes(payload: Any, said_of: str):
    assert reason("jwt-kubernetes", jwt({"alg": "RS256"}, payload)) == said_of
    assert said("jwt-kubernetes", "no token") is None


def test_tokens_of_github_apps():
    token = jwt({"alg": "RS256"}, {"iss": "github", "exp": FAR})
    assert reason("github-app-token", f"ghs_123_{token}") == "valid until 2100-01-01"
    assert said("github-app-token", f"ghs_123_{jwt({'alg': 'RS256'}, {'exp': 1_700_000_000})}") is False
    assert reason("github-app-token", f"ghs_123_{jwt({'alg': 'RS256'}, {})}") == "of app 123"
    assert said("github-app-token", f"ghs_123_{jwt({'alg': 'RS256'}, {})}") is True
    assert said("github-app-token", f"ghs_123_{jwt({'typ': 'JWT'}, {'exp': FAR})}") is False
    assert said("github-app-token", "ghs_123_eyJhbGciOiJSUzI1NiJ9.x") is False


@pytest.mark.parametrize(
    "text", ["", "ghs_", "ghs_123_", "ghs_x_eyJ", "ghs_123_eyJé", credentials.base62_token(Random(5), "ghs_")]
)
def test_other_tokens_of_github_say_nothing_of_an_app(text: str):
    assert said("github-app-token", text) is None


@pytest.mark.parametrize(("size", "expected"), [(1 << 16, True), ((1 << 16) + 1, None)])
def test_no_longer_text_is_read_as_a_token(size: int, expected: bool | None):
    text = jwt({"alg": "RS256"}, {"iss": "minimax"})
    assert said("jwt-issuer-minimax", text + "s" * (size - len(text))) is expected


def test_a_token_has_three_parts():
    text = jwt({"alg": "RS256"}, {"iss": "minimax"})
    for other in (text + ".", "." + text, text.rpartition(".")[0], text.replace(".", "", 1)):
        assert said("jwt-issuer-minimax", other) is None


@pytest.mark.parametrize(
    ("check", "payload", "words"),
    [
        ("jwt-supabase-service", {"iss": "supabase", "role": "service_role"}, "role service_role"),
        ("jwt-supabase-service", {"iss": "supabase", "role": "anon"}, "another role than service_role"),
        ("jwt-supabase-service", {"iss": "acme"}, "another issuer than Supabase"),
        ("jwt-issuer-minimax", {"iss": "minimax"}, "issued by MiniMax"),
        ("jwt-issuer-minimax", {"iss": "acme"}, "not issued by MiniMax"),
        ("jwt-issuer-openai", {"iss": "https://auth.openai.com"}, "issued by OpenAI's login"),
        ("jwt-issuer-openai", {"iss": "acme"}, "not issued by OpenAI"),
        ("jwt-private-key", {"agent_private_key": "x"}, "carries an agent's private key"),
        ("jwt-private-key", {}, "carries no private key"),
        ("jwt-header", {}, "its header names an algorithm"),
    ],
)
def test_what_a_token_says_in_words(check: str, payload: Any, words: str):
    assert reason(check, jwt({"alg": "RS256"}, payload)) == words
