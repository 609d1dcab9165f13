"""What decodings say at their borders: where unpacking stops, and which line of quoted-printable text goes on."""

from __future__ import annotations

import gzip

import pytest

from keyguard.detection.decoding import zipped
from keyguard.detection.decoding.escapes import escapes, unescaped
from keyguard.detection.decoding.in_place import in_place
from keyguard.detection.decoding.seams import joined, seams
from keyguard.detection.decoding.view import View


@pytest.mark.parametrize("most", [100, 999, 1000, 1001])
def test_unpacking_says_where_it_stopped(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "LARGEST", most)
    view = zipped.unpacked(gzip.compress(b"x" * 1000))
    assert view is not None
    assert view.text == b"x" * min(most, 1000)
    assert view.lost == (f"unpacking it stopped after {most} bytes" if most < 1000 else "")


@pytest.mark.parametrize("line", ["a" * 60, "=3D" * 20, "a" * 57 + "=3D"])
def test_a_line_of_quoted_printable_text_goes_on(line: str) -> None:
    view = unescaped(f"=20\n{line}=\nend".encode(), 0, 9999)
    assert view is not None
    assert view.text.endswith(b"end")
    assert b"\n" not in view.text[2:]


@pytest.mark.parametrize("line", ["a = b" + "a" * 55, "a=" + "a" * 58, "a" * 49, "a" * 76, "a==3D" + "a" * 55])
def test_what_is_no_such_line_ends(line: str) -> None:
    view = unescaped(f"=20\n{line}=\nend".encode(), 0, 9999)
    assert view is not None
    assert view.text.endswith(b"=\nend")


@pytest.mark.parametrize("far", [0, 7, 3000])
@pytest.mark.parametrize(("call", "value", "shown"), [
    (b"", b"c29tZSB0ZXh0", b"some text"),
    (b"decode(", b"c29tZSB0ZXh0", b"some text"),
    (b"str(a.b64decode(", b"c29tZSB0ZXh0", b"some text"),
])  # fmt: skip
def test_what_is_shown_in_place_is_told(far: int, call: bytes, value: bytes, shown: bytes) -> None:
    before = b"-" * far + b" name = " + call + b'"'
    data = before + value + b'" more'
    view = in_place(data, View(shown, "base64", [(0, len(before))], len(before) + len(value), 4 / 3))
    assert view is not None
    assert view.about is not None
    assert view.text[slice(*view.about)] == shown
    assert view.text.endswith(b' name = "some text" more')


@pytest.mark.parametrize("scheme", [b"ws", b"ips", b"wss", b"ldap", b"ldaps", b"amqps", b"postgres"])
@pytest.mark.parametrize("before", [b"", b"x ", b"=" * 9])
def test_the_scheme_of_an_address_may_stand_at_the_very_beginning(scheme: bytes, before: bytes) -> None:
    data = before + scheme + rb":\/\/user:word"
    at = len(before + scheme) + 1
    assert [(low, high) for low, high in escapes(data, [(0, len(data))]) if low >= at] == [(at, at + 4)]


@pytest.mark.parametrize("scheme", [b"http", b"https", b":", b""])
def test_an_address_of_the_web_says_nothing(scheme: bytes) -> None:
    data = scheme + rb":\/\/user:word"
    assert list(escapes(data, [(0, len(data))])) == []


