"""What is decoded is shown in its place, and each byte of it is told where it stands."""

from __future__ import annotations

import base64

import pytest

from keyguard.detection.decoding.decoder import Decoder, stretches
from keyguard.detection.decoding.finder import finder
from keyguard.detection.decoding.in_place import in_place
from keyguard.detection.decoding.triggers import Codec
from keyguard.detection.decoding.view import View, rewritten

TEXT = b"some text"
ENCODED = b"c29tZSB0ZXh0"
PRINTABLE = b"a key that is printable, and long enough"


def shown(before: bytes, after: bytes, text: bytes = TEXT, encoded: bytes = ENCODED) -> tuple[bytes, bytes] | None:
    """Return all that is shown, and the part of it that is of interest."""
    end = len(before) + len(encoded)
    hexadecimal = encoded != ENCODED
    view = View(text, "hex" if hexadecimal else "base64", [(0, len(before))], end, 2.0 if hexadecimal else 4 / 3)
    found = in_place(before + encoded + after, view)
    if found is None:
        return None
    assert found.about is not None
    return found.text, found.text[slice(*found.about)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b"", b"", b"some text"),
        (b"k = ", b"=", b"k = some text"),
        (b'"', b'=="', b'"some text"'),
        (b'"', b"===", b'"some text='),
        (b'"', b'%3D%3d"', b'"some text"'),
        (b'"', b"\n", b'"some text\n'),
    ],
)
def test_a_value_is_shown_without_its_padding(before: bytes, after: bytes, expected: bytes) -> None:
    assert shown(before, after) == (expected, TEXT)


@pytest.mark.parametrize(
    ("before", "after"), [(b"x", b'"'), (b"/", b'"'), (b'"', b"x"), (b'"', b"-"), (b'"', b"=x"), (b'"', b"%3Dx")]
)
def test_a_part_of_longer_digits_is_not_shown(before: bytes, after: bytes) -> None:
    assert shown(before, after) is None


@pytest.mark.parametrize("text", [b"some\ntext", b"some\x7ftext", b"some\x1ftext", b"\n", b"some\xfctext"])
def test_what_is_no_line_of_text_is_not_shown(text: bytes) -> None:
    assert shown(b'"', b'"', text) is None


def test_a_value_may_end_with_a_line_end_and_have_any_printable_character() -> None:
    assert shown(b'"', b'"', b"so ~ te\r\n") == (b'"so ~ te"', b"so ~ te")


@pytest.mark.parametrize(("size", "is_shown"), [(511, True), (512, True), (513, False)])
def test_longer_text_speaks_for_itself(size: int, is_shown: bool) -> None:
    assert (shown(b'"', b'"', b"a" * size, b"61" * size) is not None) is is_shown


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (b"0x", b"some text;"),
        (b"k = 0X", b"k = some text;"),
        (b"k = (0x", b"k = (some text;"),
        (b'k = call("0x', b'k = "some text;'),
        (b"k = 9x", None),
        (b"k0x", None),
        (b"k = ", b"k = some text;"),
    ],
)
def test_the_sign_of_hexadecimal_digits_is_left_out(before: bytes, expected: bytes | None) -> None:
    found = shown(before, b";", encoded=TEXT.hex().encode())
    assert found == (expected and (expected, TEXT))


@pytest.mark.parametrize("before", [b"Basic ", b"basic ", b'"Basic '])
def test_of_credentials_the_password_is_shown(before: bytes) -> None:
    assert shown(before, b'"', b"ada:s3cret") == (before + b's3cret"', b"s3cret")
    assert shown(b"BASIC ", b'"', b"ada:s3cret") == (b'BASIC ada:s3cret"', b"ada:s3cret")
    assert shown(b"Basic: ", b'"', b"ada:s3cret") == (b'Basic: ada:s3cret"', b"ada:s3cret")


@pytest.mark.parametrize("far", [0, 2046, 2047, 2048, 5000])
def test_a_value_is_shown_with_what_is_near(far: int) -> None:
    assert shown(b"." * far + b'"', b'"' + b"-" * far) == (
        b"." * min(far, 2047) + b'"some text"' + b"-" * min(far, 2047), TEXT
    )  # fmt: skip


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (b'a("', b'k = "'), (b"a.b_9$::c(b'", b"k = b'"), (b'a( \n"', b'k = "'), (b'a(b(c("', b'k = "'),
        (b'a(b(c(d("', b'k = a("'), (b'a(br"', b'k = br"'), (b'a(bru"', b'k = a(bru"'), (b"a(", b"k = a("),
        (b'a ("', b'k = a ("'), (b"a(" + b" " * 40 + b'"', b'k = "'), (b"a(" + b" " * 41 + b'"', None),
    ],
)  # fmt: skip
def test_a_call_around_a_value_is_left_out(call: bytes, expected: bytes | None) -> None:
    before = b"k = " + call
    assert shown(before, b'"') == ((expected or before) + b'some text"', TEXT)


def places(view: View) -> tuple[list[int], list[int]]:
    offsets = range(len(view.text) + 1)
    return [view.start_of(each) for each in offsets], [view.end_of(each) for each in offsets]


