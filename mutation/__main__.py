"""Changes the core of detection in small ways, one at a time, and tells which changes no test notices.

The code is never changed on disk. The first run takes minutes to learn which test runs which line; `--scratch` keeps
that for as long as no file changes.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

from mutation.mutants import changes, sample
from mutation.run import report, tried
from mutation.traces import collect
from mutation.trial import Subject

ROOT = Path(__file__).resolve().parent.parent
CODE = ("keyguard/detection", "keyguard/rules")
TESTS = tuple(
    f"tests/{each}"
    for each in (
        "detection", "rules", "pipeline", "cli", "config", "fuzzing", "hooks", "remediation", "repair", "suppression",
        "verification",
    )
)  # fmt: skip
"""What runs any of that code."""
APART = "run_keyguard"
"""The fixture that runs it in another process, where no mutant is."""
ALIKE = ("click", "dulwich.objects", "hyperscan", "jsonschema", "pytest", "regex", "rich.console")
"""What nearly every trial imports, and no mutant changes."""


def main() -> None:
    """Try a sample of mutants; the exit code is 0 if every one was noticed."""
    given = _given()
    for name in ALIKE:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="keyguard-mutation-") as temporary:
        scratch = (given.scratch or Path(temporary)).absolute()
        traces = collect(Subject(ROOT, tuple(given.code), tuple(given.tests), APART), scratch, given.jobs)
        for test in traces.failing:
            print(f"left out, since it fails without a mutant: {test}")
        files = [each for each in traces.subject.files() if given.only.startswith(each) or each.startswith(given.only)]
        population = [each for each in changes(ROOT, files) if f"{each.path}:{each.at[0]}:".startswith(given.only)]
        wanted = list(sample(ROOT, population, given.mutants, given.seed, spread=given.spread))
        print(f"{len(wanted)} of {len(population)} mutants, {len(traces.seconds)} tests", flush=True)
        sys.exit(report(tried(traces, wanted, given.jobs, given.seconds, given.most)))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("code", nargs="*", default=CODE, help=f"folders to mutate; else {' and '.join(CODE)}")
    parser.add_argument("--mutants", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spread", action="store_true", help="no two mutants that change the same operator or number")
    parser.add_argument("--only", default="", metavar="PLACE", help="draw from those at PATH or PATH:LINE")
    parser.add_argument("--tests", nargs="+", default=TESTS, metavar="PATH", help="files or folders of tests")
    parser.add_argument("--most", type=float, default=60, help="seconds of tests for one mutant, as they were measured")
    parser.add_argument("--seconds", type=int, default=0, help="begin none after so long; 0: do not end early")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scratch", type=Path, help="folder for what is known of the tests; else a temporary one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
