"""What is left of a pattern without what looks around matches wherever the pattern does."""

from __future__ import annotations

import re

import pytest

from keyguard.rules import loader
from keyguard.rules.catalogue import Kind
from keyguard.rules.syntax.dialect import KEYGUARD
from keyguard.rules.syntax.plain import plain
from keyguard.rules.syntax.reader import read
from keyguard.rules.syntax.writer import written


def left(source: str) -> str:
    return written(plain(read(source, KEYGUARD)))


@pytest.mark.parametrize(
    ("source", "form"),
    [
        ("abc", "abc"),
        ("(?<![0-9])(?P<secret>SK[0-9]{4})(?![0-9])", "SK[0-9]{4}"),
        ("(?:(?<!a)|(?<=b)(?!c)|$)x", "x"),
        (r"\bx\Z", "x"),
        ("(?:a|b(?=c))d", "(?:a|b)d"),
        ("(?:a(?=b)|a)d", "ad"),
        ("(?>a|b){2,3}?c?+", "(?:a|b){2,3}c?"),
        ("(?:(?=a)){2}(?:b(?=c)){2}", "b{2}"),
        ("(?i:k)(?=x)", "[Kk]"),
    ],
)
def test_what_is_left(source: str, form: str) -> None:
    assert left(source) == form


def test_it_matches_all_that_any_of_our_patterns_does() -> None:
    """What is matched is the same to the byte, as what looks around is no part of it."""
    matched = 0
    for rule in loader.load().rules:
        if rule.kind is Kind.ENTROPY:
            continue
        form = re.compile(left(rule.pattern.pattern.decode()).encode(), re.VERBOSE)
        for example in rule.examples:
            for found in rule.pattern.finditer(example.text.encode(), overlapped=True):
                assert form.fullmatch(found.string, *found.span()), (rule.id, example.text)
                matched += 1
    assert matched > 300
