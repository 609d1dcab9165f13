"""Private keys in every envelope, against keys that the tests encode themselves."""

from __future__ import annotations

import base64
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.rules.checks.der import DerError, whole
from tests.support import credentials
from tests.support.checks import reason, said
from tests.support.credentials import der, der_number, pem, pkcs8_der

CHECK = "pem-well-formed"
RNG = Random(11)
ED25519 = credentials.ed25519_pem(RNG)
RSA = credentials.rsa_pem(RNG)
EC = der(0x30, der_number(1), der(0x04, RNG.randbytes(32)), der(0xA0, der(0x06, bytes.fromhex("2a8648ce3d030107"))))
KEYS = [
    (RSA, "RSA 1024"),
    (pem("PRIVATE KEY", pkcs8_der("2a864886f70d010101", credentials.rsa_der(RNG, 2048))), "RSA 2048"),
    (ED25519, "Ed25519"),
    (pem("PRIVATE KEY", pkcs8_der("2b656e", der(0x04, RNG.randbytes(32)))), "X25519"),
    (pem("EC PRIVATE KEY", EC), "EC"),
    (pem("PRIVATE KEY", pkcs8_der("2a8648ce3d0201", EC)), "EC"),
    (pem("DSA PRIVATE KEY", der(0x30, *map(der_number, [0, 2**1023 + 9, 7, 5, 3, 2]))), "DSA 1024"),
    (credentials.openssh_pem(RNG), "OpenSSH ssh-ed25519"),
    (pem("PGP PRIVATE KEY BLOCK", b"\x95\x01\xd8" + RNG.randbytes(500)), "PGP"),
    (pem("PGP PRIVATE KEY BLOCK", b"\xc5" + RNG.randbytes(500)), "PGP"),
]


@pytest.mark.parametrize(("text", "kind"), KEYS, ids=[kind for _, kind in KEYS])
def test_kinds(text: str, kind: str):
    assert reason(CHECK, text) == f"well-formed {kind} key"


@pytest.mark.parametrize(
    "written",
    [
        RSA.replace("\n", "\r\n"),
        RSA.replace("\n", "\\n"),
        RSA.replace("\n", "\\\\n"),
        RSA.replace("\n", '\\n" +\n  "'),
        RSA.replace("\n", '",\n  "'),
        "".join(f"+{line}\n" for line in RSA.splitlines()),
        RSA.replace("\n", "\n    "),
        base64.b64encode(RSA.encode()).decode(),
    ],
    ids=["windows", "escaped", "twice", "joined", "list", "patch", "indented", "base64"],
)
def test_however_it_is_written(written: str):
    assert reason(CHECK, written) == "well-formed RSA 1024 key"


def damaged(text: str, line: int) -> str:
    lines = text.splitlines()
    return "\n".join(lines[:line] + lines[line + 1 :])


def bare(text: str) -> str:
    return "".join(text.splitlines()[1:-1])


@pytest.mark.parametrize(("text", "kind"), KEYS[:6], ids=[kind for _, kind in KEYS[:6]])
def test_bodies_without_their_lines(text: str, kind: str):
    assert reason(CHECK, bare(text)) == f"well-formed {kind} key"


@pytest.mark.parametrize(
    "text", [bare(RSA)[:-8], bare(damaged(RSA, 3)), "MC4C", f"{bare(ED25519)} {bare(ED25519)}", "M密钥"]
)
def test_other_text_without_lines_says_nothing(text: str):
    assert said(CHECK, text) is None


ENCRYPTED = [
    pem("ENCRYPTED PRIVATE KEY", der(0x30, der(0x30, der(0x06, b"\x2a")), der(0x04, RNG.randbytes(90)))),
    pem("PRIVATE KEY", der(0x30, der(0x30, der(0x06, b"\x2a")), der(0x04, RNG.randbytes(90)))),
    RSA.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1),
    credentials.openssh_pem(RNG, "aes256-ctr"),
]


@pytest.mark.parametrize("text", ENCRYPTED)
def test_encrypted_keys(text: str):
    assert reason(CHECK, text) == "encrypted: of use only with its passphrase"
    assert said(CHECK, text) is False


