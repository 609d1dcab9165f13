"""`--history` reads what git itself keeps beside objects and refs, and tells what the system does not let it read."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(2))
ALLOWED = ("-c", "protocol.file.allow=always")


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        ran = run_here("scan", "--history", "--format", "json", *arguments, cwd=repo.top)
        assert KEY not in ran.stdout + ran.stderr
        return ran.code, json.loads(ran.stdout)

    return run


def places(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each["where"], each["path"]) for finding in found["findings"] for each in finding["locations"]]


class TestReflogs:
    def test_the_address_of_a_pull(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.commit()
        clone = tmp_path / "clone"
        repo.git("clone", "--quiet", repo.top, clone)
        repo.commit()
        repo.git("-C", clone, "pull", "--quiet", f"file://user:{KEY}@{repo.top}", "main")
        code, found = scan(str(clone))
        assert (code, places(found)) == (1, [("reflog", ".git/logs/HEAD"), ("reflog", ".git/logs/refs/heads/main")])
        assert found["findings"][0]["exposure"] == "worktree"
        assert ".git/logs/HEAD" in found["findings"][0]["guide"]["steps"][0]["text"]

    def test_the_name_of_a_branch_that_is_gone(self, repo: Repo, scan: Any):
        repo.commit()
        repo.branch(KEY)
        repo.checkout("main")
        assert {where for where, _ in places(scan()[1])} == {"ref-name"}, "while it is there, this is where it stands"
        repo.git("branch", "--quiet", "-D", KEY)
        assert set(places(scan()[1])) == {("reflog", ".git/logs/HEAD")}

    def test_of_a_linked_work_tree(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.commit()
        linked = repo.worktree(tmp_path / "linked")
        repo.git("-C", linked, "update-ref", "-m", f"mine: {KEY}", "HEAD", repo.commit())
        assert ("reflog", ".git/worktrees/linked/logs/HEAD") in places(scan()[1])

    def test_of_a_submodule(self, repo: Repo, scan: Any, tmp_path: Path):
        inner = Repo(tmp_path / "inner")
        inner.commit()
        repo.git(*ALLOWED, "submodule", "--quiet", "add", f"file://{inner.top}", "libs/mod")
        repo.commit()
        log = repo.git_dir / "modules/libs/mod/logs/HEAD"
        log.write_text(log.read_text().rstrip("\n") + f" {KEY}\n")
        assert places(scan()[1]) == [("reflog", ".git/modules/libs/mod/logs/HEAD")]

    def test_a_message_stands_in_its_commit(self, repo: Repo, scan: Any):
        repo.commit(f"with {KEY}")
        assert places(scan()[1]) == [("commit-message", None)]

    def test_a_scan_of_files_reads_none(self, repo: Repo, run_here: RunKeyguard):
        repo.commit()
        repo.git("update-ref", "-m", KEY, "refs/heads/x", "HEAD")
        assert run_here("scan", cwd=repo.top).code == 0


def test_the_log_of_a_work_tree_whose_head_is_damaged(repo: Repo, scan: Any, tmp_path: Path):
    repo.commit()
    linked = repo.worktree(tmp_path / "linked")
    repo.git("-C", linked, "checkout", "--quiet", "--detach")
    repo.git("-C", linked, "commit", "--quiet", "--allow-empty", "-m", f"with {KEY}")
    gone = repo.git("-C", linked, "rev-parse", "HEAD")
    (repo.git_dir / "worktrees/linked/HEAD").write_text("garbage")
    code, found = scan()
    assert (code, found["findings"][0]["locations"][0]["commit"]) == (1, gone)
    assert found["findings"][0]["exposure"] == "unpushed"


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the system refuse a file or folder to whoever runs the tests, root too."""
    scandir, access = os.scandir, os.access
    closed: set[Any] = set()

    def guarded(path: Any = ".") -> Iterator[Any]:
        if path in closed:
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    monkeypatch.setattr(os, "access", lambda path, *more, **how: path not in closed and access(path, *more, **how))
    return lambda path: closed.update((path, os.fspath(path)))


@pytest.mark.parametrize("name", ["refs/heads/x", "refs/heads/x/y", "logs", "logs/refs/heads/main", "worktrees"])
def test_what_names_objects_and_is_refused(repo: Repo, scan: Any, refuse: Any, tmp_path: Path, name: str):
    repo.commit()
    repo.branch("x/y")
    repo.worktree(tmp_path / "linked")
    gone = repo.git("commit-tree", "HEAD^{tree}", "-m", f"what only that names: {KEY}")
    assert scan()[0] == 0
    refuse(repo.git_dir / name)
    code, found = scan()
    assert found["incomplete"] == [
        {
            "what": f".git/{name}",
            "why": "Permission denied",
            "mend": "make it readable, or leave it out",
            "accept": None,
        }
    ]
    assert (code, found["findings"][0]["locations"][0]["commit"]) == (1, gone), "so all that is stored is read"


def test_submodules_that_are_refused(repo: Repo, scan: Any, refuse: Any, tmp_path: Path):
    inner = Repo(tmp_path / "inner")
    inner.commit()
    repo.git(*ALLOWED, "submodule", "--quiet", "add", f"file://{inner.top}", "libs/mod")
    repo.commit()
    refuse(repo.git_dir / "modules/libs")
    code, found = scan()
    assert (code, [each["what"] for each in found["incomplete"]]) == (3, [".git/modules/libs: the whole submodule"])


def test_packs_that_git_does_not_read(repo: Repo, scan: Any, tmp_path: Path):
    repo.commit()
    other = Repo(tmp_path / "other")
    other.save("a", KEY)
    other.git("repack", "--quiet", "-a", "-d")
    (pack,) = (other.git_dir / "objects/pack").glob("*.pack")
    folder = repo.git_dir / "objects/pack"
    folder.mkdir(exist_ok=True)
    for name in (pack.name, "tmp_pack_AbCdEf"):
        (folder / name).write_bytes(pack.read_bytes())
    assert scan()[0] == 0, "nothing that is in use is in there"
    code, found = scan("--unreachable")
    assert (code, {each["what"] for each in found["incomplete"]}) == (
        3,
        {f".git/objects/pack/{pack.name}", ".git/objects/pack/tmp_pack_AbCdEf"},
    )
    repo.git("index-pack", folder / pack.name)
    (folder / "tmp_pack_AbCdEf").unlink()
    code, found = scan("--unreachable")
    assert (code, found["complete"]) == (1, True)
