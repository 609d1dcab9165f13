"""Patterns of KeyGuard's own dialect, and what is known of any pattern without running it."""

from __future__ import annotations

import pytest

from keyguard.rules.patterns import PatternError
from keyguard.rules.syntax import reader
from keyguard.rules.syntax.dialect import GO, KEYGUARD
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import narrowest, widest
from keyguard.rules.syntax.writer import written


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("a{,3}b{3,}c{1}{2}d?+e*?f++", "a{0,3}b{3,}(?:c{1}){2}d?+e*?f++"),
        ("a b # c {2}\n d  {2} # e", "abd{2}"),
        ("[ #]\\ \\#}", "[ #]\\ \\#\\}"),
        ("(?i)a[b-c]", "(?i:a[bc])"),
        ("(?>a|b)(?=c)(?!d)(?<=e)(?<!f)g", "(?>a|b)(?=c)(?!d)(?<=e)(?<!f)g"),
        ("[\\xe0-\\xff]\\xe9", r"[\xe0-\xff]\xe9"),
        ("[^a]", r"[^a]"),
        ("(?P<secret>a)x|(?P<secret>b)", "(?:a)x|(?:b)"),
        ("^\\A(?m:^)$\\Z\\b\\B", r"\A\A(?m:^)$\Z\b\B"),
        ("\\s\\v", r"[\t-\r ]\x0b"),
        ("a{16384}", "a{16384}"),
    ],
)
def test_how_a_pattern_of_keyguard_is_read(source: str, made: str) -> None:
    assert written(read(source, KEYGUARD)) == made


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{", "no repeat"),
        ("a{x}", "no repeat"),
        ("a(?i)b", "in its middle"),
        (" (?i)b", "in its middle"),
        ("(?U)a", "flags U"),
        ("\\x{41}", "character that there is not"),
        ("[^\\x00-\\xff]", "without characters"),
        ("密", "not ASCII"),
        ("\\12", "back-reference"),
        ("\\0", "escape"),
        ("\\Qa", "escape"),
        ("a{16385}", "bounds do not fit"),
        ("a{2,16385}", "bounds do not fit"),
    ],
)
def test_what_keyguard_has_not_is_refused(source: str, problem: str) -> None:
    with pytest.raises(PatternError, match=problem):
        read(source, KEYGUARD)


def test_groups_stand_in_each_other_only_so_deep() -> None:
    assert written(read("(" * 64 + "a" + ")" * 64, GO)).count("(") == 64
    with pytest.raises(PatternError, match="in each other"):
        read("(" * 65 + "a" + ")" * 65, GO)


def test_a_pattern_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_PARTS", 20)
    assert written(read("ab(?:cd)" * 4, GO)) == "abcd" * 4
    with pytest.raises(PatternError, match="more than 20 parts"):
        read("a" * 21, GO)


@pytest.mark.parametrize(
    ("source", "least", "most"),
    [
        ("a", 1, 1), ("é", 1, 2), ("[a密]", 1, 3), ("\\x{10000}", 1, 4), ("ab?c{2,3}", 3, 5), ("(a|bcd|ef)", 1, 3),
        ("(?:)", 0, 0), ("a*", 0, None), ("a|b{2,}", 1, None), ("\\bab$", 2, 2), ("(?:\\b)*", 0, 0),
        ("(?:ab){3}", 6, 6), ("(?:a|)", 0, 1),
    ],
)  # fmt: skip
def test_how_long_a_match_is(source: str, least: int, most: int | None) -> None:
    tree = read(source, GO)
    assert (narrowest(tree), widest(tree)) == (least, most)


def test_what_looks_around_has_no_length() -> None:
    tree = read("(?<=abc)(?>de|f)(?!g)", KEYGUARD)
    assert (narrowest(tree), widest(tree)) == (1, 2)
