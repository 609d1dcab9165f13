"""`python -m benchmarks.history REPO…`: how long scans of whole histories take, beside the peers and git itself.

Each repository is scanned by every tool in turn, several times: KeyGuard, installed as users have it, with nothing
remembered; KeyGuard again with what that scan has left in its cache; the peers with their default rules; and `git
cat-file --batch --buffer` on the same objects into nothing. Printed are medians of the time by the clock and of all
processors, as what KeyGuard's are of them, the most memory that all processes of a run held together (shared pages
counted once), and how much was found.
Give complete clones with branches and tags alone: a peer that does not finish has no row. With `--files` the files of
folders are scanned instead.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click

from benchmarks.detection.repository import environment
from benchmarks.detection.tools import PEERS, ToolFailedError, install
from benchmarks.detection.tools.model import output_of
from benchmarks.detection.tools.peers import Program
from keyguard import __version__
from keyguard.git import objects
from keyguard.git.repository import discover

PROJECT = Path(__file__).resolve().parent.parent
STEP = 0.02
"""Seconds between two looks at the memory of a run."""
MOST_SECONDS = 3600


@dataclass(frozen=True)
class Measured:
    """One run: seconds by the clock and of processors, bytes of memory at most, and how much was found."""

    clock: float
    processor: float
    memory: int
    found: int | None


@dataclass
class Row:
    """A tool: how one run of it is made ready, its command, and how what it found is counted."""

    name: str
    version: str
    command: Sequence[str | Path]
    extra: dict[str, str] = field(default_factory=dict)
    codes: Sequence[int] = (0,)
    ready: Callable[[], None] = lambda: None
    found: Callable[[bytes], int | None] = lambda _: None
    given: Path | None = None
    runs: list[Measured] = field(default_factory=list)
    failed: str = ""

    def run(self, folder: Path) -> None:
        """Run it once and note what that took; one that failed is not run again."""
        if self.failed:
            return
        self.ready()
        try:
            self.runs.append(self._measured(folder))
        except (OSError, ValueError, ToolFailedError, subprocess.TimeoutExpired) as error:
            self.failed = str(error)[:200]

    def _measured(self, folder: Path) -> Measured:
        with tempfile.TemporaryFile() as out, (self.given or Path(os.devnull)).open("rb") as given:
            return self._timed(folder, given, out)

    def _timed(self, folder: Path, given: IO[bytes], out: IO[bytes]) -> Measured:
        before, begin = sum(os.times()[2:4]), time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in self.command], cwd=folder, env={**environment(), **self.extra}, stdin=given,
            stdout=out if self.given is None else subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        watched = Memory(process.pid)
        code = process.wait(MOST_SECONDS)
        clock, processor = time.perf_counter() - begin, sum(os.times()[2:4]) - before
        watched.done.set()
        watched.join()
        if code not in self.codes:
            raise ToolFailedError(f"ended with exit code {code}")
        out.seek(0)
        return Measured(clock, processor, watched.most, self.found(out.read()))


class Memory(threading.Thread):
    """Looks at what the processes of a session hold together, until it is told that they are done."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self.most = 0
        self.done = threading.Event()
        self.start()

    def run(self) -> None:
        """Look again and again."""
        while not self.done.wait(STEP):
            self.most = max(self.most, sum(map(proportional, self._processes())))

    def _processes(self) -> Iterator[int]:
        for name in os.listdir("/proc"):  # noqa: PTH208  # names only
            if name.isdigit():
                with suppress(OSError, IndexError):
                    fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == self._session:
                        yield int(name)


