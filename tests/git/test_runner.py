from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from keyguard.errors import ExitCode, SourceError, UsageError
from keyguard.git.runner import FIXED, Git, GitFailedError, environment, executable, failure


@pytest.mark.parametrize("command", ["status", "log", "diff", "add", "fetch", "grep", "-c", "--exec-path=/tmp", ""])
def test_other_commands_are_refused(tmp_path, command):
    with pytest.raises(ValueError, match="not on the list"):
        Git(tmp_path).run(command)
    with pytest.raises(ValueError, match="not on the list"), Git(tmp_path).stream(command):
        pass


def test_environment_of_the_caller_is_scrubbed():
    foreign = {
        "GIT_DIR": "/elsewhere",
        "GIT_INDEX_FILE": "/elsewhere/index",
        "GIT_CONFIG_PARAMETERS": "'core.fsmonitor=evil'",
        "GIT_EXTERNAL_DIFF": "evil",
        "GIT_SSH_COMMAND": "evil",
        "GIT_ASKPASS": "evil",
        "GIT_PAGER": "evil",
        "GIT_TRACE": "/tmp/trace",
        "GIT_ALLOW_PROTOCOL": "ssh",
        "GIT_REPLACE_REF_BASE": "refs/evil/",
        "LD_PRELOAD": "evil.so",
        "LC_ALL": "zh_CN.UTF-8",
    }
    kept = {"HOME": "/home/me", "GIT_CONFIG_GLOBAL": "/home/me/gitconfig", "GIT_CONFIG_NOSYSTEM": "1"}
    assert environment(foreign | kept, inherit=False) == kept | FIXED


def test_only_safe_directories_are_kept_of_configuration_by_environment():
    given = {
        "GIT_CONFIG_COUNT": "4",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": "evil",
        "GIT_CONFIG_KEY_1": "Safe.Directory",
        "GIT_CONFIG_VALUE_1": "/work",
        "GIT_CONFIG_KEY_2": "alias.cat-file",
        "GIT_CONFIG_VALUE_2": "!evil",
        "GIT_CONFIG_KEY_3": "safe.directory",
        "GIT_CONFIG_VALUE_3": "*",
    }
    assert environment(given, inherit=True) == FIXED | {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "/work",
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }


@pytest.mark.parametrize("count", ["", "-1", "x", "0"])
def test_odd_count_of_configuration_is_none(count):
    assert environment({"GIT_CONFIG_COUNT": count, "GIT_CONFIG_KEY_0": "safe.directory"}, inherit=True) == FIXED


def test_what_git_tells_a_hook_is_kept_and_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = {
        "GIT_INDEX_FILE": ".git/next-index.lock",
        "GIT_DIR": ".git",
        "GIT_OBJECT_DIRECTORY": "/store",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "one:/two",
        "GIT_WORK_TREE": "",
    }
    assert environment(told, inherit=True) == FIXED | {
        "GIT_INDEX_FILE": f"{tmp_path}/.git/next-index.lock",
        "GIT_DIR": f"{tmp_path}/.git",
        "GIT_OBJECT_DIRECTORY": "/store",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{tmp_path}/one:/two",
    }


@pytest.mark.parametrize("search_path", [None, "", ".", ":", "bin:./bin:", "/nowhere"])
def test_git_of_a_relative_folder_is_not_used(tmp_path, monkeypatch, search_path):
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "git").write_text("#!/bin/sh\n")
        (folder / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="git was not found") as caught:
        executable(search_path)
    assert caught.value.exit_code is ExitCode.USAGE
    assert executable(f"{search_path or ''}:{os.environ['PATH']}") != str(tmp_path / "git")


def test_git_that_cannot_start_is_told(tmp_path):
    with pytest.raises(SourceError, match="cannot be started in"):
        Git(tmp_path / "absent").run("version")


def test_git_that_fails_is_told_in_one_line(tmp_path):
    with pytest.raises(GitFailedError, match=r"^git rev-parse failed: not a git repository") as caught:
        Git(tmp_path).run("rev-parse", "--git-dir")
    assert "\n" not in caught.value.message
    assert caught.value.exit_code is ExitCode.INCOMPLETE


def test_failure_without_words_has_the_code():
    assert failure("config", b"", 5).message == "git config failed: code 5"


def test_foreign_owner_gets_gits_own_advice():
    said = (
        b"fatal: detected dubious ownership in repository at '/x'\nTo add an exception for this directory, call:\n\n"
        b"\tgit config --global --add safe.directory /x\n"
    )
    error = failure("rev-parse", said, 128)
    assert not isinstance(error, GitFailedError)
    assert error.hint == "if you trust it: git config --global --add safe.directory /x"


def test_fields_end_with_nul(repo):
    repo.write("a\nb", "")
    repo.stage()
    assert Git(repo.top).fields("ls-files", "-z") == [b"a\nb"]
    assert Git(repo.top).fields("ls-files", "-z", "--", "absent") == []


class Raced(io.BufferedWriter):
    """A pipe that another thread closes while this one does: between the look and the flush nothing is locked."""

    def flush(self) -> None:
        self.raw.close()
        super().flush()


def test_a_pipe_that_its_feeder_closes_at_the_same_moment(repo):
    with Git(repo.top).stream("cat-file", "--batch", stdin=-1) as process:
        pipes = [process.stdout, process.stderr]
        assert isinstance(process.stdin, io.BufferedWriter)
        process.stdin = Raced(process.stdin.detach())
    assert [pipe is not None and pipe.closed for pipe in pipes] == [True, True]
    assert process.returncode is not None


def test_stream_does_not_outlive_its_block(repo):
    with Git(repo.top).stream("cat-file", "--batch", stdin=-1) as process:
        assert process.poll() is None
    assert process.poll() is not None


def test_index_of_a_partial_commit_is_read(repo, monkeypatch):
    from keyguard.git.index import entries
    from keyguard.git.repository import discover

    repo.save("a", "one")
    repo.git("read-tree", "HEAD", environ={"GIT_INDEX_FILE": str(repo.top / ".git/next")})
    repo.write("b", "two")
    repo.stage()
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next")
    repository = discover(Path())
    assert repository is not None
    assert [entry.path for entry in entries(repository)] == ["a"]
