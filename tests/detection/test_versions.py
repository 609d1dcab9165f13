"""Around which places nothing was found is remembered, if what stands around them decides alone."""

from __future__ import annotations

import random

import pytest

from keyguard.detection.first_look import FirstLook
from keyguard.detection.gate import distinct
from keyguard.detection.search import Search
from keyguard.detection.versions import Versions, _touching
from keyguard.rules import loader
from tests.support import keys

CATALOGUE = loader.load()
ENTRIES = distinct(rule.gate for rule in CATALOGUE.rules)
FAR = 3000
HEX = keys.text(random.Random(4), keys.ALNUM, 40).encode().hex().encode()
"""What shows that it is encoded; the line ends of hexadecimal text do not."""


@pytest.mark.parametrize(("between", "times"), [(b"# line\n" * 600, 1), (b"0a" * 2100, 2)])
def test_a_place_is_remembered_unless_something_goes_on_beyond_it(between: bytes, times: int) -> None:
    asked: list[bytes] = []

    def nothing(data: bytes) -> bool:
        asked.append(data)
        return False

    made = Versions(
        ENTRIES,
        Search(CATALOGUE, ENTRIES),
        FirstLook(ENTRIES, bulk=True),
        nothing,
    )
    first = b"# line\n" * 1000 + HEX
    data = first + between + HEX + b"\n" + b"# line\n" * 1000
    runs = [(len(first) - len(HEX), len(first)), (len(first + between), len(first + between + HEX))]
    assert not made.any_near(data, runs, FAR)
    assert len(asked) == 1, "both are near each other, and looked at together"
    assert not made.any_near(data[: len(first) + FAR] + b"\n" * 4000, runs[:1], FAR)
    assert len(asked) == times


@pytest.mark.parametrize(
    ("region", "stretch", "touches"),
    [
        ((0, 100), (95, 99), True),  # nothing was left out at either end
        ((0, 100), (0, 1), True),
        ((20, 100), (0, 29), False),  # the runs begin at 30
        ((20, 100), (0, 30), True),
        ((0, 80), (70, 90), True),
        ((0, 80), (71, 90), False),  # and end at 70
    ],
)
def test_a_stretch_has_to_do_with_the_runs_of_a_region_if_it_touches_them(
    region: tuple[int, int], stretch: tuple[int, int], touches: bool
) -> None:
    assert _touching(region, 10, 100, [stretch]) == ([stretch] if touches else [])
