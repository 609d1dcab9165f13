"""The work tree as git sees it, and outside git every file; what was not read is told."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import socket
import struct
from pathlib import Path
from typing import Any

import pytest

from keyguard.git import index
from keyguard.git.repository import discover
from keyguard.git.runner import Git
from keyguard.model import Chunk, Item, Omitted, Stats, Unread, Where
from keyguard.sources.files import FileReader, Listed
from tests.support.repository import Repo


def read(path: Path, stats: Stats | None = None) -> list[Item]:
    repository = discover(path if path.is_dir() else path.parent)
    items = FileReader(stats or Stats(), 64).named(path, repository)
    return [item for item in items if not isinstance(item, Chunk) or item.origin.where is not Where.FILE_NAME]


def contents(path: Path) -> dict[str | None, bytes]:
    return {item.origin.path: item.data for item in read(path) if isinstance(item, Chunk)}


def test_an_empty_repository_has_nothing(repo: Repo):
    assert read(repo.top) == []


def test_ignored_files_are_left_out_and_untracked_ones_read(repo: Repo):
    repo.save(".gitignore", "*.log\n")
    repo.write("a.log", "ignored")
    repo.write("new.txt", "untracked")
    repo.write("sub/deep/new.txt", "deep")
    assert set(contents(repo.top)) == {".gitignore", "new.txt", "sub/deep/new.txt"}


def test_a_tracked_file_is_read_even_if_a_pattern_ignores_it(repo: Repo):
    repo.save("a.log", "tracked")
    repo.save(".gitignore", "*.log\n")
    assert contents(repo.top)["a.log"] == b"tracked"


def test_the_work_tree_is_read_and_not_the_index(repo: Repo):
    repo.save("a", "committed")
    repo.write("a", "changed")
    assert contents(repo.top)["a"] == b"changed"


def test_a_file_deleted_from_the_work_tree_is_not_in_it(repo: Repo):
    repo.save("a", "x")
    (repo.top / "a").unlink()
    assert read(repo.top) == []


def test_a_file_named_by_the_user_is_read_even_if_git_ignores_it(repo: Repo):
    repo.save(".gitignore", ".env\n")
    repo.write(".env", "A=1")
    assert contents(repo.top / ".env") == {".env": b"A=1"}


def test_a_folder_named_by_the_user_is_read_even_if_git_ignores_it(repo: Repo):
    repo.save(".gitignore", "node_modules/\n")
    repo.write("node_modules/x/.env", "A=1")
    assert contents(repo.top / "node_modules" / "x") == {"node_modules/x/.env": b"A=1"}


def test_a_folder_of_the_repository_is_read_by_the_same_rules(repo: Repo):
    repo.save(".gitignore", "*.log\n")
    repo.write("src/a.log", "ignored")
    repo.write("src/a.py", "x")
    repo.write("other.py", "y")
    assert contents(repo.top / "src") == {"src/a.py": b"x"}


@pytest.mark.parametrize(
    "name", [b"a\nb", b'a"b', b"a\tb", b"caf\xe9", b"-rf", b" b/", "密钥.txt".encode(), b":(top)x"]
)
def test_odd_names_are_read(repo: Repo, name: bytes):
    name = name.rstrip(b"/")
    repo.write(name, "content")
    assert contents(repo.top) == {os.fsdecode(name): b"content"}


def test_a_link_is_not_followed_but_its_target_is_read_as_text(repo: Repo, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.write_text("outside")
    (repo.top / "link").symlink_to(outside)
    (found,) = read(repo.top)
    assert isinstance(found, Chunk)
    assert (found.origin.where, found.data) == (Where.SYMLINK, os.fsencode(outside))


def test_a_link_to_a_folder_is_not_walked(tmp_path: Path):
    (tmp_path / "plain" / "real").mkdir(parents=True)
    (tmp_path / "plain" / "real" / "a").write_text("x")
    (tmp_path / "plain" / "loop").symlink_to(tmp_path / "plain")
    assert len(read(tmp_path / "plain")) == 2


def change(path: Path, how: str) -> None:
    path.unlink()
    if how == "link":
        path.symlink_to("/etc/passwd")
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "folder":
        path.mkdir()


@pytest.mark.parametrize("how", ["gone", "link", "pipe", "folder"])
def test_a_file_that_changes_between_listing_and_reading_is_told(repo: Repo, monkeypatch: pytest.MonkeyPatch, how: str):
    repo.save("a", "a")
    repo.save("b", "b")
    really = os.open

    def late(path: str | Path, *given: int) -> int:
        if Path(path).name == "a":
            change(repo.top / "a", how)
        return really(path, *given)

    with monkeypatch.context() as patch:  # whatever removes the folder opens files too
        patch.setattr(os, "open", late)
        found = read(repo.top)
    assert [each.what for each in found if isinstance(each, Unread)] == ["a"]
    assert [each.data for each in found if isinstance(each, Chunk)] == [b"b"]


def test_a_file_that_changes_into_a_folder_before_it_is_read_is_told(repo: Repo):
    path = repo.write("a", "a")
    repository = discover(repo.top)
    reader = FileReader(Stats(), 100, repository=repository)
    (listed,) = reader.listed(repo.top, repository)
    assert isinstance(listed, Listed)
    change(path, "folder")
    assert [(each.what, each.mend) for each in reader.read(listed) if isinstance(each, Unread)] == [("a", None)]


def test_a_file_that_is_cut_short_while_it_is_read_is_read_as_far_as_it_goes(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
):
    repo.save("a", "x" * 9000)
    really = os.fstat

    def late(descriptor: int) -> os.stat_result:
        status = really(descriptor)
        os.truncate(repo.top / "a", 10)
        return status

    monkeypatch.setattr(os, "fstat", late)
    assert contents(repo.top) == {"a": b"x" * 10}


def test_short_reads_of_a_network_file_system_are_read_on(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    data = random.Random(1).randbytes(5000)
    repo.save("a", data)
    really = os.fdopen

    class Short:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Short:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def read(self, size: int) -> Any:
            return self.file.read(min(size, 7))

    monkeypatch.setattr(os, "fdopen", lambda *given, **more: Short(really(*given, **more)))
    assert contents(repo.top) == {"a": data}


def test_names_that_differ_in_case_alone_are_two_files_in_the_index(repo: Repo):
    """On a file system that takes them for one, the work tree has one of them; the index has both."""
    blobs = [repo.blob(text) for text in ("one", "two")]
    lines = "".join(f"100644 {blob}\t{name}\n" for blob, name in zip(blobs, ("key", "KEY"), strict=True))
    repo.git("update-index", "--index-info", stdin=lines.encode())
    repo.config("core.ignoreCase", "true")
    repository = discover(repo.top)
    assert repository is not None
    assert {each.path for each in index.changed(repository)} == {"key", "KEY"}


def test_a_tracked_file_whose_folder_became_a_link_is_not_read(repo: Repo, tmp_path: Path):
    """Git lists it as it was; what would be read there lies anywhere."""
    repo.save("a/b/file", "tracked")
    (tmp_path / "outside/b").mkdir(parents=True)
    (tmp_path / "outside/b/file").write_text("outside")
    shutil.rmtree(repo.top / "a")
    (repo.top / "a").symlink_to(tmp_path / "outside")
    assert contents(repo.top) == {"a": os.fsencode(tmp_path / "outside")}


def test_an_index_that_was_cut_off_is_told_and_does_no_harm(repo: Repo):
    repo.save("a", "one")
    repo.save("b", "two")
    os.truncate(repo.git_dir / "index", 100)
    [told] = [item for item in read(repo.top) if isinstance(item, Unread)]
    assert (told.what, told.mend) == ("git's list of files", index.MEND)


@pytest.mark.parametrize("name", ["../outside", "{}/outside", "a/../../outside", "./a"])
def test_an_index_does_not_lead_out_of_the_work_tree(repo: Repo, tmp_path: Path, name: str):
    (tmp_path / "outside").write_text("not of this repository")
    repo.write("a", "one")
    path = name.format(tmp_path).encode()
    body = b"DIRC" + struct.pack(">II", 2, 1) + struct.pack(">10I", *[0] * 6, 0o100644, *[0] * 3)
    body += bytes.fromhex(repo.blob("one")) + struct.pack(">H", len(path)) + path
    body += b"\0" * (8 - (len(body) - 12) % 8)
    (repo.git_dir / "index").write_bytes(body + hashlib.sha1(body).digest())
    told = [item.why for item in read(repo.top) if isinstance(item, Unread)]
    assert ["nowhere in the work tree" in why for why in told] == [True]
    assert b"not of this repository" not in [item.data for item in read(repo.top) if isinstance(item, Chunk)]


def test_a_link_that_the_user_names_is_followed(tmp_path: Path):
    (tmp_path / "real.env").write_text("A=1")
    (tmp_path / "link.env").symlink_to("real.env")
    assert b"A=1" in [item.data for item in read(tmp_path / "link.env") if isinstance(item, Chunk)]


def test_outside_git_every_file_is_read(tmp_path: Path):
    (tmp_path / "plain" / "node_modules").mkdir(parents=True)
    (tmp_path / "plain" / ".hidden").write_text("h")
    (tmp_path / "plain" / "node_modules" / "x.js").write_text("x")
    names = {Path(str(path)).name for path in contents(tmp_path / "plain")}
    assert names == {".hidden", "x.js"}


def test_the_store_of_a_git_folder_is_left_out_unless_the_user_names_it(repo: Repo, tmp_path: Path):
    repo.save("a", "one")
    assert [item.what for item in read(tmp_path) if isinstance(item, Omitted)] == [f"{repo.git_dir}/objects"]
    [told] = [item for item in read(repo.git_dir) if isinstance(item, Unread)]
    assert (told.what.endswith("objects"), told.mend) == (True, "keyguard scan --history")


def test_a_pipe_and_a_socket_are_told_and_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        found = read(tmp_path)
    assert {type(item) for item in found} == {Omitted}
    assert len(found) == 2


def test_a_pipe_that_the_user_names_is_unread(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (found,) = read(tmp_path / "pipe")
    assert isinstance(found, Unread)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a").write_text("x")

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        (found,) = read(tmp_path / "a")
    assert isinstance(found, Unread)
    assert found.why == "Permission denied"


def test_a_folder_that_cannot_be_opened_is_told(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    repo.save("a", "a")
    listed = (["a"], ["could not open directory 'secret/': Permission denied"])  # root may open every folder
    monkeypatch.setattr(Git, "fields_and_warnings", lambda *_: ([os.fsencode(name) for name in listed[0]], listed[1]))
    unread = [item for item in read(repo.top) if isinstance(item, Unread)]
    assert [(each.what, each.why) for each in unread] == [("secret", "Permission denied")]


def test_a_folder_whose_path_is_longer_than_any_can_be_is_told(repo: Repo):
    repo.save("a", "a")
    here, name = os.open(repo.top, os.O_RDONLY), "d" * 200
    for _ in range(25):  # git says so in a message of which the end is cut off
        os.mkdir(name, dir_fd=here)
        above, here = here, os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(above)
    os.close(os.open("a", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    unread = [item for item in read(repo.top) if isinstance(item, Unread)]
    assert unread
    assert {each.what[:200] for each in unread} == {name}


def counted(path: Path) -> tuple[int, int]:
    stats = Stats()
    read(path, stats)
    return stats.ignored, stats.sparse


def test_where_git_ignores_nothing_nothing_is_counted_as_ignored(repo: Repo):
    repo.save(".gitignore", "*.log\nbuild/\n")
    repo.save("a.log", "tracked")
    repo.write("b", "untracked")
    (repo.top / "build").mkdir()
    assert counted(repo.top) == (0, 0)


def test_what_git_ignores_is_counted_and_a_folder_of_it_is_one(repo: Repo):
    repo.save(".gitignore", "*.log\nbuild/\n")
    for name in ("a.log", "sub/b.log", "build/a", "build/b/c", "new/c.log"):
        repo.write(name, "x")
    assert counted(repo.top) == (4, 0)
    assert counted(repo.top / "sub") == (1, 0)
    assert counted(repo.top / "build") == (0, 0)  # it was named, and read


def test_what_a_repository_inside_ignores_is_counted(repo: Repo):
    repo.save("a", "a")
    inner = Repo(repo.top / "inner")
    inner.save(".gitignore", ".env\n")
    inner.write(".env", "x")
    assert counted(repo.top) == (1, 0)


def test_a_named_folder_in_which_git_ignores_all_is_unread(repo: Repo):
    repo.save(".gitignore", "config/*\n")
    repo.write("config/.env", "x")
    (found,) = read(repo.top / "config")
    assert found == Unread("config", "git ignores all that is in it", "name the files in it that are to be read")
    assert contents(repo.top / "config" / ".env") == {"config/.env": b"x"}
    assert not any(isinstance(each, Unread) for each in read(repo.top))


def test_what_a_sparse_checkout_leaves_out_is_counted_and_what_was_deleted_is_not(repo: Repo):
    for name in ("in/a", "in/b", "out/c", "out/deep/d"):
        repo.save(name, name)
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    (repo.top / "in" / "b").unlink()
    assert counted(repo.top) == (0, 2)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may open every folder")
def test_git_itself_warns_of_a_folder_that_cannot_be_opened(repo: Repo):
    for name in ("tracked", "untracked"):
        repo.write(f"{name}/a", "a")
    repo.stage("tracked/a")
    for name in ("tracked", "untracked"):
        (repo.top / name).chmod(0)
    found = read(repo.top)
    for name in ("tracked", "untracked"):
        (repo.top / name).chmod(0o755)
    assert {each.what for each in found if isinstance(each, Unread)} >= {"tracked/a", "untracked"}


def test_another_repository_inside_is_read_by_its_own_rules(repo: Repo):
    inner = Repo(repo.top / "inner")
    inner.save(".gitignore", "*.log\n")
    inner.write("a.log", "ignored")
    inner.write("b.txt", "read")
    assert set(contents(repo.top)) == {"inner/.gitignore", "inner/b.txt"}


def test_a_submodule_is_read(repo: Repo, tmp_path: Path):
    other = Repo(tmp_path / "other")
    other.save("lib.py", "lib")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", other.top, "vendored")
    repo.commit()
    assert contents(repo.top)["vendored/lib.py"] == b"lib"


def test_files_and_bytes_are_counted(repo: Repo):
    repo.write("a", "12345")
    repo.write("b", "123")
    stats = Stats()
    read(repo.top, stats)
    assert (stats.files, stats.bytes) == (2, 8)


def test_a_folder_deep_inside_an_ignored_one_is_read(repo: Repo):
    repo.save(".gitignore", "/versions\n")
    repo.write("versions/3/lib/a/b.py", "deep")
    repo.write("versions/3/lib/a/c/d.py", "deeper")
    assert set(contents(repo.top / "versions" / "3" / "lib" / "a")) == {
        "versions/3/lib/a/b.py",
        "versions/3/lib/a/c/d.py",
    }


def test_a_folder_whose_name_looks_like_pathspec_magic_is_read(repo: Repo):
    repo.save(".gitignore", "ignored\n")
    repo.write(":(top)ignored/a", "x")
    repo.write(":(top)ignored/ignored", "y")
    assert contents(repo.top / ":(top)ignored") == {":(top)ignored/a": b"x"}
