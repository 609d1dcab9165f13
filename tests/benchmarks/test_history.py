from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.history import Measured, Row, table

HOLDS = "import sys; held = bytearray(60 << 20); [held.__setitem__(at, 1) for at in range(0, len(held), 4096)]; "
WAITS = "import time; time.sleep(0.3)"


def test_time_and_memory_of_a_run(tmp_path: Path) -> None:
    row = Row("tool", "1", [sys.executable, "-c", HOLDS + WAITS + "; print(7)"], found=int)
    row.run(tmp_path)
    (run,) = row.runs
    assert run.clock > 0.3
    assert run.memory > 60 << 20
    assert run.found == 7


def test_what_failed_has_no_figures_and_is_not_run_again(tmp_path: Path) -> None:
    row = Row("tool", "1", [sys.executable, "-c", "raise SystemExit(4)"])
    for _ in range(2):
        row.run(tmp_path)
    assert row.runs == []
    assert "exit code 4" in row.failed
    own = Row("KeyGuard", "2", [], runs=[Measured(2.0, 3.0, 1 << 20, 5)])
    clocks = [line.split(" | ")[2] for line in list(table([own, row]))[2:]]
    assert clocks == ["2.00 s", "failed: ended with exit code 4"]


def test_ratios_are_of_medians() -> None:
    own = Row("KeyGuard", "2", [], runs=[Measured(clock, 1.0, 1 << 20, 5) for clock in (1.0, 2.0, 9.0)])
    peer = Row("peer", "3", [], runs=[Measured(4.0, 2.0, 1 << 20, None)])
    line = list(table([own, peer]))[-1]
    assert "| 4.00 s | 0.50 × | 2.00 s | 0.50 × |" in line
    assert line.endswith("| – |")
