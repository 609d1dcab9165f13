"""Which of several sightings stays where they overlap, to the byte."""

from __future__ import annotations

from typing import Any

import pytest
import regex

from keyguard.detection import candidates
from keyguard.detection.candidates import Candidate, _without_encoded, _without_overrun, settled, told
from keyguard.model import Confidence
from keyguard.rules.catalogue import Kind
from tests.detection.test_engine import rule

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
OWN, OTHER = rule(), rule(id="zz-other")
NAMED = rule(id="named", kind=Kind.ENTROPY)
USERS = rule(id="users", file="a.toml")
SOMEWHERE = regex.compile(rb"a")


def seen(start: int, end: int, text: str = "k", confidence: Confidence = MEDIUM, **more: Any) -> Candidate:
    return Candidate(more.pop("rule", OWN), start, end, text, confidence, **more)


def stay(*candidates: Candidate) -> list[int]:
    """The numbers of those that stay, which are the same in whatever order they come."""
    kept = settled(candidates)
    assert kept == settled(candidates[::-1])
    assert [(each.start, each.end) for each in kept] == sorted((each.start, each.end) for each in kept)
    return sorted(candidates.index(each) for each in kept)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (seen(10, 20, within=SOMEWHERE), seen(12, 18)),
        (seen(10, 20), seen(12, 18, rule=rule(id="first", priority=1))),
        (seen(10, 19, confidence=HIGH), seen(15, 25)),
        (seen(10, 20, confidence=HIGH, via=("hex",)), seen(12, 22)),
        (seen(10, 20), seen(12, 22, confidence=HIGH)),
        (seen(12, 22), seen(10, 20)),
        (seen(10, 20, rule=OTHER), seen(10, 20)),
    ],
    ids=["any path", "priority", "longer", "as it stands", "surer", "first", "name"],
)
def test_what_is_preferred_of_two_that_overlap(worse: Candidate, better: Candidate) -> None:
    assert stay(worse, better) == [1]


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([(10, 20), (20, 24), (5, 10)], [0, 1, 2]),
        ([(10, 20), (19, 24)], [0]),
        ([(10, 20), (5, 11)], [0]),
        ([(10, 20), (5, 12), (18, 24), (30, 31), (1, 5)], [0, 3, 4]),
        ([(10, 20), (22, 30), (19, 23)], [0, 1]),
        ([(10, 20), (12, 13)], [0]),
    ],
)
def test_what_only_touches_stays(spans: list[tuple[int, int]], kept: list[int]) -> None:
    assert stay(*(seen(*span) for span in spans)) == kept


@pytest.mark.parametrize(
    ("span", "confidence", "kept"),
    [
        ((10, 20), MEDIUM, False), ((10, 20), HIGH, True), ((10, 20), LOW, False), ((19, 22), MEDIUM, False),
        ((20, 22), LOW, True), ((21, 24), LOW, True), ((5, 10), LOW, True), ((5, 11), MEDIUM, False),
        ((28, 35), HIGH, False),  # what is as sure of it is the second that it overlaps
        ((31, 39), HIGH, False), ((15, 41), HIGH, False), ((15, 30), HIGH, True), ((40, 41), LOW, True),
    ],
)  # fmt: skip
def test_a_rule_of_a_user_adds_what_nothing_is_as_sure_of(
    span: tuple[int, int], confidence: Confidence, kept: bool
) -> None:
    own = [seen(10, 20), seen(25, 30, confidence=LOW), seen(30, 40, confidence=HIGH)]
    assert stay(*own, seen(*span, confidence=confidence, rule=USERS)) == [0, 1, 2] + [3] * kept


def test_users_rules_with_conditions_settle_among_themselves() -> None:
    conditional = [rule(id=each, file="a.toml", path=SOMEWHERE) for each in ("first", "second")]
    assert stay(*(seen(10, 20 + at, rule=each) for at, each in enumerate(conditional)), seen(11, 15, rule=USERS)) == [
        0, 1, 2,
    ]  # fmt: skip
    assert stay(seen(10, 20, rule=conditional[0]), seen(11, 22, rule=conditional[0])) == [1]
    assert stay(seen(10, 20, rule=USERS), seen(11, 22, rule=rule(id="third", file="a.toml"))) == [1]


def encoded(start: int, end: int, text: str = "encoded", **more: Any) -> Candidate:
    return seen(start, end, text, rule=more.pop("rule", NAMED), **more)


