"""What decodings say at their borders: where unpacking stops, and which line of quoted-printable text goes on."""

from __future__ import annotations

import gzip

import pytest

from keyguard.detection.decoding import zipped
from keyguard.detection.decoding.escapes import escapes, unescaped
from keyguard.detection.decoding.in_place import in_place
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


@pytest.mark.parametrize("scheme", [b"ws", b"ldap", b"postgres"])
@pytest.mark.parametrize("before", [b"", b"x ", b"=" * 9])
def test_the_scheme_of_an_address_may_stand_at_the_very_beginning(scheme: bytes, before: bytes) -> None:
    data = before + scheme + rb":\/\/user:word"
    at = len(before + scheme) + 1
    assert [(low, high) for low, high in escapes(data, [(0, len(data))]) if low >= at] == [(at, at + 4)]


@pytest.mark.parametrize("scheme", [b"http", b"https", b":"])
def test_an_address_of_the_web_says_nothing(scheme: bytes) -> None:
    data = scheme + rb":\/\/user:word"
    assert list(escapes(data, [(0, len(data))])) == []
