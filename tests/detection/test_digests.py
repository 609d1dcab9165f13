from __future__ import annotations

import pytest

from keyguard.detection.digests import is_in_digest

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
