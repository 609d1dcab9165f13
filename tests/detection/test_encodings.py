"""Wide text without a mark is known by its zero bytes, as long as most of it is ASCII."""

from __future__ import annotations

import pytest

from keyguard.detection.encodings import SAMPLE, decoded, encoding_of, is_wide, narrowed

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


@pytest.mark.parametrize(
    ("data", "told", "codec"),
    [
        (b"\xff\xfe\0\0", None, "utf-32-le"), (b"\0\0\xfe\xff", None, "utf-32-be"),
        (b"\xff\xfea", None, "utf-16-le"), (b"\xfe\xffa", None, "utf-16-be"),
        (b"a\xff\xfe", None, None), (b"\xff\xfea", "utf-8", None), (b"abc", "utf-16-be", "utf-16-be"),
        (b"", None, None), (b"a\0b\0c\0d", None, None), (b"a\0b\0c\0d\0", None, "utf-16-le"),
        (b"a\0" * 9 + b"b", None, "utf-16-le"),  # the rest of a character does not count
        (b"x" * SAMPLE + b"a\0" * SAMPLE, None, None),
    ],
)  # fmt: skip
def test_the_source_the_mark_or_the_zeros_tell(data: bytes, told: str | None, codec: str | None) -> None:
    assert encoding_of(data, told) == codec


@pytest.mark.parametrize(("others", "is_wide_text"), [(29, True), (30, False)])
@pytest.mark.parametrize("codec", CODECS)
def test_seven_tenths_of_wide_text_are_ascii(codec: str, others: int, is_wide_text: bool) -> None:
    other = "密" if "16" in codec else "\U00101111"
    text = "".join((other if at < others else "a") * 2 for at in range(100))
    assert (encoding_of(text.encode(codec), None) == codec) is is_wide_text


@pytest.mark.parametrize(("zeros", "is_wide_text"), [(4, True), (5, False)])
@pytest.mark.parametrize("codec", CODECS)
def test_few_characters_of_wide_text_are_zeros(codec: str, zeros: int, is_wide_text: bool) -> None:
    text = "".join(("\0" if at < zeros else "a") * 2 for at in range(100))
    assert (encoding_of(text.encode(codec), None) == codec) is is_wide_text


def test_what_is_malformed_hides_nothing() -> None:
    assert decoded(b"a\0\0\xd8b\0c", "utf-16-le") == "a\ufffdb\ufffd".encode()
    assert [is_wide(each) for each in ("utf-16-le", "utf-32-be", "utf-8", "latin-1")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("data", "low", "high", "runs"),
    [
        (b"", 0, 0, []),
        (b"a\0b\0c\0", 0, 6, [(0, b"abc")]),
        (b"a\0b\0c", 0, 5, [(0, b"abc")]),
        (b"a\0b\0", 0, 4, []),
        (b"xya\0b\0cz", 0, 8, [(2, b"abc")]),
        (b"xya\0b\0cz", 1, 8, []),
        (b"xya\0b\0cz", 4, 8, []),
        (b"xya\0b\0cz", 0, 6, []),
        (b"-a\0b\0c\0-d\0e\0f\0", 1, 14, [(1, b"abc-"), (9, b"ef")][:1]),
    ],
)
def test_characters_with_zeros_between_them(data: bytes, low: int, high: int, runs: list[tuple[int, bytes]]) -> None:
    assert list(narrowed(data, low, high, 3)) == runs
