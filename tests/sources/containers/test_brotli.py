"""Brotli has no mark: what decompresses is brotli, and nothing else does."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.sources import windows
from keyguard.sources.containers import codecs
from keyguard.sources.containers.kinds import Kind, recognised
from keyguard.sources.containers.limits import TOO_DENSE, TRUNCATED, Budget
from keyguard.sources.containers.streams import Stretch
from tests.sources.containers.reading import read
from tests.support import archives

TEXT = "".join(f"const value{number} = lookup({number * 7919 % 1013});\n" for number in range(9000)).encode()
PACKED = brotli.compress(TEXT, quality=5)
RNG = random.Random(20261130)


@pytest.mark.parametrize(
    "data",
    [
        *(RNG.randbytes(size) for size in (32, 100, 1000, 100_000)),
        *(PACKED[:1] + RNG.randbytes(size) for size in (40, 4000)),
        b"", brotli.compress(b""), brotli.compress(b"short"),
        TEXT, gzip.compress(TEXT)[2:], "密钥在这里\n".encode() * 99, "Größe: ".encode("latin-1") * 99,
        TEXT.decode().encode("utf-16-le"),
        brotli.compress(TEXT[:9000])[:-1],
        brotli.compress(TEXT[:9000]) + b"\0",
        b"{" + PACKED,
    ],
)  # fmt: skip
def test_what_is_no_whole_stream_is_read_as_it_is(data: bytes) -> None:
    assert recognised(data) is not Kind.BROTLI
    assert data == b"" or data in read(data).raw


@pytest.mark.parametrize("quality", range(12))
@pytest.mark.parametrize("size", [80, 3000, 300_000])
def test_it_is_known_whatever_it_was_written_with(quality: int, size: int) -> None:
    data = brotli.compress(TEXT[:size], quality=quality, lgwin=10 + quality)
    assert recognised(data) is Kind.BROTLI
    found = read(data)
    assert (found.members, found.opaque, found.unread) == ({"content": TEXT[:size]}, [], [])
    assert data in found.raw


def test_what_does_not_shrink_is_known_as_well() -> None:
    content = RNG.randbytes(100_000)
    assert read(brotli.compress(content)).members == {"content": content}


@pytest.mark.parametrize(
    ("build", "member"),
    [
        (lambda: brotli.compress(archives.tarred({"a/b.js": TEXT})), "a/b.js"),
        (lambda: archives.zipped({"b.js.br": PACKED}), "b.js.br!/content"),
        (lambda: gzip.compress(PACKED), "content!/content"),
        (lambda: brotli.compress(gzip.compress(TEXT)), "content!/content"),
    ],
)
def test_it_may_stand_in_others_and_others_in_it(build: Callable[[], bytes], member: str) -> None:
    assert read(build()).members[member] == TEXT


def test_a_long_one_is_known_before_its_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW", 1 << 16)
    lines = b"".join(b"GET /a/page/of/some/length/%d 200 of a log\n" % RNG.randrange(10**6) for _ in range(40_000))
    data = brotli.compress(lines + b"the end", quality=4)
    assert len(data) > 1 << 16
    whole, cut = read(data), read(data[:-9])
    ends = [[each.data.endswith(b"the end") for each in found.chunks if each.origin.member] for found in (whole, cut)]
    assert [any(each) for each in ends] == [True, False]
    assert ([why for _, why in whole.opaque], [why for _, why in cut.opaque]) == ([], [TRUNCATED.why])


def test_a_bomb_ends_when_it_is_known_to_be_one() -> None:
    compressor = brotli.Compressor(quality=5)
    zeros = bytes(1 << 20)
    data = b"".join([*(compressor.process(zeros) for _ in range(80)), compressor.finish()])
    assert [each.why.partition(";")[0] for each in read(data).unread] == [TOO_DENSE.why]


@given(st.lists(st.integers(1, 200_000), min_size=1, max_size=20))
def test_it_comes_in_pieces_of_any_size(sizes: list[int]) -> None:
    expanded = codecs.Expander(Stretch(PACKED, 0, len(PACKED)), codecs.brotli(), Budget())
    at = 0
    for size in sizes:
        assert expanded.read(size) == TEXT[at : at + size]
        at += size
    assert expanded.read(len(TEXT)) == TEXT[at:]
    assert (expanded.read(1), expanded.failure) == (b"", None)
