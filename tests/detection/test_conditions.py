"""What speaks against a match, to the byte, and what becomes of a pattern that does not finish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import regex

from keyguard.detection.candidates import Candidate
from keyguard.detection.conditions import LINE, Conditions, Places, beyond, entropy, later
from keyguard.model import Confidence, Origin, PathLimits, Where
from keyguard.rules.catalogue import LEAD, Refusal, Target
from tests.detection.test_engine import rule

DEMO = regex.compile(rb"demo")
KEY = b"zz-key"


class Slow:
    """A pattern that never finishes."""

    def __init__(self) -> None:
        self.tried = 0

    def search(self, _text: bytes, *, timeout: float) -> None:
        assert 0 < timeout < 5
        self.tried += 1
        raise TimeoutError


def unless(before: bytes = b"", after: bytes = b"", **of_rule: Any) -> object:
    data = before + KEY + after
    start, end = len(before), len(before + KEY)
    return Conditions(rule(**of_rule)).unless(data, (start, end), start, end)


@pytest.mark.parametrize(("text", "bits"), [("aaaa", 0.0), ("aabb", 1.0), ("abcd", 2.0), ("aaab", 0.8112781)])
def test_entropy(text: str, bits: float) -> None:
    assert entropy(text) == pytest.approx(bits)


def test_a_match_needs_more_than_the_least_entropy() -> None:
    least = entropy(KEY.decode())
    assert unless(min_entropy=least) is None
    assert unless(min_entropy=least - 0.001) == ()
    assert unless(min_entropy=0.0) == ()


def of_line(**values: Any) -> tuple[Refusal, ...]:
    return (Refusal(patterns=(DEMO,), target=Target.LINE, **values),)


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (b"", b"", False),
        (b"demo ", b"", True), (b"", b" demo", True),
        (b"demo\n", b"\ndemo", False), (b"demo", b"demo", True),
        (b"demo\n\n", b"\n\ndemo", False),
        (b"x\ndemo ", b"", True), (b"", b" demo\nx", True),
        (b"." * 99 + b"demo" + b"." * (LINE - 4), b"", True), (b"demo" + b"." * (LINE - 3), b"", False),
        (b"." * 9999 + b"demo" + b"." * (LINE - 3), b"", False),
        (b"", b"." * (LINE - 3) + b"demo" + b"." * 9999, False),
        (b"", b"." * (LINE - 4) + b"demo" + b"." * 99, True), (b"", b"." * (LINE - 3) + b"demo", False),
    ],
)  # fmt: skip
def test_the_line_of_a_match_is_what_stands_near_it(before: bytes, after: bytes, refused: bool) -> None:
    assert (unless(before, after, refuse=of_line()) is None) is refused


@pytest.mark.parametrize("pattern", [rb"\Ademo", rb"demo\Z"])
def test_the_line_of_a_match_has_no_end_of_a_line_in_it(pattern: bytes) -> None:
    refuse = (Refusal(patterns=(regex.compile(pattern),), target=Target.LINE),)
    assert unless(b"x\ndemo ", b" demo\nx", refuse=refuse) is None
    assert unless(b"demo x\n", b"\nx demo", refuse=refuse) == ()


@pytest.mark.parametrize(("gap", "refused"), [(0, True), (LEAD - 4, True), (LEAD - 3, False)])
def test_a_match_begins_with_what_leads_to_it(gap: int, refused: bool) -> None:
    lead = regex.compile(rb"demo\.*$")
    refuse = (Refusal(patterns=(regex.compile(rb"^demo"),), target=Target.MATCH),)
    assert (unless(b"--demo" + b"." * gap, lead=lead, refuse=refuse) is None) is refused
    assert unless(b"--demo" + b"." * gap, refuse=refuse) == ()
    secret = (Refusal(patterns=(regex.compile(rb"^demo"),), target=Target.SECRET),)
    assert unless(b"--demo" + b"." * gap, lead=lead, refuse=secret) == ()


@pytest.mark.parametrize(
    ("refuse", "reach"),
    [
        ((), 0),
        ((Refusal(words=("a",)),), 0),
        ((Refusal(target=Target.MATCH),), LEAD),
        (of_line(), LINE),
        ((Refusal(target=Target.MATCH), *of_line()), LINE),
    ],
)
def test_how_far_the_refusals_of_a_rule_look(refuse: tuple[Refusal, ...], reach: int) -> None:
    assert beyond(rule(refuse=refuse, lead=DEMO)) == reach
    assert beyond(rule(refuse=refuse)) == (reach if reach == LINE else 0)


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Refusal(words=("zz",)), None),
        (Refusal(words=("yy",)), ()),
        (Refusal(words=("yy", "key")), None),
        (Refusal(paths=(DEMO,)), (DEMO,)),
        (Refusal(words=("zz",), paths=(DEMO,)), None),
        (Refusal(words=("yy",), paths=(DEMO,)), (DEMO,)),
        (Refusal(words=("zz",), paths=(DEMO,), every=True), (DEMO,)),
        (Refusal(words=("yy",), paths=(DEMO,), every=True), ()),
        (Refusal(words=("zz",), patterns=(DEMO,), every=True), ()),
        (Refusal(words=("zz",), patterns=(regex.compile(rb"key$"),), every=True), None),
        (Refusal(words=("yy",), patterns=(regex.compile(rb"^zz"),), every=True), ()),
        (Refusal(paths=(DEMO,), every=True), (DEMO,)),
    ],
)
def test_what_holds_refuses_or_says_at_which_paths(
    refusal: Refusal, expected: tuple[regex.Pattern[bytes], ...] | None
) -> None:
    assert unless(refuse=(refusal,)) == expected
    both = unless(refuse=(Refusal(paths=(DEMO,)), refusal))
    assert both == (None if expected is None else (DEMO, *expected))


def test_a_secret_is_only_a_part_of_its_match() -> None:
    for target, refused in ((Target.SECRET, False), (Target.MATCH, True)):
        refuse = (Refusal(patterns=(regex.compile(rb"^k="),), target=target),)
        assert (Conditions(rule(refuse=refuse)).unless(b"k=" + KEY, (0, 8), 2, 8) is None) is refused


def test_what_does_not_finish_refuses_nothing() -> None:
    slow: Any = Slow()
    assert unless(refuse=(Refusal(patterns=(slow,)),)) == ()
    assert unless(refuse=(Refusal(patterns=(slow, regex.compile(rb"zz"))),)) is None
    of_match = (Refusal(patterns=(regex.compile(rb"^zz-"),), target=Target.MATCH),)
    assert unless(b"demo", lead=slow, refuse=of_match) is None  # the match begins where it does
    assert slow.tried == 3


def test_a_path_that_does_not_finish_counts_and_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    compiled: Callable[..., object] = regex.compile
    monkeypatch.setattr(regex, "compile", lambda source, flags: slow if source == b"slow" else compiled(source, flags))
    places = Places()
    for tried in (1, 2, 3, 3, 3):
        assert places.fit(PathLimits(b"slow", ()), "a")
        assert slow.tried == tried
    other = Places()
    for tried in (4, 5, 6, 6):
        assert other.fit(PathLimits(None, (b"slow",)), "a")
        assert slow.tried == tried
    assert not other.fit(PathLimits(b"b", ()), "a")
    assert not other.fit(PathLimits(None, (b"slow", b"a")), "a")


def seen(**more: Any) -> Candidate:
    return Candidate(rule(), 0, 1, "k", Confidence.LOW, **more)


@pytest.mark.parametrize(
    ("candidate", "limits"),
    [
        (seen(), None),
        (seen(within=DEMO), PathLimits(b"demo", ())),
        (seen(unless=(DEMO,)), PathLimits(None, (b"demo",))),
        (Candidate(rule(path=regex.compile(b"a")), 0, 1, "k", Confidence.LOW), PathLimits(b"a", ())),
    ],
)
def test_what_is_decided_later_says_where_it_counts(candidate: Candidate, limits: PathLimits | None) -> None:
    assert later(Origin(Where.BLOB), candidate) == limits
    assert later(Origin(Where.FILE, "demo"), candidate) is None
    assert list(Places().fitting(Origin(Where.BLOB), [candidate])) == [candidate]
    in_message = list(Places().fitting(Origin(Where.COMMIT_MESSAGE), [candidate]))
    assert in_message == ([candidate] if limits is None else [])
