from __future__ import annotations

import base64
import random

import pytest

from keyguard.detection.digests import is_in_digest, is_in_encoded
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from tests.support import keys

PART = b"fw_abc"


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b""), (b"sha256 = ", b""), (b"sha256=ab,", b""), (b"x=ab", b""), (b"sha257=", b""), (b"mysha256=", b""),
     (b"sha256=" + b"a" * 40, b"a" * 60), (b"sha512-" + b"a" * 90, b"")],
)  # fmt: skip
def test_what_is_no_part_of_a_digest(before: bytes, after: bytes) -> None:
    data = before + PART + after
    assert not is_in_digest(data, len(before), len(before) + len(PART))


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"a/b.py,sha256=", b"x" * 37 + b",12"), (b"sha256=" + b"x" * 20, b"y" * 17), (b'"sha512-', b"x" * 80 + b'=="'),
     (b"example.org/x v1 h1:ab", b"cd="), (b"SHA384-", b"")],
)  # fmt: skip
def test_what_is_a_part_of_one(before: bytes, after: bytes) -> None:
    data = before + PART + after
    assert is_in_digest(data, len(before), len(before) + len(PART))


KEY = "fw_" + keys.text(random.Random(2), keys.ALNUM, 24)
STRETCH = base64.urlsafe_b64encode(random.Random(1).randbytes(900)).decode()
WRAPPED = base64.encodebytes(random.Random(1).randbytes(900)).decode()


def in_the_middle(text: str, at: int) -> str:
    return text[:at] + KEY + text[at + len(KEY) :]


def stands_in_encoded(text: str) -> bool:
    start = text.index(KEY)
    return is_in_encoded(text.encode(), start, start + len(KEY))


@pytest.mark.parametrize(
    "text",
    [
        KEY, f"key={KEY}", f"{'x' * 300}{KEY}", f"{'0' * 300}-{KEY}{'0' * 300}", f"https://acme.example/{KEY}",
        f"{STRETCH[:60]}{KEY}{STRETCH[:60]}", f"{STRETCH}\n{KEY}\n{STRETCH}", f'"{STRETCH}","{KEY}"',
        "/srv/www/htdocs/vendor/Some/Very/Long/Path/" * 4 + KEY, f"+{KEY}\n" * 30, f"{KEY}\n" * 30,
        f"{WRAPPED}{KEY}\n{WRAPPED}", in_the_middle(WRAPPED, 20)[:100] + "\n",
    ],
)  # fmt: skip
def test_what_stands_in_no_encoded_data(text: str) -> None:
    assert not stands_in_encoded(text)


@pytest.mark.parametrize(
    "text",
    [
        in_the_middle(STRETCH, 0), in_the_middle(STRETCH, 400), f"{STRETCH}{KEY}", in_the_middle(WRAPPED, 400),
        f"gpgsig -----BEGIN PGP SIGNATURE-----\n \n{in_the_middle(WRAPPED, 100)}",
        f"{in_the_middle(WRAPPED[:770], 700)}=oMDP\n-----END PGP SIGNATURE-----\n\nMerge\n",
        in_the_middle(WRAPPED, 400).replace("\n", "\r\n"), in_the_middle(WRAPPED, 400).replace("\n", "\n "),
        in_the_middle(WRAPPED, 400).replace("\n", '\\n"\n    + "'),
        in_the_middle(WRAPPED, 30), f"{WRAPPED[:770]}abcdefghi{KEY}",
    ],
)  # fmt: skip
def test_what_stands_in_encoded_data(text: str) -> None:
    assert stands_in_encoded(text)


@pytest.mark.parametrize("bulk", [True, False])
def test_a_key_in_encoded_data_needs_more_than_a_short_prefix(bulk: bool) -> None:
    catalogue = loader.load()
    engine = Engine(catalogue, bulk=bulk)
    real = [keys.legacy_key(keys.fresh()), catalogue.by_id["github-pat-classic"].examples[0].secret or ""]
    for key, kept in [(KEY, False), *((key, True) for key in real)]:
        text = f"{STRETCH[:400]}_{key}.{STRETCH[400:]}"
        found = engine.detect(Chunk(Origin(Where.FILE, "a"), text.encode()))
        assert (key in [each.secret.reveal() for each in found if isinstance(each, Match)]) is kept
