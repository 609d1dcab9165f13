"""Private keys that are kept without the lines of PEM around them, as Alipay and SAML have them."""

from __future__ import annotations

from random import Random

import pytest

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Confidence, Match, Origin, Where
from keyguard.rules import loader
from tests.support import credentials
from tests.support.credentials import der, der_number

ENGINE = Engine(loader.load(), bulk=False)
RNG = Random(31)
RSA = credentials.rsa_pem(RNG, 2048)
RSA_ENCRYPTION = der(0x30, der(0x06, bytes.fromhex("2a864886f70d010101")), der(0x05))
PKCS8 = credentials.pem(
    "PRIVATE KEY", der(0x30, der_number(0), RSA_ENCRYPTION, der(0x04, credentials.rsa_der(RNG, 2048)))
)
ED25519 = credentials.ed25519_pem(RNG)


def body(pem: str) -> str:
    return "".join(pem.splitlines()[1:-1])


def found(text: str) -> list[tuple[str, Confidence, str]]:
    matches = ENGINE.detect(Chunk(Origin(Where.FILE, "a.properties"), text.encode()))
    return [(match.rule, match.confidence, match.secret.reveal()) for match in matches if isinstance(match, Match)]


@pytest.mark.parametrize("pem", [RSA, PKCS8, ED25519, ED25519.replace("\n", "\r\n"), ED25519.replace("\n", "\\n")])
def test_the_body_of_a_key_in_pem_is_no_key_of_its_own(pem: str) -> None:
    assert [rule for rule, _, _ in found(pem)] == ["pem-private-key"]


@pytest.mark.parametrize("separator", ["", "\n", "\\n", " "])
def test_the_body_of_a_key_of_which_pem_lines_are_left_out_is_told_once(separator: str) -> None:
    begin, end = ED25519.splitlines()[0], ED25519.splitlines()[-1]
    assert len(found(f"{begin}{separator}{body(ED25519)}{separator}{end}")) == 1


@pytest.mark.parametrize("pem", [RSA, PKCS8, ED25519])
@pytest.mark.parametrize("line", ["alipay.private-key={}\n", 'KEY="{}"\n', "私钥{}，勿外传", "<prv>{}</prv>", "{}"])
def test_a_bare_key_is_found_and_read(pem: str, line: str) -> None:
    assert found(line.format(body(pem))) == [("der-private-key", Confidence.HIGH, body(pem))]


def test_one_that_cannot_be_read_is_weak() -> None:
    changed = body(PKCS8)[:400] + body(PKCS8)[480:]
    assert found(f"KEY={changed}\n") == [("der-private-key", Confidence.LOW, changed)]
