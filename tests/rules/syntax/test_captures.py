"""Which group of a pattern is the secret."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, reject, settings

from keyguard.rules.patterns import PatternError
from keyguard.rules.syntax.captures import is_certain, of_first, of_group
from keyguard.rules.syntax.dialect import GO, KEYGUARD
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.writer import written
from tests.rules.syntax.strategies import PATTERNS, TEXTS, limited


def secret(source: str, text: str, group: int = 0) -> str | None:
    tree = limited(source)
    found = of_group(tree, group) if group else of_first(tree)
    match = regex.search(written(found.node, found.groups).encode(), text.encode(), regex.VERBOSE | regex.ASCII)
    return None if match is None else match["secret"].decode()


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("key", "no", None),
        ("key-[a-z]+", "key-abc!", "key-abc"),
        ("key=([a-z]+)", "key=abc", "abc"),
        ("((live|test)_[a-z]+)", "live_abc", "live_abc"),
        ("a(b)|c(d)", "ab", "b"),
        ("a(b)|c(d)", "cd", "d"),
        ("(a)?b(c)", "abc", "a"),
        ("(a)?b(c)", "bc", "c"),
        ("(?:(a)|b)(c)", "bc", "c"),
        ("a(b)|cd", "cd", "cd"),
        ("x(?:a(b)|c)y", "xcy", "xcy"),
        ("key=([a-z]*)", "key=abc", "abc"),
        ("(?:^|\\s)key[0-9]+(?:[^0-9]|$)", " key12;", "key12"),
        ("(?:^|\\s)key[0-9]+(?:[^0-9]|$)", "xkey12;", None),
        ("(?:^|\\s)key[0-9]{2}(?:[^0-9]|$)", " key123", None),
    ],
)
def test_it_is_the_first_that_has_text_else_the_whole_match(source: str, text: str, found: str | None) -> None:
    assert secret(source, text) == found


@pytest.mark.parametrize(
    ("source", "text", "group", "found"),
    [
        ("(a)(b)", "ab", 2, "b"),
        ("(a)|(b)", "a", 2, None),
        ("(a)|(b)", "b", 2, "b"),
        ("a(b)?c", "ac", 1, None),
        ("a(b)?c", "abc", 1, "b"),
        ("(?:(a)x)+", "axax", 1, "a"),
    ],
)
def test_it_is_the_one_that_was_asked_for_and_never_missing(source: str, text: str, group: int, found: str) -> None:
    assert secret(source, text, group) == found


@pytest.mark.parametrize(("source", "group", "problem"), [("(a)", 2, "no group 2"), ("a()b", 1, "empty")])
def test_a_group_that_is_none_or_empty_is_refused(source: str, group: int, problem: str) -> None:
    with pytest.raises(PatternError, match=problem):
        of_group(read(source, GO), group)


@pytest.mark.parametrize("source", ["a*", "(a*)b(c)"])
def test_where_the_text_decides_it_is_refused(source: str) -> None:
    tree = limited(source)
    if source == "a*":
        assert secret(source, "aa") == "aa"
    else:
        with pytest.raises(PatternError, match="decides"):
            of_first(tree)


@settings(max_examples=100)
@given(source=PATTERNS, text=TEXTS)
def test_there_is_one_in_every_match(source: str, text: str) -> None:
    tree = limited(source)
    try:
        found = of_first(tree)
    except PatternError:
        return
    pattern = regex.compile(written(found.node, found.groups).encode(), regex.VERBOSE | regex.ASCII)
    try:
        matches = list(pattern.finditer(text.encode(), overlapped=True, timeout=2))
    except TimeoutError:  # repeats in repeats in repeats may take any time
        reject()
    for match in matches:
        assert match.start("secret") >= 0
        assert match["secret"]
    if len(re.compile(source).groupindex) == re.compile(source).groups == 0:
        assert pattern.groups == 1


@pytest.mark.parametrize(
    ("source", "certain"),
    [
        ("acme_[a-z]{3}", True),
        ("a{0,3}", False),
        ("x(?P<secret>[a-z]{3})", True),
        ("x(?P<secret>[a-z]{0,3})", False),
        ("x(?P<secret>a)?b", False),
        ("(?P<secret>a)x|(?P<secret>b)y", True),
        ("(?P<secret>a)x|by", False),
        ("(?!x)(?P<secret>a)(?=b)", True),
    ],
)
def test_whether_a_pattern_of_keyguard_always_has_one(source: str, certain: bool) -> None:
    assert is_certain(read(source, KEYGUARD)) is certain
