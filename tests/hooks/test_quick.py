"""The first look at a commit: clean only where the whole check would be silent, with next to nothing loaded."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from keyguard import __main__ as program
from keyguard.hooks import quick
from keyguard.rules import built
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(3))
NAMED = "client = OpenAI(api_key=os.environ['OPENAI_API_KEY'])\n"


@pytest.fixture(autouse=True)
def here(repo: Repo, of_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built.gate, "__defaults__", (built.OWN, of_wheel))
    monkeypatch.chdir(repo.top)


def staged(repo: Repo, content: str | bytes, path: str = "a.py") -> Repo:
    repo.write(path, content)
    repo.stage(path)
    return repo


@pytest.mark.parametrize("content", ["", "print('hello')\n", NAMED, "a" * 300_000, "\\n".join(["x = 1"] * 99)])
def test_a_commit_of_ordinary_files_is_clean(repo: Repo, content: str) -> None:
    assert quick.is_clean([])
    staged(repo, "x", "other")
    assert quick.is_clean([])
    staged(repo, content)
    assert quick.is_clean([])
    assert quick.is_clean(["a.py", "other"])


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("lay", [os.mkfifo, link_to_a_device, os.mkdir])
def test_a_project_file_that_is_none_leaves_it_to_the_whole_check(repo: Repo, lay: Callable[[Path], None]) -> None:
    lay(repo.top / "pyproject.toml")
    assert not quick.is_clean([])


def test_many_files_are_looked_at_in_batches(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "BATCH", 100)
    for number in range(30):
        repo.write(f"{number}.txt", f"{number}\n" * number)
    repo.stage()
    assert quick.is_clean([])
    staged(repo, KEY, "17.txt")
    assert not quick.is_clean([])


@pytest.mark.parametrize(
    "content",
    [
        KEY,
        f"{NAMED}openai_api_key = '{KEY[-40:]}'",
        KEY.encode("utf-16"),
        KEY.encode("utf-32"),
        b"PK\x03\x04" + bytes(40),
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 7\n",
        "a" * (quick.LARGEST + 1),
        "".join(f"%{byte:02x}" for byte in KEY.encode()),
    ],
)
def test_in_doubt_it_says_nothing(repo: Repo, content: str | bytes) -> None:
    staged(repo, content)
    assert not quick.is_clean([])


def test_a_key_in_a_name_is_none_of_its_business(repo: Repo) -> None:
    staged(repo, "x", KEY)
    assert not quick.is_clean([])


@pytest.mark.parametrize("name", [".keyguard.toml", ".keyguard/baseline.toml", "pyproject.toml"])
def test_a_repository_with_rules_of_its_own_takes_the_whole_check(repo: Repo, name: str) -> None:
    staged(repo, "x")
    repo.write("pyproject.toml", "[tool.other]\n")
    assert quick.is_clean([])
    repo.write(name, "[tool.keyguard]\n")
    assert not quick.is_clean([])


@pytest.mark.parametrize("name", [".keyguard/baseline.toml", ".pre-commit-config.yaml"])
def test_that_a_commit_edits_the_policy_is_told(repo: Repo, name: str) -> None:
    staged(repo, "x: y\n", name)
    assert not quick.is_clean([])


def test_what_it_cannot_read_is_not_clean(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not quick.is_clean(["missing"])
    staged(repo, "gone")
    blob = repo.git("rev-parse", ":a.py")
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    assert not quick.is_clean([])
    monkeypatch.chdir(tmp_path)
    assert not quick.is_clean([])


def test_without_the_file_of_a_wheel_it_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built.gate, "__defaults__", (built.OWN, tmp_path / "none"))
    assert not quick.is_clean([])


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["hook", "run"], []),
        (["hook", "run", "--type", "pre-commit"], []),
        (["hook", "run", "--type", "pre-commit", "a", "b"], ["a", "b"]),
        (["hook", "run", "a"], ["a"]),
        (["hook", "run", "--type", "pre-push"], None),
        (["hook", "run", "--lang", "zh"], None),
        (["hook", "run", "a", "--", "b"], None),
        (["hook", "install"], None),
        (["scan"], None),
        ([], None),
    ],
)
def test_it_is_asked_for_the_hook_of_a_commit_alone(
    arguments: list[str], asked: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def noted(files: list[str]) -> bool:
        seen.append(files)
        return True

    monkeypatch.setattr(quick, "is_clean", noted)
    assert program._is_clean_commit(arguments) == (asked is not None)
    assert seen == ([] if asked is None else [asked])


def test_next_to_nothing_is_loaded(repo: Repo, of_wheel: Path) -> None:
    staged(repo, NAMED)
    script = (
        "import sys; from pathlib import Path; from keyguard.rules import built; from keyguard.hooks import quick\n"
        f"built.gate.__defaults__ = (built.OWN, Path({str(of_wheel)!r}))\n"
        "assert quick.is_clean([])\n"
        "print(*sorted({each.partition('.')[0] for each in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    heavy = {
        "click",
        "git",
        "rich",
        "tomllib",
        "regex",
        "hyperscan",
        "dataclasses",
        "inspect",
        "hashlib",
        "json",
        "pickle",
    }
    assert not heavy & set(done.stdout.split())
