from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyguard.errors import SourceError
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo


def found(folder: Path) -> Repository:
    repository = discover(folder)
    assert repository is not None
    return repository


def test_there_is_none_outside_git(tmp_path):
    assert discover(tmp_path) is None


def test_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceError):
        discover(tmp_path / "absent")


@pytest.mark.parametrize("name", ["plain", "with space", "new\nline", "密钥", "latin-\udce9", "-dash", "tail\n"])
def test_top_is_found_from_below(tmp_path, name):
    repo = Repo(tmp_path / name)
    repo.write("a/b/c", "")
    for folder in (repo.top, repo.top / "a/b"):
        repository = found(folder)
        assert (repository.top, repository.git_dir) == (repo.top, repo.top / ".git")
        assert (repository.bare, repository.object_format) == (False, "sha1")
        assert repository.relative(folder / "x").endswith("x")
    assert repository.relative(repo.top / "a/b/c") == "a/b/c"


def test_bare_and_inside_of_the_git_folder_have_no_top(tmp_path, repo):
    bare = found(Repo(tmp_path / "bare", bare=True).top)
    assert (bare.top, bare.bare) == (None, True)
    inside = found(repo.top / ".git")
    assert (inside.top, inside.bare, inside.git_dir) == (None, False, repo.top / ".git")
    with pytest.raises(SourceError, match="has no work tree"):
        inside.relative(repo.top)


def test_linked_work_tree_and_submodule(repo, tmp_path):
    repo.commit()
    linked = found(repo.worktree(tmp_path / "linked"))
    assert (linked.top, linked.git_dir) == (tmp_path / "linked", repo.git_dir / "worktrees/linked")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repo.top, "sub")
    inner = found(repo.top / "sub")
    assert (inner.top, inner.git_dir) == (repo.top / "sub", repo.git_dir / "modules/sub")


def test_shallow_clone_knows_where_it_ends(repo, tmp_path):
    repo.commit()
    last = repo.commit()
    assert found(repo.top).shallow_roots == frozenset()
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.top}", tmp_path / "shallow")
    assert found(tmp_path / "shallow").shallow_roots == {last}


def test_repository_in_pieces_is_told(repo):
    repo.commit()
    (repo.git_dir / "config").write_text("[core\n")
    with pytest.raises(SourceError):
        discover(repo.top)


@pytest.mark.parametrize("outer", [True, False])
def test_work_tree_of_another_repository_is_refused(tmp_path, outer):
    if outer:
        Repo(tmp_path).commit()
    inner = Repo(tmp_path / "vendor/inner")
    inner.save("secret", "hidden")
    inner.config("core.worktree", str(tmp_path))
    with pytest.raises(SourceError, match="as its work tree, where git finds another repository or none"):
        discover(inner.top)


def test_resolve(repo):
    assert found(repo.top).resolve("HEAD") is None
    commit = repo.commit()
    repo.tag("v1", message="A tag")
    repository = found(repo.top)
    assert {repository.resolve(each) for each in ("HEAD", "main", "v1", commit[:12])} == {commit}
    for absent in ("nothing", "--all", "HEAD~9", "HEAD^{tree}", "", "a..b", "-h", "HEAD:x"):
        assert repository.resolve(absent) is None


def test_hook_environment_counts_for_its_own_repository_only(repo, tmp_path, monkeypatch):
    other = Repo(tmp_path / "other")
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next")
    assert found(Path()).git.inherit
    assert found(other.top).git_dir == other.top / ".git"
    assert not found(other.top).git.inherit
    repo.write("sub/x", "")
    assert found(repo.top / "sub").git.inherit
    assert discover(tmp_path) is None


def test_hook_environment_of_a_linked_work_tree(repo, tmp_path, monkeypatch):
    repo.commit()
    linked = repo.worktree(tmp_path / "linked")
    monkeypatch.chdir(linked)
    monkeypatch.setenv("GIT_DIR", str(repo.git_dir / "worktrees/linked"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.git_dir / "worktrees/linked/index"))
    assert found(linked).top == linked
    assert found(repo.top).top == repo.top
    assert not found(repo.top).git.inherit


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_repository_of_another_user_is_refused_with_the_way_out(repo):
    for path in (repo.top, repo.git_dir):
        os.chown(path, 12345, 12345)
    with pytest.raises(SourceError, match="belongs to another user") as caught:
        discover(repo.top)
    assert f"--add safe.directory {repo.top}" in (caught.value.hint or "")
