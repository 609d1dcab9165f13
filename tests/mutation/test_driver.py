"""A change that a test notices is killed, one that none notices survives; what is measured decides which tests run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

CODE = """\
from functools import cache

RATE = 3


@cache
def table():
    return {"a": RATE + 1}


def looked_up(name):
    count = 0
    while count < 2:
        count += 1
    return table()[name]


def never_run(number):
    return number + 1
"""
TESTS = """\
from tiny.prices import looked_up


def test_that_comes_first_and_looks_at_nothing():
    looked_up("a")


def test_what_is_looked_up():
    assert looked_up("a") == 4


def test_that_fails_anyway():
    looked_up("b")
"""
CHANGES = {
    "a constant": ("RATE = 3", "RATE = 4"),
    "behind a cache": ("RATE + 1", "RATE - 1"),
    "that ends nowhere": ("count += 1", "count -= 1"),
    "that cannot be loaded": ("RATE = 3", "RATE = 3 / 0"),
    "that nothing notices": ("count = 0", "count = 1"),
    "that nothing runs": ("number + 1", "number - 1"),
}
SCRIPT = """
import json, sys
from pathlib import Path
from mutation import trial
from mutation.run import report, tried
from mutation.traces import collect
from mutation.trial import Mutant, Subject

trial.LONGEST, trial.TIMES = 2, 1
root, before = Path.cwd() / "package", Path("package/tiny/prices.py").read_text()
traces = collect(Subject(root, ("tiny",), ("tests",)), Path.cwd(), 2)
mutants = []
for name, (old, new) in json.loads(sys.argv[1]).items():
    line = before[: before.index(old)].count("\\n") + 1
    mutants.append(Mutant("tiny/prices.py", line, name, before, before.replace(old, new)))
ended = list(tried(traces, mutants, 2))
print(json.dumps([traces.failing, {mutant.operator: outcome for mutant, _, outcome in ended}]))
report(iter(ended))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    for path, text in {"tiny/prices.py": CODE, "tests/test_prices.py": TESTS}.items():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(text)
        (folder / path).with_name("__init__.py").touch()
    return tmp_path


def test_it_tells_what_tests_notice(package: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", SCRIPT, json.dumps(CHANGES)]
    done = subprocess.run(command, cwd=package, env=environ, capture_output=True, text=True, check=False, timeout=300)
    known, _, told = done.stdout.partition("\n")
    failing, outcomes = json.loads(known)
    assert failing == ["tests/test_prices.py::test_that_fails_anyway"]
    assert outcomes == {
        "a constant": "killed",
        "behind a cache": "killed",
        "that ends nowhere": "timed out",
        "that cannot be loaded": "not loaded",
        "that nothing notices": "survived",
        "that nothing runs": "survived",
    }
    assert "-    count = 0\n+    count = 1\n" in told
    assert told.endswith("killed 4 (1 of them timed out, 1 of them not loaded), survived 2: 66.7% of 6 killed\n")
    assert (package / "package/tiny/prices.py").read_text() == CODE


def test_what_no_run_can_tell_is_no_mutant(tmp_path: Path) -> None:
    mutants = pytest.importorskip("mutation.mutants", reason="needs cosmic-ray, of the group `mutation`")
    source = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    COUNT = 1 + 1

@dataclass(slots=True)
class A:
    size: int | None = None

def sum_of(one: int | str, *, other: int | str) -> int | str:
    return one - other
"""
    (tmp_path / "a.py").write_text(source)
    found = list(mutants.changes(tmp_path, ["a.py"]))
    made = list(mutants.sample(tmp_path, found, 100, seed=1))
    assert {each.line for each in made} == {8, 13}  # the decorator, and the one operator that a run reaches
    assert sum(each.line == 13 for each in made) == 11
    assert len(list(mutants.sample(tmp_path, found, 100, seed=1, spread=True))) == 2
    assert list(mutants.sample(tmp_path, found, 3, seed=2)) == list(mutants.sample(tmp_path, found, 9, seed=2))[:3]


def test_what_cosmic_ray_cannot_change_is_left_out(tmp_path: Path) -> None:
    mutants = pytest.importorskip("mutation.mutants", reason="needs cosmic-ray, of the group `mutation`")
    source = "try:\n    count = 1\nexcept (*SEVERAL, LookupError):\n    count = 2\n"
    (tmp_path / "a.py").write_text(source)
    found = list(mutants.changes(tmp_path, ["a.py"]))
    made = {each.line for each in mutants.sample(tmp_path, found, 100, seed=1)}
    assert {2, 4} <= made