@pytest.mark.parametrize(
    ("label", "body", "expected"),
    [
        ("RSA PRIVATE KEY", RNG.randbytes(143), False),
        ("RSA PRIVATE KEY", RNG.randbytes(144), None),
        ("EC PRIVATE KEY", RNG.randbytes(90), None),
        ("PRIVATE KEY", b"\x30\x82\x04\xa4" + bytes(292), False),
        ("PRIVATE KEY", b"\x30\x82\x04\xa4" + bytes(293), None),
        ("PRIVATE KEY", b"\x30\x81\xee" + bytes(40), None),
    ],
)
def test_what_ends_before_anything_secret_is_no_key(label: str, body: bytes, expected: bool | None):
    assert said(CHECK, pem(label, body)) is expected


def test_a_modulus_that_is_no_product_is_not_believed():
    lines = RSA.splitlines()
    lines[2] = ("B" if lines[2][0] != "B" else "C") + lines[2][1:]
    assert said(CHECK, "\n".join(lines)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
        damaged(RSA, 3),
        ED25519.replace("MC4C", "MC5C"),
        pem("PRIVATE KEY", RNG.randbytes(300)),
        pem("PRIVATE KEY", pkcs8_der("2b6570", b"no value")),
        pem("PRIVATE KEY", pkcs8_der("2b6599", der(0x04, b"x"))),
        pem("PRIVATE KEY", der(0x30, der(0x30), der(0x04, b"x"))),
        *(pem("EC PRIVATE KEY", der(0x30, der_number(at), der(0x04, RNG.randbytes(32)))) for at in (0, 2)),
        pem("RSA PRIVATE KEY", der(0x30, *[der_number(0)] * 9)),
        pem("PRIVATE KEY", pkcs8_der("2a864886f70d010101", der(0x30, *map(der_number, [0, 15, 1, 1, 3, 5])))),
        pem("CERTIFICATE", der(0x30, der_number(1))),
        pem("PGP PRIVATE KEY BLOCK", b"\x99" + RNG.randbytes(80)),
        pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0"),
        "LS0tLS1CRUdJTi密钥",
        "-----BEGIN PRIVATE KEY-----\n密钥\n-----END PRIVATE KEY-----",
        RSA + "x" * 40_000,
    ],
)
def test_what_cannot_be_read_says_nothing(text: str):
    assert said(CHECK, text) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02",
        b"\x02\x01",
        b"\x02\x01\x05\x00",
        b"\x02\x81\x05" + b"x" * 5,
        b"\x02\x80",
        b"\x02\x82\x00\x90" + b"x" * 144,
        b"\x02\x85\x01\x00\x00\x00\x00",
    ],
    ids=["empty", "tag", "short", "left over", "long form of a short length", "no end", "zero first", "huge"],
)
def test_der_is_read_strictly(data: bytes):
    with pytest.raises(DerError):
        whole(data)


@given(st.binary(max_size=80))
def test_der_of_any_bytes(data: bytes):
    try:
        part = whole(data)
    except DerError:
        return
    assert der(part.tag, part.content) == data


@given(st.integers(0, 2**200))
def test_numbers(number: int):
    assert whole(der_number(number)).number() == number


@pytest.mark.parametrize("data", [der(0x02), der(0x02, b"\x80"), der(0x04, b"\x01")])
def test_what_is_no_number(data: bytes):
    with pytest.raises(DerError):
        whole(data).number()
    with pytest.raises(DerError):
        whole(data).parts()


def test_sequences_are_bounded():
    with pytest.raises(DerError):
        whole(der(0x30, *[der_number(1)] * 40)).parts()


