from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.git.packs.reading import Stored
from keyguard.sources import bulk
from keyguard.sources.bulk import EVERYWHERE, Bulk, Run, Standing
from tests.support.archives import cell, notebook


class Keys:
    """A matcher to which `key` is worth a look and `key=` is one: three bytes around decide, a hundred near `KEY`.

    With a zero byte behind it `KEY` decides everywhere.
    """

    around = 3

    def __init__(self) -> None:
        self.looks: list[bytes] = []
        self.asked: list[tuple[list[Run], int]] = []

    def worth(self, contents: Sequence[bytes]) -> dict[int, Standing]:
        self.looks += contents
        runs = [[match.span() for match in re.finditer(b"(?i)key", data)] for data in contents]
        return {number: (self._far(contents[number]), each) for number, each in enumerate(runs) if each}

    def any_near(self, data: bytes, runs: Sequence[Run], far: int) -> bool:
        self.asked.append((list(runs), far))
        return any(b"key=" in data[max(0, low - far) : high + far] for low, high in runs)

    def _far(self, data: bytes) -> int:
        return EVERYWHERE if b"KEY\0" in data else 100 if b"KEY" in data else 3


def whole(name: str, data: bytes | None, kind: str = "blob") -> Stored:
    return Stored(name, kind, data)


def delta(name: str, base: Stored, data: bytes) -> Stored:
    """What a reader says of an object that begins and ends like its base."""
    known = base.data or b""
    low = next((at for at, (a, b) in enumerate(zip(known, data, strict=False)) if a != b), min(len(known), len(data)))
    rest = min(len(known), len(data)) - low
    tail = next((at for at in range(rest) if known[-1 - at] != data[-1 - at]), rest)
    return Stored(name, base.type, data, base.id, [(low, len(data) - tail)])


def looked_at(objects: Sequence[Stored], holding: bytes = b"key=") -> tuple[list[str], Bulk, Keys]:
    seen: list[str] = []
    matcher = Keys()

    def found(each: Stored) -> bool:
        seen.append(each.id)
        return holding in (each.data or b"")

    made = Bulk(matcher, found)
    assert [each.id for each in made.read(objects)] == [each.id for each in objects if each.data is not None]
    return seen, made, matcher


def test_nothing_is_let_through_where_nothing_is() -> None:
    first = whole("a", b"x" * 50)
    seen, made, matcher = looked_at([first, delta("b", first, b"x" * 20 + b"y" + b"x" * 20)])
    assert (seen, made.left) == ([], [])
    assert matcher.looks == [b"x" * 50, b"x" * 3 + b"y" + b"x" * 3]


def test_what_cannot_be_read_is_left() -> None:
    assert looked_at([whole("a", None), whole("b", b"")])[1].left == ["a"]


def test_a_delta_that_changes_something_else_is_passed_over() -> None:
    first = whole("a", b"key " + b"." * 40)  # worth a look, and nothing in the end
    assert looked_at([first, delta("b", first, b"key " + b"." * 30 + b"!")])[0] == ["a"]


@pytest.mark.parametrize(
    "base", [b"key=1 " + b"." * 40, b"\0" + b"." * 40, b"\xff\xfe" + b"." * 40, b"." * 9000 + b"KEY\0" + b"." * 40]
)
def test_a_delta_of_what_holds_something_far_reaching_is_let_through(base: bytes) -> None:
    first = whole("a", base)
    second = delta("b", first, base + b"!")
    third = delta("c", second, base + b"!!")
    assert [each for each in looked_at([first, second, third])[0] if each != "a"] == ["b", "c"]


def test_what_decides_far_away_is_carried_along() -> None:
    first = whole("a", b"." * 300)
    second = delta("b", first, b"." * 150 + b"KEY" + b"." * 150)
    third = delta("c", second, b"." * 60 + b"-" + (second.data or b"")[60:])
    fourth = delta("d", third, (third.data or b"") + b"-")
    seen, _, matcher = looked_at([first, second, third, fourth])
    assert (seen, matcher.asked) == (
        [],
        [([(150, 153)], 100), ([(151, 154)], 100)],
    )  # what is new in the last is farther away


