"""What git keeps in use without a ref."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyguard.git import commits
from keyguard.git.leftovers import is_cut, leftovers
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

ABSENT = "12" * 20


def opened(top: Path) -> Repository:
    repository = discover(top)
    assert repository is not None
    return repository


def test_there_are_none(repo: Repo):
    repo.commit()
    assert leftovers(opened(repo.top)) == []


def test_what_is_not_here_any_more_is_left_out(repo: Repo):
    commit = repo.commit()
    blob = repo.blob("x")
    repo.write(
        ".git/FETCH_HEAD", f"{ABSENT}\t\tbranch 'a' of x\n{commit}\tnot-for-merge\tbranch 'b' of x\n{'0' * 40}\n"
    )
    repo.write(".git/ORIG_HEAD", blob)
    repo.write(".git/rebase-merge/onto", f"{ABSENT[:39]}\n")
    assert {(each.id, each.type) for each in leftovers(opened(repo.top))} == {(commit, "commit"), (blob, "blob")}


def test_a_partial_clone_is_not_made_to_fetch(repo: Repo, tmp_path: Path):
    repo.config("uploadpack.allowFilter", "true")
    commit = repo.save("a", "a")
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repo.top}", tmp_path / "partial")
    blob = repo.git("rev-parse", "HEAD:a")
    (tmp_path / "partial/.git/FETCH_HEAD").write_text(f"{blob}\n{commit}\n")
    (tmp_path / "partial/.git/ORIG_HEAD").write_text(f"{ABSENT}\n")
    repository = opened(tmp_path / "partial")
    assert {each.id for each in leftovers(repository)} == {commit}
    assert blob not in repository.git.run("rev-list", "--objects", "--missing=print", "--all").decode().split()


def test_more_than_is_looked_up_is_seen(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    commit = repo.commit()
    (repo.git_dir / "FETCH_HEAD").write_text(f"{ABSENT}\tbranch\n" * 3 + commit)
    assert not is_cut(opened(repo.top))
    monkeypatch.setattr("keyguard.git.leftovers.MOST", 60)
    assert leftovers(opened(repo.top)) == []
    assert is_cut(opened(repo.top))


def test_links_and_pipes_are_not_followed(repo: Repo, tmp_path: Path):
    commit = repo.commit()
    (tmp_path / "other").write_text(commit)
    repo.write(".git/rebase-merge/patches/a", commit)
    assert not is_cut(opened(repo.top)), "a folder is none of these files"
    (repo.git_dir / "MERGE_HEAD").symlink_to(tmp_path / "other")
    assert leftovers(opened(repo.top)) == []
    assert is_cut(opened(repo.top)), "what it names may be stored here"


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root may read every file, and Windows keeps no such permissions"
)
def test_what_may_not_be_read_is_seen(repo: Repo):
    repo.commit()
    repo.write(".git/FETCH_HEAD", "").chmod(0)
    assert is_cut(opened(repo.top))


def test_what_was_fetched_is_pushed(repo: Repo, tmp_path: Path):
    other = Repo(tmp_path / "other")
    theirs = other.save("a", "theirs")
    ours = repo.save("b", "ours")
    repo.git("fetch", "--quiet", other.top, "main")
    repository = opened(repo.top)
    graph = commits.parents(repository)
    assert set(graph) == {ours, theirs}
    assert commits.pushed(repository, graph, commits.refs(repository)) == {theirs}
