"""Wide text without a mark is known by its zero bytes, as long as most of it is ASCII."""

from __future__ import annotations

import pytest

from keyguard.detection.encodings import encoding_of

CODECS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("codec", CODECS)
def test_some_other_characters_may_stand_in_it(codec: str) -> None:
    assert encoding_of(("the 密钥 of all these services\n" * 9).encode(codec), None) == codec


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_mostly_others_or_no_text_is_not_guessed(codec: str) -> None:
    assert encoding_of(("密钥在这里 abc\n" * 9).encode(codec)[: 4 * 20], None) in (
        None,
        codec if "32" in codec else None,
    )
    assert encoding_of(b"\0" * 400, None) is None
    assert encoding_of(bytes(range(256)) * 4, None) is None
    assert encoding_of(b"plain text, and a \0 in it " * 9, None) is None


@pytest.mark.parametrize("unit", [b"ab\0\0", b"a\0b\0", b"abc\0", b"\0\0ab", b"\0a\0b", b"\0abc", b"a\0\0b", b"\0ab\0"])
def test_each_character_of_wide_text_has_its_zeros_in_the_same_places(unit: bytes) -> None:
    wide = {b"a\0b\0": "utf-16-le", b"\0a\0b": "utf-16-be"}
    assert encoding_of(unit * 30, None) == wide.get(unit)
