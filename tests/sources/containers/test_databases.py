"""Rows of SQLite databases are read with the names of their columns, and apart from each other."""

from __future__ import annotations

import io
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match
from keyguard.rules import loader
from keyguard.sources.containers import databases
from keyguard.sources.content import content
from tests.sources.containers.reading import ORIGIN, read
from tests.support import archives, keys
from tests.support.archives import database

ENGINE = Engine(loader.load(), bulk=True)
KEYS = (
    "CREATE TABLE api_keys (id INTEGER PRIMARY KEY, [the vendor] TEXT, \"api_key\" TEXT NOT NULL DEFAULT ('a,b'), n);"
)
INSERT = "INSERT INTO api_keys VALUES (?, ?, ?, ?)"
LONG = "a-long-word-0123456789"


def found(data: bytes) -> list[tuple[str, str, str | None, int]]:
    chunks = content(ORIGIN, io.BytesIO(data).read, ENGINE.reach)
    sightings = [each for chunk in chunks if isinstance(chunk, Chunk) for each in ENGINE.detect(chunk)]
    return [
        (each.rule, each.secret.reveal(), each.place.origin.member, each.place.line)
        for each in sightings
        if isinstance(each, Match)
    ]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_a_row_is_a_line_with_the_names_of_its_columns(encoding: str) -> None:
    rows = [(INSERT, (1, "a", LONG, 3)), (INSERT, (2, None, LONG, "密"))]
    stored = read(database(KEYS, rows, encoding=encoding))
    told = f"the vendor: a, api_key: {LONG}\napi_key: {LONG}, n: 密\n"
    assert stored.members == {"api_keys": told.encode()}
    assert LONG.encode() not in b"".join(stored.raw)
    assert LONG.encode("utf-16-le") not in b"".join(stored.raw)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_keys_end_where_their_values_do(encoding: str) -> None:
    rng = Random(1)
    project, token = keys.project_key(rng), "hf_" + keys.text(rng, keys.UPPER + keys.LOWER, 34)
    plain = keys.text(rng, keys.ALNUM, 32)
    rows = [
        (INSERT, (1, "ai", project, "2026-01-01")),
        (INSERT, (2, "x", token, "y")),
        (INSERT, (3, "mistral", plain, 0)),
    ]
    assert found(database(f"{KEYS} CREATE UNIQUE INDEX i ON api_keys (api_key)", rows, encoding=encoding)) == [
        ("openai-project-key", project, "api_keys", 1),
        ("huggingface-token", token, "api_keys", 2),
        ("mistral-key", plain, "api_keys", 3),
    ]


def test_a_name_and_its_value_are_a_row() -> None:
    plain = keys.text(Random(2), keys.ALNUM, 32)
    rows = [("INSERT INTO settings VALUES (?, ?)", ("MISTRAL_API_KEY", plain))]
    for end in ("", " WITHOUT ROWID"):
        stored = database(f"CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT){end}", rows)
        assert found(stored) == [("mistral-key", plain, "settings", 1)]


@pytest.mark.parametrize("size", [4000, 4050, 4061, 4062, 5000, 9000, 70000])
@pytest.mark.parametrize("count", [1, 400])
def test_rows_that_take_many_pages(size: int, count: int) -> None:
    text = keys.text(Random(size), keys.ALNUM, size)
    rows = [(INSERT, (number, text, f"{number}{LONG}", 1)) for number in range(count if size < 9000 else 3)]
    stored = read(database(f"{KEYS} CREATE INDEX i ON api_keys ([the vendor])", rows))
    assert stored.members["api_keys"].decode() == "".join(
        f"the vendor: {text}, api_key: {number}{LONG}\n" for number in range(len(rows))
    )
    raw = b"".join(stored.raw)
    assert LONG.encode() not in raw
    if count == 1:
        assert not [at for at in range(min(size, 9000) - 6) if text[at : at + 6].encode() in raw]


def test_pages_without_a_long_word_are_read_as_they_are() -> None:
    stored = database(KEYS, [(INSERT, (1, "short", "words", 1))])
    assert read(stored).members == {}
    assert read(stored).raw == [stored]


def test_what_is_beyond_the_limit_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    data = database(KEYS, [(INSERT, (number, "a", LONG, 3)) for number in range(5)])
    reading = databases._Reading.of(data)
    monkeypatch.setattr(databases._Reading, "of", lambda _: replace(reading, values=7))
    stored = read(data)
    assert stored.members["api_keys"].count(b"\n") == 2
    assert b"".join(stored.raw).count(LONG.encode()) == 3


def test_one_inside_an_archive() -> None:
    project = keys.project_key(Random(3))
    stored = database(KEYS, [(INSERT, (1, "ai", project, "2026-01-01"))])
    assert found(archives.zipped({"a/b.db": stored})) == [("openai-project-key", project, "a/b.db!/api_keys", 1)]


def page_of(data: bytes | bytearray, kind: int) -> int:
    """Return where the first page of a kind begins, but for that of the schema."""
    return next(start for start in range(4096, len(data), 4096) if data[start] == kind)


def test_a_page_that_leads_to_itself_is_read_once() -> None:
    data = bytearray(database(KEYS, [(INSERT, (number, "a", LONG, 3)) for number in range(900)]))
    root = page_of(data, 5)
    data[root + 8 : root + 12] = (root // 4096 + 1).to_bytes(4, "big")
    assert 0 < read(bytes(data)).members["api_keys"].count(b"\n") < 900


def test_a_page_cannot_have_more_than_it_has_room_for() -> None:
    data = bytearray(database(KEYS, [(INSERT, (1, "a", LONG, 3))]))
    leaf = page_of(data, 13)
    data[leaf + 3 : leaf + 5] = (3000).to_bytes(2, "big")
    assert read(bytes(data + bytes(8192))).members == {}


def test_what_stands_once_is_not_read_again_and_again() -> None:
    data = bytearray(
        database(KEYS, [(INSERT, (0, "a" * 3000, LONG, 3)), *((INSERT, (each, 0, 0, 0)) for each in range(1, 90))])
    )
    leaf = page_of(data, 13)
    data[leaf + 8 : leaf + 8 + 180] = data[leaf + 8 : leaf + 10] * 90
    assert 3000 < len(read(bytes(data)).members["api_keys"]) < len(data)


def test_a_table_whose_kind_is_damaged_is_one_all_the_same() -> None:
    data = database(KEYS, [(INSERT, (1, "a", LONG, 3))])
    damaged = data.replace(b"tableapi_keys", b"\0ableapi_keys")
    assert damaged != data
    assert LONG.encode() in read(damaged).members["api_keys"]


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_one_is_no_error_and_hides_nothing_of_what_is_whole(data: st.DataObject) -> None:
    project = keys.project_key(Random(4))
    rows = [(INSERT, (number, "ai", f"{LONG} {number}", "x")) for number in range(200)]
    damaged = bytearray(database(KEYS, [*rows, (INSERT, (999, "ai ", f" {project} ", " "))]))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged) - 9))
        put = data.draw(st.binary(min_size=1, max_size=8) | st.sampled_from([b"\xff" * 4, b"\0" * 4]))
        damaged[at : at + len(put)] = put
    sightings = found(bytes(damaged))
    assert project.encode() not in damaged or project in {secret for _, secret, _, _ in sightings}
