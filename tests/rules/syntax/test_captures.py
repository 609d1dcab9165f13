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
        ("(?:^|\\s)key[0-9]{2}", "xkey12", None),
        ("(?:^|\\s)key[0-9]{2}", " key12", "key12"),
        ("key[0-9]{2}(?:[^0-9]|$)", "key123", None),
        ("key[0-9]{2}(?:[^0-9]|$)", "key12;", "key12"),
        ("\\bkey\\b", "a key", "key"),
        ("key-(?:aa|bb)", "key-bb", "key-bb"),
        ("key-(?:abcdefg|)", "key-abcdefg", "key-abcdefg"),
        ("k(a?)b", "kab", "a"),
        ("k(a?)b", "kb", None),
        ("key=(\\b[a-z]*)", "key=abc", "abc"),
        ("key=([a-z]*$)", "key=abc", "abc"),
        ("key=(a*|b*)", "key=bb", "bb"),
        ("key=((?:[a-z]*))", "key=abc", "abc"),
        ("key=((?:a|b){0,9})", "key=", None),
        ("(a)??b(c)", "bc", "c"),
        ("(a)??b(c)", "abc", "a"),
        ("(?:(a)b|c)+", "abc", "a"),
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
        ("(?:(a)x){0,2}y", "y", 1, None),
        ("(?:(a)x){0,2}y", "axaxy", 1, "a"),
        ("x(?:(a)|(b)|c)", "xb", 2, "b"),
        ("x(?:(a)|(b)|c)", "xc", 2, None),
        ("((a)b)", "ab", 2, "a"),
    ],
)
def test_it_is_the_one_that_was_asked_for_and_never_missing(source: str, text: str, group: int, found: str) -> None:
    assert secret(source, text, group) == found


@pytest.mark.parametrize(
    ("source", "group", "problem"),
    [
        ("(a)", 2, "no group 2"),
        ("a()b", 1, "empty"),
        ("a(b*c*)", 1, "empty"),
        ("a(\\b)", 1, "empty"),
        ("ab", 1, "no group"),
    ],
)
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


@pytest.mark.parametrize(
    "source", ["", "\\b", "\\b\\b\\b\\b", "(?:\\s|)(?:\\s|)(?:[^a]|$)", "a{0}", "k(a{0})", "(\\b)"]
)
def test_what_matches_nothing_at_all_has_none(source: str) -> None:
    with pytest.raises(PatternError):
        of_first(limited(source))


@pytest.mark.parametrize(("number", "is_told"), [(63, True), (64, False)])
def test_only_so_many_ways_to_match_are_told_apart(number: int, is_told: bool) -> None:
    tree = read(f"(?:(x)|{'|'.join(f'a{at}' for at in range(number))})(c)", GO)
    if is_told:
        assert of_first(tree).always
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
        ("a", True),
        ("a{0,3}", False),
        ("(?P<secret>a{0,9})b(?P<secret>c)", False),
        ("(?P<secret>a)?b(?P<secret>c)?", False),
        ("(?:(?P<secret>a)x){0,2}y", False),
        ("(?:(?P<secret>a)x){1,2}y", True),
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
