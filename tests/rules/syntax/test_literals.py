"""What has to stand in whatever a pattern matches."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings

from keyguard.rules import loader
from keyguard.rules.catalogue import Kind
from keyguard.rules.syntax.dialect import GO, KEYGUARD
from keyguard.rules.syntax.literals import MOST, Literal, derived, required
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.tree import widest
from keyguard.rules.syntax.writer import written
from tests.rules.syntax.strategies import PATTERNS, TEXTS, limited


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("[a-z]{20}", None),
        ("ab[0-9]{9}", None),
        ("acme_[0-9]{9}", [("acme_", False)]),
        ("(?i)acme_[0-9]{9}", [("acme_", True)]),
        ("(?i:ac)me_[0-9]", [("acme_", True)]),
        ("(?:live|test)_[0-9]{9}", [("live_", False), ("test_", False)]),
        ("(?:live|[0-9]{4})_[0-9]{9}", None),
        ("(?:acme)?-[0-9]{9}", None),
        ("x?acme", [("acme", False), ("xacme", False)]),
        ("(?:acme-){1,3}[0-9]", [("acme-", False)]),
        ("(?:ac){2}[0-9]", [("acac", False)]),
        ("[0-9]{4}-key-[0-9]{4}-longerkey", [("-longerkey", False)]),
        ("(?=lookahead)a[0-9]", None),
        ("(?:密钥){2}[0-9]acme", [("acme", False)]),
        ("[Aa]pikey", [("apikey", True)]),
        ("acme[01]", [("acme0", False), ("acme1", False)]),
        ("acme[./]x", [("acme.x", False), ("acme/x", False)]),
        ("acme[Ab]", [("acmeA", False), ("acmeb", False)]),
        ("(?:A3T[A-Z]|AKIA)[0-9]", [("A3T", False), ("AKIA", False)]),
        ("(?:ab|cd)(?:e|f|g|h|i)[0-9]", [(one + other, False) for one in ("ab", "cd") for other in "efghi"]),
        ("abc", [("abc", False)]),
        ("ab", None),
        ("x(?:ab){0,2}cdef", [("cdef", False)]),
        ("x(?:ab)?cdef", [("xabcdef", False), ("xcdef", False)]),
        ("(?:abc|)def", [("abcdef", False), ("def", False)]),
        ("(?:abc|)", None),
        ("(?:abc)*", None),
        ("(?:abc)?(?:def)?", None),
        ("(?:abc)+", [("abc", False)]),
        ("(?:ac){2}-key[0-9]", [("acac-key", False)]),
        ("(?:ac){2,3}-key[0-9]", [("acac", False)]),
        ("(?:abcd|abce)[0-9]wxyz", [("wxyz", False)]),
        ("(?:abcdefghijklm|abcdefghijkln)[0-9]abcdefghijkl", [("abcdefghijkl", False)]),
        ("(?:abcdefghijkl|abcdefghijkm)[0-9]zbcdefghijk", [("abcdefghijkl", False), ("abcdefghijkm", False)]),
        ("a{32}", [("a" * 32, False)]),
        ("a{33}", [("a" * 32, False)]),
        ("x(?:ac){2,3}-[0-9]", [("acac", False)]),
        ("[abcd]xyz", [("axyz", False), ("bxyz", False), ("cxyz", False), ("dxyz", False)]),
        ("[abcde]xyz", [("xyz", False)]),
        ("[a-d]{3}xyz", [("xyz", False)]),
        ("(?:a[0-9]bcd|efg)", [("bcd", False), ("efg", False)]),
        ("(?:abcx|[0-9])y", None),
        ("(?i)k[0-9]ey1", [("ey1", True)]),
        ("xK[Ee]y", [("xkey", True)]),
        ("[1a]xy", [("1xy", False), ("axy", False)]),
    ],
)
def test_examples(source: str, found: list[tuple[str, bool]] | None) -> None:
    dialect = KEYGUARD if "(?=" in source else GO
    made = derived(read(source, dialect))
    assert (sorted((each.text, each.any_case) for each in made) if made else None) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (r"\xc3\xa9acme[0-9]", "acme"),
        (r"[a\xc3]cme_", "cme_"),
        (r"(?!acme)bcde[0-9]", "bcde"),
        (r"(?<=acme)bcd", "bcd"),
        (r"(?>acme)[0-9]", "acme"),
        (r"(?>[0-9]acme)", "acme"),
    ],
)
def test_examples_of_what_only_keyguard_s_dialect_has(source: str, found: str) -> None:
    assert derived(read(source, KEYGUARD)) == frozenset((Literal(found),))


@pytest.mark.parametrize(("number", "is_known"), [(MOST - 1, True), (MOST, True), (MOST + 1, False), (MOST + 2, False)])
def test_no_more_texts_than_a_few_take_each_other_s_place(number: int, is_known: bool) -> None:
    texts = [f"word{at:02}" for at in range(number)]
    found = derived(read(f"(?:{'|'.join(texts)})[0-9]", GO))
    assert (sorted(each.text for each in found or ()) == texts) is is_known


@pytest.mark.parametrize(("number", "is_known"), [(MOST, True), (MOST + 1, False), (MOST + 2, False)])
def test_the_same_holds_for_what_options_have_in_them(number: int, is_known: bool) -> None:
    options = [f"[0-9]word{at:02}[0-9]" for at in range(number)]
    found = derived(read("|".join(options), GO))
    assert (len(found or ()) == number) is is_known


@pytest.mark.parametrize(("source", "found"), [(r"abc[\x7e-\x81]", ["abc"]), (r"abc[\x7e-\x7f]", ["abc~", "abc\x7f"])])
def test_bytes_beyond_ascii_are_no_text(source: str, found: list[str]) -> None:
    assert sorted(each.text for each in derived(read(source, KEYGUARD)) or ()) == found


def stands(literal: Literal, text: str) -> bool:
    return literal.text in (text.lower() if literal.any_case else text)


@settings(max_examples=60)
@given(source=PATTERNS, text=TEXTS)
def test_one_of_each_set_stands_in_every_match(source: str, text: str) -> None:
    tree = limited(source)
    pattern = regex.compile(written(tree).encode(), regex.VERBOSE | regex.ASCII)
    for found in pattern.finditer(text.encode(), overlapped=True, timeout=20):
        for alternatives in required(tree):
            assert any(stands(each, found[0].decode("utf-8", "replace")) for each in alternatives)


def test_the_own_rules_are_read_and_hold_what_is_worked_out() -> None:
    for rule in loader.load().rules:
        if rule.kind is Kind.PATTERN:
            tree = read(rule.pattern.pattern.decode(), KEYGUARD)
            assert widest(tree) is not None, rule.id
            found = derived(tree)
            for example in rule.examples:
                match = rule.pattern.search(example.text.encode())
                assert match is not None
                said = match[0].decode("utf-8", "replace")
                assert found is None or any(stands(each, said) for each in found), rule.id


@pytest.mark.parametrize("source", ["(?:ab|cd|ef|gh|ij|kl){2}x", "(?:one|two|six)[ab][cd][ef]", "[a-d]{9}"])
def test_no_set_grows_beyond_what_is_quickly_looked_for(source: str) -> None:
    assert all(len(each) <= 24 for each in required(limited(source)))
