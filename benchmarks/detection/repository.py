"""Writes the repository of a run: keys in refs, messages, removed files and the configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.detection.model import Where

WHEN = "1764000000 +0000"
PERSON = f"Ada Example <ada@acme.io> {WHEN}"


def environment(home: Path | None = None) -> Mapping[str, str]:
    """Return an environment in which git knows no configuration of the user or the machine."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "KEYGUARD_", "GITLEAKS_"))
    }
    own = {"HOME": str(home)} if home else {}
    return {**kept, **own, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class RepositoryWriter:
    """Collects what goes into the repository as a stream for `git fast-import`, and makes it at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stream: list[bytes] = []
        self._remotes: list[str] = []
        self._first = True

    def add(self, number: int, where: Where, content: bytes) -> str:
        """Add the key of one cell; returns the path by which reports may know it."""
        text = content.decode()
        if where is Where.GIT_CONFIG:
            self._remotes.append(f'[remote "r{number:06d}"]\n\turl = {text}\n')
            return ".git/config"
        if where is Where.COMMIT_MESSAGE:
            self._commit(content, f"M 100644 inline notes/{number:06d}.txt\n", b"Second quarter\n")
        elif where is Where.REMOVED_FILE:
            path = f"{number:06d}/deploy/.env"
            self._commit(b"Deploy\n", f"M 100644 inline {path}\n", content)
            self._commit(b"Clean up\n", f"D {path}\n", None)
            return path
        else:
            self._ref(number, where, text)
        return ""

    def _ref(self, number: int, where: Where, text: str) -> None:
        self._start()
        if where is Where.TAG_MESSAGE:
            head = f"tag release-{number:06d}\nfrom refs/heads/main\ntagger {PERSON}\n"
            self._stream.append(head.encode() + _data(text.encode()))
        else:
            kind = "heads" if where is Where.BRANCH else "tags"
            self._stream.append(f"reset refs/{kind}/{text}\nfrom refs/heads/main\n\n".encode())

    def _start(self) -> None:
        if self._first:
            self._first = False
            self._commit(b"Start\n", "M 100644 inline readme.md\n", b"# App\n")

    def _commit(self, message: bytes, change: str, content: bytes | None) -> None:
        self._start()
        head = f"commit refs/heads/main\ncommitter {PERSON}\n".encode() + _data(message)
        self._stream.append(head + change.encode() + (b"" if content is None else _data(content)) + b"\n")

    def finish(self) -> None:
        """Make the repository and its work tree, if anything is to be in it."""
        if self._first and not self._remotes:
            return
        self._start()
        self._git("init", "--quiet", "--initial-branch=main", str(self._folder), folder=None)
        self._git("fast-import", "--quiet", stdin=b"".join(self._stream))
        self._git("reset", "--quiet", "--hard", "main")
        with (self._folder / ".git" / "config").open("a") as file:
            file.writelines(self._remotes)

    def _git(self, *arguments: str, stdin: bytes = b"", folder: Path | None = Path()) -> None:
        place = ["-C", str(self._folder)] if folder is not None else []
        subprocess.run(["git", *place, *arguments], input=stdin, env=environment(), check=True, capture_output=True)


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"
