"""Makes repositories by the hundred, each of two processes of git: some hold keys, some the same ones, most none."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support import keys

SHARED = 6
"""How many keys stand in several repositories."""
WORDS = ("alpha", "beta", "gamma", "state", "value", "count", "index", "total", "error", "result", "client", "server")


def make(folder: Path, count: int, seed: int = 1) -> list[Path]:
    """Return so many bare repositories in a folder, made if they are not there."""
    rng = random.Random(seed)
    shared = [keys.project_key(rng) for _ in range(SHARED)]
    made = []
    for number in range(count):
        path = folder / f"team-{number % 7}" / f"service-{number:04}.git"
        own = random.Random(f"{seed}-{number}")
        if not (path / "packed-refs").exists():
            path.mkdir(parents=True, exist_ok=True)
            _run(path, "init", "--quiet", "--bare", "--initial-branch=main")
            _run(path, "fast-import", "--quiet", given=b"".join(_history(own, shared)))
            _run(path, "pack-refs", "--all")
        made.append(path)
    return made


def _run(folder: Path, *arguments: str, given: bytes = b"") -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=given, check=True, capture_output=True)


def _history(rng: random.Random, shared: list[str]) -> Iterator[bytes]:
    """Yield a stream for `git fast-import`: 20 to 60 commits, each of a file, some of which hold keys for a while."""
    files = [f"src/{rng.choice(WORDS)}_{number}.py" for number in range(rng.randint(5, 30))]
    leaks = {rng.randint(1, 19): _leak(rng, shared) for _ in range(rng.choice((0, 0, 1, 2)))}
    for number in range(rng.randint(20, 60)):
        path, text = rng.choice(files), _source(rng)
        if number in leaks:
            path, text = "deploy/.env", f"OPENAI_API_KEY={leaks[number]}\nDEBUG=1\n"
        yield from (b"commit refs/heads/main\n", _who(number), _data(f"Change {path}"))
        yield f"M 100644 inline {path}\n".encode() + _data(text)


def _leak(rng: random.Random, shared: list[str]) -> str:
    return rng.choice(shared) if rng.random() < 0.5 else keys.anthropic_key(rng)


def _who(number: int) -> bytes:
    return f"committer Ada Example <ada@example.org> {1_700_000_000 + number * 3600} +0000\n".encode()


def _data(text: str) -> bytes:
    data = text.encode()
    return b"data %d\n" % len(data) + data + b"\n"


def _source(rng: random.Random) -> str:
    lines = (f"    {rng.choice(WORDS)}_{rng.randint(0, 99)} = {rng.choice(WORDS)}({rng.random()})" for _ in range(200))
    return "def run():\n" + "\n".join(lines) + "\n"
