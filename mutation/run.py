"""Tries mutants, several at a time, and tells how many the tests noticed."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from mutation.traces import Traces
from mutation.trial import Mutant, Outcome, Trial, finish

APART: tuple[Outcome, ...] = ("timed out", "not loaded")
"""Of those that count as killed, which no test failed for: one ran too long, or none could begin."""


def tried(
    traces: Traces, mutants: Sequence[Mutant], jobs: int, seconds: float = 0, most: float = float("inf")
) -> Iterator[tuple[Mutant, Trial, Outcome]]:
    """Yield how each trial ended, in the order in which they do; after so many seconds none is begun.

    The tests of one take no more than `most` together, if nothing is mutated.
    """
    ends = time.monotonic() + (seconds or float("inf"))
    left, running = list(reversed(mutants)), dict[int, tuple[Mutant, Trial]]()
    while running or (left and time.monotonic() < ends):
        while left and len(running) < jobs and time.monotonic() < ends:
            mutant = left.pop()
            trial = Trial(traces.subject, mutant, traces.of(mutant, most), traces.folder)
            running[trial.start()] = (mutant, trial)
        number, status = os.wait()
        finish(number)
        mutant, trial = running.pop(number)
        yield mutant, trial, trial.ended(status)


def report(ended: Iterator[tuple[Mutant, Trial, Outcome]]) -> int:
    """Print each survivor when it is known, and in the end how many there are; return 1 if there is one."""
    counts = Counter[Outcome]()
    for mutant, trial, outcome in ended:
        counts[outcome] += 1
        place, took = f"{mutant.path}:{mutant.line} {mutant.operator}", time.monotonic() - trial.began
        told = "".join(f" by {test}" for test in trial.failed[:1])
        print(f"{counts.total()} {place} {outcome}{told}, {took:.1f} s", file=sys.stderr, flush=True)
        if outcome == "survived":
            print(f"survived {len(trial.tests)} tests: {place}\n{mutant.difference()}\n", flush=True)
    survived, total = counts["survived"], counts.total()
    killed = total - survived
    apart = ", ".join(f"{counts[each]} of them {each}" for each in APART if counts[each])
    share = f"{killed / total:.1%}" if total else "nothing"
    print(f"killed {killed}{f' ({apart})' if apart else ''}, survived {survived}: {share} of {total} killed")
    return 1 if survived else 0
