"""Large files of Git LFS are read where this clone has them, and told where it has not."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from keyguard.git import lfs
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.archives import zipped
from tests.support.lfs import pointer, store
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(1))
LARGE = b"a line\n" * 400 + f"OPENAI_API_KEY={KEY}\n".encode()
OID, POINTER = pointer(LARGE)


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        ran = run_here("scan", "--format", "json", *arguments, cwd=repo.top)
        assert KEY not in ran.stdout + ran.stderr
        return ran.code, json.loads(ran.stdout)

    return run


def place(found: dict[str, Any]) -> dict[str, Any]:
    (finding,) = found["findings"]
    location: dict[str, Any] = finding["locations"][0]
    return location


@pytest.mark.parametrize("packed", [False, True])
def test_one_that_is_here_is_read_at_its_pointer(repo: Repo, scan: Any, packed: bool):
    for content in (LARGE, b"first", b"third"):
        store(repo.git_dir / "lfs/objects", content)
    repo.save("data.bin", pointer(b"first")[1])
    first = repo.save("data.bin", POINTER)
    repo.save("data.bin", pointer(b"third")[1])
    if packed:
        repo.git("gc", "--quiet")
    code, found = scan("--history")
    assert (code, found["complete"]) == (1, True)
    assert place(found)["commit"] == first
    assert (place(found)["path"], place(found)["line"]) == ("data.bin", 401)


def test_what_holds_more_than_it_shows_is_opened(repo: Repo, scan: Any):
    packed = zipped({"inner.env": LARGE})
    store(repo.git_dir / "lfs/objects", packed)
    repo.save("data.zip", pointer(packed)[1])
    code, found = scan("--history")
    assert (code, place(found)["path"], place(found)["member"]) == (1, "data.zip", "inner.env")


@pytest.mark.parametrize("source", ["--worktree", "--staged"])
def test_one_that_is_not_committed(repo: Repo, scan: Any, source: str):
    store(repo.git_dir / "lfs/objects", LARGE)
    repo.write("data.bin", POINTER)
    repo.stage()
    code, found = scan(source)
    assert (code, place(found)["path"], place(found)["line"]) == (1, "data.bin", 401)


@pytest.mark.parametrize("source", ["--worktree", "--history"])
def test_one_that_is_not_here_is_not_called_clean(repo: Repo, scan: Any, source: str):
    repo.save("data.bin", POINTER)
    code, found = scan(source)
    (unread,) = found["incomplete"]
    assert (code, found["complete"]) == (3, False)
    assert OID in unread["what"]
    assert unread["mend"] == "git lfs fetch --all"
    repo.write(".keyguard.toml", f'accept-unread = ["{OID}"]\n')
    assert scan(source)[0] == 0


def test_one_that_is_cut_off_is_read_and_told(repo: Repo, scan: Any):
    store(repo.git_dir / "lfs/objects", LARGE)
    repo.save("data.bin", pointer(LARGE, len(LARGE) + 1)[1])
    code, found = scan("--history")
    assert (code, found["complete"], len(found["findings"])) == (1, False, 1)


def test_one_that_was_read_before_is_read_again(repo: Repo, scan: Any):
    repo.save("data.bin", POINTER)
    repo.git("gc", "--quiet")
    store(repo.git_dir / "lfs/objects", b"x" * len(LARGE))
    path = next(path for path in (repo.git_dir / "lfs/objects").glob("*/*/*"))
    forged = repo.git_dir / "lfs/objects" / OID[:2] / OID[2:4] / OID
    forged.parent.mkdir(parents=True)
    path.replace(forged)
    code, found = scan("--history")
    assert (code, found["incomplete"][0]["why"]) == (3, "it is missing or damaged"), (
        "what the pointer stands for was not"
    )
    forged.write_bytes(LARGE)
    assert scan("--history")[0] == 1


@pytest.mark.parametrize("kept", ["config", "borrowed", "worktree"])
def test_where_they_can_be_kept(repo: Repo, scan: Any, run_here: RunKeyguard, tmp_path: Path, kept: str):
    repo.save("data.bin", POINTER)
    folder, top = tmp_path / "elsewhere", repo.top
    if kept == "config":
        repo.config("lfs.storage", str(folder))
        store(folder / "objects", LARGE)
    elif kept == "borrowed":
        store(repo.git_dir / "lfs/objects", LARGE)
        repo.git("clone", "--quiet", "--shared", repo.top, tmp_path / "clone")
        top = tmp_path / "clone"
    else:
        store(repo.git_dir / "lfs/objects", LARGE)
        top = repo.worktree(tmp_path / "linked")
    assert run_here("scan", "--history", cwd=top).code == 1


@pytest.mark.parametrize(
    "text",
    [
        "version https://git-lfs.github.com/spec/v1\noid sha1:1\nsize 3\n",
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 63}\nsize 3\n",
        f"oid sha256:{OID}\nsize 3\n",
        f"version https://example.org/spec/v1\noid sha256:{OID}\nsize 3\n",
        POINTER.replace("size ", "sise "),
        pointer(b"")[1],
        POINTER + "x" * 1024,
    ],
)
def test_what_is_no_pointer(text: str):
    assert lfs.pointer(text.encode()) is None


@pytest.mark.parametrize("text", [POINTER.replace("\n", "\r\n"), POINTER.replace("\noid", "\next-0-foo sha256:1\noid")])
def test_pointers_that_are_written_otherwise(text: str):
    assert lfs.pointer(text.encode()) == lfs.Pointer(OID, len(LARGE))
