"""`keyguard scan ADDRESS`: a repository elsewhere is cloned, scanned, and gone again."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

RNG = random.Random(31)
KEY, OTHER = keys.project_key(RNG), keys.anthropic_key(RNG)


@pytest.fixture
def scan(run_here: RunKeyguard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run it in a folder that is in no repository; what is left in that for temporary files afterwards is a fault."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def run(*arguments: str) -> tuple[int, str, str]:
        ran = run_here("scan", *arguments, cwd=tmp_path)
        assert KEY not in ran.stdout + ran.stderr
        assert list(temporary.iterdir()) == []
        return ran.code, ran.stdout, ran.stderr

    return run


def url(repo: Repo) -> str:
    return f"file://{repo.top}"


def found(printed: str) -> list[tuple[str, str | None, str | None]]:
    report: dict[str, Any] = json.loads(printed)
    places = [(finding["exposure"], place) for finding in report["findings"] for place in finding["locations"]]
    return [(exposure, place["path"], place["commit"]) for exposure, place in places]


def test_its_whole_history_is_read(repo: Repo, scan: Any):
    commit = repo.save("a.env", f"K={KEY}\n")
    repo.git("update-ref", "refs/pull/1/head", "HEAD")
    repo.git("reset", "--quiet", "--hard", repo.git("commit-tree", "-m", "clean", repo.git("mktree")))
    code, printed, said = scan("--format", "json", url(repo))
    assert (code, found(printed)) == (1, [("pushed", "a.env", commit)])
    assert said == f"keyguard: {url(repo)} was cloned for this scan alone\n"


def test_a_range_of_it(repo: Repo, scan: Any):
    repo.save("a.env", f"K={KEY}\n")
    commit = repo.save("b.env", f"K={OTHER}\n")
    code, printed, _ = scan("--format", "json", "--range", "main~1..main", url(repo))
    assert (code, found(printed)) == (1, [("pushed", "b.env", commit)])


def test_several(repo: Repo, scan: Any, tmp_path: Path):
    other = Repo(tmp_path / "other")
    commits = {repo.save("a.env", f"K={KEY}\n"), other.save("b.env", f"K={OTHER}\n")}
    code, printed, _ = scan("--format", "json", url(repo), url(other))
    assert (code, {commit for _, _, commit in found(printed)}) == (1, commits)


def test_an_empty_one_is_clean(repo: Repo, scan: Any):
    assert scan(url(repo))[0] == 0


def test_what_is_missing_there_is_told(repo: Repo, scan: Any, tmp_path: Path):
    repo.commit()
    repo.commit()
    repo.git("clone", "--quiet", "--depth=1", url(repo), tmp_path / "shallow")
    code, printed, _ = scan("--format", "json", f"file://{tmp_path}/shallow")
    assert (code, json.loads(printed)["incomplete"][0]["why"]) == (3, "this clone is shallow")


def test_nothing_is_kept_of_it(repo: Repo, scan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for number in range(40):
        repo.write(f"f{number}", f"{number}\n" * 500)
    repo.stage()
    repo.save("a.env", f"K={KEY}\n")
    assert scan(url(repo))[0] == 1
    kept = [path.name for path in tmp_path.glob("XDG*/**/*") if path.is_file()]
    assert [name for name in kept if not name.startswith("hyperscan-")] == []


def test_one_that_is_not_there(scan: Any, tmp_path: Path):
    code, printed, said = scan(f"file://{tmp_path}/nowhere")
    assert (code, printed) == (3, "")
    assert f"file://{tmp_path}/nowhere cannot be cloned" in said


def test_its_password_is_told_to_nobody(scan: Any):
    code, _, said = scan(f"https://user:{KEY}@localhost:1/a/b.git")
    assert (code, "https://localhost:1/a/b.git cannot be cloned" in said) == (3, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ext::sh -c true",), ("http://localhost/a",), ("--staged", "URL"), ("--worktree", "URL"), ("--stdin", "URL"),
        ("URL", "."), ("--range", "main", "URL"), ("ssh://-oProxyCommand=true/x",),
    ],
)  # fmt: skip
def test_what_is_refused(repo: Repo, scan: Any, arguments: tuple[str, ...]):
    code, printed, said = scan(*(url(repo) if each == "URL" else each for each in arguments))
    assert (code, printed) == (2, "")
    assert said.startswith("keyguard: error: ")


@pytest.mark.skipif(os.name == "nt", reason="no name of a file has a colon there")
def test_what_lies_here_is_no_address(scan: Any, tmp_path: Path):
    (tmp_path / "me@host:file").write_text(f"K={KEY}\n")
    code, printed, _ = scan("--format", "json", "me@host:file")
    assert (code, found(printed)) == (1, [("none", "me@host:file", None)])
