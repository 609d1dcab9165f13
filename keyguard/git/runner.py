"""Runs git so that reading a hostile repository never runs that repository's code.

Every command is plumbing from a fixed list. What a repository's own configuration could start (a file system
monitor, hooks, transports of a promisor remote) is overridden on the command line or in the environment, both of
which git puts before the repository's files; what could change the answer (replace objects, grafts, a
commit-graph) is switched off.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from keyguard.errors import SourceError, UsageError
from keyguard.git.patience import Process

PLUMBING = frozenset(
    {
        "cat-file", "check-ignore", "config", "diff-index", "diff-tree", "for-each-ref", "hash-object", "ls-files",
        "ls-tree", "merge-base", "read-tree", "rev-list", "rev-parse", "symbolic-ref", "update-index", "version",
    }
)  # fmt: skip
OVERRIDES = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.commitGraph=false",
    "protocol.allow=never",
    "core.pager=cat",
    "core.quotePath=false",
    "safe.bareRepository=all",  # it guards against what a repository makes git run, which is nothing here
    "core.splitIndex=false",  # an index that is written elsewhere would leave a part of itself in the repository
)
KEPT = (
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
"""What git tells a hook about the repository it runs for; all but these, and where the user's own configuration
lies, are dropped."""
USERS_OWN = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH")
MOST_SETTINGS = 1000
LIST_OF_PATHS = "GIT_ALTERNATE_OBJECT_DIRECTORIES"
FIXED = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "LANGUAGE": "",
}
_SUFFIX = ".exe" if os.name == "nt" else ""
QUERY_SECONDS = 600.0
"""How long a command that answers at once in any sane repository may take."""


class GitFailedError(SourceError):
    """A git command said no; `message` is what it said."""


@functools.cache
def executable(search_path: str | None) -> str:
    """Return the git of the search path, its relative entries left out: they would find the repository's own file."""
    entries = [entry for entry in (search_path or "").split(os.pathsep) if Path(entry).is_absolute()]
    found = next(filter(_is_program, (os.path.join(entry, "git" + _SUFFIX) for entry in entries)), None)  # noqa: PTH118
    if found is None:
        raise UsageError("git was not found on PATH", "install git 2.39 or newer, or put it on PATH")
    return found


def _is_program(path: str) -> bool:
    """Say whether something can be started; `shutil.which` does the same, and loads three times as much (measured)."""
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113


def environment(environ: Mapping[str, str], *, inherit: bool) -> dict[str, str]:
    """Return what git is started with: the caller's environment, scrubbed.

    `inherit` keeps what tells a hook its repository and its index; relative paths there are the caller's.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in USERS_OWN}
    if inherit:
        kept |= {name: _absolute(name, environ[name]) for name in KEPT if environ.get(name)}
    kept.pop("LD_PRELOAD", None)
    return kept | _safe_directories(environ) | FIXED


def _absolute(name: str, value: str) -> str:
    parts = value.split(os.pathsep) if name == LIST_OF_PATHS else [value]
    return os.pathsep.join(os.path.abspath(part) for part in parts)  # noqa: PTH100  # `resolve` would follow links


def _safe_directories(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep the `safe.directory` entries that containers are given by environment, and no other configuration."""
    count = environ.get("GIT_CONFIG_COUNT", "")
    values = [
        environ.get(f"GIT_CONFIG_VALUE_{number}", "")
        for number in range(min(int(count), MOST_SETTINGS) if count.isdecimal() else 0)
        if environ.get(f"GIT_CONFIG_KEY_{number}", "").lower() == "safe.directory"
    ]
    kept = {"GIT_CONFIG_COUNT": str(len(values))} if values else {}
    for number, value in enumerate(values):
        kept[f"GIT_CONFIG_KEY_{number}"] = "safe.directory"
        kept[f"GIT_CONFIG_VALUE_{number}"] = value
    return kept


