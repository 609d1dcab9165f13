"""`--history` reads the history of the submodules that a clone has."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(1))
LINE = f"OPENAI_API_KEY={KEY}\n"
ALLOWED = ("-c", "protocol.file.allow=always")


@pytest.fixture
def inner(tmp_path: Path) -> Repo:
    """A repository that had a key once."""
    made = Repo(tmp_path / "inner")
    made.save("sub/a", LINE)
    made.save("sub/a", "clean")
    return made


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    def run(*arguments: str, cwd: Path | None = None) -> tuple[int, dict[str, Any], str]:
        ran = run_here("scan", "--history", "--format", "json", *arguments, cwd=cwd or repo.top)
        assert KEY not in ran.stdout + ran.stderr
        return ran.code, json.loads(ran.stdout), ran.stderr

    return run


def places(found: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(each["where"], each["path"], each["commit"]) for each in found["findings"][0]["locations"]]


def add(repo: Repo, inner: Repo, *options: str, path: str = "libs/mod") -> None:
    repo.git(*ALLOWED, "submodule", "--quiet", "add", *options, f"file://{inner.top}", path)
    repo.commit()


def test_what_only_its_history_has(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner)
    code, found, said = scan()
    assert code == 1
    assert places(found) == [("blob", "libs/mod/sub/a", inner.git("rev-parse", "HEAD~1"))]
    assert found["findings"][0]["exposure"] == "pushed"
    assert said == "keyguard: with the history of the submodules that are in this clone: libs/mod\n"


def test_one_that_is_no_longer_checked_out(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner)
    repo.git("submodule", "--quiet", "deinit", "--force", "libs/mod")
    repo.remove("libs/mod")
    repo.commit()
    code, found, _ = scan()
    assert (code, places(found)[0][0]) == (1, "blob")


def test_one_that_lies_in_place(repo: Repo, inner: Repo, scan: Any):
    repo.save("a", "a")
    repo.git("clone", "--quiet", inner.top, repo.top / "old")
    repo.git("add", "old")
    repo.commit()
    assert places(scan()[1])[0][1] == "old/sub/a"


def test_one_of_a_submodule(repo: Repo, inner: Repo, scan: Any, tmp_path: Path):
    middle = Repo(tmp_path / "middle")
    add(middle, inner, path="deep")
    add(repo, middle)
    repo.git(*ALLOWED, "submodule", "--quiet", "update", "--init", "--recursive")
    assert places(scan()[1])[0][1] == "libs/mod/deep/sub/a"


def test_the_outer_configuration_decides(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner)
    repo.write(".keyguard.toml", 'exclude-paths = ["libs/mod/sub/"]\n')
    assert scan()[0] == 0


def test_a_key_in_its_configuration_is_told_once(repo: Repo, inner: Repo, scan: Any):
    inner.git("update-ref", "-d", "HEAD")
    inner.git("reflog", "expire", "--expire=now", "--all")
    inner.save("b", "b")
    add(repo, inner)
    address = f"https://x:{KEY}@git.example.org/a.git"
    repo.git("config", "--file", ".git/modules/libs/mod/config", "remote.other.url", address)
    assert places(scan()[1]) == [("git-config", ".git/modules/libs/mod/config", None)]


def test_a_shallow_one_is_not_complete(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner, "--depth=1")
    code, found, _ = scan()
    assert (code, found["complete"]) == (3, False)
    assert found["incomplete"][0]["what"].startswith("libs/mod: ")


def test_one_that_git_cannot_read_is_not_complete(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner)
    (repo.git_dir / "modules/libs/mod/HEAD").write_text("nonsense")
    code, found, _ = scan()
    assert (code, found["complete"]) == (3, False)
    assert found["incomplete"][0]["what"] == "libs/mod: the whole submodule"


def test_one_whose_configuration_is_broken_is_not_complete(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner)
    (repo.git_dir / "modules/libs/mod/config").write_text("[core\n")
    code, found, _ = scan()
    assert (code, found["complete"]) == (3, False)
    assert found["incomplete"][0]["what"] == ".git/modules/libs/mod: the whole submodule"


def test_one_that_says_it_lies_outside_keeps_its_name(repo: Repo, inner: Repo, scan: Any):
    add(repo, inner)
    repo.git("config", "--file", ".git/modules/libs/mod/config", "core.worktree", "/etc")
    code, found, _ = scan()
    assert code == 1
    assert places(found)[0][1] == ".git/modules/libs/mod/sub/a"


def test_a_range_has_only_its_own_repository(repo: Repo, inner: Repo, run_here: RunKeyguard):
    repo.save("a", "a")
    add(repo, inner)
    assert run_here("scan", "--range", "HEAD~1..HEAD", cwd=repo.top).code == 0
