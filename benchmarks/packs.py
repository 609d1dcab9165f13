"""`python -m benchmarks.packs REPO`: what it costs to read all reachable objects, by git and by `keyguard.git.packs`.

The same list of ids is read in turn by `git cat-file --batch --buffer` into nothing, through a pipe into Python, and
by the reader in one process and in several, each run in a process of its own. Listing the ids is not measured. What
is printed are medians of the time by the clock and of the time of all processors, which other programs disturb less,
as ratios to git alone; and the most memory that a run held: its processes added up, what they share counted in each.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from keyguard.git import objects
from keyguard.git.packs.planning import Part, plan
from keyguard.git.packs.reading import read
from keyguard.git.repository import Repository, discover

PARTS = 8
"""How many parts each process gets, so that all end at about the same time."""


@dataclass(frozen=True)
class Run:
    """What one run read, and its peak memory in bytes."""

    objects: int
    bytes: int
    left: int
    memory: int


@dataclass(frozen=True)
class Measured:
    """A run, and how long it took by the clock and of processors, in seconds."""

    run: Run
    clock: float
    processor: float


Way = Callable[[Repository, Sequence[str]], Run]


def peak(who: int = resource.RUSAGE_SELF) -> int:
    """Return the most memory that this process, or its largest child so far, held, in bytes."""
    return resource.getrusage(who).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def by_git(repository: Repository, ids: Sequence[str]) -> Run:
    command = repository.git.command("cat-file", "--batch", "--buffer")
    given = "\n".join(ids).encode() + b"\n"
    subprocess.run(command, cwd=repository.git.folder, input=given, stdout=subprocess.DEVNULL, check=True)
    return Run(len(ids), 0, 0, peak(resource.RUSAGE_CHILDREN))


def by_pipe(repository: Repository, ids: Sequence[str]) -> Run:
    count = size = 0
    for _, body in objects.read(repository.git, ids):
        if body is not None:
            count += 1
            size += len(body.read())
    return Run(count, size, len(ids) - count, peak() + peak(resource.RUSAGE_CHILDREN))


def by_reader(processes: int, repository: Repository, ids: Sequence[str]) -> Run:
    planned = plan(repository, ids, PARTS * processes)
    parts = sorted(planned.parts, key=lambda part: -part.weight)
    if processes == 1:
        done = [read_part(part) for part in parts]
    else:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            done = list(pool.imap_unordered(read_part, parts, chunksize=1))
    workers = {process: memory for *_, process, memory in sorted(done, key=lambda some: some[-1])}
    memory = sum(workers.values()) + (peak() if processes > 1 else 0)
    left = len(planned.left) + sum(some[2] for some in done)
    return Run(sum(some[0] for some in done), sum(some[1] for some in done), left, memory)


def read_part(part: Part) -> tuple[int, int, int, int, int]:
    """Read a part; return how many objects, bytes and objects left to git, and this process with its memory."""
    count = size = left = 0
    for stored in read(part):
        if stored.data is None:
            left += 1
        else:
            count += 1
            size += len(stored.data)
    return count, size, left, os.getpid(), peak()


def timed(way: Way, repository: Repository, ids: Sequence[str]) -> Measured:
    begin, before = time.perf_counter(), sum(os.times()[:4])
    run = way(repository, ids)
    return Measured(run, time.perf_counter() - begin, sum(os.times()[:4]) - before)


def alone(way: Way, repository: Repository, ids: Sequence[str]) -> Measured:
    """Run something in a process of its own, so that what others held does not count."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(timed, way, repository, ids).result()


@click.command
@click.argument("path", metavar="REPO", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--runs", default=5, show_default=True, help="How often each is measured.")
@click.option("--processes", default=2, show_default=True, help="How many processes the parallel reader has.")
@click.option("--all-refs", is_flag=True, help="Read what any ref or reflog reaches, not only branches and tags.")
def main(path: Path, runs: int, processes: int, all_refs: bool) -> None:
    """Compare the reader of packs with git on a repository."""
    repository = discover(path)
    if repository is None:
        raise click.UsageError(f"{path} is not a git repository")
    ids = objects.reachable(repository.git, objects.EVERYTHING if all_refs else ("--branches", "--tags")).ids
    ways: dict[str, Way] = {
        "git cat-file, into nothing": by_git,
        "git cat-file, read by Python": by_pipe,
        "packs, 1 process": partial(by_reader, 1),
        f"packs, {processes} processes": partial(by_reader, processes),
    }
    results: dict[str, list[Measured]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            results[name].append(alone(way, repository, ids))
    most = max((one.run.bytes for some in results.values() for one in some), default=0)
    click.echo(f"{path}: {len(ids):,} objects, {most / 1e6:,.0f} MB; medians of {runs} runs")
    click.echo(f"{'':30}{'clock':^17}{'processors':^17}{'peak':>8}")
    first = results["git cat-file, into nothing"]
    for name, some in results.items():
        clock = ratio([one.clock for one in some], [one.clock for one in first])
        processor = ratio([one.processor for one in some], [one.processor for one in first])
        memory = max(one.run.memory for one in some) / 1e6
        left = f", {some[0].run.left:,} left to git" if some[0].run.left else ""
        click.echo(f"{name:30}{clock:^17}{processor:^17}{memory:5,.0f} MB{left}")


def ratio(seconds: Sequence[float], others: Sequence[float]) -> str:
    mine, base = statistics.median(seconds), statistics.median(others)
    return f"{mine / base:.2f} ({mine:.2f} s)"


if __name__ == "__main__":
    main()
