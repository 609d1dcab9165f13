from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection import sieve
from keyguard.detection.engine import Engine
from keyguard.detection.gate import Run
from keyguard.model import Chunk, Item, Match, Omitted, Origin, Unread, Where
from keyguard.rules import loader
from tests.detection.test_oracle import TEXTS

ENGINES = {bulk: Engine(loader.load(), bulk=bulk) for bulk in (True, False)}


def chunk(data: bytes, path: str = "a", encoding: str | None = None) -> Chunk:
    return Chunk(Origin(Where.FILE, path), data, encoding=encoding)


def let_through(items: list[Item]) -> list[Item | Match]:
    def anything(data: bytes) -> list[Run]:
        return [(at, at + 3) for at in range(len(data)) if data.startswith(b"key", at)]

    return list(sieve.sifted(items, anything))


def test_nothing_comes_through_where_nothing_is() -> None:
    assert let_through([]) == []
    assert let_through([chunk(b"ke"), chunk(b"y"), chunk(b""), chunk(b"none")]) == []


def test_what_is_hit_comes_through_in_order_with_what_is_no_chunk() -> None:
    items: list[Item] = [
        Unread("x", "y"), chunk(b"a key"), chunk(b"none"), Omitted("z", "w"), chunk(b"key"), chunk(b""),
    ]  # fmt: skip
    assert let_through(items) == [items[0], items[1], items[3], items[4]]


@pytest.mark.parametrize(
    "item",
    [
        chunk(b"n\0o\0n\0e\0"),
        chunk("none".encode("utf-16")),
        chunk("无".encode("utf-16")),
        chunk(b"none", encoding="utf-16-le"),
        chunk(b"." * (sieve.SMALL + 1)),
    ],
)
def test_wide_and_large_chunks_are_looked_at_by_themselves(item: Chunk) -> None:
    assert let_through([item, chunk(b"none")]) == [item]


def test_a_pass_is_made_once_enough_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "BATCH", 10)
    asked: list[int] = []

    def source() -> Iterator[Item]:
        for data in (b"key", b"key.....", b"none"):
            asked.append(len(data))
            yield chunk(data)

    through = sieve.sifted(source(), lambda data: [(0, 3)] if data.startswith(b"key") else [])
    assert (next(through), asked) == (chunk(b"key"), [3, 8])
    assert (list(through), asked) == ([], [3, 8, 4])


@pytest.mark.parametrize("engine", ENGINES.values(), ids=["bulk", "plain"])
@settings(max_examples=40)
@given(texts=st.lists(TEXTS, max_size=12))
def test_the_sieve_hides_nothing(engine: Engine, texts: list[bytes]) -> None:
    items: list[Item] = [chunk(text, f"{number}.txt") for number, text in enumerate(texts)]

    def seen(from_items: Iterable[Item | Match]) -> list[Match | Unread]:
        return [each for item in from_items if isinstance(item, Chunk) for each in engine.detect(item)]

    assert [str(each) for each in seen(engine.sifted(items))] == [str(each) for each in seen(items)]
