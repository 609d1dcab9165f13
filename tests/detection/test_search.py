"""Which bytes are searched around what the gate hits, and by which rules."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import regex

from keyguard.detection.candidates import Candidate
from keyguard.detection.context import LOOK
from keyguard.detection.gate import Run, distinct
from keyguard.detection.search import Region, Search, Sighting
from keyguard.detection.shaped import MARGIN
from keyguard.language import Language
from keyguard.rules.catalogue import Catalogue, Kind, Provider, Rule
from keyguard.rules.entries import GateEntry
from tests.detection.test_engine import rule

ONE, OTHER = GateEntry(b"one"), GateEntry(b"other")
TEXT = {Language.EN: "A key", Language.ZH: "密钥"}
NEAR = 40 + MARGIN
"""How far a hit of `ONE` decides in what follows, on either side."""


def search_of(*rules: Rule) -> Search:
    return Search(Catalogue((Provider("zz", TEXT, "", "", "", rules, {}),)), distinct(each.gate for each in rules))


SEARCH = search_of(rule(gate=(ONE,)), rule(id="other", gate=(OTHER,), context=100))


@pytest.mark.parametrize(
    ("hits", "around", "regions"),
    [
        ({}, [0, 0], []),
        ({0: [(1000, 1003)]}, [0, 0], [(1000 - NEAR, 1003 + NEAR, {0})]),
        ({1: [(1000, 1005)]}, [0, 0], [(900 - NEAR, 1105 + NEAR, {1})]),
        ({0: [(NEAR - 1, NEAR + 2), (5000 - NEAR, 5000)]}, [0, 0],
         [(0, 2 * NEAR + 2, {0}), (5000 - 2 * NEAR, 5000, {0})]),
        ({0: [(0, 3)]}, [0, 0], [(0, 3 + NEAR, {0})]),
        ({0: [(1000, 1003)]}, [NEAR + 1, 0], [(999 - NEAR, 1004 + NEAR, {0})]),
        ({0: [(1000, 1003)], 1: [(1000, 1003)]}, [0, 0], [(900 - NEAR, 1103 + NEAR, {0, 1})]),
        ({0: [(1000, 1003), (1003 + 2 * NEAR, 2000)]}, [0, 0], [(1000 - NEAR, 2000 + NEAR, {0})]),
        ({0: [(1000, 1003), (1004 + 2 * NEAR, 2000)]}, [0, 0],
         [(1000 - NEAR, 1003 + NEAR, {0}), (1004 + NEAR, 2000 + NEAR, {0})]),
        ({1: [(3000, 3005)], 0: [(1000, 1003)]}, [0, 0],
         [(1000 - NEAR, 1003 + NEAR, {0}), (2900 - NEAR, 3105 + NEAR, {1})]),
        ({2: [(1000, 1003)]}, [0, 0], []),  # the wide form of the first
    ],
)  # fmt: skip
def test_what_is_searched_is_what_decides(
    hits: dict[int, list[Run]], around: list[int], regions: list[tuple[int, int, set[int]]]
) -> None:
    expected = [Region(low, high, frozenset(entries)) for low, high, entries in regions]
    assert list(SEARCH.regions(hits, 5000, around)) == expected


def test_what_several_rules_look_for_decides_as_far_as_each_of_them_says() -> None:
    by_name = rule(id="named", kind=Kind.ENTROPY, gate=(ONE,), names=("one",), span=30)
    for context, before in ((0, LOOK + 30), (LOOK - 5, LOOK + 30), (LOOK + 100, LOOK + 100)):
        for file in (None, "a.toml"):  # these are looked for first, those of users last
            search = search_of(by_name, rule(gate=(ONE,), span=1, context=context, file=file))
            after = max(before + (context > LOOK), LOOK + 30, context + 1)
            assert search._reaches == [(before + (context > LOOK) + MARGIN, after + MARGIN)]
            assert search.reach_of(0) == search.reach == after + MARGIN


def test_a_rule_that_is_run_on_everything_reaches_as_far_as_it_looks() -> None:
    own = rule(gate=(ONE,))
    open_one = rule(id="open", gate=(), span=300, context=50, file="a.toml")
    assert search_of(own).reach == 40 + MARGIN
    assert not search_of(own).is_open
    assert search_of(own, open_one).reach == 350 + MARGIN
    assert search_of(own, open_one).is_open
    assert search_of().reach == 0


def test_a_region_is_searched_by_the_rules_that_were_hit() -> None:
    pattern = regex.compile(rb"(?P<secret>zz-[A-Za-z0-9]{8,30})")
    rules = [rule(id=each.literal.decode(), pattern=pattern, gate=(each,), context=50) for each in (ONE, OTHER)]
    search = search_of(*rules)
    data = b"one other zz-" + b"Kx3vQ9mBw5TzL2pJ"

    def ids(found: Iterable[Sighting]) -> list[object]:
        return [each.rule.id if isinstance(each, Candidate) else each for each in found]

    def found(entries: list[int]) -> list[object]:
        return ids(search.within(data, entries))

    assert found([]) == []
    assert found([1]) == ["other"]
    assert found([1, 0]) == ["one", "other"]
    assert ids(search.everywhere(data)) == ["one", "other"]
    assert list(search.openly(data)) == []
