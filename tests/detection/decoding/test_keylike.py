"""How much has to stand around an escape or a seam for it to be worth resolving."""

from __future__ import annotations

import pytest

from keyguard.detection.decoding.keylike import may_be_key, reach


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"a" * 39], False),
        ([b"a" * 40], True),
        ([b"a" * 400], True),
        ([b"a" * 20, b"b" * 20], True),
        ([b"internationaliz", b"1"], True),
        ([b"internationali", b"1"], False),
        ([b"getReducedColumnSparse"], True),
        ([b"Internationalization"], False),
        ([b"ABCDEFGHIJKL", b"abcd"], True),
        ([b"ABCDEFGHIJK", b"Labcd"], False),
    ],
)
def test_words_alone_are_no_key(pieces: list[bytes], expected: bool) -> None:
    runs, at = [], 0
    for piece in pieces:
        runs.append((at, at + len(piece)))
        at += len(piece) + 1
    assert may_be_key(b"\0".join(pieces), runs) is expected


def test_it_reaches_as_far_as_characters_of_keys_do() -> None:
    data = b'x = "abc-DEF_1' + b"\\x" + b'ghi~2" y'
    at = data.index(b"\\x")
    assert reach(data, at, at + 2) == (data.index(b"abc"), data.index(b'" y'))
    assert reach(b"a" * 999 + b"\\" + b"b" * 999, 999, 1000) == (999 - 256, 1000 + 256)
    assert reach(b"key%41bc%42", 8, 11) == (6, 11)  # the digits of an escape are no part of a key
    assert reach(b" %41 ", 4, 5) == (4, 5)
    assert reach(b" " * 777 + b"abc" * 9 + b"%41def.", 804, 807) == (777, 811)
