"""Whatever changes in a repository changes its state, and nothing else does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from keyguard.fleet.state import state_of
from tests.conftest import Copied
from tests.support.repository import Repo


@pytest.fixture
def full(copied: Copied) -> Repo:
    return copied(fill)


def fill(repo: Repo) -> None:
    repo.save("a.txt", "one\n")
    repo.save("a.txt", "two\n")
    repo.tag("v1")


CHANGES: dict[str, Callable[[Repo], object]] = {
    "a commit": lambda repo: repo.save("b.txt", "three\n"),
    "an empty commit": lambda repo: repo.commit(),
    "a branch": lambda repo: repo.git("branch", "side"),
    "a tag that is gone": lambda repo: repo.git("tag", "-d", "v1"),
    "a branch that moves": lambda repo: repo.git("update-ref", "refs/heads/main", "HEAD~1"),
    "something staged": lambda repo: repo.git("rm", "--quiet", "--cached", "a.txt"),
    "a loose object": lambda repo: repo.blob("five\n"),
    "a stash": lambda repo: (repo.write("a.txt", "six\n"), repo.stash()),
    "a setting": lambda repo: repo.config("a.b", "c"),
    "packed refs": lambda repo: repo.git("pack-refs", "--all"),
    "a pack": lambda repo: repo.git("repack", "-adq"),
    "a log": lambda repo: repo.git("reflog", "expire", "--expire=now", "--all"),
    "a lost object": lambda repo: next((repo.git_dir / "objects").glob("??/*")).unlink(),
}


def test_nothing_changes_it(full: Repo):
    before = state_of(str(full.top))
    full.git("log", "--oneline")
    full.write("untracked.txt", "x\n")
    assert before == state_of(str(full.top)) != ""


@pytest.mark.parametrize("change", CHANGES)
def test_everything_that_is_scanned_changes_it(full: Repo, change: str):
    before = state_of(str(full.top))
    CHANGES[change](full)
    assert state_of(str(full.top)) != before


def test_a_linked_work_tree_has_the_state_of_the_whole(full: Repo, tmp_path: Path):
    linked = full.worktree(tmp_path / "linked")
    before = state_of(str(linked))
    full.save("b.txt", "three\n")
    assert state_of(str(linked)) != before


@pytest.mark.parametrize("name", ["hooks/deploy", "objects/ab/c/d", "modules/hooks"])
def test_a_branch_may_have_the_name_of_what_is_not_read(full: Repo, name: str):
    full.config("core.logAllRefUpdates", "false")
    full.git("branch", name)
    before = state_of(str(full.top))
    full.git("update-ref", f"refs/heads/{name}", "HEAD~1")
    assert state_of(str(full.top)) != before


def test_a_submodule_may_have_the_name_of_what_is_not_read(full: Repo):
    inner = full.git_dir / "modules" / "hooks" / "refs"
    inner.mkdir(parents=True)
    before = state_of(str(full.top))
    (inner / "new").touch()
    assert state_of(str(full.top)) != before


def test_a_git_folder_of_links_has_the_state_of_what_they_name(full: Repo, tmp_path: Path):
    folder = tmp_path / "linked" / ".git"
    folder.mkdir(parents=True)
    for name in ("refs", "objects", "packed-refs", "config"):
        (folder / name).symlink_to(full.git_dir / name)
    (folder / "HEAD").write_bytes((full.git_dir / "HEAD").read_bytes())
    (full.git_dir / "objects" / "loop").symlink_to(full.git_dir / "objects")
    states = [state_of(str(folder.parent))]
    for change in ("a branch", "packed refs", "a setting", "a loose object", "a pack"):
        CHANGES[change](full)
        states.append(state_of(str(folder.parent)))
    assert len(set(states)) == len(states)
    assert all(states)


def test_further_folders_count(full: Repo, tmp_path: Path):
    other = tmp_path / "other" / "objects"
    other.mkdir(parents=True)
    before = state_of(str(full.top), [str(other)])
    (other / "ab").mkdir()
    assert state_of(str(full.top), [str(other)]) != before
    other.joinpath("ab").rmdir()
    other.rmdir()
    assert state_of(str(full.top), [str(other)]) == ""  # what cannot be told is scanned


def test_a_swap_of_equal_size_and_time_is_seen(full: Repo):
    ref = full.git_dir / "refs" / "tags" / "v1"
    before, times = state_of(str(full.top)), (ref.stat().st_atime_ns, ref.stat().st_mtime_ns)
    ref.write_bytes(ref.read_bytes()[::-1])
    os.utime(ref, ns=times)
    assert state_of(str(full.top)) != before
