"""The schema for editors says of every configuration what the reader says, as far as a schema can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.config import contact
from keyguard.config.document import Document
from keyguard.config.settings import READERS, made
from keyguard.errors import ConfigError
from keyguard.model import Confidence, Severity
from keyguard.rules.catalogue import Kind, Target, Topic
from keyguard.rules.fields import SURENESS
from keyguard.rules.rule import known_fields
from tests.config.test_documented import SETTINGS
from tests.conftest import RunKeyguard

SCHEMA: dict[str, Any] = json.loads(Path("keyguard/config/schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
RULE = SCHEMA["definitions"]["rule"]["properties"]


def is_read(table: dict[str, Any]) -> bool:
    try:
        made(Document("x", "", table), "x")
    except ConfigError:
        return False
    return True


def test_schema_is_one_itself():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_keys_are_those_of_the_reader():
    assert SCHEMA["properties"].keys() == READERS.keys()
    assert SCHEMA["properties"]["contact"]["properties"].keys() == contact.LONGEST.keys()
    fields = {field for kind in Kind for field in known_fields(kind)}
    assert RULE.keys() == (fields | {"provider"}) - {"alone"}  # which is refused, with a reason
    assert RULE["guide"]["properties"].keys() == {*Topic}


def test_words_are_those_of_the_reader():
    levels = [each.label for each in Confidence]
    assert SCHEMA["properties"]["min-confidence"]["enum"] == levels
    assert [RULE[name]["enum"] for name in ("confidence", "proven", "disproven")] == [levels] * 3
    assert {*RULE["severity"]["enum"]} == {each.label for each in Severity}
    assert {*RULE["detector"]["enum"]} == {each.value for each in Kind}
    assert {*RULE["sureness"]["enum"]} == {*SURENESS}
    assert {*SCHEMA["definitions"]["refuse"]["properties"]["target"]["enum"]} == {each.value for each in Target}


def test_what_the_documentation_shows_is_accepted():
    import tomllib

    VALIDATOR.validate(tomllib.loads(SETTINGS))
    for file in Path("keyguard/providers").glob("a*.toml"):  # KeyGuard's own rules have the fields that users' have
        for rule in tomllib.loads(file.read_text("utf-8")).get("rule", []):
            own = {key: value for key, value in rule.items() if key in RULE and key != "guide"}
            VALIDATOR.validate({"rule": [own]})


PATHS = st.lists(st.sampled_from(["a", "*", "**", "/", ".", "!", "\\", "?", ":", ".git", "x.y"]), max_size=6).map(
    "".join
)
LINES = st.text("ab \n\t\x7f密“", max_size=6) | st.sampled_from(["x" * 80, "x" * 81, "x" * 400, "x" * 401])
LINKS = st.sampled_from(
    [
        "https://a.example/x?y#z",
        "http://a.example",
        "mailto:a@b.example",
        "javascript:1",
        "https://a@b.example/",
        "https://",
    ]
)
MAILS = st.sampled_from(["a@b.example", "a@b", "a b@c.example", "@", "a@b.c\n"[:-1]])
VALUES: list[Any] = [None, True, -1, 2, "", "low", "en", "a-b", "A b", [], {}]
ANY = st.sampled_from(VALUES)
CONTACT = st.fixed_dictionaries(
    {},
    optional={
        "name": LINES | st.dictionaries(st.sampled_from(["en", "zh", "fr"]), LINES, max_size=2),
        "text": LINES,
        "email": MAILS | ANY,
        "url": LINKS | ANY,
        "phone": st.just("1"),
    },
)
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "min-confidence": st.sampled_from(["low", "medium", "high", "none"]) | ANY,
        "exclude-rules": st.lists(st.sampled_from(["a-b", "a", "A", "a--b", ""]) | ANY, max_size=2) | ANY,
        "exclude-paths": st.lists(PATHS | ANY, max_size=2) | ANY,
        "baseline": PATHS | ANY,
        "lang": st.sampled_from(["en", "zh", "de"]) | ANY,
        "accept-unread": st.lists(st.sampled_from(["0" * 40, "0" * 64, "0" * 41, "G" * 40]) | ANY, max_size=2) | ANY,
        "contact": CONTACT | ANY,
        "langs": ANY,
    },
)


@settings(max_examples=80)
@given(TABLES)
def test_schema_and_reader_agree(table):
    assert VALIDATOR.is_valid(table) == is_read(table)


@pytest.mark.parametrize(
    ("table", "fit"),
    [
        ({"contact": {"name": "x" * 80, "text": "x" * 400}}, True),
        ({"contact": {"name": "x" * 81}}, False),
        ({"contact": {"text": {"zh": "x" * 401}}}, False),
        ({"contact": {"name": {}}}, False),
        ({"contact": {}}, False),
        ({"contact": {"url": f"https://a.example/{'x' * 283}"}}, False),
        ({"baseline": "a/.gIt/x"}, False),
        ({"baseline": "a/.gitx/x"}, True),
        ({"baseline": "a/../x"}, False),
        ({"exclude-paths": ["**/*/"]}, False),
        ({"exclude-paths": ["a**"]}, False),
        ({"exclude-paths": ["/**/a/**"]}, True),
    ],
)
def test_schema_and_reader_agree_at_the_edges(table, fit):
    assert (VALIDATOR.is_valid(table), is_read(table)) == (fit, fit)


@pytest.mark.parametrize(
    "table",
    [
        {"rule": [{"id": "a-b"}]},
        {"rule": [{"id": "a-b", "pattern": "x", "alone": "y"}]},
        {"rule": [{"id": "a-b", "pattern": "x", "verify": {}}]},
        {"rule": [{"id": "a b", "pattern": "x"}]},
        {"rule": {"id": "a-b", "pattern": "x"}},
        {"refuse": [{"target": "line"}]},
    ],
)
def test_rules_that_are_refused_are_refused_by_the_schema(table):
    assert not VALIDATOR.is_valid(table)


def test_schema_is_printed(run_here: RunKeyguard):
    assert json.loads(run_here("config", "schema").stdout) == SCHEMA
