"""Content of any size comes in overlapping chunks whose positions are those in the whole."""

from __future__ import annotations

import io
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.model import Chunk, Origin, Where
from keyguard.sources import windows

ORIGIN = Origin(Where.STDIN)
LETTERS = st.sampled_from(["a", "密", "é", "\n", "\r", "\r\n", "🔑", " "])


def cut(data: bytes, window: int, reach: int) -> list[Chunk]:
    with patch.object(windows, "WINDOW", window):
        return list(windows.chunks(ORIGIN, io.BytesIO(data).read, reach))


def position(text: str) -> tuple[int, int]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def test_nothing_is_one_empty_chunk():
    assert [chunk.data for chunk in cut(b"", 8, 4)] == [b""]


def test_what_fits_is_one_chunk():
    assert [chunk.data for chunk in cut(b"abc", 8, 4)] == [b"abc"]


def test_content_of_exactly_one_window_is_not_repeated():
    assert [chunk.data for chunk in cut(b"abcdefgh", 8, 4)] == [b"abcdefgh"]


@given(st.lists(LETTERS, max_size=80).map("".join), st.sampled_from([8, 16, 64]), st.sampled_from([4, 8, 30]))
def test_every_stretch_within_reach_is_whole_in_a_chunk_at_its_own_position(text: str, window: int, reach: int):
    data = text.encode()
    chunks = cut(data, window, reach)
    starts: list[int] = []
    for chunk in chunks:
        start = data.find(chunk.data, starts[-1] if starts else 0)
        while (chunk.line, chunk.column) != position(data[:start].decode("utf-8", "replace")):
            start = data.find(chunk.data, start + 1)
            assert start >= 0, "no place in the whole has this chunk's bytes and its position"
        starts.append(start)
    for begin in range(len(data) - reach + 1):
        assert any(
            start <= begin and begin + reach <= start + len(chunk.data)
            for start, chunk in zip(starts, chunks, strict=True)
        )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_names_the_encoding_of_every_chunk(encoding: str):
    text = "\ufeff" + "one\ntwo\n" * 10
    chunks = cut(text.encode(encoding), 64, 16)
    assert len(chunks) > 2
    assert {chunk.encoding for chunk in chunks} == {encoding}
    assert chunks[-1].data.decode(encoding).endswith("two\n")
    assert chunks[-1].line > 10


def test_a_crlf_is_never_cut_in_two():
    data = b"ab\r\n" * 40
    for chunk in cut(data, 8, 2):
        assert not chunk.data.startswith(b"\n")


def test_only_the_last_chunk_says_that_nothing_follows():
    assert [chunk.more for chunk in cut(b"abcdefghi" * 9, 8, 4)][-2:] == [True, False]
    assert [chunk.more for chunk in cut(b"abcdefgh", 8, 4)] == [False]
