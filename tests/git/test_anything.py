"""Names and files of git that anybody may have written: what is read is what stands there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keyguard.git import commits, index, lfs, reflogs, submodules
from keyguard.git.commits import introductions, pushed
from keyguard.git.leftovers import fetched, leftovers
from keyguard.git.packs.files import with_alternates
from keyguard.git.repository import Repository, discover
from keyguard.git.transport import DETACHED, Transport, remote_refs
from keyguard.purge import stashes
from tests.support.anything import damaged
from tests.support.repository import Repo

FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD = [
    b"\t",
    b"\n",
    b" ",
    b":",
    b'"',
    b"\\",
    b"\xff",
    "\u5bc6".encode(),
    b"a",
    b"*",
    b"-",
    b"\r",
    b"100644",
    b"{",
    b"R",
]
NAMES = st.lists(st.sampled_from(ODD), min_size=1, max_size=4).map(b"".join)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(b"/".join)
ABSENT = "12" * 20


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def apart(paths: list[bytes]) -> list[bytes]:
    """Return those of the paths that can be files beside each other."""
    kept = sorted(set(paths))
    return [each for each in kept if not any(other.startswith(each + b"/") for other in kept)]


@given(paths=st.lists(PATHS, max_size=5).map(apart))
@FEW
def test_every_path_is_read_as_it_is(repo: Repo, paths: list[bytes]):
    blob = repo.blob("x")
    repo.git("read-tree", "--empty")
    repo.git(
        "update-index",
        "-z",
        "--index-info",
        stdin=b"".join(b"100644 %b\t%b\0" % (blob.encode(), each) for each in paths),
    )
    named = sorted(os.fsdecode(each) for each in paths)
    repository = opened(repo)
    assert sorted(each.path for each in index.entries(repository)) == named
    staged = index.changed(repository)
    assert sorted((each.path, each.blob, each.before) for each in staged) == [(each, blob, None) for each in named]
    tree = repo.git("write-tree")
    commit = repo.git("commit-tree", tree, "-m", "x")
    brought = list(introductions(repository, [commit]))
    assert sorted((each.commit, each.path, each.blob) for each in brought) == [(commit, each, blob) for each in named]
    held = index.entries_at(repository, commit, named)
    assert sorted(path for path, _, _ in held) == named


@given(names=st.lists(st.text(st.sampled_from("ab-\u5bc6'\"!&();|$"), min_size=1, max_size=5), max_size=4, unique=True))
@FEW
def test_every_ref_is_read_as_it_is(repo: Repo, names: list[str]):
    commit = repo.git("commit-tree", repo.git("write-tree"), "-m", "x")
    wanted = {f"refs/x/{name}z" for name in names}
    repo.git("update-ref", "--stdin", stdin="".join(f"create {each} {commit}\n" for each in sorted(wanted)).encode())
    found = commits.refs(opened(repo))
    assert {(each.name, each.target) for each in found} == {(each, commit) for each in wanted}
    repo.git("update-ref", "--stdin", stdin="".join(f"delete {each}\n" for each in sorted(wanted)).encode())


LOGS = [
    f"{'0' * 40} {ABSENT} A <a@b> 1700000000 +0100\tupdate by push\n".encode(),
    f"{ABSENT} {ABSENT} A <a@b> 99999999999 -9999\tx\n{ABSENT}\n".encode(),
    f"{ABSENT}\tnot-for-merge\tbranch 'a' of x\n".encode(),
]


@given(data=damaged(LOGS) | st.binary(max_size=30))
@FEW
def test_any_log_and_any_head_is_read(repo: Repo, data: bytes):
    for name in ("logs/refs/remotes/origin/main", "logs/refs/stash", "FETCH_HEAD", "ORIG_HEAD", "rebase-merge/onto"):
        path = repo.top / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    repository = opened(repo)
    assert [each.id for each in leftovers(repository)] == []
    assert all(set(each) <= set("0123456789abcdef") for each in fetched(repository))
    assert pushed(repository, {ABSENT: []}, []) <= {ABSENT, *fetched(repository), *commits._logged(repository)}
    assert reflogs.arrival(repository, ABSENT) is None
    assert stashes.below(repository).ids == []


def test_a_pipe_in_the_place_of_the_log_of_stashes(repo: Repo):
    (repo.top / ".git/logs/refs").mkdir(parents=True)
    os.mkfifo(repo.top / ".git/logs/refs/stash")
    assert stashes.below(opened(repo)).ids == []


@given(
    data=st.lists(
        st.sampled_from([b"../", b"objects", b"/", b"#", b'"', b"\n", b"\0", b"\xff", b"x" * 300]), max_size=9
    ).map(b"".join)
)
@MANY
def test_any_list_of_borrowed_stores_is_read(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    store = tmp_path_factory.getbasetemp() / "store" / "objects"
    (store / "info").mkdir(parents=True, exist_ok=True)
    (store / "info" / "alternates").write_bytes(data)
    found = with_alternates(store)
    assert found[0] == store
    assert len({os.path.realpath(each) for each in found}) == len(found)


@given(
    said=st.lists(st.sampled_from(["..", "/", "loop/", "a", "\u5bc6", "~", "x" * 300, " "]), max_size=6).map("".join)
)
@FEW
@example("../loop/a")
def test_wherever_a_submodule_says_that_it_lies(repo: Repo, said: str):
    loop = repo.top / ".git" / "loop"
    if not loop.is_symlink():
        loop.symlink_to("loop")
    inner = Repo(repo.top / ".git" / "modules" / "m", bare=True)
    inner.git("config", "core.worktree", said)
    (found,) = submodules.found(opened(repo))
    assert found.path
    assert not found.path.startswith("/")


def written(oid: str, size: int, *, end: str = "\n") -> bytes:
    return f"version https://git-lfs.github.com/spec/v1{end}oid sha256:{oid}{end}size {size}{end}".encode()


@given(st.binary(max_size=20), st.integers(1, 10**18), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=50)
def test_a_pointer_says_what_was_written(content: bytes, size: int, end: str):
    oid = hashlib.sha256(content).hexdigest()
    assert lfs.pointer(written(oid, size, end=end)) == lfs.Pointer(oid, size)
    assert lfs.pointer(written(oid, 0, end=end)) is None


@given(damaged([written("a" * 64, 5)]) | st.binary(max_size=99))
@settings(max_examples=100)
def test_other_bytes_are_no_pointer_or_one_of_a_whole_id(data: bytes):
    pointer = lfs.pointer(data)
    assert pointer is None or (len(pointer.oid) == 64 and pointer.size > 0)


TOLD = [
    f"ref: refs/heads/main\tHEAD\n{ABSENT}\tHEAD\n{ABSENT}\trefs/heads/main\n{ABSENT}\trefs/tags/v^{{}}\n".encode(),
    f"{'a' * 64}\tHEAD\n{'a' * 64}\trefs/x/y\n".encode(),
]


@given(data=damaged(TOLD) | st.binary(max_size=30) | st.sampled_from(TOLD))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_another_repository_says_of_its_refs(tmp_path: Path, data: bytes):
    class Told(Transport):
        def told(self, *_arguments: str) -> bytes:
            return data

    found = remote_refs(Told(tmp_path, "x"))
    for name, what in found.items():
        assert name in ("HEAD", DETACHED) or name.startswith("refs/")
        assert name == "HEAD" or len(what) in (40, 64)
    assert data not in TOLD or len(found) == 2
