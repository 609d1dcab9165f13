"""Scans hundreds of repositories with processes of this machine and on a Dask cluster, and breaks both on the way.

Made are COUNT repositories; the REPOs given are scanned with them. Each figure is of one run, with KeyGuard installed
from its wheel. The page says whether all reports are the same but for times.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks.fleet.cluster import Cluster
from benchmarks.fleet.repositories import make
from benchmarks.history import installed

PROJECT = Path(__file__).resolve().parent.parent.parent
TIMES = ("started", "ended", "at", "detected", "seen", "days", "seconds", "id")
"""The members of a report that tell when, and by which run."""
PARTS = ("throughput", "together", "unchanged", "broken")
NOTHING = 500
"""How many jobs that do nothing are given to a scheduler."""


@dataclass
class Ran:
    """One run: how long it took by the clock and of all processors, its report without times, and what it told."""

    seconds: float
    processor: float
    code: int
    report: Any
    events: list[dict[str, Any]]

    @property
    def ends(self) -> list[str]:
        """The repositories that it said it was done with, as often as it said so."""
        return [each["repository"] for each in self.events if each["event"] == "ended"]


@dataclass
class Bench:
    """Where everything lies, and what has been measured."""

    python: Path
    scratch: Path
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def scan(
        self, name: str, paths: Sequence[Path], *options: str, kill: str = "", cluster: Cluster | None = None
    ) -> Ran:
        """Run a scan whose file and folder have a name; `kill` a worker or the scheduler once a quarter is done."""
        report, folder = self.scratch / f"{name}.json", self.scratch / f"{name}.clones"
        command: list[str | Path] = [
            self.python, "-P", "-m", "keyguard", "fleet", "scan", *options, "--db", self.scratch / f"{name}.db",
            "--cache", folder, "--progress", "jsonl", "--output", f"json={report}",
        ]  # fmt: skip
        command += ["--scheduler", cluster.address] if cluster else []
        command += ["-"] if paths else []
        listed = self.scratch / "targets"
        listed.write_text("\n".join(map(str, paths)))
        started, used = time.monotonic(), _processor()
        with listed.open("rb") as given:
            process = subprocess.Popen(
                command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self._environment()
            )
        events = list(self._events(process, len(paths) // 4, kill, cluster))
        code = process.wait()
        seconds = time.monotonic() - started
        return Ran(seconds, _processor() - used, code, _without_times(json.loads(report.read_text())), events)

    def _environment(self) -> dict[str, str]:
        homes = {f"XDG_{name}_HOME": str(self.scratch / name.lower()) for name in ("CACHE", "STATE")}
        for each in homes.values():
            Path(each).mkdir(mode=0o700, exist_ok=True)
        return {**os.environ, **homes}

    def _events(
        self, process: subprocess.Popen[bytes], after: int, kill: str, cluster: Cluster | None
    ) -> Iterator[dict[str, Any]]:
        done = 0
        for line in process.stderr or ():
            if not line.startswith(b"{"):
                continue
            event = json.loads(line)
            yield event
            done += event["event"] == "ended"
            if kill and event["event"] == "ended" and done >= after and event.get("worker"):
                if kill == "worker":
                    os.kill(int(event["worker"].rpartition(":")[2]), signal.SIGKILL)
                elif cluster:
                    cluster.kill_scheduler()
                kill = ""

    def cluster(self, name: str, workers: int) -> Cluster:
        """Return a cluster whose workers have the same homes as the scans."""
        return Cluster(self.python, self.scratch / name, workers, self._environment())

    def say(self, line: str) -> None:
        """Add a line to the page, and show it."""
        self.lines.append(line)
        click.echo(line)

    def held(self, what: str, holds: bool) -> None:
        """Add whether something holds that has to."""
        if not holds:
            self.wrong.append(what)
        self.say(f"| {what} | {'yes' if holds else '**NO**'} |")


def _processor() -> float:
    """Return the seconds of all processes that this one has waited for, and of those that they have waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _without_times(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {name: _without_times(each) for name, each in value.items() if name not in TIMES}
    return [_without_times(each) for each in value] if isinstance(value, list) else value


def throughput(bench: Bench, paths: Sequence[Path]) -> None:
    """Scan the made repositories with one and with two workers, here and on a cluster."""
    bench.say(f"\n## Throughput: the {len(paths)} made ones\n")
    bench.say("| | workers | seconds | repositories a second |")
    bench.say("|---|---|---|---|")
    for workers in (1, 2):
        ran = bench.scan(f"pool-{workers}", paths, "--jobs", str(workers))
        bench.say(f"| processes | {workers} | {ran.seconds:.1f} | {len(paths) / ran.seconds:.1f} |")
        with bench.cluster(f"cluster-{workers}", workers) as cluster:
            ran = bench.scan(f"dask-{workers}", paths, cluster=cluster)
        bench.say(f"| Dask | {workers} | {ran.seconds:.1f} | {len(paths) / ran.seconds:.1f} |")
    bench.say(f"\nA job that does nothing takes the scheduler {_cost(bench):.1f} ms ({NOTHING} of them, two workers).")


def _cost(bench: Bench) -> float:
    script = (
        "import sys, time, distributed\n"
        "with distributed.Client(sys.argv[1]) as client:\n"
        "    executor = client.get_executor(pure=False)\n"
        "    executor.submit(abs, 1).result()\n"
        "    started = time.monotonic()\n"
        "    [each.result() for each in [executor.submit(abs, -1) for _ in range(int(sys.argv[2]))]]\n"
        "    print((time.monotonic() - started) * 1000 / int(sys.argv[2]))\n"
    )
    with bench.cluster("cluster-cost", 2) as cluster:
        asked: list[str | Path] = [bench.python, "-P", "-c", script, cluster.address, str(NOTHING)]
        return float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


def together(bench: Bench, paths: Sequence[Path]) -> None:
    """Scan everything both ways, and once more with nothing new."""
    pool = bench.scan("pool-all", paths, "--jobs", "2")
    again = bench.scan("pool-all", paths, "--jobs", "2")
    with bench.cluster("cluster-all", 2) as cluster:
        dask = bench.scan("dask-all", paths, cluster=cluster)
    found, unread = len(pool.report["findings"]), len(pool.report["incomplete"])
    bench.say(f"\n## All {len(paths)}: {found} keys, {unread} things that could not be read\n")
    bench.say("| | seconds | of the first |")
    bench.say("|---|---|---|")
    bench.say(f"| processes, two | {pool.seconds:.1f} | |")
    bench.say(f"| the same, with nothing new | {again.seconds:.2f} | {again.seconds / pool.seconds:.1%} |")
    bench.say(f"| Dask, two workers | {dask.seconds:.1f} | |")
    bench.say("\n| | |")
    bench.say("|---|---|")
    bench.held("both reports are the same but for times", pool.report == dask.report)
    bench.held("a run with nothing new takes at most 5 % of the first", again.seconds <= 0.05 * pool.seconds)


def unchanged(bench: Bench, paths: Sequence[Path]) -> None:
    """Scan the made ones alone with nothing new: so small that a run is hardly more than the start of Python."""
    first, again = (bench.scan("pool-same", paths, "--jobs", "2") for _ in range(2))
    bench.say(f"\nThe made ones alone: {first.seconds:.1f} s, and with nothing new {again.seconds:.2f} s, ")
    bench.say(f"{again.seconds / first.seconds:.1%}; of the processors {first.processor:.1f} s and ")
    bench.say(f"{again.processor:.2f} s, {again.processor / first.processor:.1%}.")


def broken(bench: Bench, paths: Sequence[Path]) -> None:
    """Kill workers and the scheduler midway."""
    bench.say("\n## What breaks\n")
    bench.say("| | |")
    bench.say("|---|---|")
    right = bench.scan("right", paths, "--jobs", "2").report
    once = sorted(map(str, paths))
    pool = bench.scan("pool-killed", paths, "--jobs", "2", kill="worker")
    bench.held("processes, a worker killed with -9: the same report", pool.report == right)
    bench.held("each repository told once", sorted(pool.ends) == once)
    with bench.cluster("cluster-worker", 2) as cluster:
        dask = bench.scan("dask-killed", paths, kill="worker", cluster=cluster)
    bench.held("Dask, a worker killed with -9: the same report", dask.report == right)
    bench.held("each repository told once", sorted(dask.ends) == once)
    with bench.cluster("cluster-scheduler", 2) as cluster:
        first = bench.scan("resumed", paths, kill="scheduler", cluster=cluster)
    left = first.events[-1].get("left", 0)
    bench.held("Dask, the scheduler killed with -9: it says how many are left", 0 < left < len(paths))
    with bench.cluster("cluster-again", 2) as cluster:
        second = bench.scan("resumed", (), "--resume", cluster=cluster)
    bench.held("another scheduler and --resume: the same report", second.report == right)
    bench.held("only what was left was scanned", len(second.ends) == left)


@click.command(help=__doc__)
@click.argument("repositories", metavar="[REPO]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--count", default=200, show_default=True, help="How many repositories are made.")
@click.option("--scratch", type=click.Path(file_okay=False, path_type=Path), help="Where all lies, and stays.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Only this part; repeatable.")
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="Write the page to a file.")
def main(
    repositories: Sequence[Path], count: int, scratch: Path | None, only: Sequence[str], markdown: Path | None
) -> None:
    with tempfile.TemporaryDirectory(prefix="keyguard-fleet-") as temporary:
        folder = (scratch or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(installed(folder, "[fleet]").with_name("python"), folder)
        for each in [*folder.glob("*.db*"), *folder.glob("*.clones")]:
            subprocess.run(["rm", "-rf", each], check=True)
        made = make(folder / "repositories", count)
        everything = [*made, *(each.resolve() for each in repositories)]
        parts = {
            "throughput": lambda: throughput(bench, made),
            "together": lambda: together(bench, everything),
            "unchanged": lambda: unchanged(bench, made),
            "broken": lambda: broken(bench, made),
        }
        for name in only or PARTS:
            parts[name]()
        if markdown is not None:
            markdown.write_text("\n".join(bench.lines) + "\n")
        if bench.wrong:
            sys.exit(f"wrong: {'; '.join(bench.wrong)}")


if __name__ == "__main__":
    main()
