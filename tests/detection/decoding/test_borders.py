"""What decodings say at their borders: where unpacking stops, and which line of quoted-printable text goes on."""

from __future__ import annotations

import gzip

import pytest

from keyguard.detection.decoding import zipped
from keyguard.detection.decoding.escapes import unescaped


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
