"""What of a configuration of gitleaks becomes a rule of KeyGuard, and what is said of the rest."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from keyguard.config.document import parse
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue
from keyguard.rules.gitleaks.document import Imported, imported, is_one
from keyguard.rules.gitleaks.notes import lines
from keyguard.rules.gitleaks.rule import kebab
from keyguard.rules.gitleaks.toml import text_of
from tests.rules.gitleaks.sample import CONFIG
from tests.rules.users.sample import catalogue
from tests.support import keys

RNG = keys.fresh()
TOKEN, SESSION = keys.text(RNG, keys.LOWER + keys.DIGITS, 30), keys.text(RNG, keys.HEX, 32)


def of(text: str) -> Imported:
    return imported(tomllib.loads(text), loader.load().by_id)


def loaded(made: Imported) -> Catalogue:
    return catalogue(*made.rules, refuse=made.refuse)


def told(made: Imported, *, lost: bool = True) -> list[str]:
    return list(lines([note for note in made.notes if note.lost is lost]))


def found(rules: Catalogue, text: str, path: str = "a.txt") -> set[tuple[str, str]]:
    items = Engine(rules).detect(Chunk(Origin(Where.FILE, path), text.encode()))
    return {(each.rule, each.secret.reveal()) for each in items if isinstance(each, Match)}


@pytest.mark.parametrize(
    ("text", "is_gitleaks"),
    [
        ("", False),
        ("[[rule]]\nid = 'a'", False),
        ("[[rules]]\nid = 'a'", True),
        ("[extend]\nuseDefault = true", True),
        ("[allowlist]\npaths = ['x']", True),
        ("min-confidence = 'low'", False),
    ],
)
def test_it_is_recognised_by_what_it_holds(text: str, is_gitleaks: bool) -> None:
    assert is_one(tomllib.loads(text)) is is_gitleaks


def test_what_is_carried_over() -> None:
    made = of(CONFIG)
    assert [rule["id"] for rule in made.rules] == ["acme-token", "acme-session", "gitleaks-openai-project-key"]
    assert made.count == 6
    token, session, _ = made.rules
    assert token["title"] == "Acme token"
    assert token["min-entropy"] == 3.0
    assert "near" not in token
    assert session["title"] == "acme session"
    assert (session["near"], session["context"]) == (["acme"], 4096)
    assert [sorted(each) for each in session["refuse"]] == [["condition", "paths", "patterns", "target"], ["words"]]
    assert [sorted(each) for each in made.refuse] == [["paths", "patterns", "words"]]


def test_what_is_not_is_told_with_the_reason() -> None:
    made = of(CONFIG)
    assert told(made) == [
        "acme-token: tags are left out: KeyGuard has none",
        "Acme_Session: commits are not looked at: accept what is in them by keyguard baseline update --history",
        "acme-file: it reports files by their names alone, and KeyGuard reports secrets",
        "acme-letters: its pattern has a class of Unicode (\\p)",
        "acme-part: it reports nothing by itself, but is a part of other rules",
        "extend: the rules that come with gitleaks are left out: KeyGuard's own take their place",
        "extend: its path is not followed: name that file with --rules as well",
        "extend: disabledRules are left out: --exclude-rule or exclude-rules switch KeyGuard's rules off",
    ]
    assert told(made, lost=False) == [
        "acme-token: repeats without a bound end after 4,096 more",
        "Acme_Session: a keyword has to stand within 4,096 bytes, not only in the same file",
        "Acme_Session: is called acme-session here",
        "openai-project-key: is called gitleaks-openai-project-key here",
    ]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (f"acme = '{TOKEN}'", "a.txt", {("acme-token", TOKEN)}),
        (f"MY.acme_key: {TOKEN.upper()}", "a.txt", {("acme-token", TOKEN.upper())}),
        (f"acme = {TOKEN}", "vendor/a.txt", set()),
        (f"acme = {TOKEN}", "a.LOCK", set()),
        (f"acme = {TOKEN[:20]}example", "a.txt", set()),
        ("acme = aaaaaaaaaaaabbbbbbbbbbbb", "a.txt", set()),
        (f"acme sid-{SESSION}", "a.yml", {("acme-session", SESSION)}),
        (f"acme sid-{SESSION}", "a.txt", set()),
        (f"other sid-{SESSION}", "a.yml", set()),
        (f"acme sid-{SESSION} # Fixture", "test/a.yml", set()),
        (f"acme sid-{SESSION} # Fixture", "src/a.yml", {("acme-session", SESSION)}),
        (f"acme sid-{SESSION}", "test/a.yml", {("acme-session", SESSION)}),
        (f"acme-ai-{TOKEN}", "a.txt", {("gitleaks-openai-project-key", f"acme-ai-{TOKEN}")}),
    ],
)
def test_the_rules_find_what_they_found(text: str, path: str, expected: set[tuple[str, str]]) -> None:
    assert found(loaded(of(CONFIG)), text, path) == expected


def test_what_is_written_is_read_as_the_same_rules() -> None:
    made = of(CONFIG)
    text = text_of(made, "gitleaks.toml")
    document = parse(text.encode(), "rules.toml")
    again = catalogue(*document.table["rule"], refuse=tuple(document.table["refuse"]))
    for rule in loaded(made).rules:
        if rule.file is not None:
            other = again.by_id[rule.id]
            assert other.pattern.pattern.split() == rule.pattern.pattern.split() or (
                b"".join(other.pattern.pattern.split()) == b"".join(rule.pattern.pattern.split())
            )
            assert (other.gate, other.near, other.min_entropy, other.title) == (
                rule.gate, rule.near, rule.min_entropy, rule.title
            )  # fmt: skip
            assert len(other.refuse) == len(rule.refuse)
    assert "# Found an Acme session" in text


WRITTEN = [
    r"it's",
    r"'''",
    r"a'''b\"c\\",
    r"x{1,3}'",
    "(?:" + "|".join(f"option-{n}" for n in range(60)) + ")end",
    "[" + "'" + '"]{2}',
]


@pytest.mark.parametrize("pattern", WRITTEN, ids=lambda each: each[:20])
def test_any_pattern_can_be_written(pattern: str) -> None:
    made = of(f"[[rules]]\nid = 'a'\nregex = {_quoted(pattern + '-acme')}\npath = {_quoted(pattern)}")
    (rule,) = made.rules
    assert text_of(of("[[rules]]\nid = 'a'\nregex = 'acme_[0-9]{9}'"), "x").endswith("pattern = 'acme_[0-9]{9}'\n")
    table = tomllib.loads(text_of(made, "x"))["rule"][0]
    for name in ("pattern", "path"):
        assert table[name].replace("\n", "") == rule[name]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_words_and_descriptions_with_anything_in_them_can_be_written() -> None:
    words = ['a"b', "back\\slash", "密钥", "new\nline", "tab\t", "\x00\x7f\u202e"]
    table: dict[str, Any] = {
        "rules": [
            {"id": "a", "regex": "acme-[0-9]{9}", "description": "x\n[[rule]]\r\x1b[31m密", "keywords": words,
             "allowlists": [{"stopwords": words}]}
        ]
    }  # fmt: skip
    made = imported(table, ())
    back = tomllib.loads(text_of(made, "a\nb"))
    assert back["rule"] == list(made.rules)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[rules]]\nregex = 'a'", "rule 1: it has no id"),
        ("[[rules]]\nid = 'a'", "a: it has no regex: it changes a rule that another file has"),
        ("[[rules]]\nid = 'a'\nregex = 'x'\n[[rules]]\nid = 'a'\nregex = 'y'", "a: it stands there twice"),
        ("[[rules]]\nid = 'a'\nregex = '('", "a: its pattern leaves a group open"),
        ("[[rules]]\nid = 'a'\nregex = '(a)'\nsecretGroup = 2", "a: its pattern has no group 2"),
        ("[[rules]]\nid = 'a'\nregex = '(a)'\nsecretGroup = -1", "a: its pattern has a secretGroup"),
        ("[[rules]]\nid = 'a'\nregex = 'acme'\nvalidate = 'http.get()'", "a: validate is left out"),
        ("[[rules]]\nid = 'a'\nregex = 'acme'\nrequired = [{ id = 'b' }]", "a: required is left out"),
        ("[[rules]]\nid = 'a'\nregex = 'acme'\nnovel = 1", "a: novel is not known"),
        ("[[rules]]\nid = 'a'\nregex = '(?:[^x]{1000}){9}'", "a: its pattern may look at 36000 bytes"),
        ("novel = 1\n[[rules]]\nid = 'a'\nregex = 'acme'", "the file: novel is not known"),
        ("[allowlist]\nregexes = ['(']", "the file: a pattern of an allowlist leaves a group open"),
        ("[allowlist]\ncondition = 'XOR'\npaths = ['x']", "the file: an allowlist has a condition"),
        ("[allowlist]\ncondition = 'and'\npaths = ['(']\nregexes = ['x']", "conditions have to hold together"),
        ("[[allowlists]]\ntargetRules = ['b']\npaths = ['x']", "b: an allowlist is for it"),
        ("[allowlist]\nnovel = 1\npaths = ['x']", "the file: novel of an allowlist is not known"),
    ],
)
def test_whatever_cannot_be_carried_over_is_told(text: str, reason: str) -> None:
    assert any(reason in line for line in told(of(text)))


def test_an_allowlist_for_some_rules_holds_for_these() -> None:
    made = of("[[rules]]\nid = 'a'\nregex = 'acme'\n[[rules]]\nid = 'b'\nregex = 'acmd'\n"
              "[[allowlists]]\ntargetRules = ['b']\nstopwords = ['x']")  # fmt: skip
    assert ["refuse" in rule for rule in made.rules] == [False, True]
    assert not made.refuse


def test_a_keyword_that_no_match_has_is_what_is_looked_for() -> None:
    made = of("[[rules]]\nid = 'a'\nregex = '[0-9a-f]{40}'\nkeywords = ['acme', 'acmd']")
    assert (made.rules[0]["literals"], made.rules[0]["ignore-case"]) == (["acme", "acmd"], True)
    assert found(loaded(made), f"ACMD: {SESSION}01234567")
    assert not found(loaded(made), f"other: {SESSION}01234567")


def test_what_a_rule_is_said_to_find_stands_above_it_in_short_lines() -> None:
    rule = "[[rules]]\nid = 'a'\nregex = 'acme_[a-z0-9]{20}'\ndescription = "
    made = of(f'{rule}"\\u001b[31m one\\n\\n{"two" * 999}"')
    said = [line.removeprefix("# ") for line in text_of(made, "x.toml").splitlines() if line.startswith("# ")]
    assert said[-2:] == ["[31m one", ("two" * 999)[:400]]


RULE: dict[str, Any] = {"id": "a", "regex": "acme_[0-9]{9}"}


@pytest.mark.parametrize(
    ("description", "title"),
    [("One.", "One"), (" x " + "y" * 57, "x " + "y" * 57), ("x" * 60, "x" * 60), ("x" * 61, "a"), (" ", "a"),
     ("x\ny", "a"), (3, "a")],
)  # fmt: skip
def test_a_short_description_is_the_title(description: object, title: str) -> None:
    assert imported({"rules": [{**RULE, "description": description}]}, ()).rules[0]["title"] == title


@pytest.mark.parametrize(
    ("entropy", "least"), [(0, None), (-1, None), (0.5, 0.5), (99, 99.0), (10**400, 99.0), ("3", None)]
)
def test_the_least_entropy_is_a_number_above_zero(entropy: object, least: float | None) -> None:
    assert imported({"rules": [{**RULE, "entropy": entropy}]}, ()).rules[0].get("min-entropy") == least


@pytest.mark.parametrize(("name", "made"), [("A_b..C", "a-b-c"), ("-a-", "a"), ("密", "rule"), ("a" * 95, "a" * 90)])
def test_an_id_is_written_as_keyguard_s_are(name: str, made: str) -> None:
    assert kebab(name) == made


@pytest.mark.parametrize(("size", "in_one"), [(99, True), (100, False)])
def test_a_list_stands_in_one_line_as_long_as_there_is_room(size: int, in_one: bool) -> None:
    keyword = "k" * size
    written = text_of(imported({"rules": [{**RULE, "keywords": [keyword]}]}, ()), "a")
    assert (f'near = ["{keyword}"]\n' if in_one else f'near = [\n  "{keyword}",\n]\n') in written
