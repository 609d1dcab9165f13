"""Keys that Azure signs."""

from __future__ import annotations

import base64
import struct
import zlib
from random import Random

import pytest

from keyguard.rules.checks.azure import checksums
from tests.support import credentials, keys
from tests.support.checks import changed, reason, said

FAMILIES = {
    "AZDO": "Azure DevOps",
    "AZMP": "Azure Maps",
    "AZEG": "Azure Event Grid",
    "AZCS": "Azure Communication Services",
    "AZAC": "Azure App Configuration",
    "APIM": "Azure API Management",
    "zzzz": "Azure",
}
IDENTIFIABLE = [
    ("+ASt", 64, "Default0"),
    ("ACDb", 64, "MastRW00"),
    ("ACDb", 64, "MastRO00"),
    ("AzCa", 32, "Access00"),
    ("+ASb", 32, "Listen00"),
    ("+AEh", 32, "Send0000"),
    ("AIoT", 32, "IoTHub00"),
    ("APIM", 64, "Gatewy00"),
    ("AzFu", 40, "Master00"),
    ("AzSe", 39, "PAdmin00"),
    ("+ACR", 39, "ACRDflt0"),
]


@pytest.mark.parametrize(("family", "name"), FAMILIES.items())
def test_annotated_keys_of_every_family(family: str, name: str):
    key = keys.azure_key(Random(1), "A", family=family)
    assert reason("azure-checksum", key) == f"checksum holds: {name} key made in 2026-07"
    assert said("azure-checksum", changed(key, 5)) is False


def test_annotated_keys_in_the_long_form():
    key = keys.azure_key(Random(2), family="AZEG")
    digest = struct.pack("<I", keys.marvin32(base64.b64decode(key[:80])))
    long = key[:80] + base64.b64encode(digest).decode()
    if not long[:-2].isalnum():
        long = (
            key[:80]
            + credentials.numeral(int.from_bytes(digest, "big"), keys.DIGITS + keys.UPPER + keys.LOWER, 6)
            + "=="
        )
    assert said("azure-checksum", long) is True
    assert said("azure-checksum", changed(long, 3)) is False


@pytest.mark.parametrize(("mark", "size", "seed"), IDENTIFIABLE)
def test_identifiable_keys(mark: str, size: int, seed: str):
    key = credentials.signed_azure_key(Random(3), mark, size, seed)
    assert said("azure-identifiable", key) is True
    assert said("azure-identifiable", key.replace("+", "-").replace("/", "_")) in (True, None)
    other = changed(key, 4)
    assert said("azure-identifiable", other) is (False if mark in ("+ASt", "ACDb", "AzCa") else None)


@pytest.mark.parametrize(
    "text", ["", "+ASt", "é" * 88, "A" * 76 + "+ASt" + "A" * 6, "A" * 76 + "+AXy" + "A" * 6 + "=="]
)
def test_identifiable_says_nothing_of_other_text(text: str):
    assert said("azure-identifiable", text) in (None, False)
    assert said("azure-identifiable", text[:-1]) is None


def devops_pat(rng: Random, seed: int = 0xE0B9692D) -> str:
    data = bytearray(rng.randbytes(33))
    signed = data[:2] + data[3:7] + data[9:22] + data[23:32]
    data[22], data[8], data[7], data[2] = struct.pack("<I", zlib.crc32(signed) ^ seed)
    return base64.b32encode(data).decode().lower()[:52]


@pytest.mark.parametrize("seed", [0xE0B9692D, 0x1019F92E])
def test_older_tokens_of_devops(seed: int):
    token = devops_pat(Random(4), seed)
    assert said("azure-devops-checksum", token) is True
    assert said("azure-devops-checksum", changed(token, 20)) is None
    assert said("azure-devops-checksum", token[:-1]) is None
    assert said("azure-devops-checksum", "é" * 52) is None


@pytest.mark.parametrize("signed", ["", "A" * 76, "A" * 79, "A" * 81, "A" * 84, "é" * 80])
def test_a_checksum_is_made_over_eighty_characters(signed: str):
    assert checksums(signed) == ()


@pytest.mark.parametrize("signed", ["A" * 80, "24964".rjust(80, "k"), "b" * 80])
def test_each_form_of_a_checksum_has_its_length(signed: str):
    made = struct.pack("<I", keys.marvin32(base64.b64decode(signed)))
    number = credentials.numeral(int.from_bytes(made, "big"), keys.DIGITS + keys.UPPER + keys.LOWER, 6)
    digits = number.lstrip("0").ljust(6, "0")
    assert checksums(signed) == (
        base64.b64encode(made).decode()[:4], digits[:4], base64.b64encode(made).decode(), f"{digits}=="
    )  # fmt: skip
