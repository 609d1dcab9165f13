"""What git tells a hook of the refs that move, and what is none of its lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import UsageError
from keyguard.hooks.updates import Update, of_push, of_receive
from tests.support.anything import damaged

IDS = st.sampled_from(["0" * 40, "a" * 40, "b" * 64, "0" * 64])
REFS = st.binary(min_size=1, max_size=9).map(lambda name: b"refs/" + name.translate(None, b" \n\0"))
REVISIONS = st.sampled_from([b"HEAD", b"refs/heads/main", b"(delete)", b"main@{1 day ago}", b"", b":/a b c"])
WHOLE = [b"refs/heads/a %b refs/heads/b %b\n", b"%b %b refs/heads/a\n"]


def moved(old: str, new: str, ref: bytes) -> Update:
    return Update(
        ref.decode("utf-8", "surrogateescape"), old if old.strip("0") else None, new if new.strip("0") else None
    )


@given(st.lists(st.tuples(REVISIONS, IDS, REFS, IDS), max_size=4))
@settings(max_examples=60)
def test_what_is_pushed(lines: list[tuple[bytes, str, bytes, str]]):
    given = b"".join(b"%b %b %b %b\n" % (local, new.encode(), ref, old.encode()) for local, new, ref, old in lines)
    assert of_push(given) == [moved(old, new, ref) for _, new, ref, old in lines]


@given(st.lists(st.tuples(IDS, IDS, REFS), max_size=4))
@settings(max_examples=60)
def test_what_is_received(lines: list[tuple[str, str, bytes]]):
    given = b"".join(b"%b %b %b\n" % (old.encode(), new.encode(), ref) for old, new, ref in lines)
    assert of_receive(given) == [moved(old, new, ref) for old, new, ref in lines]


@pytest.mark.parametrize("read", [of_push, of_receive])
@given(damaged([each.replace(b"%b", b"c" * 40) for each in WHOLE]) | st.binary(max_size=50))
@settings(max_examples=60)
def test_other_bytes_are_refused(read: Callable[[bytes], list[Update]], data: bytes):
    try:
        updates = read(data)
    except UsageError:
        return
    assert len(updates) == sum(1 for line in data.split(b"\n") if line.decode("utf-8", "surrogateescape").strip())
