from __future__ import annotations

import pytest
import regex

from keyguard.detection import selfcheck
from keyguard.detection.engine import Engine
from keyguard.rules import loader
from keyguard.rules.catalogue import Example, Rule
from tests.detection.test_engine import engine_of, random_zz, rule

CATALOGUE = loader.load()
ENGINE = Engine(CATALOGUE, bulk=True)
CASES = list(selfcheck.cases(CATALOGUE))


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


def test_a_pattern_that_does_not_finish_is_a_problem() -> None:
    slow = rule(
        pattern=regex.compile(rb"(?P<secret>zz-(?:\w|\w\w|\w\w\w){1,300}!)"),
        examples=(Example("", f"{random_zz()}{random_zz()[3:]}"),),
    )
    assert selfcheck.slowness(rule(examples=slow.examples), 1 << 16) is None
    assert selfcheck.slowness(slow, 1 << 16) is not None


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_examples(case: selfcheck.Case) -> None:
    assert case.problem(ENGINE) is None


@pytest.mark.parametrize("name", [name for name, _ in selfcheck.provider_files()])
def test_rule_files_hold_no_key(name: str) -> None:
    assert selfcheck.leak(ENGINE, name, dict(selfcheck.provider_files())[name]) is None


@pytest.mark.parametrize("each", CATALOGUE.rules, ids=[each.id for each in CATALOGUE.rules])
def test_patterns_finish_on_hostile_text(each: Rule) -> None:
    assert selfcheck.slowness(each, 1 << 17) is None
