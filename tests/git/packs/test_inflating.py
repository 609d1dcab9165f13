from __future__ import annotations

import importlib
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.git.packs import inflating
from keyguard.git.packs.inflating import bound, inflate
from tests.git.packs.reader import all_is_read, history


@pytest.fixture(params=["ISA-L", "zlib"], autouse=True, scope="module")
def inflater(request):
    """Both ways to inflate, where the test takes the module's own one and where there is no other."""
    before = inflating._inflater
    assert before is not zlib
    inflating._inflater = before if request.param == "ISA-L" else zlib
    yield
    inflating._inflater = before


@given(
    st.binary(max_size=500).map(lambda data: data * 20) | st.binary(max_size=3000),
    st.integers(0, 9),
    st.integers(9, 15),
    st.sampled_from([zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE]),
    st.binary(max_size=50),
)
def test_whatever_zlib_compressed(data, level, window, strategy, behind):
    compressor = zlib.compressobj(level, zlib.DEFLATED, window, 8, strategy)
    half = len(data) // 2
    compressed = compressor.compress(data[:half]) + compressor.flush(zlib.Z_SYNC_FLUSH)
    compressed += compressor.compress(data[half:]) + compressor.flush()
    assert inflate(compressed + behind, len(data)) == data
    assert inflate(compressed, len(data) + 1) is None
    assert inflate(compressed[:-1], len(data)) is None
    if data:
        assert inflate(compressed, len(data) - 1) is None


@pytest.mark.parametrize("size", [0, 1, 1 << 14, (1 << 14) + 1, 1 << 16, 1 << 20, 3_000_001])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_sizes_and_the_bound(size, level):
    data = bytes(number * number % 251 for number in range(size))
    compressed = zlib.compress(data, level)
    assert len(compressed) <= bound(size)
    assert inflate(compressed, size) == data
    assert inflate(compressed[:-1], size) is None
    assert inflate(compressed[:-1] + bytes([compressed[-1] ^ 1]), size) is None


def test_without_isal_the_standard_library_reads(repo, monkeypatch):
    monkeypatch.setitem(sys.modules, "isal", None)
    try:
        importlib.reload(inflating)
        assert inflating._inflater is zlib
        history(repo, 10)
        repo.git("repack", "-adfq")
        all_is_read(repo)
    finally:
        monkeypatch.undo()
        importlib.reload(inflating)
