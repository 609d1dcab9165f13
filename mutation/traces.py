"""Which test runs which line, and how long it takes: found out once, and kept while no file changes."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import pytest
from coverage import Coverage, CoverageData

from mutation.loading import module_name
from mutation.trial import Mutant, Subject, Tests, Trial, finish, forked, run_tests

RAN = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""How a run of tests ends that came to its end."""
CHEAP = 0.3
"""Seconds of a test that is run though it is not known to run the line."""


@dataclass(slots=True, eq=False)
class _Traced(Tests):
    """Tells coverage which test runs, and takes the time of each."""

    measuring: Coverage = field(default_factory=Coverage)
    seconds: dict[str, float] = field(default_factory=dict)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Put a name on what is measured until the test ends."""
        self.measuring.switch_context(nodeid)
        self.seconds[nodeid] = -time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Take the time, and the name away."""
        self.seconds[nodeid] += time.monotonic()
        self.measuring.switch_context("")


@dataclass(frozen=True)
class Traces:
    """What was found out of each test."""

    subject: Subject
    folder: Path
    seconds: dict[str, float]
    """How long each test takes while it is measured, but for those that fail without any mutant."""
    failing: list[str]

    def of(self, mutant: Mutant, most: float = float("inf")) -> dict[str, float]:
        """Return the tests that may tell a mutant, as many as take no more than `most` seconds together.

        First come those that run its lines: of files that import the module, then others, in each the cheapest first.
        What is worked out once, at an import or for a cache, is run by the first test that needs it, or by none. So
        the cheap tests that run anything in the file, or in one that imports from it, have their turn as well.
        """
        runs = self._runs(mutant.path)
        exact = {test for line in statement(mutant.before, mutant.line) for test in runs.get(line, ())}
        near, meant = set[str]().union(*runs.values()), set[str]()
        for path in self._importers(mutant.path):
            if path.startswith(self.subject.tests):
                meant |= {test for test in self.seconds if test.startswith(f"{path}::")}
            else:
                near |= set[str]().union(*self._runs(path).values())
        cheap = {test for test in near | meant if self.seconds.get(test, 0) <= CHEAP}
        known = (exact | cheap) & self.seconds.keys()
        chosen, total = dict[str, float](), 0.0
        for test in sorted(known, key=lambda each: (each not in exact, each not in meant, self.seconds[each], each)):
            total += self.seconds[test]
            if total <= most or not chosen:
                chosen[test] = self.seconds[test]
        return chosen

    def _runs(self, path: str) -> dict[int, list[str]]:
        if path not in self._known:
            found = self._known[path] = {}
            for data in self._data:
                for line, tests in data.contexts_by_lineno(str(self.subject.root / path)).items():
                    found.setdefault(line, []).extend(test for test in tests if test)
        return self._known[path]

    @cached_property
    def _known(self) -> dict[str, dict[int, list[str]]]:
        return {}

    @cached_property
    def _data(self) -> list[CoverageData]:
        found = [CoverageData(str(each)) for each in sorted(self.folder.glob("lines-*"))]
        for each in found:
            each.read()
        return found

    def _importers(self, path: str) -> list[str]:
        return [each for each, imported in self._imports.items() if module_name(path) in imported]

    @cached_property
    def _imports(self) -> dict[str, set[str]]:
        return {path: _imported(self.subject.root / path) for path in _python(self.subject)}


def collect(subject: Subject, scratch: Path, jobs: int) -> Traces:
    """Return the traces that are kept in a folder, or run all tests to make them: once measured, once to see them pass.

    The second run is as a mutant has it, so that no test is believed that fails of itself.
    """
    folder = scratch / _identity(subject)
    kept = folder / "tests.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        seconds = _measured(subject, folder, jobs)
        failing = _failing(subject, seconds, folder, jobs)
        passing = {each: taken for each, taken in seconds.items() if each not in failing}
        kept.write_text(json.dumps({"seconds": passing, "failing": failing}), "utf-8")
    return Traces(subject, folder, **json.loads(kept.read_text("utf-8")))


def _measured(subject: Subject, folder: Path, jobs: int) -> dict[str, float]:
    """Note which test runs which line, and return how long each takes."""
    shares = [each for each in (_test_files(subject)[job::jobs] for job in range(jobs)) if each]
    _finished(
        [
            forked(partial(_measure, subject, share, folder, job), folder / f"output-{job}")
            for job, share in enumerate(shares)
        ]
    )
    seconds = dict[str, float]()
    for job in range(len(shares)):
        seconds |= json.loads((folder / f"seconds-{job}").read_text("utf-8"))
    return seconds


def _measure(subject: Subject, files: Sequence[str], folder: Path, job: int) -> int:
    own = folder / f"measured-{job}"
    own.mkdir(exist_ok=True)
    data, code = folder / f"lines-{job}", [str(subject.root / each) for each in subject.code]
    plugin = _Traced(None, subject.apart, measuring=Coverage(str(data), config_file=False, source=code))
    plugin.measuring.start()
    ended = run_tests(subject, files, plugin, own)
    plugin.measuring.stop()
    plugin.measuring.save()
    (folder / f"seconds-{job}").write_text(json.dumps(plugin.seconds), "utf-8")
    return ended


def _failing(subject: Subject, seconds: Mapping[str, float], folder: Path, jobs: int) -> list[str]:
    """Run all tests as a mutant has them, cheapest first, and return those that fail though nothing is mutated."""
    order = sorted(seconds, key=lambda each: (seconds[each], each))
    trials = [Trial(subject, None, {each: seconds[each] for each in order[job::jobs]}, folder) for job in range(jobs)]
    statuses = _finished([each.start() for each in trials])
    for trial, status in zip(trials, statuses, strict=True):
        trial.ended(status)
    return [test for trial in trials for test in trial.failed]


def _finished(numbers: Sequence[int]) -> list[int]:
    """Wait until runs of tests have come to their end, and return the statuses that they left with."""
    statuses = [os.waitpid(number, 0)[1] for number in numbers]
    for number in numbers:
        finish(number)
    if any(os.waitstatus_to_exitcode(each) not in RAN for each in statuses):
        raise RuntimeError("the tests do not come to their end where nothing is mutated")
    return statuses


def statement(source: str, line: int) -> range:
    """Return the lines of the statement that a line belongs to, without the statements inside of it."""
    best = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if line <= max(last, node.lineno):
                best = range(node.lineno, max(last, node.lineno) + 1)
    return best


def _test_files(subject: Subject) -> list[str]:
    return [each for each in _python(subject) if each.startswith(subject.tests) and Path(each).name.startswith("test_")]


def _python(subject: Subject) -> list[str]:
    """Return the paths of all that a run depends on."""
    top = {each.split("/")[0] for each in (*subject.code, *subject.tests)}
    found = (each for folder in top for each in (subject.root / folder).rglob("*.py"))
    return sorted(each.relative_to(subject.root).as_posix() for each in found)


def _identity(subject: Subject) -> str:
    known = hashlib.sha256(repr((subject.tests, subject.code)).encode())
    for path in _python(subject):
        known.update(path.encode() + b"\0" + (subject.root / path).read_bytes())
    return known.hexdigest()[:16]


def _imported(file: Path) -> set[str]:
    """Return the modules that a file names in its imports; of what may be a module or a name in one, both."""
    found = set[str]()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found
