"""Situations of git in which a key is there and easily missed, or in which not all can be read; each a real repository.

Those that one command of the history's own tests shows already (merges, stashes, logs, notes, tags, messages) are in
`test_scan.py`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyguard.git import runner
from tests.conftest import RunKeyguard
from tests.git.test_hidden import hide_by_false_graph
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(1))
LINE = f"OPENAI_API_KEY={KEY}\n"


@dataclass(frozen=True)
class Scanned:
    """What the command line made of a repository."""

    code: int
    report: dict[str, Any]

    @property
    def found(self) -> bool:
        return [each["rule"] for each in self.report["findings"]] == ["openai-project-key"]


@pytest.fixture
def scan(run_here: RunKeyguard):
    def run(*arguments: str | Path) -> Scanned:
        ran = run_here("scan", "--format", "json", *arguments)
        assert KEY not in ran.stdout + ran.stderr
        return Scanned(ran.code, json.loads(ran.stdout) if ran.stdout else {"findings": [], "said": ran.stderr})

    return run


Situation = Callable[[Repo, Path], Path | None]
"""Makes a situation of an empty repository; returns the repository to scan where that is another one."""


def gone(repo: Repo) -> tuple[str, str]:
    """Commit a key, and take it out again. Returns the commit with it and the one after it."""
    repo.save("a", "a")
    leaked = repo.save("b", LINE)
    repo.remove("b")
    return leaked, repo.commit()


def forget(repo: Repo) -> None:
    """Drop the logs, which would reach all that was ever there."""
    repo.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
    shutil.rmtree(repo.git_dir / "logs", ignore_errors=True)


def a_hidden_ref(repo: Repo, _folder: Path) -> None:
    leaked, _ = gone(repo)
    repo.git("update-ref", "refs/hidden/x", leaked)
    repo.git("reset", "--quiet", "--hard", "HEAD~2")
    for key in ("transfer.hideRefs", "uploadpack.hideRefs", "receive.hideRefs"):
        repo.config(key, "refs/hidden")
    repo.config("log.excludeDecoration", "refs/hidden/*")
    forget(repo)


def a_tag_of_a_tree(repo: Repo, _folder: Path) -> None:
    repo.save("a", "a")
    blob = repo.blob(LINE)
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tb\n".encode())
    repo.git("tag", "--annotate", "-m", "a tree", "odd", tree)


def a_replaced_commit(repo: Repo, _folder: Path) -> None:
    leaked, _ = gone(repo)
    clean = repo.git("commit-tree", f"{leaked}~^{{tree}}", "-m", "clean")
    repo.git("replace", leaked, clean)
    assert repo.git("ls-tree", "--name-only", leaked) == "a"


def a_replaced_blob(repo: Repo, _folder: Path) -> None:
    repo.save("b", LINE)
    repo.git("replace", repo.git("rev-parse", "HEAD:b"), repo.blob("clean"))
    repo.write("b", "clean")


def what_stands_in_the_place_of_another_object(repo: Repo, _folder: Path) -> None:
    repo.save("b", "clean")
    repo.git("replace", repo.git("rev-parse", "HEAD:b"), repo.blob(LINE))


def a_graft(repo: Repo, _folder: Path) -> None:
    _, head = gone(repo)
    forget(repo)
    repo.write(".git/info/grafts", f"{head}\n")
    assert repo.git("rev-list", "HEAD") == head


def a_forged_commit_graph(repo: Repo, _folder: Path) -> None:
    leaked, head = gone(repo)
    forget(repo)
    hide_by_false_graph(repo, leaked, head)


def an_alternate(repo: Repo, folder: Path) -> Path:
    gone(repo)
    repo.git("clone", "--quiet", "--shared", repo.top, folder / "clone")
    return folder / "clone"


def an_alternate_of_an_alternate_that_is_packed(repo: Repo, folder: Path) -> Path:
    gone(repo)
    repo.git("gc", "--quiet")
    repo.git("clone", "--quiet", "--shared", repo.top, folder / "one")
    repo.git("clone", "--quiet", "--shared", folder / "one", folder / "two")
    return folder / "two"


def the_head_of_a_linked_work_tree(repo: Repo, folder: Path) -> None:
    repo.save("a", "a")
    repo.git("worktree", "add", "--quiet", "--detach", folder / "linked")
    repo.git("-C", folder / "linked", "commit", "--quiet", "--allow-empty", "-m", LINE)
    forget(repo)
    shutil.rmtree(repo.git_dir / "worktrees/linked/logs")


def the_index_of_a_linked_work_tree(repo: Repo, folder: Path) -> None:
    repo.save("a", "a")
    linked = repo.worktree(folder / "linked")
    (linked / "b").write_text(LINE)
    repo.git("-C", linked, "add", "b")


def a_ref_of_a_linked_work_tree(repo: Repo, folder: Path) -> None:
    leaked, _ = gone(repo)
    linked = repo.worktree(folder / "linked")
    repo.git("-C", linked, "update-ref", "refs/worktree/kept", leaked)
    repo.git("-C", linked, "reset", "--quiet", "--hard", f"{leaked}~")
    repo.git("reset", "--quiet", "--hard", f"{leaked}~")
    forget(repo)
    shutil.rmtree(repo.git_dir / "worktrees/linked/logs")


def what_was_fetched_without_a_ref(repo: Repo, folder: Path) -> None:
    other = Repo(folder / "other")
    gone(other)
    repo.save("c", "c")
    repo.git("fetch", "--quiet", other.top, "main")


def a_merge_that_has_not_ended(repo: Repo, _folder: Path) -> None:
    leaked, _ = gone(repo)
    repo.git("reset", "--quiet", "--hard", f"{leaked}~")
    repo.save("c", "c")
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", leaked)
    repo.git("rm", "--quiet", "--force", "b")
    forget(repo)


def attributes(repo: Repo, folder: Path) -> None:
    (folder / "clean.sh").write_text("#!/bin/sh\necho clean\n")
    (folder / "clean.sh").chmod(0o755)
    repo.save(".gitattributes", "* -diff -text binary export-ignore linguist-generated diff=evil\n")
    repo.write(".git/info/attributes", "* -diff diff=evil\n")
    for key in ("diff.external", "diff.evil.command", "diff.evil.textconv"):
        repo.config(key, str(folder / "clean.sh"))
    gone(repo)


SETTINGS = """
[color]
    ui = always
