"""Hyperscan finds each thing that it is asked for, wherever that stands.

Vectorscan 5.4.12 compiles some patterns so that it misses matches (`&(?:amp;){0,3}#0{0,4}4[56];` with one zero, if more
than 14 bytes stand before it), and whatever is missed is called clean.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import hyperscan
import pytest

from keyguard.detection.decoding.triggers import PASSES, TRIGGERS
from keyguard.detection.gate import distinct
from keyguard.detection.hyperscan_gate import database_of, searched
from keyguard.rules import loader
from tests.support.matching import matching, tree_of

ENTRIES = distinct(rule.gate for rule in loader.load().rules)
SEARCHED = [
    *searched(ENTRIES),
    *(([TRIGGERS[at].pattern for at in each], [0] * len(each), list(each)) for each in PASSES),
]
FILLINGS = (b"x", b" ", b".", b"\n", b"0", b"A", b"-", b"a1 ")
BEFORE, BEHIND = (0, 1, 7, 14, 15, 16, 17, 31, 40, 64, 100), (0, 1, 8, 16, 40, 80)
"""How many of them stand around it: short text is searched in other ways than long text is."""


def missed(expression: bytes, flag: int, times: int, ends: Callable[[bytes], list[int]]) -> list[bytes]:
    """Return texts with a match whose end is not told."""
    rng = random.Random(expression)
    tree = tree_of(expression)
    fold = flag == hyperscan.HS_FLAG_CASELESS
    pattern = re.compile(expression, re.IGNORECASE if fold else re.NOFLAG)
    found = []
    for _ in range(times):
        text = matching(tree, rng)
        text = rng.choice((text.upper(), text.lower(), text)) if fold else text
        before = rng.choice(FILLINGS) * rng.choice(BEFORE)
        data = before + text + rng.choice(FILLINGS) * rng.choice(BEHIND)
        match = pattern.match(data, len(before))
        assert match, "what was made up has to match"
        if not any(len(before) < end <= match.end() for end in ends(data)):
            found.append(data)
    return found


@pytest.mark.parametrize("number", range(len(SEARCHED)))
def test_each_expression_is_found_wherever_it_stands(number: int) -> None:
    expressions, flags, ids = SEARCHED[number]
    database = database_of(expressions, flags, ids)

    def ends_of(wanted: int) -> Callable[[bytes], list[int]]:
        def ends(data: bytes) -> list[int]:
            told: list[tuple[int, int]] = []
            database.scan(
                data, match_event_handler=lambda each, _start, end, _flags, _context: told.append((each, end))
            )
            return [end for each, end in told if each == wanted]

        return ends

    times = 10 if len(ids) > 200 else 40 if len(ids) > 50 else 400
    for expression, flag, each in zip(expressions, flags, ids, strict=True):
        assert missed(expression, flag, times, ends_of(each)) == [], expression
