"""Bad input ends in one clear message and code 2 or 3: never a traceback, never 0."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Ran, RunKeyguard
from tests.support.repository import Repo


def check(ran: Ran, code: int, *said: str) -> None:
    assert ran.code == code, ran
    assert ran.stdout == ""
    assert ran.stderr.startswith("keyguard: error: ")
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.splitlines()) <= 3
    for each in said:
        assert each in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan", "missing"], "missing does not exist"),
        (["scan", "--range", "HEAD"], "A..B"),
        (["scan", "--unreachable"], "--history"),
        (["scan", "--stdin", "--history"], "--stdin"),
        (["scan", "--no-such-option"], "--help"),
        (["scan", "--format", "yaml"], "yaml"),
        (["scan", "--rule", "openai-projekt-key"], "openai-project-key"),
        (["scan", "--fingerprint", "sk-1"], "not a fingerprint"),
        (["scan", "--config", "missing.toml"], "missing.toml"),
        (["scan", "--baseline", "missing.toml"], "missing.toml"),
        (["scan", "--output", "no/such/folder/x"], "no/such/folder/x"),
        (["nonsense"], "nonsense"),
        (["guide", "no-such-rule"], "no-such-rule"),
        (["rules", "show", "no-such-rule"], "no-such-rule"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(repo: Repo, run_keyguard: RunKeyguard, arguments: list[str], said: str):
    check(run_keyguard(*arguments, cwd=repo.top), 2, said)


@pytest.mark.parametrize("option", [["--staged"], ["--history"], ["--range", "A..B"]], ids=" ".join)
def test_outside_a_repository(tmp_path: Path, run_keyguard: RunKeyguard, option: list[str]):
    check(run_keyguard("scan", *option, cwd=tmp_path), 2, "not in a git repository")


@pytest.mark.parametrize("command", [["hook", "run"], ["hook", "install"], ["baseline", "create"]], ids=" ".join)
def test_commands_that_need_a_repository(tmp_path: Path, run_keyguard: RunKeyguard, command: list[str]):
    check(run_keyguard(*command, cwd=tmp_path), 2)


@pytest.mark.parametrize("given", ["missing..HEAD", "HEAD..missing", "--output=x..HEAD"])
def test_a_range_that_names_no_commit(repo: Repo, run_keyguard: RunKeyguard, given: str):
    repo.save("a", "a")
    check(run_keyguard("scan", f"--range={given}", cwd=repo.top), 3, "names no commit")


def test_a_corrupt_head(repo: Repo, run_keyguard: RunKeyguard):
    repo.save("a", "a")
    (repo.git_dir / "HEAD").write_text("nonsense\n")
    assert run_keyguard("scan", "--history", cwd=repo.top).code in (2, 3)


def test_no_git_on_the_path(repo: Repo, run_keyguard: RunKeyguard, tmp_path: Path):
    ran = run_keyguard("scan", cwd=repo.top, environ={"PATH": str(tmp_path)})
    check(ran, 2, "git was not found")


def test_a_repository_of_another_user(repo: Repo, run_keyguard: RunKeyguard):
    ran = run_keyguard("scan", "--history", cwd=repo.top, environ={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert ran.code in (0, 3)  # git's own switch for this is dropped like every other variable of git's


@pytest.mark.parametrize("text", ["min-confidence = ", "no-such = 1", "exclude-paths = 3"])
def test_a_broken_configuration(repo: Repo, run_keyguard: RunKeyguard, text: str):
    repo.write(".keyguard.toml", text)
    check(run_keyguard("scan", cwd=repo.top), 2, ".keyguard.toml")


def test_a_baseline_with_merge_markers(repo: Repo, run_keyguard: RunKeyguard):
    repo.write(".keyguard/baseline.toml", "<<<<<<< HEAD\n")
    check(run_keyguard("scan", cwd=repo.top), 2, "baseline.toml", "1")


def test_a_bare_repository_has_no_work_tree(tmp_path: Path, run_keyguard: RunKeyguard):
    bare = Repo(tmp_path / "bare.git", bare=True)
    check(run_keyguard("scan", cwd=bare.top), 2, "--history")


def test_a_report_is_not_written_through_a_link(repo: Repo, run_keyguard: RunKeyguard, tmp_path: Path):
    target = tmp_path / "target"
    target.write_text("precious")
    (repo.top / "report").symlink_to(target)
    check(run_keyguard("scan", "--output", "report", cwd=repo.top), 2)
    assert target.read_text() == "precious"


def test_hostile_names_do_not_reach_the_terminal(run_keyguard: RunKeyguard):
    ran = run_keyguard("scan", "a\x1b[31m\u202eb\n2")
    assert ran.code == 2
    assert "\x1b" not in ran.stderr
    assert "\u202e" not in ran.stderr
