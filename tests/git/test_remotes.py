"""Remotes are read from the bytes of a configuration alone; nothing that stands in it is followed or started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.git import remotes
from keyguard.git.remotes import Remote
from keyguard.git.repository import Repository, discover
from keyguard.git.runner import Git
from tests.support.repository import Repo


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def test_there_are_none_and_nothing_is_loaded_to_say_so(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(remotes, "_parsed", None)
    monkeypatch.setattr(remotes, "_asked", None)
    assert remotes.remotes(opened(repo)) == []


@pytest.mark.parametrize("asked", [False, True], ids=["parsed", "asked of git"])
def test_names_and_addresses_without_credentials(repo: Repo, asked: bool):
    repo.git("remote", "add", "origin", "https://user:word@example.org/x.git")
    repo.git("remote", "add", 'odd."name', "git@example.org:y.git")
    if asked:
        repo.config("include.path", "nowhere")
    assert remotes.remotes(opened(repo)) == [
        Remote("origin", "https://example.org/x.git"),
        Remote('odd."name', "git@example.org:y.git"),
    ]


def test_what_a_configuration_includes_counts_and_only_git_reads_it(repo: Repo, tmp_path: Path):
    """A condition ends GitPython's `Repo()` with an error of its own, and it follows files of any size."""
    (tmp_path / "included").write_text('[remote "far"]\n\turl = https://example.org/far.git\n')
    repo.config("includeIf.gitdir:/.path", str(tmp_path / "included"))
    assert remotes.remotes(opened(repo)) == [Remote("far", "https://example.org/far.git")]


def test_a_huge_configuration_is_left_to_git(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    repo.git("remote", "add", "origin", "https://example.org/x.git")
    monkeypatch.setattr(remotes, "LARGEST", 10)
    monkeypatch.setattr(remotes, "_parsed", None)
    assert remotes.remotes(opened(repo)) == [Remote("origin", "https://example.org/x.git")]


@given(data=st.binary(max_size=80) | st.text('[]"\\ remote\nurl=;#\t').map(str.encode))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_without_error(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(remotes, "_asked", lambda _repository: [])
    (tmp_path / "config").write_bytes(b'[remote "a"]\n\turl = x\n' + data)
    remotes.remotes(Repository(Git(tmp_path), tmp_path, None, bare=True, object_format="sha1"))


def test_gitpython_starts_no_git_of_the_folder(repo: Repo):
    marker = repo.top / "ran"
    (repo.top / "git").write_text(f"#!/bin/sh\n: > '{marker}'\necho git version 2.39.5\n")
    (repo.top / "git").chmod(0o755)
    program = "from keyguard.git.remotes import _trusted_git\nwith _trusted_git():\n    import git"
    environ = {**os.environ, "PATH": f".{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([sys.executable, "-P", "-c", program], cwd=repo.top, env=environ, check=True)
    assert not marker.exists()
    subprocess.run([sys.executable, "-P", "-c", "import git"], cwd=repo.top, env=environ, check=True)
    assert marker.exists(), "GitPython looks for no git there, so that this test proves nothing"
