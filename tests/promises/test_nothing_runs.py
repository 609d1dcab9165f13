"""Whatever is asked of KeyGuard in a hostile repository, nothing of that repository runs."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.canaries import PROVEN, Canaries, laid
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(3))
NOTHING = "0" * 40


@pytest.fixture
def canaries(repo: Repo, tmp_path: Path) -> Canaries:
    return laid(repo, tmp_path / "canaries", f"OPENAI_API_KEY={KEY}\n")


def commands(head: str) -> Iterator[tuple[str, int, str]]:
    """Yield what is run, the code that it ends with, and what it is told on standard input."""
    yield "scan", 1, ""
    yield "scan --staged", 1, ""
    yield "scan --history --unreachable", 1, ""
    yield "scan --range HEAD~..HEAD", 1, ""
    yield f"scan --range {head}..signed", 1, ""
    yield "scan --staged --config-from HEAD", 1, ""
    yield "scan inner", 0, ""
    yield "scan --history inner", 0, ""
    yield "scan --history bare", 0, ""
    yield "scan .git", 3, ""  # the store is no folder of files
    yield "scan file://{top}", 3, ""  # an object is lost, so that git sends nothing
    yield "scan file://{top}/bare", 0, ""
    yield "hook run --type pre-commit", 1, ""
    yield "hook run --type pre-commit a.txt key.txt", 1, ""
    yield "hook run --type commit-msg key.txt", 1, ""
    yield "hook run --type pre-push origin x", 1, f"refs/heads/main {head} refs/heads/main {NOTHING}\n"
    yield "hook run --type pre-receive", 0, f"{NOTHING} {head} refs/heads/new\n"
    yield "doctor", 0, ""
    yield "fleet scan --jobs=1 --progress=none .", 1, ""
    yield "baseline create --history", 2, ""  # an object is lost
    yield "fix --dry-run", 1, ""
    yield "incidents list", 0, ""
    yield "guide openai", 0, ""


def test_no_canary_sings(canaries: Canaries, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    top, head = canaries.repo.top, canaries.repo.head
    Path(canaries.script("git-of-the-folder")).rename(top / "git")
    canaries.hush()
    for line, code, given in commands(head):
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
            ran = run_here(*line.format(top=top).split(), cwd=top, stdin=given.encode())
        assert not canaries.sang, line
        assert (line, ran.code) == (line, code), ran.stderr
        assert KEY not in ran.stdout + ran.stderr
    for name, sing in PROVEN.items():
        canaries.hush()
        sing(canaries)
        assert name in canaries.sang, f"{name} does not sing, so that its silence proves nothing"
