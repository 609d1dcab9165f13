"""A loose object is read as it was stored, or left to git, whatever happened to its file."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.git.packs import loose
from tests.support.anything import damaged

NAME = bytes.fromhex("ab" * 20)
LIMIT = 1 << 16
KINDS = st.sampled_from(["commit", "tree", "blob", "tag"])


@given(data=st.data(), kind=KINDS, content=st.binary(max_size=300) | st.just(bytes(LIMIT)), level=st.integers(0, 9))
@settings(max_examples=60)
def test_whatever_lies_there(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str, content: bytes, level: int
):
    folder = tmp_path_factory.getbasetemp()
    path = folder / "ab" / ("ab" * 19)
    path.parent.mkdir(exist_ok=True)
    whole = zlib.compress(b"%b %d\0" % (kind.encode(), len(content)) + content, level)
    path.write_bytes(whole)
    assert loose.read(str(folder), NAME, LIMIT) == (kind, content)
    assert loose.read(str(folder), NAME, len(content) - 1) is None
    other = zlib.compress(data.draw(damaged([b"%b %d\0" % (kind.encode(), len(content)) + content[:40]])), level)
    for stored in (whole + b"\0", whole[:-1]):
        path.write_bytes(stored)
        assert loose.read(str(folder), NAME, LIMIT) is None
    for stored in (data.draw(damaged([whole])), other):
        path.write_bytes(stored)
        read = loose.read(str(folder), NAME, LIMIT)
        assert read is None or stored == whole or _says(stored) == read
    path.unlink()
    assert loose.read(str(folder), NAME, LIMIT) is None


def _says(stored: bytes) -> tuple[str, bytes]:
    """Return what a whole object says, read with no care at all."""
    head, _, content = zlib.decompress(stored).partition(b"\0")
    kind, size = head.decode().split(" ")
    assert int(size) == len(content)
    return kind, content
