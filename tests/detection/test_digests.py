from __future__ import annotations

import base64
import random

import pytest

from keyguard.detection.digests import _looks_random, is_in_digest, is_in_encoded
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


@pytest.mark.parametrize(("before", "after"), [(82, 0), (0, 82), (40, 42)])
def test_a_digest_has_88_characters_at_most(before: int, after: int) -> None:
    data = b"sha512-" + b"a" * before + PART + b"b" * after
    assert is_in_digest(data, 7 + before, 7 + before + len(PART))
    assert is_in_digest(data + b'"', 7 + before, 7 + before + len(PART))
    assert not is_in_digest(data + b"c", 7 + before, 7 + before + len(PART))


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
        f"{WRAPPED[:770]}{KEY}\n----- all\n", f"a\n{KEY}\n-----END OF KEYS-----\n",
        f"{WRAPPED[:770]}t={KEY}\n-----END X-----\n",
        f"{KEY}&#xA;" * 30, f"{KEY}\\n" * 30, f"{KEY}\r" * 30, f"{STRETCH[:60]}\\t{KEY}\\n{STRETCH[:60]}",
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
        in_the_middle(WRAPPED, 400).replace("\n", '\\n"\n    + "'), in_the_middle(WRAPPED, 400).replace("\n", "\r"),
        *(in_the_middle(WRAPPED, at).replace("\n", "\\n") for at in (385, 400, 431)),
        in_the_middle(WRAPPED, 400).replace("\n", "\\\\r\\\\n"),
        in_the_middle(WRAPPED, 400).replace("\n", "&#xA;"), in_the_middle(WRAPPED, 400).replace("\n", "&#13;&#10;"),
        in_the_middle(WRAPPED, 30), f"{WRAPPED[:770]}abcdefghi{KEY}",
        f"{WRAPPED[:770]}abcdefghi{KEY}==\n", f"{WRAPPED[:770]}abc{KEY}\n=oMDP\n-----END PGP SIGNATURE-----\n",
        f"{WRAPPED[:770]}{KEY}=\n-----END CERTIFICATE-----\n", f"{WRAPPED[:770]}{KEY}\\n-----END CERTIFICATE-----\\n",
        f"{WRAPPED[:770]} {KEY}==\n =oMDP\n -----END PGP SIGNATURE-----\n",
    ],
)  # fmt: skip
def test_what_stands_in_encoded_data(text: str) -> None:
    assert stands_in_encoded(text)


def stands_in_lines(widths: list[int], own: int, size: int) -> bool:
    """Whether what has so many characters is in encoded data, in the middle of its own of lines that wide."""
    lines = [STRETCH[100 * at :][:width] for at, width in enumerate(widths)]
    start = sum(widths[:own]) + own + (widths[own] - size) // 2
    return is_in_encoded("\n".join(lines).encode(), start, start + size)


@pytest.mark.parametrize(
    ("before", "after", "is_in"), [(60, 68, True), (60, 67, False), (128, 0, True), (0, 127, False)]
)
def test_so_many_characters_around_are_a_stretch(before: int, after: int, is_in: bool) -> None:
    text = STRETCH[:before] + KEY + STRETCH[200 : 200 + after]
    assert stands_in_encoded(text) is is_in
    assert stands_in_encoded(f"x = {text} # y") is is_in


def test_what_is_far_away_does_not_count() -> None:
    for far in ("a" * 5000, "a" * 150):
        assert stands_in_encoded(KEY + STRETCH[:192] + far) is stands_in_encoded(far + STRETCH[:192] + KEY) is True
    assert not stands_in_encoded("x = " + KEY + "a" * 5000)


@pytest.mark.parametrize(
    ("widths", "own", "size", "is_in"),
    [
        ([60] * 5, 2, 52, True), ([60] * 5, 2, 53, False),  # too little beside it
        ([60] * 3, 1, 40, True), ([59] * 5, 2, 40, False), ([60] * 2, 1, 40, False),
        ([64] * 2, 0, 40, True), ([64] * 2, 1, 40, True), ([63] * 2, 1, 40, False),
        ([87] * 3, 1, 40, True), ([88] * 3, 1, 40, False),
        ([60, 60, 50, 60, 60], 3, 40, False), ([60, 60, 50, 60, 60], 1, 40, False),  # the lines end before
        ([60, 50, 60, 60, 60], 3, 40, True), ([60, 60, 60, 61, 60], 1, 40, True), ([60, 61, 60, 59, 60], 2, 40, False),
    ],
)  # fmt: skip
def test_lines_of_one_length_are_a_stretch(widths: list[int], own: int, size: int, is_in: bool) -> None:
    assert stands_in_lines(widths, own, size) is is_in


@pytest.mark.parametrize(
    ("upper", "lower", "digits", "random"),
    [(25, 25, 50, True), (24, 25, 51, False), (25, 24, 51, False), (47, 47, 6, True), (47, 48, 5, False)],
)
def test_encoded_data_has_capitals_letters_and_digits(upper: int, lower: int, digits: int, random: bool) -> None:
    assert _looks_random(b"A" * upper + b"z" * lower + b"0" * digits) is random


@pytest.mark.parametrize("bulk", [True, False])
def test_a_key_in_encoded_data_needs_more_than_a_short_prefix(bulk: bool) -> None:
    catalogue = loader.load()
    engine = Engine(catalogue, bulk=bulk)
    real = [keys.legacy_key(keys.fresh()), catalogue.by_id["github-pat-classic"].examples[0].secret or ""]
    for key, kept in [(KEY, False), *((key, True) for key in real)]:
        text = f"{STRETCH[:400]}_{key}.{STRETCH[400:]}"
        found = engine.detect(Chunk(Origin(Where.FILE, "a"), text.encode()))
        assert (key in [each.secret.reveal() for each in found if isinstance(each, Match)]) is kept
