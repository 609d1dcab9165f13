"""Damaged archives never end the program, and an archive hides nothing of what the same bytes would show outside it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Secret
from keyguard.rules import loader
from keyguard.sources.content import content
from tests.sources.containers.reading import ORIGIN, read
from tests.support import archives
from tests.support.archives import cell, notebook, picture, shown, stream
from tests.support.texts import texts

FILES = {"a/b.txt": b"text " * 40, "c.zip": archives.zipped({"d": b"inner " * 9}), "e": b""}
SEEDS = {
    **{name: build(FILES) for name, build in archives.ARCHIVES.items()},
    "docx": archives.docx(["a", "b"], ["c"]),
    "ipynb": notebook(cell(["x\n", "y"], stream("z"), shown(image_png=picture(size=500), application_json={"a": "b"}))),
    "database": archives.database("CREATE TABLE t (a, b); INSERT INTO t VALUES ('a-long-word-0123456789', 'b')"),
    "nested": archives.zipped({"a.tgz": archives.ARCHIVES["tar.gz"](FILES)}),
}
TAKEN_APART = ("ipynb", "database")
"""Of these what was taken out is blank in the rest."""
ENGINE = Engine(loader.load(), bulk=False)


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_damaged_archive(name: str, data: st.DataObject):
    damaged = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged)))
        length = data.draw(st.integers(0, 4))
        damaged[at : at + length] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"\xff" * 4, b"\0" * 4, b"9" * 8])
        )
    found = read(bytes(damaged))
    assert bytes(damaged) in found.raw or (name in TAKEN_APART and len(found.raw[0]) == len(damaged))
    assert len(found.unread) + len(found.opaque) <= 10


@pytest.mark.parametrize("name", SEEDS)
@given(share=st.floats(0, 1))
@settings(max_examples=20)
def test_a_cut_off_archive(name: str, share: float):
    cut = SEEDS[name][: int(len(SEEDS[name]) * share)]
    assert cut in read(cut).raw or (name in TAKEN_APART and share == 1)


def secrets(data: bytes) -> set[Secret]:
    chunks = content(ORIGIN, io.BytesIO(data).read, ENGINE.reach)
    found = (match for chunk in chunks if isinstance(chunk, Chunk) for match in ENGINE.detect(chunk))
    return {match.secret for match in found if isinstance(match, Match)}


@pytest.mark.parametrize("form", ["zip", "stored.zip", "tar", "tar.xz", "deb"])
@given(text=texts())
@settings(max_examples=15)
def test_the_same_bytes_give_the_same_secrets_in_an_archive(form: str, text: bytes):
    inside = secrets(archives.ARCHIVES[form]({"x": text}))
    assert secrets(text) <= inside
    if form == "zip":
        assert inside == secrets(text)


@pytest.mark.parametrize("form", archives.COMPRESSIONS)
@given(text=texts())
@settings(max_examples=10)
def test_the_same_bytes_give_the_same_secrets_compressed(form: str, text: bytes):
    assert secrets(archives.COMPRESSIONS[form](text)) >= secrets(text)


@given(text=texts())
@settings(max_examples=25)
def test_the_same_text_gives_the_same_secrets_in_a_cell(text: bytes):
    source = text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    found = secrets(source.encode())
    assert secrets(notebook(cell(source))) >= found
    assert secrets(notebook(cell("", stream(source.splitlines(keepends=True))))) >= found
