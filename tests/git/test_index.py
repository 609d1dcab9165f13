from __future__ import annotations

import os

import pytest

from keyguard.errors import SourceError
from keyguard.git.index import GITLINK, SYMLINK, Entry, blobs_at, changed, entries
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

ODD_NAMES = [
    b"new\nline", b'quo"te', b"tab\there", b"latin-\xe9", b"-leading-dash", "密钥.txt".encode(), b"a b", b"back\\slash",
    b"*", b":(top)x", b"?", b"[a]", b" ", b"\x7f\x01", b"dir/\xff/x",
]  # fmt: skip


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def brief(found: list[Entry]) -> list[tuple[str, bool, str | None]]:
    return sorted((entry.path, entry.before is None, entry.source) for entry in found)


def test_nothing_is_staged_in_an_empty_repository(repo):
    assert changed(opened(repo)) == []
    assert entries(opened(repo)) == []


def test_nothing_differs_right_after_a_commit(repo):
    repo.save("a", "one")
    repo.write("a", "not staged")
    repo.write("b", "not tracked")
    assert changed(opened(repo)) == []


def test_deleted_path_is_not_an_entry(repo):
    repo.save("a", "one")
    repo.remove("a")
    assert changed(opened(repo)) == []


def test_all_is_new_before_the_first_commit(repo):
    repo.write("a", "one")
    repo.stage()
    repo.write("a", "changed behind the index")
    [entry] = changed(opened(repo))
    assert entry == Entry("a", "100644", repo.blob("one"), None, "a")


def test_changes_copies_modes_and_links(repo):
    repo.save("a", "one\n" * 20)
    repo.save("mode", "x")
    before = repo.git("rev-parse", "HEAD:a")
    repo.write("a", "two\n")
    (repo.top / "mode").chmod(0o755)
    (repo.top / "link").symlink_to("/etc/passwd")
    repo.stage()
    found = {entry.path: entry for entry in changed(opened(repo))}
    assert found["a"] == Entry("a", "100644", repo.blob("two\n"), before, "a")
    assert found["mode"].before == found["mode"].blob
    assert (found["link"].mode, found["link"].blob) == (SYMLINK, repo.blob("/etc/passwd"))


def test_rename_names_its_source(repo):
    repo.save("before", "line\n" * 20)
    repo.rename("before", "sub/after")
    repo.write("sub/after", "line\n" * 20 + "more\n")
    repo.stage()
    assert brief(changed(opened(repo))) == [("sub/after", False, "before")]


def test_submodule_has_a_path_and_no_blob(repo, tmp_path):
    inner = Repo(tmp_path / "inner")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.top, "sub")
    assert brief(changed(opened(repo))) == [(".gitmodules", True, ".gitmodules"), ("sub", True, "sub")]
    assert [entry.blob for entry in changed(opened(repo)) if entry.mode == GITLINK] == [inner.head]
    assert [entry.path for entry in entries(opened(repo))] == [".gitmodules", "sub"]
    repo.commit()
    assert blobs_at(opened(repo), "HEAD", [".gitmodules", "sub"]).keys() == {".gitmodules"}
    repo.git("rm", "--quiet", "--cached", "sub")
    (repo.top / "sub").rename(tmp_path / "away")
    repo.write("sub", "a file now")
    repo.stage()
    (entry,) = changed(opened(repo))
    assert (entry.path, entry.before) == ("sub", None)


def test_all_sides_of_an_unfinished_merge_are_read(repo):
    repo.save("a", "base")
    repo.branch("side")
    repo.save("a", "theirs")
    repo.checkout("main")
    repo.save("a", "ours")
    repo.git("merge", "side", check=False)
    found = changed(opened(repo))
    assert {entry.blob for entry in found} == {repo.blob(each) for each in ("base", "theirs", "ours")}
    assert {entry.path for entry in found} == {"a"}


def test_path_that_is_meant_to_be_added_is_told_without_content(repo):
    repo.save("a", "one")
    repo.write("later", "content that is not staged")
    repo.git("add", "--intent-to-add", "later")
    assert repo.blob("content that is not staged") not in {entry.blob for entry in changed(opened(repo))}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_stay_as_they_are(repo, name):
    repo.save("other", "x")
    repo.write(name, "one")
    repo.git("--literal-pathspecs", "add", "--", name)
    [entry] = changed(opened(repo))
    assert entry.path.encode(errors="surrogateescape") == name
    assert entries(opened(repo), [entry.path]) == [Entry(entry.path, "100644", entry.blob)]
    repo.commit()
    assert blobs_at(opened(repo), "HEAD", [entry.path]) == {entry.path: entry.blob}


def test_blobs_at_leaves_out_what_is_not_there(repo):
    repo.save("a/b", "one")
    assert blobs_at(opened(repo), "HEAD", ["absent", "a/c"]) == {}
    assert blobs_at(opened(repo), "HEAD", ["a/b", "absent"]) == {"a/b": repo.blob("one")}


def test_sparse_index_hides_nothing(repo):
    for path in ("in/a", "out/deep/b"):
        repo.save(path, path)
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    assert [entry.path for entry in entries(opened(repo))] == ["in/a", "out/deep/b"]


def test_flags_on_entries_hide_nothing(repo):
    repo.save("a", "one")
    repo.save("b", "one")
    for name, flag in (("a", "--assume-unchanged"), ("b", "--skip-worktree")):
        repo.write(name, "two")
        repo.stage(name)
        repo.git("update-index", flag, name)
    assert brief(changed(opened(repo))) == [("a", False, "a"), ("b", False, "b")]


def test_an_index_that_was_cut_off_is_damaged(repo):
    repo.save("a", "one")
    repo.save("b", "two")
    os.truncate(repo.git_dir / "index", 100)  # git reads the second entry out of the zeros behind the end
    with pytest.raises(SourceError, match="the index is damaged"):
        entries(opened(repo))


def test_an_index_without_a_checksum_is_whole(repo):
    repo.write("a", "one")
    repo.stage()
    index = repo.git_dir / "index"
    index.write_bytes(index.read_bytes()[:-20] + bytes(20))  # as git leaves it with index.skipHash
    assert [entry.path for entry in changed(opened(repo))] == ["a"]


def test_a_missing_index_has_lost_nothing(repo):
    repo.save("a", "one")
    (repo.git_dir / "index").unlink()
    assert changed(opened(repo)) == []


def test_the_index_that_a_hook_is_given_is_the_one_that_is_looked_at(repo, tmp_path, monkeypatch):
    repo.save("a", "one")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other"))
    repo.write("b", "two")
    repo.stage("a", "b")
    os.truncate(repo.git_dir / "index", 100)
    monkeypatch.chdir(repo.top)
    assert [entry.path for entry in changed(opened(repo))] == ["b"]


@pytest.mark.parametrize("kept", [1, 100, 200, 300])
def test_of_an_index_that_was_cut_off_no_change_is_told(repo, kept):
    repo.save("a", "one")
    for name in "bcde":
        repo.write(name, name)
    repo.stage()
    os.truncate(repo.git_dir / "index", kept)  # looking for renames, git drops the entries that are zeros
    with pytest.raises(SourceError, match="the index is damaged"):
        changed(opened(repo))
