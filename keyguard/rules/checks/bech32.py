"""Secret keys of age, written in Bech32: what stands behind the last 1 ends in six characters of checksum.

Sources: https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki and https://age-encryption.org/v1.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyguard.rules.checks.crc import FAILS, HOLDS
from keyguard.rules.checks.evidence import Evidence

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_LONGEST = 200


def age(text: str) -> Evidence | None:
    """Check a secret key of age."""
    if not text.isascii() or len(text) > _LONGEST or not (text.isupper() or text.islower()):
        return None
    name, one, data = text.lower().rpartition("1")
    if name != "age-secret-key-" or not one or not set(data) <= set(ALPHABET):
        return None
    return HOLDS if _polymod([*_expanded(name), *map(ALPHABET.index, data)]) == 1 else FAILS


def checksum_of(name: str, data: str) -> str:
    """Return the six characters that end a text of a name and data, in small letters."""
    total = _polymod([*_expanded(name), *map(ALPHABET.index, data), *[0] * 6]) ^ 1
    return "".join(ALPHABET[total >> 5 * (5 - place) & 31] for place in range(6))


def _expanded(name: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in name), 0, *(ord(letter) & 31 for letter in name)]


def _polymod(values: Iterable[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate(_GENERATOR):
            total ^= factor if top >> place & 1 else 0
    return total