@pytest.mark.parametrize(
    ("decoded", "is_left_out"),
    [
        (encoded(12, 20, "key", via=("base64",)), True),
        (encoded(10, 20, "key", via=("base64",)), True),
        (encoded(12, 17, "key", via=("base64",)), True),
        (encoded(12, 16, "key", via=("base64",)), False),  # a token that has another one in it
        (encoded(12, 21, "key", via=("base64",)), False),
        (encoded(9, 20, "key", via=("base64",)), False),
        (encoded(20, 20, "key", via=("base64",)), False),
        (encoded(12, 20, "encoded", via=("base64",)), False),
        (encoded(12, 20, "key", via=("hex", "base64")), True),
        (encoded(12, 20, "key", via=("escapes",)), True),
        (encoded(10, 20, "key", via=("escapes",)), False),
        (encoded(12, 20, "key", via=("base64",), rule=rule(id="else", kind=Kind.ENTROPY)), False),
    ],
)
def test_what_encodes_a_key_is_none(decoded: Candidate, is_left_out: bool) -> None:
    whole, early = encoded(10, 20), encoded(2, 5, "more", via=("base64",))
    for order in ([whole, early, decoded], [decoded, early, whole]):
        assert list(_without_encoded(order)) == [each for each in order if each is not whole or not is_left_out]


def test_only_what_was_decoded_further_shows_that_something_is_encoded() -> None:
    for via, further, is_left_out in (
        (("hex",), ("hex", "base64"), True),
        (("hex",), ("base64", "hex"), False),
        (("hex",), ("hex",), False),
    ):
        whole, decoded = encoded(10, 20, via=via), encoded(12, 20, "key", via=further)
        assert list(_without_encoded([whole, decoded])) == [whole, decoded][is_left_out:]
    by_pattern = [seen(10, 20, "encoded"), seen(12, 20, "key", via=("base64",))]
    assert list(_without_encoded(by_pattern)) == by_pattern


@pytest.mark.parametrize(
    ("key", "is_left_out"),
    [
        (seen(10, 14, "key", HIGH), True),
        (seen(10, 14, "key", evidence=("one",)), True),
        (seen(10, 14, "key"), False),
        (seen(10, 14, "key", LOW, evidence=("one",)), False),
        (seen(10, 14, "mor", HIGH), False),
        (seen(10, 20, "keymore", HIGH), False),
        (seen(11, 14, "key", HIGH), False),
        (seen(10, 14, "key", HIGH, via=("hex",)), False),
        (seen(10, 14, "key", HIGH, via=("hex", "base64")), False),
        (seen(10, 14, "key", HIGH, rule=OTHER), False),
    ],
)
def test_a_key_that_is_surer_ends_where_its_rule_says(key: Candidate, is_left_out: bool) -> None:
    longer = seen(10, 20, "keymore", via=("seams",))
    assert list(_without_overrun([longer, key])) == [longer, key][is_left_out:]


def test_of_one_secret_so_many_places_are_told_and_those_that_are_surer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST", 2)
    sure = [seen(at, at + 1, confidence=each) for at, each in enumerate([LOW, LOW, LOW, HIGH, MEDIUM, HIGH, LOW])]
    assert told(sure) == [(sure[0], 0), (sure[1], 4), (sure[3], 0)]
    assert told(sure[:2]) == [(sure[0], 0), (sure[1], 0)]
    assert told(sure[2:]) == [(sure[2], 0), (sure[3], 3)]
    known = [seen(at, at + 1, evidence=each) for at, each in enumerate([(), ("a",), ("b",), ("a", "b"), ("c",)])]
    assert told(known) == [(known[0], 0), (known[1], 2), (known[3], 0)]


def test_places_that_are_told_apart_count_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST", 1)
    apart = [
        seen(1, 2), seen(2, 3, "other"), seen(3, 4, rule=OTHER),
        seen(4, 5, within=SOMEWHERE), seen(5, 6, unless=(SOMEWHERE,)),
    ]  # fmt: skip
    assert told([*apart, *apart, apart[2]]) == [(each, 2 if each is apart[2] else 1) for each in apart]


@pytest.mark.parametrize(
    ("candidate", "is_conditional"),
    [
        (seen(1, 2), False), (seen(1, 2, within=SOMEWHERE), True), (seen(1, 2, unless=(SOMEWHERE,)), True),
        (seen(1, 2, rule=rule(path=SOMEWHERE)), True),
    ],
)  # fmt: skip
def test_what_depends_on_the_path_of_the_file(candidate: Candidate, is_conditional: bool) -> None:
    assert candidate.is_conditional is is_conditional
