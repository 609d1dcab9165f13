"""What of the filters of betterleaks is carried over."""

from __future__ import annotations

from typing import Any

import pytest

from keyguard.rules.gitleaks import filters
from keyguard.rules.gitleaks.allowlists import refusals
from keyguard.rules.gitleaks.notes import Notes
from keyguard.rules.gitleaks.rule import rule_table

LEFT = [filters.LEFT]


@pytest.mark.parametrize(
    ("source", "entropy", "refuse", "lost"),
    [
        ("", None, [], []),
        ('entropy(finding["secret"]) <= 3.8', 3.8, [], []),
        ('filter.entropy(finding["secret"]) < 3', 3.0, [], []),
        ('entropy(finding["match"]) <= 3.8', None, [], LEFT),
        ('matchesAny(finding["secret"], [`^a+$`, "b\\\\.c"])', None, [{"patterns": ["\\Aa+\\Z", "b\\.c"]}], []),
        ('filter.matchesAny(finding["line"], [`x`])', None, [{"patterns": ["x"], "target": "line"}], []),
        ('matchesAny(finding["rule_id"], [`x`])', None, [], LEFT),
        ('containsAny(finding["secret"], ["EXAMPLE", ""])', None, [{"words": ["EXAMPLE"]}], []),
        ('containsAny(finding["line"], ["EXAMPLE"])', None, [], LEFT),
        ('matchesAny(get(attributes, "path", ""), [`^a/`])', None, [{"paths": ["\\Aa/"]}], []),
        ('matchesAny((attributes["path"] ?? ""), [`^a/`])', None, [{"paths": ["\\Aa/"]}], []),
        ('matchesAny(get(attributes, "git.sha", ""), [`^a`])', None, [], LEFT),
        ('// a || b\nentropy(finding["secret"]) <= 2 || containsAny(finding["secret"], ["x || y"])',
         2.0, [{"words": ["x || y"]}], []),
        ('(entropy(finding["secret"]) <= 2 || (containsAny(finding["secret"], ["x"])))', 2.0, [{"words": ["x"]}], []),
        ('entropy(finding["secret"]) <= 2 || failsTokenEfficiency(finding["secret"])', 2.0, [], LEFT),
        ('entropy(finding["secret"]) <= 2 && containsAny(finding["secret"], ["x"])', None, [], LEFT),
        ('{"a": b || containsAny(finding["secret"], ["x"])}.a || entropy(finding["secret"]) <= 2', 2.0, [], LEFT),
        ('let a = 1; entropy(finding["secret"]) <= 2', None, [], LEFT),
        ('matchesAny(finding["secret"], [`(`])', None, [], ["a pattern of its filter leaves a group open"]),
        ('matchesAny(attributes["path"] ?? "", [`a`, `b`])', None, [{"paths": ["a", "b"]}], []),
        ('matchesAny(attributes["path"], [`a`])', None, [{"paths": ["a"]}], []),
        ('matchesAny(attributes["aaa"], [`a`])', None, [], LEFT),
        ('matchesAny(attributes["zzz"], [`a`])', None, [], LEFT),
        ('matchesAny(finding["secret"], ["a\\\\x"])', None, [],
         ["a pattern of its filter has the escape \\x, which is not known"]),
        ('containsAny(finding["secret"], ["a\\xzz"])', None, [{"words": ["a\\xzz"]}], []),
        ('(containsAny(finding["secret"], ["x"])) || (containsAny(finding["secret"], ["y"]))', None,
         [{"words": ["x"]}, {"words": ["y"]}], []),
        ('(containsAny(finding["secret"], ["x"]) || a) && (b)', None, [], LEFT),
        ('(a || containsAny(finding["secret"], ["x"])) && (b || entropy(finding["secret"]) <= 2)', None, [], LEFT),
        ('((containsAny(finding["secret"], ["x"]) || entropy(finding["secret"]) <= 2))', 2.0, [{"words": ["x"]}], []),
        ('(a', None, [], LEFT),
        ('a ? b : c || containsAny(finding["secret"], ["x"])', None, [], LEFT),
        ('(a ? b : c) || containsAny(finding["secret"], ["x"])', None, [{"words": ["x"]}], LEFT),
        ('a?.b ?? c || containsAny(finding["secret"], ["x"])', None, [{"words": ["x"]}], LEFT),
        ('!matchesAny(finding["secret"], [`[0-9]`])', None,
         [{"patterns": ["\\A(?!(?s:.)*?(?:[0-9]))"]}], []),
    ],
)  # fmt: skip
def test_filters(source: str, entropy: float | None, refuse: list[dict[str, Any]], lost: list[str]) -> None:
    table: dict[str, Any] = {}
    found: list[dict[str, Any]] = []
    notes = Notes()
    filters.add(source, table, found, "a", notes)
    assert table.get("min-entropy") == entropy
    assert found == refuse
    assert [note.text for note in notes.all] == lost


def test_of_two_least_entropies_the_higher_counts() -> None:
    table: dict[str, Any] = {"min-entropy": 3.5}
    filters.add('entropy(finding["secret"]) <= 2', table, [], "a", Notes())
    assert table["min-entropy"] == 3.5


def test_for_a_whole_file_there_is_no_least_entropy() -> None:
    notes = Notes()
    filters.add('entropy(finding["secret"]) <= 2', None, [], "the file", notes)
    assert [note.text for note in notes.all] == LEFT


@pytest.mark.parametrize("condition", ["", "OR", "or", "||", "AND", "and", "&&"])
def test_what_of_an_allowlist_has_to_hold(condition: str) -> None:
    own = {"condition": condition, "paths": ["a"], "stopwords": ["b"], "regexTarget": "line", "regexes": ["c"]}
    (made,) = refusals({"allowlists": [own]}, "a", Notes())
    assert (made.get("condition") == "all") is (condition in ("AND", "and", "&&"))


@pytest.mark.parametrize(
    ("keywords", "field"), [(["abc"], "literals"), (["ab"], "near"), (["abc", "ab"], "near"), (["密钥密钥"], "near")]
)
def test_keywords_are_looked_for_where_they_are_long_enough(keywords: list[str], field: str) -> None:
    rule = rule_table({"id": "a", "regex": "[0-9a-f]{40}", "keywords": keywords}, "a", "a", Notes())
    assert rule is not None
    assert [each for each in ("literals", "near") if each in rule] == [field]


@pytest.mark.parametrize(
    ("field", "value", "is_told"),
    [("tags", [], True), ("tags", ["a"], True), ("skipReport", False, False), ("tokenEfficiency", False, False),
     ("tokenEfficiency", True, True), ("novel", False, True)],
)  # fmt: skip
def test_a_field_that_changes_nothing_is_not_told(field: str, value: object, is_told: bool) -> None:
    notes = Notes()
    assert rule_table({"id": "a", "regex": "acme_[0-9]{9}", field: value}, "a", "a", notes)
    assert [field in note.text for note in notes.all] == [True] * is_told