[log]
    showSignature = true
    showRoot = false
    diffMerges = off
    date = format:x
    excludeDecoration = *
    follow = true
[diff]
    noprefix = true
    renames = copies
    ignoreSubmodules = all
    orderFile = /dev/null
    context = 0
    relative = true
    wordRegex = .
[core]
    quotePath = true
    abbrev = 4
    attributesFile = /dev/null
    commitGraph = true
    bigFileThreshold = 1
    logAllRefUpdates = false
[i18n]
    logOutputEncoding = UTF-16
[format]
    pretty = format:x
[transfer]
    hideRefs = refs/
[column]
    ui = always
"""


def settings_of_the_repository(repo: Repo, _folder: Path) -> None:
    gone(repo)
    config = repo.git_dir / "config"
    config.write_text(config.read_text() + SETTINGS)


def a_mirror(repo: Repo, folder: Path) -> Path:
    leaked, _ = gone(repo)
    repo.git("update-ref", "refs/pull/1/head", leaked)
    repo.git("reset", "--quiet", "--hard", f"{leaked}~")
    repo.git("clone", "--quiet", "--mirror", f"file://{repo.top}", folder / "mirror.git")
    return folder / "mirror.git"


def a_bare_clone_with_packs(repo: Repo, folder: Path) -> Path:
    gone(repo)
    repo.git("clone", "--quiet", "--bare", f"file://{repo.top}", folder / "bare.git")
    return folder / "bare.git"


def many_packs_with_one_index(repo: Repo, _folder: Path) -> None:
    repo.save("a", "a")
    repo.git("repack", "-d", "--quiet")
    gone(repo)
    repo.git("repack", "-d", "--quiet")
    repo.git("multi-pack-index", "write", "--bitmap", check=False)
    repo.git("multi-pack-index", "write")


def packs_that_are_kept_and_cruel_deltas(repo: Repo, _folder: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(200))
    repo.save("a", text)
    repo.save("a", text + LINE)
    repo.save("a", text + "more\n")
    repo.git("repack", "-adfk", "--quiet", "--depth=50", "--window=50", "--write-bitmap-index")
    for pack in (repo.git_dir / "objects/pack").glob("*.pack"):
        pack.with_suffix(".keep").touch()


def sha256_in_a_pack(repo: Repo, folder: Path) -> Path:
    other = Repo(folder / "new", object_format="sha256")
    gone(other)
    other.git("gc", "--quiet")
    return other.top


def a_forged_shallow_file(repo: Repo, _folder: Path) -> None:
    _, head = gone(repo)
    forget(repo)
    repo.write(".git/shallow", f"{head}\n")


HELD: list[Situation] = [
    a_hidden_ref,
    a_tag_of_a_tree,
    a_replaced_commit,
    a_replaced_blob,
    what_stands_in_the_place_of_another_object,
    a_graft,
    a_forged_commit_graph,
    an_alternate,
    an_alternate_of_an_alternate_that_is_packed,
    the_head_of_a_linked_work_tree,
    the_index_of_a_linked_work_tree,
    a_ref_of_a_linked_work_tree,
    what_was_fetched_without_a_ref,
    a_merge_that_has_not_ended,
    attributes,
    settings_of_the_repository,
    a_mirror,
    a_bare_clone_with_packs,
    many_packs_with_one_index,
    packs_that_are_kept_and_cruel_deltas,
    sha256_in_a_pack,
]


@pytest.mark.parametrize("situation", HELD, ids=lambda each: each.__name__)
def test_nothing_is_missed(repo: Repo, tmp_path: Path, scan: Any, situation: Situation):
    top = situation(repo, tmp_path) or repo.top
    scanned = scan("--history", top)
    assert (scanned.code, scanned.found, scanned.report["complete"]) == (1, True, True)


def test_settings_of_the_user(repo: Repo, tmp_path: Path, scan: Any, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "config").write_text(SETTINGS)
    gone(repo)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    for name, value in {"GIT_DIFF_OPTS": "-u0", "GIT_EXTERNAL_DIFF": "false", "GIT_NAMESPACE": "x"}.items():
        monkeypatch.setenv(name, value)
    assert scan("--history", repo.top).found


def test_a_user_who_lets_git_use_no_bare_repository_that_it_finds(
    repo: Repo, tmp_path: Path, scan: Any, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "config").write_text("[safe]\n\tbareRepository = explicit\n")
    bare = a_mirror(repo, tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    assert scan(f"file://{repo.top}").found
    assert scan("--history", bare).found


def test_a_dangling_object_in_a_cruft_pack(repo: Repo, scan: Any):
    repo.save("a", "a")
    repo.blob(LINE)
    repo.git("-c", "gc.cruftPacks=true", "gc", "--quiet", "--prune=never")
    assert scan("--history", repo.top).code == 0
    assert scan("--history", "--unreachable", repo.top).found


class TestNotAll:
    """What could not be read is told, with its mend; what could be read is read."""

    @staticmethod
    def told(scanned: Scanned) -> str:
        assert scanned.report["complete"] is False
        return " ".join(f"{each['what']}: {each['why']} ({each['mend']})" for each in scanned.report["incomplete"])

    def test_a_shallow_clone(self, repo: Repo, tmp_path: Path, scan: Any):
        gone(repo)
        repo.git("clone", "--quiet", "--depth=1", f"file://{repo.top}", tmp_path / "shallow")
        scanned = scan("--history", tmp_path / "shallow")
        assert scanned.code == 3
        assert "git fetch --unshallow" in self.told(scanned)
        assert "fetch-depth: 0" in self.told(scanned)
        repo.git("-C", tmp_path / "shallow", "fetch", "--quiet", "--unshallow")
        assert scan("--history", tmp_path / "shallow").report["complete"]

    def test_a_forged_shallow_file_hides_nothing(self, repo: Repo, tmp_path: Path, scan: Any):
        a_forged_shallow_file(repo, tmp_path)
        scanned = scan("--history", repo.top)
        assert (scanned.code, scanned.found) == (1, True)
        assert "shallow" in self.told(scanned)

    def test_a_partial_clone_fetches_nothing(self, repo: Repo, tmp_path: Path, scan: Any):
        repo.config("uploadpack.allowFilter", "true")
        gone(repo)
        repo.save("c", f"k = 1\n{LINE}")
        partial = tmp_path / "partial"
        repo.git("clone", "--quiet", "--filter=blob:none", f"file://{repo.top}", partial)
        marker = tmp_path / "marker"
        trap = tmp_path / "trap.sh"
        trap.write_text(f'#!/bin/sh\ntouch "{marker}"\nexec git-upload-pack "$@"\n')
        trap.chmod(0o755)
        repo.git("-C", partial, "config", "remote.origin.uploadpack", str(trap))
        scanned = scan("--history", partial)
        assert (scanned.code, scanned.found) == (1, True)
        assert "git fetch --refetch --no-filter" in self.told(scanned)
        assert not marker.exists()
        repo.git("-C", partial, "config", "--unset", "remote.origin.partialclonefilter")
        repo.git("-C", partial, "fetch", "--quiet", "--refetch", "--no-filter")
        assert scan("--history", partial).report["complete"]

    def test_a_pack_with_a_damaged_byte(self, repo: Repo, scan: Any):
        repo.save("b", LINE)
        repo.save("a", random.Random(1).randbytes(3000))
        blob = repo.git("rev-parse", "HEAD:a")
        repo.git("gc", "--quiet")
        (pack,) = (repo.git_dir / "objects/pack").glob("*.pack")
        listed = repo.git("verify-pack", "-v", pack.with_suffix(".idx")).splitlines()
        at = next(int(line.split()[4]) for line in listed if line.startswith(blob))
        pack.chmod(0o644)
        data = bytearray(pack.read_bytes())
        data[at + 1000] ^= 0xFF
        pack.write_bytes(data)
        scanned = scan("--history", repo.top)
        assert (scanned.code, scanned.found) == (1, True)
        assert blob in self.told(scanned)
        assert "git fsck" in self.told(scanned)

    @pytest.mark.parametrize("text", ["nonsense\n", "12" * 20 + "\n", ""])
    def test_a_ref_that_names_nothing(self, repo: Repo, scan: Any, text: str):
        leaked, _ = gone(repo)
        repo.git("reset", "--quiet", "--hard", f"{leaked}~")
        forget(repo)
        (repo.git_dir / "refs/heads/lost").write_text(text)
        scanned = scan("--history", repo.top)
        assert (scanned.code, scanned.found) == (1, True)
        assert "refs/heads/lost" in self.told(scanned)

    def test_an_alternate_that_is_gone(self, repo: Repo, tmp_path: Path, scan: Any):
        gone(repo)
        repo.git("clone", "--quiet", "--shared", repo.top, tmp_path / "clone")
        repo.top.rename(tmp_path / "moved")
        scanned = scan("--history", tmp_path / "clone")
        assert scanned.code == 3
        assert self.told(scanned)

    def wrapped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
        """Put a program before git that runs a script, and then git."""
        real = shutil.which("git")
        (tmp_path / "bin").mkdir()
        path = tmp_path / "bin/git"
        path.write_text(f'#!/bin/sh\n{script}\nexec {real} "$@"\n')
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    def test_a_repository_of_another_user(self, repo: Repo, tmp_path: Path, scan: Any, monkeypatch: pytest.MonkeyPatch):
        gone(repo)
        self.wrapped(tmp_path, monkeypatch, "export GIT_TEST_ASSUME_DIFFERENT_OWNER=1")
        scanned = scan("--history", repo.top)
        assert scanned.code == 3
        assert f"git config --global --add safe.directory {repo.top}" in scanned.report["said"]

    def test_a_git_that_does_not_end(self, repo: Repo, tmp_path: Path, scan: Any, monkeypatch: pytest.MonkeyPatch):
        gone(repo)
        self.wrapped(tmp_path, monkeypatch, 'case "$*" in *for-each-ref*) exec sleep 20;; esac')
        monkeypatch.setattr(runner, "QUERY_SECONDS", 1.0)
        scanned = scan("--history", repo.top)
        assert scanned.code in (1, 3)
        assert "did not end" in self.told(scanned)

    def test_a_git_that_is_killed(self, repo: Repo, tmp_path: Path, scan: Any, monkeypatch: pytest.MonkeyPatch):
        gone(repo)
        self.wrapped(tmp_path, monkeypatch, 'case "$*" in *rev-list*) kill -9 $$;; esac')
        scanned = scan("--history", repo.top)
        assert (scanned.code, scanned.found) == (1, True)
        assert "rev-list" in self.told(scanned)
