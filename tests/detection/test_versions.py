"""Around which places nothing was found is remembered, if what stands around them decides alone."""

from __future__ import annotations

import random

import pytest

from keyguard.detection.first_look import FirstLook
from keyguard.detection.gate import distinct
from keyguard.detection.search import Search
from keyguard.detection.versions import Versions
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