def test_the_names_in_a_tree_are_not_taken_for_wide_text() -> None:
    assert looked_at([whole("a", b"100644 a\0....", "tree")])[0] == []


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_the_new_bytes_make_with_the_old_ones_is_seen(at: int) -> None:
    first = whole("a", b"." * 30 + b"key="[:at] + b"key="[at + 1 :] + b"." * 30)
    assert looked_at([first, delta("b", first, b"." * 30 + b"key=" + b"." * 30)])[0] == ["b"]


PIECES = st.lists(st.sampled_from([b"key", b"=", b".", b"....", b"KEY", b"k", b"ey", b"\0"]), max_size=12).map(b"".join)


EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), PIECES), min_size=1, max_size=4)


def edited(name: str, base: Stored, edits: Sequence[tuple[int, int, bytes]]) -> Stored:
    """What a reader says of an object with several changes: so many bytes stay, so many go, and these come."""
    known, data, at, new = base.data or b"", b"", 0, list[Run]()
    for kept, gone, more in edits:
        data += known[at : at + kept]
        new.append((len(data), len(data) + len(more)))
        data += more
        at += kept + gone
    return Stored(name, base.type, data + known[at:], base.id, new)


@given(first=PIECES, later=st.lists(EDITS, max_size=6), batch=st.sampled_from([1, 20, 1 << 20]))
def test_whatever_holds_something_is_let_through(
    first: bytes, later: list[list[tuple[int, int, bytes]]], batch: int
) -> None:
    objects = [whole("0", first)]
    for number, edits in enumerate(later, 1):
        objects.append(edited(str(number), objects[-1], edits))
    holding = {each.id for each in objects if b"key=" in (each.data or b"")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "BATCH", batch)
        assert holding <= set(looked_at(objects)[0])


def test_what_stands_in_one_of_several_changes_is_seen_where_it_stands() -> None:
    first = whole("a", b"." * 60)
    second = edited("b", first, [(10, 0, b"one"), (20, 2, b"two")])
    third = edited("c", second, [(1, 0, b"."), (10, 0, b"."), (20, 0, b"key=")])
    fourth = edited("d", second, [(30, 0, b".")])
    seen, _, matcher = looked_at([first, second, third, fourth])
    assert (seen, matcher.asked) == (["c"], [([(33, 36)], 3)])


def test_each_change_is_looked_at_and_not_what_lies_between() -> None:
    first = whole("a", b"." * 60)
    changed = edited("b", first, [(10, 0, b"one"), (20, 2, b"two"), (5, 0, b"")])
    assert looked_at([first, changed])[2].looks == [b"." * 60, b"...one...", b"...two........"]


def test_what_is_worth_a_look_and_holds_nothing_new_is_passed_over() -> None:
    first = whole("a", b"." * 60)
    assert looked_at([first, delta("b", first, b"." * 30 + b"key" + b"." * 30)])[0] == []


def test_few_objects_wait_where_they_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "HELD", 300)
    objects = [whole("0", b"." * 100)]
    for number in range(1, 10):
        objects.append(edited(str(number), objects[-1], [(50, 1, b"-")]))
    begun: list[str] = []

    def counted() -> Iterator[Stored]:
        for each in objects:
            begun.append(each.id)
            yield each

    waiting = [len(begun) - done for done, _ in enumerate(Bulk(Keys(), lambda _: False).read(counted()), 1)]
    assert len(waiting) == 10
    assert max(waiting) < 3


def test_passes_are_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 10)
    assert looked_at([whole(str(number), b"....key") for number in range(5)])[0] == list("01234")


def test_archives_and_notebooks_have_to_be_unwrapped() -> None:
    assert not bulk.may_be_wrapped(b'{"cells": 1}')
    assert bulk.may_be_wrapped(b"Rar!\x1a\x07\x01")
    assert bulk.may_be_wrapped(notebook(cell("x")))
