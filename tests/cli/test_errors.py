"""Bad input ends in one clear message and code 2 or 3: never a traceback, never 0."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from keyguard.__main__ import run
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
        (["scan", "--range", "..HEAD"], "..HEAD is not a range"),
        (["scan", "--range", "...HEAD"], "A..B"),
        (["scan", "--range", ""], "A..B"),
        (["scan", "a" * 300], "cannot be read"),
        (["scan", "http://example.org/x.git"], "no transport that is allowed"),
        (["scan", "--output", "yaml=report"], "there is no format yaml"),
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
def test_wrong_usage(repo: Repo, run_here: RunKeyguard, arguments: list[str], said: str):
    check(run_here(*arguments, cwd=repo.top), 2, said)


@pytest.mark.parametrize("group", [[], ["hook"], ["incidents"]], ids=lambda value: " ".join(value) or "none")
def test_without_a_command_the_help_is_shown_as_it_is_laid_out(run_keyguard: RunKeyguard, group: list[str]):
    ran, helped = run_keyguard(*group), run_keyguard(*group, "--help")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == helped.stdout


@pytest.mark.parametrize(
    ("named", "hint"), [("scn", "keyguard scan?"), ("incident", "keyguard incidents?"), ("nonsense", "keyguard --help")]
)
def test_a_misspelt_command_is_told_with_the_one_that_was_meant(run_keyguard: RunKeyguard, named: str, hint: str):
    check(run_keyguard(named), 2, f"there is no command {named}", hint)


@pytest.mark.parametrize("option", [["--staged"], ["--history"], ["--range", "A..B"]], ids=" ".join)
def test_outside_a_repository(tmp_path: Path, run_here: RunKeyguard, option: list[str]):
    check(run_here("scan", *option, cwd=tmp_path), 2, "not in a git repository")


@pytest.mark.parametrize("command", [["hook", "run"], ["hook", "install"], ["baseline", "create"]], ids=" ".join)
def test_commands_that_need_a_repository(tmp_path: Path, run_here: RunKeyguard, command: list[str]):
    check(run_here(*command, cwd=tmp_path), 2)


@pytest.mark.parametrize("given", ["missing..HEAD", "HEAD..missing", "--output=x..HEAD"])
def test_a_range_that_names_no_commit(repo: Repo, run_here: RunKeyguard, given: str):
    repo.save("a", "a")
    check(run_here("scan", f"--range={given}", cwd=repo.top), 3, "names no commit")


def test_a_corrupt_head(repo: Repo, run_here: RunKeyguard):
    repo.save("a", "a")
    (repo.git_dir / "HEAD").write_text("nonsense\n")
    assert run_here("scan", "--history", cwd=repo.top).code in (2, 3)


def test_no_git_on_the_path(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    ran = run_here("scan", cwd=repo.top, environ={"PATH": str(tmp_path)})
    check(ran, 2, "git was not found")


def test_a_repository_of_another_user(repo: Repo, run_here: RunKeyguard):
    ran = run_here("scan", "--history", cwd=repo.top, environ={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert ran.code in (0, 3)  # git's own switch for this is dropped like every other variable of git's


@pytest.mark.parametrize("text", ["min-confidence = ", "no-such = 1", "exclude-paths = 3"])
def test_a_broken_configuration(repo: Repo, run_here: RunKeyguard, text: str):
    repo.write(".keyguard.toml", text)
    check(run_here("scan", cwd=repo.top), 2, ".keyguard.toml")


def test_a_baseline_with_merge_markers(repo: Repo, run_here: RunKeyguard):
    repo.write(".keyguard/baseline.toml", "<<<<<<< HEAD\n")
    check(run_here("scan", cwd=repo.top), 2, "baseline.toml", "1")


def test_a_bare_repository_has_no_work_tree(tmp_path: Path, run_here: RunKeyguard):
    bare = Repo(tmp_path / "bare.git", bare=True)
    check(run_here("scan", cwd=bare.top), 2, "--history")
    check(run_here("scan", "--staged", cwd=bare.top), 2, "no index")


def test_a_report_is_not_written_through_a_link(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    target = tmp_path / "target"
    target.write_text("precious")
    (repo.top / "report").symlink_to(target)
    check(run_here("scan", "--output", "report", cwd=repo.top), 2)
    assert target.read_text() == "precious"


def test_a_report_does_not_take_the_place_of_a_pipe_or_device(repo: Repo, run_here: RunKeyguard):
    os.mkfifo(repo.top / "report")
    check(run_here("scan", "--output", "report", cwd=repo.top), 2)
    assert (repo.top / "report").is_fifo()


@pytest.mark.parametrize(
    ("closed", "code", "said"),
    [
        ("<&-", 2, "standard input is closed"),
        (">&-", 2, "standard output is closed"),
        (">/dev/full", 3, "No space left"),
    ],
)
def test_a_standard_stream_that_is_closed_or_full(
    tmp_path: Path, installed_python: str, closed: str, code: int, said: str
):
    if closed == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m keyguard scan --stdin {closed}', installed_python],
        cwd=tmp_path,
        input=b"x",
        capture_output=True,
        check=False,
    )
    check(Ran(done.returncode, "", done.stderr.decode()), code, said)


def test_an_interrupt_while_modules_are_loaded(monkeypatch: pytest.MonkeyPatch):
    def interrupted(_arguments: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "keyguard.cli.main", SimpleNamespace(main=interrupted))
    with pytest.raises(BaseException) as ended:  # an interrupt that gets out would end pytest itself
        run()
    assert isinstance(ended.value, SystemExit)
    assert ended.value.code == 130


def test_a_failure_while_modules_are_loaded_says_no_key_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def failed(_arguments: list[str]) -> None:
        raise MemoryError("what was scanned")

    monkeypatch.setitem(sys.modules, "keyguard.cli.main", SimpleNamespace(main=failed))
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 3
    assert capsys.readouterr().err == "keyguard: error: internal error (MemoryError): there is no verdict\n"


def test_hostile_names_do_not_reach_the_terminal(run_here: RunKeyguard):
    ran = run_here("scan", "a\x1b[31m\u202eb\n2")
    assert ran.code == 2
    assert "\x1b" not in ran.stderr
    assert "\u202e" not in ran.stderr