class Git:
    """Runs plumbing commands in one folder; `inherit` as in `environment`."""

    __slots__ = ("environ", "folder", "inherit")
    commands = PLUMBING
    overrides: tuple[str, ...] = OVERRIDES

    def __init__(self, folder: Path, *, inherit: bool = False, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.inherit = inherit
        self.environ = dict(os.environ) if environ is None else environ

    def within(self, folder: Path) -> Git:
        """Return the same for another folder."""
        return Git(folder, inherit=self.inherit, environ=self.environ)

    def command(self, *arguments: str, hooks_path: bool = False) -> list[str]:
        """Return the whole command line; `hooks_path` lets the repository's own hooks folder be asked for."""
        if arguments[0] not in self.commands:
            raise ValueError(f"git {arguments[0]} is not on the list of commands that KeyGuard runs")
        settings = [each for each in self.overrides if not (hooks_path and each.startswith("core.hooksPath"))]
        options = [option for setting in settings for option in ("-c", setting)]
        if arguments[0] == "check-ignore":
            options.append("--no-literal-pathspecs")  # it refuses to be told that its paths are literal; they are
        return [executable(self.environ.get("PATH")), *options, "--no-replace-objects", *arguments]

    @property
    def seconds(self) -> float:
        """How long a command may take that is waited for."""
        return QUERY_SECONDS

    def environment(self) -> dict[str, str]:
        """Return what git is started with."""
        return environment(self.environ, inherit=self.inherit)

    def run(self, *arguments: str, stdin: bytes = b"", hooks_path: bool = False) -> bytes:
        """Return what the command prints.

        Raises `GitFailedError` when it fails, and `SourceError` when it takes over `QUERY_SECONDS`.
        """
        return self._done(*arguments, stdin=stdin, hooks_path=hooks_path).stdout

    def _done(
        self, *arguments: str, stdin: bytes = b"", hooks_path: bool = False
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                self.command(*arguments, hooks_path=hooks_path),
                input=stdin,
                capture_output=True,
                cwd=self.folder,
                env=self.environment(),
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SourceError(f"git {arguments[0]} did not end within {self.seconds:.0f} s") from None
        except OSError as error:
            raise SourceError(f"git cannot be started in {self.folder}: {error.strerror}") from None
        if done.returncode != 0:
            raise self.failed(arguments[0], done.stderr, done.returncode)
        return done

    def failed(self, command: str, stderr: bytes, code: int) -> SourceError:
        """Return what a command complains of."""
        return failure(command, stderr, code)

    def fields(self, *arguments: str, stdin: bytes = b"") -> list[bytes]:
        """Return the NUL-terminated fields that the command prints."""
        printed = self.run(*arguments, stdin=stdin)
        return printed.split(b"\0")[:-1] if printed else []

    def fields_and_warnings(self, *arguments: str) -> tuple[list[bytes], list[str]]:
        """Return the NUL-terminated fields that the command prints, and the warnings beside them."""
        done = self._done(*arguments)
        said = os.fsdecode(done.stderr).splitlines()
        warnings = [line.removeprefix("warning: ") for line in said if line.startswith("warning: ")]
        return done.stdout.split(b"\0")[:-1], warnings

    def line(self, *arguments: str, hooks_path: bool = False) -> str:
        """Return the one line that the command prints, without its end."""
        return os.fsdecode(self.run(*arguments, hooks_path=hooks_path)).removesuffix("\n")

    @contextmanager
    def stream(self, *arguments: str, stdin: int | IO[bytes] = subprocess.DEVNULL) -> Iterator[Process]:
        """Start a command whose output is read while it runs; it does not outlive the block.

        It is ended, as if it had ended itself, when it prints nothing for very long while that is waited for.
        """
        process = Process(self.command(*arguments), self.folder, self.environment(), stdin)
        try:
            yield process
        finally:
            process.over()

    def complaint(self, process: Process, command: str) -> SourceError | None:
        """Wait for a command that was read to its end, and return why it failed, if it did."""
        code, said = process.ended()
        if process.is_silent:
            return SourceError(f"git {command} gave no answer for {process.patience:.0f} s")
        return failure(command, said, code) if code else None


def failure(command: str, stderr: bytes, code: int) -> SourceError:
    """Put git's own complaint into one line, with the way out where git's failure has a known one."""
    said = stderr.decode("utf-8", "replace").strip()
    first = next((line for line in said.splitlines() if line.startswith(("fatal:", "error:"))), said.split("\n")[0])
    if "dubious ownership" in said:
        advice = next((line.strip() for line in said.splitlines() if "--add safe.directory" in line), "")
        return SourceError(
            "git refuses this repository: it belongs to another user",
            f"if you trust it: {advice}" if advice else "see git's safe.directory",
        )
    first = first.removeprefix("fatal: ").removeprefix("error: ")
    return GitFailedError(f"git {command} failed: {first or f'code {code}'}")
