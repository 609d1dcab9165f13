"""A pattern of Go, written in KeyGuard's dialect over bytes, matches the same text."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import example, given, settings

from keyguard.rules.patterns import LONGEST, PatternError, compiled, reach_of
from keyguard.rules.syntax.bounds import MOST, bounded, by_bytes
from keyguard.rules.syntax.dialect import GO, KEYGUARD
from keyguard.rules.syntax.layout import broken
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import widest
from keyguard.rules.syntax.writer import written
from tests.rules.syntax.strategies import PATTERNS, TEXTS, limited, searched

REST = r"[\xc2-\xf4][\x80-\xbf]{1,3}|[\xc0-\xff]|(?<![\xc2-\xf4][\x80-\xbf]{0,2})[\x80-\xbf]"
"""A character beyond ASCII."""


def over_bytes(source: str) -> regex.Pattern[bytes]:
    return regex.compile(source.encode("ascii"), regex.VERBOSE | regex.ASCII)


def span(text: str, pattern: re.Pattern[str]) -> tuple[int, int] | None:
    found = pattern.search(text)
    return None if found is None else (len(text[: found.start()].encode()), len(text[: found.end()].encode()))


@settings(max_examples=100)
@given(source=PATTERNS, text=TEXTS)
@example(source="(?:(?i:k)aa|K)-", text="Kaa-")
@example(source="[^a]{2}", text="密é")
@example(source="é+b", text="ééb")
@example(source="a #b", text="xa #b")
@example(source=r"\W{2,}\.", text="密.")
def test_it_matches_where_go_does(source: str, text: str) -> None:
    oracle = re.compile(source, re.ASCII)
    made = written(limited(source))
    found = searched(over_bytes(made), text)
    assert (found.span() if found else None) == span(text, oracle)


@settings(max_examples=60)
@given(source=PATTERNS, text=TEXTS)
def test_so_does_one_for_short_texts_which_has_no_bounds(source: str, text: str) -> None:
    found = searched(over_bytes(written(by_bytes(read(source, GO)))), text)
    assert (found.span() if found else None) == span(text, re.compile(source, re.ASCII))


@settings(max_examples=60)
@given(source=PATTERNS, text=TEXTS)
def test_what_is_written_reads_and_breaks_into_lines_without_a_change(source: str, text: str) -> None:
    made = written(limited(source))
    again = written(read(made, KEYGUARD))
    lines = broken(made, 12)
    assert "".join(lines) == made
    found = {searched(over_bytes(each), text) for each in (made, again, "\n".join(lines))}
    assert len({each and each.span() for each in found}) == 1


@settings(max_examples=60)
@given(source=PATTERNS)
def test_its_width_is_known_and_bounded(source: str) -> None:
    tree = limited(source)
    width = widest(tree)
    assert width is not None
    assert reach_of(written(tree)).width == width <= LONGEST


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("abc", "abc"),
        ("a b#c", "a\\ b\\#c"),
        ("(?i)token-[a-z0-9]{8}", "(?i:token-[0-9a-z]{8})"),
        ("(?i:a)b", "[Aa]b"),
        ("x(?i)y[a-c]|z", "x[Yy][A-Ca-c]|[Zz]"),
        ("(?-i:A)|(?i:ab)(?-i)c", "A|(?i:ab)c"),
        ("[[:alnum:]_]{3}", "[0-9A-Z_a-z]{3}"),
        ("[^[:space:]]", rf"(?>[\x00-\x08\x0e-\x1f!-\x7f]|{REST})"),
        ("\\Q.*\\E+", "\\.\\*{1,4097}"),
        ("a\\z", "a\\Z"),
        ("^a$", "\\Aa\\Z"),
        ("(?m)^a$", "(?m:^)a(?m:$)"),
        ("(?U)a+?b*", "a{1,4097}b{0,4096}?"),
        ("[\\x{4e00}-\\x{9fa5}]", r"(?:\xe4[\xb8-\xbf][\x80-\xbf]|[\xe5-\xe8][\x80-\xbf][\x80-\xbf]"
         r"|\xe9[\x80-\xbd][\x80-\xbf]|\xe9\xbe[\x80-\xa5])"),
        ("\\x{10FFFF}\\101\\a", r"(?:\xf4\x8f\xbf\xbf)A\x07"),
        ("a{,3}", "a\\{,3\\}"),
        ("(?i)aé", r"[Aa](?:\xc3\x89|\xc3\xa9)"),
        ("\\x00{3}\\n{2}\\.{2}", r"\x00{3}\n{2}\.{2}"),
        ("(?:\\x00a){3}", r"(?:\x00a){3}"),
        (".*?x", "[^\\n]{0,4096}?x"),
        ("(?s:.){3,}", rf"(?>[\x00-\x7f]|{REST}){{3}}[\x00-\xff]{{0,4096}}"),
        ("\\s\\S", rf"[\t\n\f\r ](?>[\x00-\x08\x0b\x0e-\x1f!-\x7f]|{REST})"),
        ("a{0}b{1}c{0,1}d{2,2}e{1000}", "a{0}b{1}c?d{2}e{1000}"),
        ("[abx-z][ac]", "[abx-z][ac]"),
        ("\\Qabc\\E+", "abc{1,4097}"),
        ("\\Qa\\E?\\Q\\Eb\\Qc{", "a?bc\\{"),
        ("{{x}", "\\{\\{x\\}"),
        ("\ue000\ud7ff", r"(?:\xee\x80\x80)(?:\xed\x9f\xbf)"),
        ("\\12\\08\\377\\7777", r"\n\x008(?:\xc3\xbf)(?:\xc7\xbf)7"),
        ("[]a][^]-\\x{10ffff}]", r"[\]a][\x00-\\]"),
        ("[a-][-a][\\d-z][[:alpha:]-z]", r"[\-a][\-a][\-0-9z][\-A-Za-z]"),
        ("[[:^ascii:]]", f"(?>{REST})"),
        ("(?i)[[:lower:]]\\W", rf"[A-Za-z](?>[\x00-/:-@\[-\^`{{-\x7f]|{REST})"),
        ("(?i:a1b)c|(?i-i:d)(?-m)^", r"(?i:a1b)c|(?i:d\A)"),
        ("(?U:a?)b?(?U)c??", "a??b?c?"),
        ("(?m)^(?-m:^)$", r"(?m:^)\A(?m:$)"),
        ("(?P<n>a)(?P<m>b)|(?<o>c)|()", "(?:a)(?:b)|(?:c)|(?:)"),
        ("\\A\\b\\B\\z", r"\A\b\B(?![\x80-\xbf])\Z"),
        ("(?:a|b)c(?:d)", "(?:a|b)cd"),
        ("\\a\\f\\n\\r\\t\\v", r"\x07\f\n\r\t\x0b"),
        ("\\x{d7ff}[\\x{e000}]", r"(?:\xed\x9f\xbf)(?:\xee\x80\x80)"),
    ],
)  # fmt: skip
def test_how_it_is_written(source: str, made: str) -> None:
    assert written(limited(source)) == made


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("\\pL", "Unicode"),
        ("[\\p{Greek}]", "Unicode"),
        ("(a)\\1", "back-reference"),
        ("(?=a)b", r"begins with \(\?="),
        ("(?x)a", "flags x"),
        ("a**", "repeats a repeat"),
        ("*a", "repeats nothing"),
        ("(a", "open"),
        ("a)", "not open"),
        ("[a", "too early"),
        ("[b-a]", "lower to a higher"),
        ("[[:vowel:]]", "vowel"),
        ("a{1001}", "bounds do not fit"),
        ("a{3,2}", "bounds do not fit"),
        ("\\8", "back-reference"),
        ("\\y", "escape"),
        ("\\x{110000}", "character"),
        ("(?P<n>a)(?P<n>b)", "same name"),
        ("(" * 100 + "a" + ")" * 100, "in each other"),
        ("[^\\x00-\\x{10FFFF}]", "without characters"),
        ("{3}", "no repeat"),
        ("a|{3,}", "no repeat"),
        ("a?+", "repeats a repeat"),
        ("a{2}{3}", "repeats a repeat"),
        ("+", r"repeats nothing with \+"),
        ("|?", r"repeats nothing with \?"),
        ("\ud800", "not ASCII"),
        ("\\x{d800}", "character that there is not"),
        ("\\x{dfff}", "character that there is not"),
        ("[!-\\d]", "lower to a higher"),
        ("[a-\\d]", "lower to a higher"),
        ("[\\", "too early"),
        ("a\\", "too early"),
        ("\\Z", "escape"),
        ("\\x4", "escape"),
        ("\\x{1234567}", "escape"),
        ("\\1", "back-reference"),
        ("(?i-k:a)", "flags ik"),
        ("(?P=n)", r"begins with \(\?P="),
    ],
)
def test_what_cannot_be_read_is_refused(source: str, problem: str) -> None:
    with pytest.raises(PatternError, match=problem):
        read(source, GO)


def test_repeats_without_a_bound_end_where_the_pattern_is_short_enough() -> None:
    assert bounded(read("a+", GO))[1] == MOST[0] == 4096
    assert bounded(read("a+b+c+d+", GO))[1] == 2048
    assert bounded(read("(?:a+b)+", GO))[1] == 64
    assert bounded(read("a{5}", GO))[1] is None


def test_a_pattern_that_is_too_long_whatever_its_repeats_are_is_refused() -> None:
    with pytest.raises(PatternError, match="bytes, more than 16384"):
        bounded(read("(?:[^x]{1000}){5}", GO))


def test_bytes_that_are_no_utf_8_count_as_one_character_each() -> None:
    pattern = over_bytes(written(read('"[^"]{2}"', GO)))
    assert [found[0] for found in pattern.finditer(b'"\xb0\xb2" "\xe5\xaf\x86\xff" "\xe5\xaf\x86"')] == [
        b'"\xb0\xb2"', b'"\xe5\xaf\x86\xff"'
    ]  # fmt: skip


def test_what_is_written_is_a_sound_pattern_of_keyguard() -> None:
    pattern, width = compiled(written(bounded(read('(?i)acme[_-]([a-z0-9]{20})(?:"|$)', GO))[0], {1}))
    found = pattern.search(b"x ACME_0123456789abcdefghij")
    assert found is not None
    assert (found["secret"], width) == (b"0123456789abcdefghij", 26)