def proportional(process: int) -> int:
    """Return what a process holds in bytes, shared pages divided by who shares them; 0 where that is not told."""
    with suppress(OSError):
        for line in Path("/proc", str(process), "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def rows(folder: Path, scratch: Path, wanted: Sequence[str], *, files: bool = False) -> list[Row]:
    """Return everything that is measured on a repository, or on the files of a folder."""
    cache = scratch / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    extra = {"XDG_CACHE_HOME": str(cache)}
    command: list[str | Path] = [installed(scratch), "scan", *([] if files else ["--history"]), "--format", "json"]

    def forget() -> None:
        for file in (cache / "keyguard").glob("history-*"):
            file.unlink()

    made = [Row("KeyGuard", __version__, command, extra, (0, 1), forget, _of_keyguard)]
    if not files:
        made += [
            Row("KeyGuard, again", __version__, command, extra, (0, 1), found=_of_keyguard),
            _git(folder, scratch),
        ]
    return made + [row for name in wanted if (row := _peer(name, folder, scratch, files=files)) is not None]


def installed(scratch: Path, extras: str = "") -> Path:
    """Return the command of this KeyGuard, installed as users have it: from a wheel, into an environment of its own.

    `extras` are written as for pip: `[fleet]`.
    """
    folder = scratch / "environments" / "keyguard"
    if not folder.exists():
        venv.create(folder, with_pip=True)
    pip: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--force-reinstall"]
    output_of([*pip, f"{PROJECT}{extras}"], extra={"PYTHONDONTWRITEBYTECODE": ""})
    return folder / "bin" / "keyguard"


def _of_keyguard(printed: bytes) -> int:
    return len(json.loads(printed)["findings"])


def _git(folder: Path, scratch: Path) -> Row:
    repository = discover(folder)
    if repository is None:
        raise click.UsageError(f"{folder} is not a git repository")
    listed = scratch / "ids"
    listed.write_text("\n".join(objects.reachable(repository.git, objects.EVERYTHING).ids) + "\n")
    version = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout.split()[2]
    return Row("git cat-file, into nothing", version, ["git", "cat-file", "--batch", "--buffer"], given=listed)


def _peer(name: str, folder: Path, scratch: Path, *, files: bool) -> Row | None:
    try:
        tool = install(name, scratch)
        if not isinstance(tool, Program) or not tool.reads_history:
            return None
        report = scratch / f"{name}.json"
        given = (tool.program, folder, report)
        command = tool.of_folder(*given) if files else tool.of_repository(*given)[0]
        home = {"HOME": str(scratch / name), "XDG_CACHE_HOME": str(scratch / name / "cache")}
        read = tool.read
        return Row(
            name, tool.version(), command, home, tool.codes,
            lambda: report.unlink(missing_ok=True), lambda _: len(list(read(json.loads(report.read_text() or "[]")))),
        )  # fmt: skip
    except ToolFailedError as error:
        return Row(name, "", [], failed=str(error))


def table(measured: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| | version | clock | KeyGuard takes | processors | KeyGuard takes | memory | findings |"
    yield "|---|---|---|---|---|---|---|---|"
    own = measured[0].runs
    for row in measured:
        if row.failed or not row.runs:
            yield f"| {row.name} | {row.version} | failed: {row.failed} | | | | | |"
            continue
        clock, processor = (_median(row.runs, part) for part in ("clock", "processor"))
        ratios = [_median(own, part) / _median(row.runs, part) for part in ("clock", "processor")]
        memory = max(run.memory for run in row.runs) / 1e6
        found = "–" if row.runs[-1].found is None else f"{row.runs[-1].found:,}"
        yield (
            f"| {row.name} | {row.version} | {clock:.2f} s | {ratios[0]:.2f} × | {processor:.2f} s | {ratios[1]:.2f} × "
            f"| {memory:,.0f} MB | {found} |"
        )


def _median(runs: Sequence[Measured], part: str) -> float:
    return float(statistics.median(getattr(run, part) for run in runs))


@click.command(help=__doc__)
@click.argument("paths", metavar="REPO", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--times", default=5, show_default=True, help="How often each tool is run.")
@click.option("--peers", default="betterleaks,gitleaks,kingfisher", show_default=True, help="Which, with commas.")
@click.option("--files", is_flag=True, help="Scan the files of folders, and no history.")
@click.option(
    "--scratch", type=click.Path(file_okay=False, path_type=Path), help="Where peers are installed, and stay."
)
def main(paths: Sequence[Path], times: int, peers: str, scratch: Path | None, *, files: bool) -> None:
    unknown = {name for name in peers.split(",") if name} - set(PEERS)
    if unknown:
        raise click.UsageError(f"there is no peer {', '.join(sorted(unknown))}; one of: {', '.join(PEERS)}")
    with tempfile.TemporaryDirectory(prefix="keyguard-history-") as name:
        folder = scratch or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            measured = rows(path.resolve(), folder, [name for name in peers.split(",") if name], files=files)
            for _ in range(times):
                for row in measured:
                    row.run(path.resolve())
            click.echo(f"\n{path.name}: medians of {times} runs, {os.cpu_count()} processors\n")
            click.echo("\n".join(table(measured)))


if __name__ == "__main__":
    main()