def unescaped_text(data: bytes, low: int = 0, high: int | None = None) -> bytes | None:
    view = unescaped(data, low, len(data) if high is None else high)
    return view.text if view else None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"&#255;&#256;&#09;&#0045;&#000045;&#00000045;&#9;", b"\xff&#256;\t--&#00000045;&#9;"),
        (b"%252525256B %2525252541", b"%6B %41"),
        (b"\\101\\177\\200", b"A\x7f\\200"),
        (b"\\\\\\\\\\x41 \\/ \\u{41} \\u{000041} \\u{0000041} \\U00000041 \\u0041 \\u0141",
         b"\\A / A A \\u{0000041} A A \\u0141"),
        (b"=41=7A=3F=40=5B=60=7E=7F=3A=30=09=0B", b"=41=7A?@[`~=7F:=30\t=0B"),
        (b"=C3=BC =C3 x=BC=20", b"\xc3\xbc =C3 x=BC "),
        (b"&amp;amp;amp;#65; &amp;amp;amp;amp;#65; &amp;lt; &nbsp;", b"A &#65; < &nbsp;"),
        (b"&#x0000041; &#x00041; &#X41;", b"&#x0000041; A A"),
    ],
)  # fmt: skip
def test_what_each_escape_says(written: bytes, read: bytes) -> None:
    assert unescaped_text(written) == read


@pytest.mark.parametrize(("size", "goes_on"), [(49, False), (50, True), (75, True), (76, False)])
@pytest.mark.parametrize("end", [b"=\n", b"=\r\n"])
def test_a_line_of_quoted_printable_text_goes_on_where_it_is_full(size: int, goes_on: bool, end: bytes) -> None:
    read = unescaped_text(b"=20\n" + b"a" * size + end + b"end")
    assert read is not None
    assert read.endswith(b"aend") is goes_on


@pytest.mark.parametrize(("apart", "goes_on"), [(0, True), (2045, True), (2046, False)])
def test_that_it_is_quoted_printable_text_is_said_near_a_line_s_end(apart: int, goes_on: bool) -> None:
    line = b"a" * 60 + b"=\n"
    after = line + b"x" * apart + b"=20"
    assert unescaped_text(after) == b"a" * 60 + (b"" if goes_on else b"=\n") + b"x" * apart + b" "
    before = b"=20" + b"x" * (apart - 61) + b"\n" + line
    assert apart < 61 or unescaped_text(before) == b" " + b"x" * (apart - 61) + b"\n" + (b"a" * 60 if goes_on else line)


@pytest.mark.parametrize("far", [0, 2050, 5000])
def test_that_it_is_quoted_printable_text_may_be_said_outside_of_the_stretch(far: int) -> None:
    line = b"a" * 60 + b"=\n"
    behind = b"x" * far + b"\n" + line + b"end =20"
    assert unescaped_text(behind, 0, len(behind) - 4) == b"x" * far + b"\n" + b"a" * 60 + b"end"
    before = b"x" * far + b"=20\n" + line + b"end"
    assert unescaped_text(before, far + 4) == b"a" * 60 + b"end"


def hiding(data: bytes) -> list[tuple[int, int]]:
    return list(escapes(data, [(0, len(data))]))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%70" * 7 + b" ", []),
        (b"%70" * 8 + b" ", [(0, 24)]),
        (b"%70" * 17, [(0, 24), (24, 48)]),
        (b"%2Dx%2Dy %2D.", [(0, 4), (4, 8)]),
        (b"abc1defghi%2Fklmnop", [(10, 13)]),
        (b"abc1defghi%2Fklmno", []),
        (b"a1cdefghijk%2Fklmno", []),
        (b"name%3Dabcdefghijklmno1", [(4, 7)]),
        (b"name%3Dabcdefghijklmno", []),
        (b"PRIVATE%20KEY PRIVATE+KEY PRIVATE KEY", [(0, 13), (14, 25)]),
    ],
)
def test_which_escapes_may_hide_a_key(data: bytes, expected: list[tuple[int, int]]) -> None:
    assert hiding(data) == expected
    assert list(escapes(b"." + data + b".", [(1, len(data) + 1)])) == [(low + 1, high + 1) for low, high in expected]


def seams_in(data: bytes) -> list[tuple[int, int]]:
    return list(seams(data, [(0, len(data))]))


def joined_text(data: bytes, low: int = 0) -> bytes | None:
    view = joined(data, low, len(data))
    return view.text if view else None


