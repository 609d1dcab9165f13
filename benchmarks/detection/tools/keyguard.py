"""KeyGuard, run as a user runs it: its command line, its JSON report."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.detection.tools.model import Alarm, output_of

COUNTING = ("medium", "high")


@dataclass
class KeyGuard:
    """The KeyGuard of this environment; `unread` collects what it could not read."""

    name: str = "KeyGuard"
    reads_history: bool = True
    unread: list[str] = field(default_factory=list)

    def version(self) -> str:
        """Return what it says its version is."""
        return output_of([sys.executable, "-P", "-m", "keyguard", "--version"]).split()[-1]

    def folder(self, path: Path) -> Iterator[Alarm]:
        """Scan the files of a folder."""
        return self._scan(path, ["."])

    def repository(self, path: Path) -> Iterator[Alarm]:
        """Scan a repository, its work tree and its history."""
        return self._scan(path, ["--worktree", "--history"])

    def _scan(self, path: Path, arguments: Sequence[str]) -> Iterator[Alarm]:
        """Yield the findings; weak ones are asked for as well, so that a miss can be told from a doubt."""
        options = ["--format", "json", "--lang", "en", "--min-confidence", "low"]
        printed = output_of(
            [sys.executable, "-P", "-m", "keyguard", "scan", *options, *arguments], cwd=path, codes=(0, 1, 3)
        )
        report = json.loads(printed)
        self.unread += [f"{each['what']}: {each['why']}" for each in report["incomplete"]]
        for finding in report["findings"]:
            vendors = frozenset((finding["provider"], *finding["candidates"]))
            counts = finding["confidence"] in COUNTING
            for path_of in dict.fromkeys(place["path"] or "" for place in finding["locations"]) or ("",):
                yield Alarm(path_of, finding["rule"], "", finding["fingerprint"], vendors, counts)
