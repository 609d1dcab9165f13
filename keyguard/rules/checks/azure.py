"""Keys that Azure signs: the annotated ones, which tell their service and month, and the older identifiable ones.

Layout and seeds: https://github.com/microsoft/security-utilities.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Mapping

from keyguard.rules.checks import marvin
from keyguard.rules.checks.bases import BASE62, decoded, written
from keyguard.rules.checks.evidence import Evidence

SIGNED = 80
"""How many characters of an annotated key the checksum is made over."""
_ANNOTATED = re.compile(
    r"[A-Za-z0-9]{52}JQQJ9[9DH]([A-Z])([A-L])[A-Za-z0-9]{15}([A-Za-z0-9])([A-Za-z][A-Za-z0-9]{3})"
    r"[A-Za-z0-9]{4}(?:[A-Za-z0-9]{2}==)?"
)
_FIRST_YEAR = 2024
_FAMILIES: Mapping[str, str] = {
    "AZAC": "Azure App Configuration",
    "AZCS": "Azure Communication Services",
    "AZDO": "Azure DevOps",
    "AZEG": "Azure Event Grid",
    "AZFR": "Azure Fluid Relay",
    "AZMP": "Azure Maps",
    "AZMR": "Azure Mixed Reality",
    "APIM": "Azure API Management",
}
_COGNITIVE = "ACOG"
_SERVICES: Mapping[str, str] = {
    "A": "Azure AI services",
    "B": "Azure OpenAI",
    "C": "Azure Anomaly Detector",
    "D": "Azure Anomaly Detector",
    "E": "Azure Cognitive Services",
    "F": "Azure Vision",
    "G": "Azure Content Moderator",
    "H": "Azure Content Safety",
    "I": "Azure Custom Vision",
    "J": "Azure Custom Vision",
    "K": "Azure Face",
    "L": "Azure Form Recognizer",
    "Y": "Azure Speech",
    "Z": "Azure Speech",
    "a": "Azure Language",
    "b": "Azure Translator",
}
_IDENTIFIABLE = re.compile(r"[A-Za-z0-9+/_-]{33,76}([+A][A-Z][A-Za-z]{2}|Az[A-Z][a-z])[A-Za-z0-9+/_-]{6}={0,2}")
_MESSAGING = ("Send0000", "Manage00", "Listen00", "System00", "Unknown0")
_SEEDS: Mapping[str, tuple[str, ...]] = {
    "+ASt": (marvin.ANNOTATED,),
    "ACDb": ("MastRW00", "MastRO00", "SystRW00", "SystRO00", "SysAll00", "Resour00", "Encryp00"),
    "AzCa": ("Access00",),
    "+ASb": _MESSAGING,
    "+AEh": _MESSAGING,
    "+ARm": _MESSAGING,
    "AzFu": ("Functi00", "Master00", "System00"),
    "AzSe": ("Query000", "PAdmin00"),
    "+ACR": ("ACRDflt0",),
    "AIoT": ("IoTHub00", "DpsKey00", "Device00"),
    "APIM": ("Tenant00", "IoTHub00", "Gatewy00", "GitKey00"),
    "+ABa": ("AbAcct00",),
    "AZEG": ("SendRecv",),
}
"""The seeds by which the services whose mark stands before the checksum make it."""
_SEEN = ("+ASt", "ACDb", "AzCa")
"""Services of which keys with a checksum that holds have been seen: for them one that does not is a no."""
_PAT = re.compile(r"[a-z2-7]{52}")
_PAT_SEEDS = (0xE0B9_692D, 0x1019_F92E)


def checked(text: str) -> Evidence | None:
    """Say whether the checksum holds, and if so what the key is for and in which month it was made."""
    key = _ANNOTATED.fullmatch(text)
    if not key:
        return None
    if text[SIGNED:] not in checksums(text[:SIGNED]):
        return Evidence(False, "checksum does not hold")
    year, month = _FIRST_YEAR + ord(key[1]) - ord("A"), ord(key[2]) - ord("A") + 1
    family = _SERVICES.get(key[3], "Azure AI service") if key[4] == _COGNITIVE else _FAMILIES.get(key[4], "Azure")
    return Evidence(True, f"checksum holds: {family} key made in {year}-{month:02}")


def checksums(signed: str) -> tuple[str, ...]:
    """Return the forms of the checksum over the first 80 characters of a key; none if they are no base64.

    Four characters in base64 or in base 62, and what keys of 88 characters have, which is all of it.
    """
    data = decoded(signed)
    if data is None or len(signed) != SIGNED:
        return ()
    made = marvin.hashed(data)
    digits = written(int.from_bytes(made, "big"), BASE62).ljust(6, "0")
    return base64.b64encode(made[:3]).decode(), digits[:4], base64.b64encode(made).decode(), f"{digits}=="


def identifiable(text: str) -> Evidence | None:
    """Say whether the hash that ends a storage, database or messaging key holds."""
    key = _IDENTIFIABLE.fullmatch(text)
    data = decoded(text) if key and key[1] in _SEEDS else None
    if key is None or data is None:
        return None
    if any(marvin.hashed(data[:-4], seed) == data[-4:] for seed in _SEEDS[key[1]]):
        return Evidence(True, "checksum holds")
    return Evidence(False, "checksum does not hold") if key[1] in _SEEN else None


def devops_pat(text: str) -> Evidence | None:
    """Hold for an older token of Azure DevOps: 32 bytes in base32, between which four of a CRC are strewn."""
    if not _PAT.fullmatch(text):
        return None
    data = base64.b32decode(text.upper() + "====")
    crc = bytes((data[22], data[8], data[7], data[2]))
    signed = zlib.crc32(data[:2] + data[3:7] + data[9:22] + data[23:32])
    holds = any((signed ^ seed).to_bytes(4, "little") == crc for seed in _PAT_SEEDS)
    return Evidence(True, "checksum holds") if holds else None