def test_each_byte_of_what_was_rewritten_is_told_where_it_stands() -> None:
    view = rewritten(b"ab%41cd%42ef", 1, 11, [(2, 5, b"A"), (7, 10, b"")], "escapes")
    assert view is not None
    assert (view.text, view.end) == (b"bAcde", 11)
    assert places(view) == ([1, 2, 5, 6, 10, 11], [1, 2, 5, 6, 7, 11])
    assert rewritten(b"ab", 0, 2, [], "escapes") is None


@pytest.mark.parametrize("first", [0, 10])
def test_each_byte_of_digits_is_told_where_they_stand(first: int) -> None:
    view = View(b"x" * 9, "base64", [(0, first)], first + 12, 4 / 3)
    starts, ends = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12], [0, 2, 3, 4, 6, 7, 8, 10, 11, 12]
    assert places(view) == ([first + each for each in starts], [first + each for each in ends])
    assert (view.start_of(99), view.end_of(99)) == (first + 12, first + 12)


def test_what_follows_each_other_in_packed_text_does_not_overlap() -> None:
    view = View(b"x" * 100, "gzip", [(0, 5)], 30, 0.25)
    assert (view.start_of(0), view.start_of(40), view.start_of(100)) == (5, 15, 30)
    assert (view.end_of(8), view.end_of(40), view.end_of(43)) == (4, 12, 12)
    assert View(b"x" * 9, "gzip", [(0, 0)], 3, 0.25).end_of(4) == 0


DECODER = Decoder(finder(bulk=False))


def decoded(data: bytes) -> list[tuple[bytes, str]]:
    return [(view.text, view.via) for view in DECODER.encoded(data) if not view.about]


@pytest.mark.parametrize("far", [0, 1, 7])
@pytest.mark.parametrize("case", [bytes.lower, bytes.upper])
def test_each_alignment_of_hexadecimal_digits_is_read_once(far: int, case) -> None:
    digits = case(PRINTABLE.hex().encode())
    data = b"-" * far + digits + b"-" + digits + b"-"
    assert decoded(data) == [(PRINTABLE, "hex")] * 2
    found = finder(bulk=False)(data)[Codec.HEX]
    assert (found[0][0], found[-1][1]) == (far, len(data) - 1)
    odd = decoded(b"a" + digits + b"-")
    assert (PRINTABLE, "hex") in odd
    assert len(odd) <= 2


@pytest.mark.parametrize("apart", [1, 2, 5])
def test_digits_that_were_read_are_not_read_again(apart: int) -> None:
    digits = b"YSBrZXkgdGhhdCBpcyBwcmludGFibGU"
    views = [view for view in DECODER.encoded(digits + b"-" * 0 + b"." * apart + digits) if not view.about]
    assert [view.text for view in views] == [b"a key that is printable"] * 2
    assert [view.end for view in views] == [len(digits), 2 * len(digits) + apart]


@pytest.mark.parametrize(("apart", "together"), [(100, True), (4096, True), (4097, False)])
def test_what_decides_together_is_one_stretch(apart: int, together: bool) -> None:
    digits = PRINTABLE.hex().encode()
    data = b"." * 5000 + digits + b"." * apart + digits + b"." * 5000
    found = stretches(data, finder(bulk=False)(data))
    last = 5000 + len(digits) + apart
    whole = (5000 - 2048, last + len(digits) + 2048)
    if together:
        assert found == [whole]
    else:
        assert found == [(whole[0], 5000 + len(digits) + 2048), (last - 2048, whole[1])]


@pytest.mark.parametrize(("written", "near"), [(b"%70" * 8, 16384), (b'"ab1cdefghijk" + "lmnopqrst"', 2048)])
def test_how_far_around_it_is_looked_depends_on_how_it_is_written(written: bytes, near: int) -> None:
    data = b"\n" * 20_000 + written + b"\n" * 20_000
    found = finder(bulk=False)(data)
    ((low, high),) = next(iter(found.values()))
    assert stretches(data, found) == [(low - near, high + near)]


@pytest.mark.parametrize("size", [31, 32, 33])
def test_the_whole_of_the_digits_is_a_stretch(size: int) -> None:
    data = b"." * 3000 + b"ab" * size + PRINTABLE.hex().encode() + b"ef" * size + b"." * 3000
    assert stretches(data, finder(bulk=False)(data)) == [(952, len(data) - 952)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"plain", []),
        (b"a%41", [b"aA"]), (b"a\\x41", [b"aA"]), (b"a&#65;", [b"aA"]), (b"=3D=20", [b"= "]),
        (b"'a' + 'b'", [b"'ab'"]), (b"`a` + `b`", [b"`ab`"]), (b'"a" + "b"', [b'"ab"']), (b"a\\\nb", [b"ab"]),
        (b"'%41' + 'b'", [b"'A' + 'b'", b"'%41b'"]),
    ],
)  # fmt: skip
def test_what_is_near_a_literal_is_resolved(data: bytes, expected: list[bytes]) -> None:
    assert [view.text for view in DECODER.resolved(data)] == expected


@pytest.mark.parametrize("apart", [30, 31, 32, 300])
def test_digits_with_several_texts_in_them_are_read_once_for_each_alignment(apart: int) -> None:
    text = PRINTABLE + b"\0\1" * apart + PRINTABLE
    for digits, via in ((base64.b64encode(text), "base64"), (text.hex().encode(), "hex")):
        views = [each for each in DECODER.encoded(b". " + digits + b" .") if each.via == via]
        assert [each.text for each in views].count(text) == 1
        assert len(views) <= 2
