from __future__ import annotations

import pytest
import regex

from keyguard.detection import selfcheck, shaped
from keyguard.detection.engine import Engine
from keyguard.rules import loader
from keyguard.rules.catalogue import Example
from tests.detection.test_engine import engine_of, random_zz, rule

CATALOGUE = loader.load()
ENGINE = Engine(CATALOGUE, bulk=True)
PARTS = 8
"""How many tests share the rules, so that two cores can."""


def test_a_counter_example_that_is_found_is_a_problem() -> None:
    text = random_zz()
    case = selfcheck.Case("zz-key:counter-example-1", rule(), Example(text, None))
    assert case.problem(engine_of()) is None
    problem = case.problem(engine_of(rule()))
    assert problem is not None
    assert text not in problem


@pytest.mark.parametrize("change", [{"id": "other"}, {"pattern": regex.compile(rb"(?P<secret>zz-[A-Za-z0-9]{8})")}])
def test_an_example_that_another_rule_or_another_secret_is_found_in_is_a_problem(change: dict[str, object]) -> None:
    key = random_zz()
    case = selfcheck.Case("zz-key:example-1", rule(), Example(f"x {key}", key))
    assert case.problem(engine_of(rule())) is None
    assert case.problem(engine_of(rule(**change))) is not None
    assert case.problem(engine_of()) is not None


def test_a_file_with_a_whole_key_is_a_problem() -> None:
    engine = engine_of(rule())
    assert selfcheck.leak(engine, "zz.toml", b"zz-<<alnum:24>>") is None
    assert selfcheck.leak(engine, "zz.toml", random_zz().encode()) == "zz.toml: line 1: holds a whole key"


def test_a_pattern_that_does_not_finish_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaped, "_SECONDS", 0.3)
    slow = rule(
        pattern=regex.compile(rb"(?P<secret>zz-(?:\w|\w\w|\w\w\w){1,300}!)"),
        examples=(Example("", f"{random_zz()}{random_zz()[3:]}"),),
    )
    assert selfcheck.slowness(rule(examples=slow.examples), 1 << 16) is None
    assert selfcheck.slowness(slow, 1 << 16) is not None


def test_what_takes_longer_than_it_may_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "SECONDS", 0.9)
    assert selfcheck.slowness(rule(), 1 << 10) is None
    monkeypatch.setattr(selfcheck, "SECONDS", -1.0)
    problem = selfcheck.slowness(rule(), 1 << 10)
    assert problem is not None
    assert problem.startswith("zz-key: takes more than")


def test_hostile_text_is_made_of_a_key_and_as_long_as_was_asked_for() -> None:
    key = random_zz()
    texts = dict(selfcheck.hostile_texts(rule(examples=(Example(f"a {key}", key),)), 100))
    assert {len(text) for name, text in texts.items() if name != "a key that does not end"} == {100}
    assert texts["a key that does not end"] == key.encode() + key[-1:].encode() * 100
    assert texts["beginnings of keys"].startswith(key[:-1].encode() + b"!" + key[:-1].encode() + b"!")
    assert set(texts["the characters of a key"]) == set(key.encode())
    assert key.startswith(texts["halves of keys"][: len(key) // 2].decode())
    assert key.endswith(texts["ends of keys"][: len(key) - len(key) // 2].decode())
    assert texts["its literal"].startswith(b"zz-zz-")


def test_examples() -> None:
    cases = list(selfcheck.cases(CATALOGUE))
    assert len(cases) > 6 * len(CATALOGUE.rules)
    assert [problem for case in cases if (problem := case.problem(ENGINE))] == []


def test_rule_files_hold_no_key() -> None:
    files = dict(selfcheck.provider_files())
    assert len(files) == len(CATALOGUE.providers)
    assert [problem for name, data in files.items() if (problem := selfcheck.leak(ENGINE, name, data))] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_patterns_finish_on_hostile_text(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`keyguard rules check` gives them eight times as much of it, and as much more time."""
    size = selfcheck.HOSTILE_BYTES // 8
    monkeypatch.setattr(selfcheck, "SECONDS", selfcheck.SECONDS / 8)
    rules = CATALOGUE.rules[part::PARTS]
    assert [problem for rule in rules if (problem := selfcheck.slowness(rule, size))] == []
