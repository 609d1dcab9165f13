"""Where a literal that opens a rule's gate may stand, to the byte."""

from __future__ import annotations

import pytest

from keyguard.detection.shaped import Literals, limit, reach_of
from keyguard.rules.entries import GateEntry
from tests.detection.test_engine import rule

NAME = b"acme"
LITERALS = Literals([GateEntry(NAME, ignore_case=False)], 50)
VALUE = b"0123456789"


@pytest.mark.parametrize(("gap", "near"), [(0, True), (20, True), (45, True), (46, True), (47, False), (300, False)])
def test_a_literal_counts_within_the_distance_before(gap: int, near: bool):
    before = b"-" * 500 + NAME + b"-" * gap
    data = before + VALUE
    assert LITERALS.stand_before(data, len(before)) is near
    assert LITERALS.stand_near(data, len(before), len(data)) is near


@pytest.mark.parametrize(("gap", "near"), [(0, True), (30, True), (46, True), (47, False), (300, False)])
def test_a_literal_behind_counts_where_both_sides_do(gap: int, near: bool):
    start = 500
    data = b"-" * start + VALUE + b"-" * gap + NAME
    assert LITERALS.stand_near(data, start, start + len(VALUE)) is near
    assert not LITERALS.stand_before(data, start)


def test_without_literals_everywhere_is_near():
    assert Literals([], 50).stand_near(VALUE, 0, 10)


def test_a_pattern_gets_more_time_for_more_bytes():
    assert 1 < limit(0) < 5
    assert limit(0) + 4 < limit(8 << 20) < 60


def test_what_decides_about_a_match_reaches_as_far_as_match_and_context():
    assert reach_of(rule(span=40, context=100)) == 140
    assert reach_of(rule(span=40)) < 60
