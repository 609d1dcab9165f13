"""`python -m benchmarks.hook`: how long a commit waits for its hook, beside the hooks of the peers.

Each commit is made ready in a repository of its own and judged by every hook in turn, several times: KeyGuard,
installed as users have it, and the peers by the commands that their own hooks run. Printed are medians by the clock and
of all processors, and what KeyGuard takes of each. "Cold" is a run with an empty cache and home.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from benchmarks.detection.tools import PEERS, ToolFailedError, install
from benchmarks.detection.tools.model import output_of
from benchmarks.detection.tools.peers import DetectSecrets, Program
from benchmarks.history import installed
from keyguard import __version__

ORDINARY = "def total(prices):\n    return sum(prices)\n\n\nprint(total([1, 2, 3]))\n"
ABOUT_KEYS = (
    "import os\n\nfrom openai import OpenAI\n\n"
    "client = OpenAI(api_key=os.environ['OPENAI_API_KEY'], organization=os.environ.get('OPENAI_ORG_ID'))\n"
)
"""What stands in every project that calls a model: the names of keys, and no key."""
MANY = 1000
WORDS = ("client", "total", "value", "price", "order", "user", "state", "index", "buffer", "window", "result", "error")


@dataclass(frozen=True)
class Commit:
    """What is staged, and whether every run begins with nothing remembered."""

    name: str
    files: Mapping[str, str]
    cold: bool = False


@dataclass
class Hook:
    """A hook: its command, which is given the names of the staged files if it takes them."""

    name: str
    version: str
    command: Sequence[str | Path]
    named: bool = False
    clocks: list[float] = field(default_factory=list)
    processors: list[float] = field(default_factory=list)
    failed: str = ""

    def forget(self) -> None:
        """Begin anew."""
        self.clocks.clear()
        self.processors.clear()

    def run(self, folder: Path, home: Path, files: Sequence[str]) -> None:
        """Judge what is staged once; a hook that does not let it through has no figures."""
        command = [*self.command, *(files if self.named else ())]
        before, begin = sum(os.times()[2:4]), time.perf_counter()
        try:
            output_of(command, cwd=folder, extra={"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")})
        except ToolFailedError as error:
            self.failed = str(error)[:200]
            return
        self.clocks.append(time.perf_counter() - begin)
        self.processors.append(sum(os.times()[2:4]) - before)


def commits() -> list[Commit]:
    """Return the commits that are measured."""
    drawn = random.Random(1)
    many = {f"src/module_{number}.py": _module(drawn) for number in range(MANY)}
    return [
        Commit("one ordinary file", {"prices.py": ORDINARY}),
        Commit("one ordinary file, cold", {"prices.py": ORDINARY}, cold=True),
        Commit("one file that speaks of keys", {"client.py": ABOUT_KEYS}),
        Commit(f"{MANY:,} files, {sum(map(len, many.values())) / 1e6:.1f} MB", many),
    ]


def _module(drawn: random.Random) -> str:
    """Return a module of some thousand characters that nobody wrote."""
    lines = (
        f"    {drawn.choice(WORDS)}_{number} = {drawn.choice(WORDS)}[{drawn.randrange(100)}]" for number in range(100)
    )
    return "def run(" + ", ".join(WORDS) + "):\n" + "\n".join(lines) + "\n"


def hooks(scratch: Path, wanted: Sequence[str]) -> list[Hook]:
    """Install KeyGuard and the peers, and return their hooks."""
    found = [Hook("KeyGuard", __version__, [installed(scratch), "hook", "run"])]
    for name in wanted:
        try:
            tool = install(name, scratch)
            if isinstance(tool, (Program, DetectSecrets)):
                found.append(_HOOKS[name](tool.program, tool.version()))
        except ToolFailedError as error:
            found.append(Hook(name, "", [], failed=str(error)))
    return found


def _of_leaks(name: str) -> Callable[[Path, str], Hook]:
    options = ["git", "--staged", "--no-banner", "--log-level=error"]
    return lambda program, version: Hook(name, version, [program, *options])


_HOOKS: Mapping[str, Callable[[Path, str], Hook]] = {
    "betterleaks": _of_leaks("betterleaks"),
    "gitleaks": _of_leaks("gitleaks"),
    "kingfisher": lambda program, version: Hook(
        "kingfisher", version, [program, "scan", ".", "--staged", "--no-validate", "--no-update-check", "--quiet"]
    ),
    "detect-secrets": lambda program, version: Hook(
        "detect-secrets", version, [program.with_name("detect-secrets-hook"), "--no-verify"], named=True
    ),
}


def staged(commit: Commit, folder: Path) -> Path:
    """Make a repository with one commit, in which the files of another one are staged."""
    author = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]
    for command in (["init", "--quiet", "."], [*author, "commit", "--quiet", "--allow-empty", "--message", "first"]):
        output_of(["git", *command], cwd=folder)
    for name, content in commit.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    output_of(["git", "add", "--all"], cwd=folder)
    return folder


def measured(commit: Commit, made: Sequence[Hook], times: int) -> None:
    """Let each hook judge a commit in turn; what comes before the first turn is not measured, unless it is cold."""
    for hook in made:
        hook.forget()
    with tempfile.TemporaryDirectory(prefix="keyguard-hook-") as name:
        folder, homes = Path(name, "repository"), Path(name, "homes")
        folder.mkdir()
        staged(commit, folder)
        for turn in range(times + (not commit.cold)):
            for hook in made:
                home = homes / hook.name
                if commit.cold and home.exists():
                    shutil.rmtree(home)
                home.mkdir(parents=True, exist_ok=True)
                if not hook.failed:
                    hook.run(folder, home, list(commit.files))
                if turn == 0 and not commit.cold:
                    hook.forget()


def table(made: Sequence[Hook]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| | version | clock | KeyGuard takes | processors | KeyGuard takes |"
    yield "|---|---|---|---|---|---|"
    own = made[0]
    for hook in made:
        if hook.failed or not hook.clocks:
            yield f"| {hook.name} | {hook.version} | failed: {hook.failed} | | | |"
            continue
        cells = [
            f"{statistics.median(its):.3f} s | {statistics.median(ours) / statistics.median(its):.2f} ×"
            for its, ours in ((hook.clocks, own.clocks), (hook.processors, own.processors))
        ]
        yield f"| {hook.name} | {hook.version} | {' | '.join(cells)} |"


@click.command(help=__doc__)
@click.option("--times", default=11, show_default=True, help="How often each hook is run.")
@click.option("--peers", default=",".join(PEERS), show_default=True, help="Which, with commas.")
@click.option(
    "--scratch", type=click.Path(file_okay=False, path_type=Path), help="Where peers are installed, and stay."
)
def main(times: int, peers: str, scratch: Path | None) -> None:
    wanted = [name for name in peers.split(",") if name]
    if unknown := set(wanted) - set(PEERS):
        raise click.UsageError(f"there is no peer {', '.join(sorted(unknown))}; one of: {', '.join(PEERS)}")
    with tempfile.TemporaryDirectory(prefix="keyguard-hooks-") as name:
        folder = scratch or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        made = hooks(folder, wanted)
        for commit in commits():
            measured(commit, made, times)
            click.echo(f"\n{commit.name}: medians of {times} runs, {os.cpu_count()} processors\n")
            click.echo("\n".join(table(made)))


if __name__ == "__main__":
    main()
