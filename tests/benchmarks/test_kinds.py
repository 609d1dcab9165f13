"""The keys have the form that their issuers give them, and the checksums of those that have one hold."""

from __future__ import annotations

import base64
import json
import re
import string
import struct
import uuid
import zlib
from random import Random

import pytest

from benchmarks.detection.checksums import azure, marvin32
from benchmarks.detection.kinds import GROUPS, KINDS

BY_ID = {kind.id: kind for kind in KINDS}
SEEDS = range(40)
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def keys(name: str) -> list[str]:
    return [BY_ID[name].key(Random(seed)).text for seed in SEEDS]


def number(text: str, digits: str) -> int:
    value = 0
    for digit in text:
        value = value * len(digits) + digits.index(digit)
    return value


def b64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_kinds_are_many_and_distinct():
    assert len({kind.id for kind in KINDS}) == len(KINDS) >= 60
    assert sum(map(len, GROUPS.values())) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_keys_differ_by_seed_alone(kind):
    assert kind.key(Random(1)) == kind.key(Random(1)) != kind.key(Random(2))
    assert kind.names, "it needs a name to stand beside"


LENGTHS = {
    "openai-legacy": 51, "openai-project-20": 56, "openai-project-58": 132, "openai-project-74": 164,
    "openai-service-account-20": 59, "openai-service-account-46": 111, "openai-service-account-57": 134,
    "openai-service-account-59": 138, "openai-service-account-74": 167, "openai-admin-58": 133,
    "openai-admin-74": 165, "openai-user-none": 56, "openai-ephemeral": 35, "openai-session": 45,
    "azure-openai": 84, "anthropic-api": 108, "anthropic-admin": 110, "openrouter": 73, "groq": 56, "xai": 84,
    "bedrock-long": 132, "github-classic": 40, "github-fine-grained": 93, "notion": 50, "jfrog-reference": 64,
}  # fmt: skip


@pytest.mark.parametrize("name", LENGTHS)
def test_length(name):
    assert set(map(len, keys(name))) == {LENGTHS[name]}


@pytest.mark.parametrize("name", [name for name in LENGTHS if name.startswith("openai-") and LENGTHS[name] > 100])
def test_long_openai_bodies_end_in_a_zero_byte(name):
    for key in keys(name):
        body = key.split("-", 2)[2]
        assert b64url(body)[-1] == 0
        assert abs(len(body) - 2 * body.index(base64.b64encode(b"OpenAI").decode()) - 8) <= 1


@pytest.mark.parametrize("name", ["github-classic", "github-oauth", "github-user-to-server", "github-app-old", "npm"])
def test_github_and_npm_checksum(name):
    for key in keys(name):
        body = key.split("_")[1]
        assert number(body[-6:], BASE62) == zlib.crc32(body[:-6].encode())


@pytest.mark.parametrize("name", ["gitlab-routable", "gitlab-versioned"])
def test_gitlab_length_and_checksum(name):
    digits = string.digits + string.ascii_lowercase
    for key in keys(name):
        payload = key.removeprefix("glpat-").split(".")[0]
        assert number(key[-9:-7], digits) == len(payload)
        assert number(key[-7:], digits) == zlib.crc32(key[:-7].encode())
        assert b64url(payload)[-1] == 16


def test_grafana_checksum():
    for key in keys("grafana"):
        assert struct.unpack("<I", bytes.fromhex(key[-8:]))[0] == zlib.crc32(key[:-9].encode())


def test_atlassian_checksum():
    for key in keys("atlassian"):
        assert int(key[-8:], 16) == zlib.crc32(key[:-8].encode())
        assert key[-8:] == key[-8:].upper()


def test_cloudflare_checksum():
    for key in keys("cloudflare"):
        assert int(key[-8:], 16) == zlib.crc32(key[5:-8].encode())


def test_azure_checksum():
    """The vector is made up; its hash was worked out from Microsoft's description of these keys."""
    signed = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[:52] + "JQQJ" + "99CG"
    signed += "ACHYHv6XJ3w3" + "AAAB" + "ACOG"
    assert marvin32(base64.b64decode(signed)) == 0xF7CDDACE
    assert azure(signed) == "ztrN"
    for key in keys("azure-openai"):
        assert re.fullmatch(r"[A-Za-z0-9]{52}JQQJ99[BC][A-L]AC[A-Z0-9]{5}XJ3w3AAABACOG[A-Za-z0-9]{4}", key)
        assert azure(key[:80]) == key[80:]


def test_relay_tokens_hold_a_uuid_in_alternating_case():
    for key in keys("one-api-relay"):
        tail = key[-32:]
        assert uuid.UUID(tail).version == 4
        assert all(digit == (digit.upper() if at % 2 == 0 else digit.lower()) for at, digit in enumerate(tail))


def test_encoded_parts():
    for key in keys("groq"):
        assert base64.b64decode(key[24:32]) == b"XgroqX"
    for key in keys("bedrock-long"):
        plain = base64.b64decode(key[4:])
        assert re.match(rb"BedrockAPIKey-[a-z0-9]{4}-at-\d{12}:", plain)
    for key in keys("bedrock-short"):
        assert base64.b64decode(key.removeprefix("bedrock-api-key-")).startswith(b"bedrock.amazonaws.com/?Action=")
    for key in keys("pypi"):
        assert b64url(key.removeprefix("pypi-")).startswith(b"\x02\x01\x08pypi.org\x02")
    for key in keys("discord-bot"):
        assert b64url(key.split(".")[0]).isdigit()
    for key in keys("jfrog-reference"):
        assert base64.b64decode(key).startswith(b"reftkn:01:")


@pytest.mark.parametrize("name", ["codex-access-token", "codex-agent-identity", "jwt"])
def test_tokens_parse(name):
    for key in keys(name):
        header, payload, _ = key.split(".")
        assert json.loads(b64url(header))["alg"] in ("RS256", "EdDSA", "HS256")
        assert json.loads(b64url(payload))["exp"] > 4e9


@pytest.mark.parametrize("name", ["pem-ed25519", "pem-rsa", "google-service-account"])
def test_private_keys_are_well_formed(name):
    for seed in (1, 2, 3):
        key = BY_ID[name].key(Random(seed))
        lines = key.text.split("\n")
        assert key.secret in lines[1:-1]
        assert all(len(line) <= 64 for line in lines)
        assert length_of(base64.b64decode("".join(lines[1:-1]))) == len(base64.b64decode("".join(lines[1:-1])))


def length_of(der: bytes) -> int:
    """The whole length of a DER value."""
    assert der[0] == 0x30
    if der[1] < 0x80:
        return 2 + der[1]
    size = der[1] & 0x7F
    return 2 + size + int.from_bytes(der[2 : 2 + size], "big")
