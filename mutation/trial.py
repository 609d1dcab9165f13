"""One mutant before the tests, in a process of its own that has not imported anything of the package yet."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Literal

import pytest

from mutation.loading import Finder

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:pytest_cov", "-p", "no:xdist", "--assert=plain")
"""How pytest is run: in this process, in the order that is given."""
LONGEST, TIMES = 20, 10
"""How many seconds one test may take: so many, and so many times what it takes of itself."""
IMPORTING = 200
"""Seconds in which the tests are read."""
MEMORY = 6 << 30
"""Bytes of address space of one trial: a mutant that takes all there is has to fail alone."""
Outcome = Literal["killed", "timed out", "not loaded", "survived"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file of the package, changed in one place."""

    path: str
    line: int
    operator: str
    before: str
    after: str

    def difference(self) -> str:
        """Return what is changed, as a diff without the lines around it."""
        lines = unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=0)
        return "\n".join(list(lines)[2:])


@dataclass(frozen=True, slots=True)
class Subject:
    """What is mutated and tested: folders of code and of tests, below a root that imports start from."""

    root: Path
    code: tuple[str, ...]
    tests: tuple[str, ...]
    apart: str = ""
    """The fixture whose tests run the code in another process, where no mutant is."""

    def files(self) -> list[str]:
        """Return the paths of the code's files."""
        found = (each for folder in self.code for each in (self.root / folder).rglob("*.py"))
        return sorted(each.relative_to(self.root).as_posix() for each in found)


@dataclass(slots=True, eq=False)
class Tests:
    """A plugin of pytest that keeps the wanted tests in the wanted order, and stops what takes too long."""

    wanted: Mapping[str, float] | None
    """The ids of tests, with the seconds that each takes; None stands for all there are."""
    apart: str = ""
    failed: list[str] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Have Hypothesis draw the same each time, keep nothing, and not look for the smallest case."""
        if "hypothesis" in sys.modules:
            from hypothesis import Phase, settings

            phases = (Phase.explicit, Phase.generate)
            settings.register_profile("mutation", settings(), database=None, derandomize=True, phases=phases)
            settings.load_profile("mutation")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what was not asked for."""
        if self.wanted is None:
            items[:] = [each for each in items if self.apart not in getattr(each, "fixturenames", ())]
        else:
            places = {name: place for place, name in enumerate(self.wanted)}
            items[:] = sorted((each for each in items if each.nodeid in places), key=lambda each: places[each.nodeid])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let the system end the process when a test does not: no code of Python has to run for that."""
        signal.setitimer(signal.ITIMER_REAL, LONGEST + TIMES * (self.wanted or {}).get(item.nodeid, LONGEST))
        result = yield
        signal.setitimer(signal.ITIMER_REAL, 0)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what fails."""
        if report.failed:
            self.failed.append(report.nodeid)


@dataclass(slots=True)
class Trial:
    """A mutant, or None for the code as it is, and the tests that are to tell; `start` and then `ended` are called."""

    subject: Subject
    mutant: Mutant | None
    tests: Mapping[str, float]
    """As `Tests.wanted`, in the order in which they run."""
    scratch: Path
    began: float = 0.0
    failed: list[str] = field(default_factory=list)
    """The test that told, or all that fail where nothing is mutated."""

    def start(self) -> int:
        """Begin in a process of its own, and return its number."""
        self.scratch = Path(tempfile.mkdtemp(dir=self.scratch))
        self.began = time.monotonic()
        return forked(self._run, self.scratch / "output")

    def ended(self, status: int) -> Outcome:
        """Say how it went, by the status that the process left with."""
        written = self.scratch / "failed"
        self.failed = json.loads(written.read_text("utf-8")) if written.exists() else []
        shutil.rmtree(self.scratch, ignore_errors=True)
        if os.WIFSIGNALED(status):
            return "timed out" if os.WTERMSIG(status) == signal.SIGALRM else "killed"
        if os.waitstatus_to_exitcode(status) in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return "survived"
        return "killed" if self.failed else "not loaded"

    def _run(self) -> int:
        if not self.tests:
            return pytest.ExitCode.NO_TESTS_COLLECTED
        if self.mutant is not None:
            sys.meta_path.insert(0, Finder(self.subject.root, self.mutant.path, self.mutant.after))
        more = ["--exitfirst"] if self.mutant is not None else []
        plugin = Tests(self.tests)
        files = dict.fromkeys(each.split("::")[0] for each in self.tests)
        try:
            return run_tests(self.subject, [*files, *more], plugin, self.scratch)
        finally:
            (self.scratch / "failed").write_text(json.dumps(plugin.failed), "utf-8")


def run_tests(subject: Subject, arguments: Sequence[str], plugin: Tests, scratch: Path) -> int:
    """Run pytest in this process, which is not good for another run afterwards; return its exit code."""
    os.chdir(subject.root)
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(scratch.parent / "bytecode")  # compiled once for all
    sys.path.insert(0, str(subject.root))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.setitimer(signal.ITIMER_REAL, IMPORTING)  # each test sets its own
    base = f"--basetemp={scratch / 'temporary'}"
    return int(pytest.main([*OPTIONS, base, f"--rootdir={subject.root}", *arguments], plugins=[plugin]))


def forked(task: Callable[[], int], output: Path) -> int:
    """Run a task in a copy of this process that prints to a file and ends with the code that it returns."""
    sys.stdout.flush()
    number = os.fork()
    if number:
        return number
    code = 70
    try:
        os.setsid()
        target = os.open(output, os.O_WRONLY | os.O_CREAT, 0o600)
        for each in (1, 2):
            os.dup2(target, each)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        code = task()
    except BaseException:  # whatever it is, it must not go on as a second parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def finish(number: int) -> None:
    """End what a task has left running."""
    try:
        os.killpg(number, signal.SIGKILL)
    except ProcessLookupError:
        return