@pytest.mark.parametrize(("length", "expected"), [(3, None), (4, True), (60, True), (61, None), (200, None)])
def test_the_kind_of_an_openssh_key_is_a_short_name(length: int, expected: bool | None):
    def string(content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + content

    head = b"openssh-key-v1\0" + string(b"none") + string(b"none") + string(b"") + b"\0\0\0\1"
    data = head + string(string(b"k" * length) + string(b"p" * 32)) + string(b"secret" * 20)
    assert said(CHECK, pem("OPENSSH PRIVATE KEY", data)) is expected


@pytest.mark.parametrize(("size", "expected"), [(32_768, True), (32_769, None)])
def test_no_more_is_read_than_a_key_has(size: int, expected: bool | None):
    assert said(CHECK, RSA.ljust(size)) is expected


@pytest.mark.parametrize(
    ("first", "is_secret"),
    [(0x94, True), (0x97, True), (0x9C, True), (0xC5, True), (0xC7, True), (0x90, False), (0x98, False), (0xC6, False),
     (0xC4, False), (0x45, False), (0x14, False), (0xD5, False)],
)  # fmt: skip
def test_only_packets_of_secret_keys_are_keys_of_pgp(first: int, is_secret: bool):
    text = pem("PGP PRIVATE KEY BLOCK", bytes([first]) + RNG.randbytes(90))
    assert said(CHECK, text) is (True if is_secret else None)


@pytest.mark.parametrize(("count", "expected"), [(5, None), (6, True), (7, None), (8, None)])
def test_a_key_of_dsa_has_six_numbers(count: int, expected: bool | None):
    assert said(CHECK, pem("DSA PRIVATE KEY", der(0x30, *map(der_number, range(3, 3 + count))))) is expected


@pytest.mark.parametrize(
    "numbers", [[0, 15, 1, 1, 3, 4, 1, 1, 1], [0, 0, 1, 1, 0, 3, 1, 1, 1], [0, 15, 1, 1, 15, 3, 5, 1, 1]]
)
def test_a_modulus_is_the_product_of_the_two_primes_in_their_place(numbers: list[int]):
    assert said(CHECK, pem("RSA PRIVATE KEY", der(0x30, *map(der_number, numbers)))) is None
    fitting = [0, 15, 1, 1, 3, 5, 1, 1, 1]
    assert reason(CHECK, pem("RSA PRIVATE KEY", der(0x30, *map(der_number, fitting)))) == "well-formed RSA 4 key"
    more = der(0x30, *map(der_number, fitting), der(0x30, der(0x30, *map(der_number, [7, 1, 1]))))
    assert said(CHECK, pem("RSA PRIVATE KEY", more)) is True


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        (der(0x30, der(0x06, b"\x2b\x65\x70")), True),
        (der(0x30, der(0x06, b"\x2b\x65\x70"), der(0x05)), True),
        (der(0x30, der(0x06, b"\x2b\x65\x70"), der(0x06, b"\x2b\x65\x99")), True),
        (der(0x30), None),
        (der(0x30, der(0x04, b"\x2b\x65\x70")), None),
        (der(0x30, der(0x0C, b"\x2b\x65\x70")), None),
        (der(0x30, der(0x05), der(0x06, b"\x2b\x65\x70")), None),
    ],
)
def test_the_algorithm_is_named_first(algorithm: bytes, expected: bool | None):
    key = der(0x30, der_number(0), algorithm, der(0x04, der(0x04, b"k" * 32)))
    assert said(CHECK, pem("PRIVATE KEY", key)) is expected


@pytest.mark.parametrize("kind", [b"ssh-\nrsa", b"ssh-\xffrsa"])
def test_a_kind_that_is_no_name_is_not_repeated(kind: bytes):
    def string(content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + content

    head = b"openssh-key-v1\0" + string(b"none") * 2 + string(b"") + b"\0\0\0\1"
    assert said(CHECK, pem("OPENSSH PRIVATE KEY", head + string(string(kind)))) is None
    assert said(CHECK, pem("OPENSSH PRIVATE KEY", head + string(string(b"ssh-rsa")))) is True
    assert said(CHECK, pem("OPENSSH PRIVATE KEY", head + string(string(b"ssh-rsa"))[:-1])) is None


@pytest.mark.parametrize("size", [0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000])
def test_lengths_of_der_have_as_many_bytes_as_they_need(size: int):
    data = der(0x04, b"x" * size)
    assert whole(data).content == b"x" * size
    for other in (data[:-1], data + b"x"):
        with pytest.raises(DerError):
            whole(other)


@pytest.mark.parametrize(("count", "fits"), [(16, True), (17, False)])
def test_no_key_has_more_parts(count: int, fits: bool):
    value = whole(der(0x30, *[der_number(1)] * count))
    if fits:
        assert len(value.parts()) == count
    else:
        with pytest.raises(DerError):
            value.parts()