@pytest.mark.parametrize("quote", [b'"', b'\\"', b'\\\\"'])
def test_pieces_are_joined_if_they_are_long_enough_for_a_key_together(quote: bytes) -> None:
    data = b"k = " + quote + b"ab1cdefgh" + quote + b" + " + quote + b"ijklmno" + quote
    end = data.index(b"ijk")
    assert seams_in(data) == [(data.index(b'" +'), end)]
    assert joined_text(data) == b"k = " + quote + b"ab1cdefghijklmno" + quote
    assert seams_in(data.replace(b"ijk", b"ij")) == []


def test_pieces_of_other_keys_do_not_count() -> None:
    assert seams_in(b'"abc1defg" + "hij"; x = "abc1defg" + "hij"') == []
    assert seams_in(b'"abc1defg" + "hijklmno"; x = "abc1defg" + "hijklmno"') == [(9, 14), (38, 43)]
    assert seams_in(b'"abc1" + "defg" + "hij" + "klmno"') == [(5, 10), (14, 19), (22, 27)]


@pytest.mark.parametrize(("low", "expected"), [(1, b"bcd"), (2, b"cd"), (3, b"cd"), (4, b"cd"), (5, None)])
def test_a_seam_may_begin_with_the_stretch_and_not_before(low: int, expected: bytes | None) -> None:
    assert joined_text(b'ab\\\\" + \\\\"cd', low) == expected
    assert joined_text(b'["ab", "cd"].join("")', low + 1 if low == 4 else 5) is None
    assert joined_text(b'["ab", "cd"].join("")', 4) == b'cd"].join("")'


@pytest.mark.parametrize(
    "text",
    [
        '[{}].join("")', "[{}].join('')", "[{}].join(``)", '[{}]\n.join("")', '"".join([{}])', "''.join(({}))",
        'join("", [{}])', '"".join([{},])', "[{}]" + " " * 80 + '.join("")', 'join("",' + " " * 80 + "[{}])",
    ],
)  # fmt: skip
@pytest.mark.parametrize("far", [0, 1, 2040, 3000])
def test_a_list_that_is_joined_by_nothing_is_one_text(text: str, far: int) -> None:
    data = "x" * (far - 1) + " " * (far > 0) + text
    assert joined_text(data.format('"ab", "cd"').encode()) == data.format('"abcd"').encode()
    assert joined_text(data.format('"ab",\n "cd", "ef"').encode()) == data.format('"abcdef"').encode()
    assert joined_text(data.format('"ab"').encode()) is None
    assert joined_text(data.format('"ab", 3, "cd"').encode()) is None


@pytest.mark.parametrize(
    "text",
    [
        '[{}].join("-")', "[{}].join()", '"x".join([{}])', '"".join({})', '"".join("", [{}])', 'join("", {})',
        'join("", [{}', '[{}] + join("")', "join([{}])", "[{}]" + " " * 81 + '.join("")',
        'join("",' + " " * 81 + "[{}])",
    ],
)  # fmt: skip
def test_other_lists_are_none(text: str) -> None:
    assert joined_text(text.format('"ab", "cd"').encode()) is None


@pytest.mark.parametrize("text", ['[{}].join("")', '"".join([{}])'])
@pytest.mark.parametrize(("size", "is_one"), [(2040, True), (2060, False)])
def test_a_list_may_be_as_long_as_keys_are(text: str, size: int, is_one: bool) -> None:
    items = ('"a", "' + "b" * 3000)[: size - 1] + '"'
    assert (joined_text(text.format(items).encode()) is not None) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("k = 'ab';\nk += 'cd'", True),
        ("$k .= 'ab';\n$k .= 'cd'", True),
        ("k := 'ab'\nk += 'cd'", True),
        ("l = 'ab';\nk += 'cd'", False),
        ("'ab';\nk += 'cd'", False),
        (f"k ={' ' * 490}'ab'\nk += 'cd'", True),
        (f"k = 1{' ' * 600}'ab'\nk += 'cd'", False),
    ],
)
def test_what_is_appended_to_a_name_is_joined_to_what_that_got_before(text: str, is_one: bool) -> None:
    assert (joined_text(text.encode()) is not None) is is_one
