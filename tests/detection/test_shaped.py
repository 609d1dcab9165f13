"""Where a literal that opens a rule's gate may stand, to the byte."""

from __future__ import annotations

import random

import pytest
import regex

from keyguard.detection.shaped import Literals, TimedOut, fits, limit, reach_of, spans
from keyguard.rules.checks import Evidence
from keyguard.rules.entries import GateEntry
from tests.detection.test_engine import engine_of, rule, secrets
from tests.support import keys

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


def test_of_secrets_that_end_together_the_longest_counts():
    pairs = rule(pattern=regex.compile(rb"<?(?P<secret>[a-c]+)>"))
    assert spans(pairs, b"--") == []
    assert spans(pairs, b"-<abc>-ca>") == [((1, 6), 2, 5), ((7, 10), 7, 9)]
    assert spans(rule(pattern=regex.compile(rb"(?P<secret>aba)")), b"ababa") == [((0, 3), 0, 3), ((2, 5), 2, 5)]


@pytest.mark.parametrize(("start", "end", "does"), [(1, 5, True), (1, 4, True), (1, 6, False), (0, 5, False)])
def test_a_pattern_fits_all_of_a_text_no_longer_than_its_span(start: int, end: int, does: bool):
    assert fits(rule(pattern=regex.compile(rb"a+"), span=4), b"-aaaaaa", start, end) is does


def test_a_pattern_that_does_not_finish_is_given_up_with_its_name():
    class Slow:
        def fullmatch(self, *_: object, timeout: float) -> None:
            assert timeout == limit(1)
            raise TimeoutError

        def finditer(self, *_: object, overlapped: bool, timeout: float) -> None:
            assert overlapped
            assert timeout == limit(3)
            raise TimeoutError

    slow = rule(id="slow", pattern=Slow())
    for ask in (lambda: fits(slow, b"abc", 1, 2), lambda: spans(slow, b"abc")):
        with pytest.raises(TimedOut) as raised:
            ask()
        assert raised.value.rule == "slow"


@pytest.mark.parametrize(
    ("literal", "proof", "is_found"),
    [
        ("zz-", None, False), ("zz-4567", None, False), ("zz-45678", None, True),
        ("zz-", True, True), ("zz-", False, False),
    ],
)  # fmt: skip
def test_in_encoded_data_a_key_needs_more_than_chance_would_write(literal: str, proof: bool | None, is_found: bool):
    rng = random.Random(3)
    around = keys.text(rng, keys.ALNUM, 120)
    key = literal + keys.text(rng, keys.ALNUM, 30 - len(literal))
    made = engine_of(
        rule(
            pattern=regex.compile(rb"(?P<secret>zz-[A-Za-z0-9]{27})"),
            gate=(GateEntry(b"other"), GateEntry(literal.encode())),
            proofs=(lambda _: None, lambda _: None if proof is None else Evidence(proof, "so it says")),
        )
    )
    assert secrets(made, f"{around}{key}{around}") == [key] * is_found
    assert secrets(made, f"{around} {key} {around}") == [key]
