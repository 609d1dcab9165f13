"""How much text a pattern can look at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.rules import loader
from keyguard.rules.patterns import PatternError, Reach, compiled, reach_of


@pytest.mark.parametrize(
    ("source", "width", "beyond"),
    [
        ("abc", 3, 0),
        ("a | bcd | e", 3, 0),
        ("[A-Z]{2,5} \\. \\x41", 7, 0),
        ("[]#] [^]*+] [a\\]b]", 3, 0),
        ("a # comment {9}\nb", 2, 0),
        ("a?b{3}c{,4}", 8, 0),
        ("(?:ab|c){2,3}", 6, 0),
        ("(?:ab|c){2,3}?d{2}+", 8, 0),
        ("(?>ab)(?P<secret>c{4})", 6, 0),
        ("(?: (?!xyz) [a-z] ){5}", 5, 3),
        ("(?<=ab|cde)f(?=gh)", 1, 3),
        ("(?<!(?:ab){3})c", 1, 6),
        ("^\\Aa\\b$\\Z", 1, 0),
        ("(?:a{2}){3}{2}", 12, 0),
    ],
)
def test_width_and_what_is_looked_at_beyond_it(source: str, width: int, beyond: int):
    assert reach_of(source) == Reach(width, beyond, beyond > 0)


def test_blanks_count_where_the_pattern_is_not_verbose():
    assert reach_of("a  b#c{2}", verbose=False).width == 7


@pytest.mark.parametrize(
    "source", ["a*", "a+", "a{2,}", "a{,}", "(?=a*)b", "(?!a+)b", "a*+", "(?>a+)", "(?:a{1,}b)", "a+?"]
)
def test_a_repeat_without_a_bound_is_refused_wherever_it_stands(source: str):
    with pytest.raises(PatternError, match="bound"):
        reach_of(source)


@pytest.mark.parametrize("source", ["[*+]", "\\*\\+", "a # b* c+ {2,}\n", "[\\]*]", "\\{2,}"])
def test_what_only_looks_like_a_repeat_is_not(source: str):
    assert reach_of(source).width in (1, 2, 4)


@pytest.mark.parametrize(
    "source", ["(a)\\1", "a(?i)b", "(?x:a)", "(?P=a)", "(?(1)a)", "\\p{L}", "(?R)", "(?|a|b)", "(?<n>a)", "(?&n)"]
)
def test_what_has_no_known_width_is_refused(source: str):
    with pytest.raises(PatternError, match="back-reference"):
        reach_of(source)


@pytest.mark.parametrize("source", ["(?i)a", "(?i:a)", "[[:alpha:]]", "[a[:digit:]]"])
def test_an_anchor_has_nothing_that_only_some_engines_know(source: str):
    with pytest.raises(PatternError, match="not known here"):
        reach_of(source, verbose=False)


@pytest.mark.parametrize(
    ("source", "width"),
    [("(?i)a{3}", 3), ("(?i:ab|c){2}", 4), ("(?i-s:a)b", 2), ("[[:alnum:]_]{3}", 3), ("[^[:^space:]x]", 1)],
)
def test_flags_and_named_classes_take_no_width_of_their_own(source: str, width: int):
    assert reach_of(source).width == width


def test_a_flag_at_the_start_holds_for_all_of_the_pattern():
    pattern, span = compiled("(?i)acme _ [[:digit:]_]{2}")
    assert [found["secret"] for found in pattern.finditer(b"ACME_1_ acme_12 acme_ab")] == [b"ACME_1_", b"acme_12"]
    assert span == 7


def test_what_looks_at_too_much_is_refused_before_it_is_compiled():
    with pytest.raises(PatternError, match="bytes, more than"):
        compiled("(?:(?:(?:a{1,900}){1,900}){1,900}){1,900}")


def test_a_comment_in_the_last_line_does_not_swallow_the_group():
    pattern, span = compiled("a{3} # three")
    found = pattern.search(b"xaaax")
    assert found is not None
    assert (found["secret"], span) == (b"aaa", 3)


_PIECES = st.sampled_from(["a", "[bc]", "(?:ab|c)", "(?:a|bcb)", "(?!ac)b", "c(?=a)a"])
_TIMES = st.sampled_from(["", "?", "{2}", "{1,3}", "{0,2}"])


@given(st.lists(st.tuples(_PIECES, _TIMES).map("".join), min_size=1, max_size=5), st.text("abc", max_size=40))
def test_no_match_is_wider_than_worked_out(pieces: list[str], text: str):
    source = "x?" + " ".join(f"(?:{piece})" if "(?!" not in piece else piece for piece in pieces) + "a"
    pattern, _ = compiled(source)
    width = reach_of(source).width
    assert all(len(found[0]) <= width for found in pattern.finditer(text.encode(), overlapped=True))


def test_no_match_is_longer_than_the_span():
    for rule in loader.load().rules:
        longer = rule.span + 100
        hostile = [b"A" * longer, b"sk-" + b"a-" * longer, b"eyJ" + b"a" * 500 + b".eyJ" + b"b" * longer]
        for text in (*(example.text.encode() * 3 for example in rule.examples), *hostile):
            matches = rule.pattern.finditer(text, overlapped=True, timeout=20)
            assert all(len(found[0]) <= rule.span for found in matches), rule.id
