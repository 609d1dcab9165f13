"""What a private key in PEM, or the body alone, says: which kind it is, and whether a passphrase protects it.

Formats: RFC 8017 (RSA), RFC 5915 (EC), RFC 5958 (PKCS#8, also encrypted), RFC 9580 (PGP) and OpenSSH's PROTOCOL.key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyguard.rules.checks import der
from keyguard.rules.checks.bases import decoded
from keyguard.rules.checks.der import DerError, Part
from keyguard.rules.checks.evidence import Evidence

_ARMOUR = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,40}?)PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END|\Z)", re.DOTALL)
_BREAKS = re.compile(r"\\{1,4}[nrt]")
_JOINTS = re.compile(r"[\"'`]\s*[+.,]?\s*[\"'`]")
"""Between the strings that a program puts together to a key."""
_ADDED = re.compile(r"^\s*\+", re.MULTILINE)
"""What a patch has before each line."""
_PGP_ENDS = re.compile(r"^(?:Version|Comment|Hash|Charset): [^\n]*|\n=[A-Za-z0-9+/]{4}\s*\Z", re.MULTILINE)
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=]+")
_LONGEST = 1 << 15
_WRAPPED = "LS0tLS1CRUdJTi"
"""The beginning of PEM that is base64 itself."""
_BARE = re.compile(r"M[A-Za-z0-9+/]+={0,2}")
"""A key without the lines around it: DER in base64, whose first byte is 30."""
_ENCRYPTED = Evidence(False, "encrypted: of use only with its passphrase")
_LEAST_RSA = 144
"""Bytes before the first secret number of an RSA key of 1024 bits: what is shorter holds only what is public."""
_CUT_OFF = Evidence(False, "cut off before anything secret")
_OPENSSH = b"openssh-key-v1\0"
_KINDS = {
    bytes.fromhex("2a864886f70d010101"): "RSA",
    bytes.fromhex("2a8648ce3d0201"): "EC",
    bytes.fromhex("2a8648ce380401"): "DSA",
    bytes.fromhex("2b656e"): "X25519",
    bytes.fromhex("2b656f"): "X448",
    bytes.fromhex("2b6570"): "Ed25519",
    bytes.fromhex("2b6571"): "Ed448",
}
"""Names of object identifiers: 1.2.840.113549.1.1.1, 1.2.840.10045.2.1, 1.2.840.10040.4.1, 1.3.101.110 to 113."""
_SECRET_PACKETS = (5, 7)
"""Secret key and secret subkey of PGP."""


def well_formed(text: str) -> Evidence | None:
    """Say which kind of key it is, or that it is encrypted; nothing of a body that cannot be read.

    Such a body may be made up, or a real one in which lines are missing.
    """
    if len(text) > _LONGEST:
        return None
    if text.startswith(_WRAPPED):
        text = (decoded(text) or b"").decode("latin-1")
    if _BARE.fullmatch(text):
        return _read("", decoded(text) or b"")
    armour = _ARMOUR.search(text)
    if not armour:
        return None
    if "ENCRYPTED" in armour[1] or "ENCRYPTED" in armour[2]:
        return _ENCRYPTED
    read = (_read(armour[1].strip(), data) for data in _bodies(armour[2]))
    return next((evidence for evidence in read if evidence), None)


def _bodies(body: str) -> Iterator[bytes]:
    """Yield the ways to read the base64: with a plus that begins a line, and without."""
    body = _PGP_ENDS.sub("", _JOINTS.sub("\n", _BREAKS.sub("\n", body)))
    yield decoded(_NO_BASE64.sub("", body)) or b""
    yield decoded(_NO_BASE64.sub("", _ADDED.sub("", body))) or b""


def _read(label: str, data: bytes) -> Evidence | None:
    if data.startswith(_OPENSSH):
        return _openssh(data[len(_OPENSSH) :])
    if label == "PGP":
        return _pgp(data)
    try:
        return _of_parts(der.whole(data).parts())
    except DerError:
        return _CUT_OFF if _is_cut_off(label, data) else None


def _is_cut_off(label: str, data: bytes) -> bool:
    """Whether so little of a key is there that nothing in it can be secret.

    A key that says it has 256 bytes or more is RSA's or DSA's, and its first quarter is public.
    """
    if label == "RSA" and 0 < len(data) < _LEAST_RSA:
        return True
    return data[:2] == b"\x30\x82" and 4 * len(data) < int.from_bytes(data[2:4], "big")


def _of_parts(parts: list[Part]) -> Evidence | None:
    """Tell the kind of a DER key by what stands in it, whatever its label says; raises `DerError`."""
    tags = [part.tag for part in parts]
    if tags[:2] == [der.SEQUENCE, der.OCTETS]:
        return _ENCRYPTED if [part.tag for part in parts[0].parts()][:1] == [der.OBJECT] else None
    if tags[:3] == [der.INTEGER, der.SEQUENCE, der.OCTETS]:
        return _pkcs8(parts[1].parts(), der.whole(parts[2].content))
    if tags[:2] == [der.INTEGER, der.OCTETS]:
        return _kind("EC") if parts[0].number() == 1 else None
    if tags[:9] == [der.INTEGER] * 9:
        return _rsa(parts)
    return _kind(f"DSA {parts[1].number().bit_length()}") if tags == [der.INTEGER] * 6 else None


def _kind(name: str) -> Evidence:
    return Evidence(True, f"well-formed {name} key")


def _pkcs8(algorithm: list[Part], key: Part) -> Evidence | None:
    kind = _KINDS.get(algorithm[0].content) if algorithm and algorithm[0].tag == der.OBJECT else None
    return _rsa(key.parts()) if kind == "RSA" else _kind(kind) if kind else None


def _rsa(parts: list[Part]) -> Evidence | None:
    """Tell the size if the modulus is the product of the primes, which a made-up one is not."""
    numbers = [part.number() for part in parts[:9]]
    if len(numbers) < 9 or not numbers[1] or numbers[1] != numbers[4] * numbers[5]:
        return None
    return _kind(f"RSA {numbers[1].bit_length()}")


def _openssh(data: bytes) -> Evidence | None:
    """Tell the kind that the public half names: cipher, derivation, its options and a number stand before it."""
    cipher, data = _string(data)
    for _ in range(2):
        _, data = _string(data)
    public, _ = _string(data[4:])
    kind, _ = _string(public)
    if not kind.isascii() or not 3 < len(kind) <= 60 or b"\n" in kind:
        return None
    return _kind(f"OpenSSH {kind.decode()}") if cipher == b"none" else _ENCRYPTED


def _string(data: bytes) -> tuple[bytes, bytes]:
    """Return a string with its length in four bytes before it, and what follows; an empty one if it is cut off."""
    end = 4 + int.from_bytes(data[:4], "big")
    return (data[4:end], data[end:]) if end <= len(data) else (b"", b"")


def _pgp(data: bytes) -> Evidence | None:
    """Tell a packet of a secret key, by a header of today's form or the old one."""
    first = data[0] if data else 0
    tag = first & 0x3F if first & 0x40 else first >> 2 & 0x0F
    return _kind("PGP") if first & 0x80 and tag in _SECRET_PACKETS else None
