"""What a scanner is to the benchmark, and what it reported."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.detection.corpus import DECOYS, Corpus
from benchmarks.detection.repository import environment

SECONDS = 3600
"""How long one run of a scanner may take before it is given up."""


class ToolFailedError(Exception):
    """A scanner could not be installed, or did not finish: its row says so, and it has no score."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One finding. A scanner tells either the text it found or, as KeyGuard does, the text's fingerprint.

    `counts` is whether it is at medium confidence or above; `vendors` whose key it may be.
    """

    path: str
    rule: str
    text: str = ""
    fingerprint: str = ""
    vendors: frozenset[str] = frozenset()
    counts: bool = True


class Tool(Protocol):
    """A scanner, installed."""

    @property
    def name(self) -> str:
        """What it is called in the table."""

    @property
    def reads_history(self) -> bool:
        """Whether it can be given a repository's history."""

    def version(self) -> str:
        """Return what it says its version is."""

    def folder(self, path: Path) -> Iterator[Alarm]:
        """Scan the files of a folder; raises `ToolFailedError`."""

    def repository(self, path: Path) -> Iterator[Alarm]:
        """Scan a repository, its work tree and its history; raises `ToolFailedError`."""


@dataclass
class Report:
    """What one scanner said of the whole corpus."""

    name: str
    version: str = ""
    files: list[Alarm] = field(default_factory=list)
    repository: list[Alarm] = field(default_factory=list)
    decoys: list[Alarm] = field(default_factory=list)
    reads_history: bool = True
    seconds: float = 0.0
    failed: str = ""


def run(tool: Tool, corpus: Corpus) -> Report:
    """Let a scanner read everything; what goes wrong is in the report."""
    report = Report(tool.name, reads_history=tool.reads_history)
    started = time.monotonic()
    try:
        report.version = tool.version()
        for batch in corpus.batches:
            report.files += tool.folder(batch)
        if corpus.repository is not None:
            report.repository += tool.repository(corpus.repository)
        report.decoys += tool.folder(corpus.root / DECOYS)
    except ToolFailedError as error:
        report.failed = str(error)
    report.seconds = time.monotonic() - started
    return report


def output_of(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    codes: Sequence[int] = (0,),
    extra: Mapping[str, str] | None = None,
) -> str:
    """Return what a command prints; raises `ToolFailedError` for any other exit code and after an hour."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**environment(), **(extra or {})},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolFailedError(str(error)) from None
    if done.returncode not in codes:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise ToolFailedError(f"{Path(str(command[0])).name} ended with exit code {done.returncode}: {said[0][:300]}")
    return done.stdout.decode(errors="replace")
