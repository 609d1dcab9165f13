"""`keyguard hook … --agent` on the command line: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from tests.conftest import RunKeyguard
from tests.support.keys import project_key
from tests.support.repository import Repo

KEY = project_key(random.Random(12))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--agent", "codex", "--type", "pre-commit"], "--agent and --type are two different hooks"),
        (["run", "--agent", "codex", "a.py"], "takes no arguments"),
        (["run", "--agent", "emacs"], "emacs"),
        (["install", "--agent", "codex", "--type", "pre-commit"], "--agent and --type"),
        (["install", "--user"], "--user goes with --agent"),
        (["uninstall", "--user"], "--user goes with --agent"),
        (["uninstall", "--agent", "codex"], "has no hook of KeyGuard's"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(repo: Repo, run_here: RunKeyguard, arguments: list[str], said: str):
    ran = run_here("hook", *arguments, cwd=repo.top)
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_prompt_is_blocked(run_keyguard: RunKeyguard):
    prompt = {"hook_event_name": "UserPromptSubmit", "prompt": f"Use {KEY}"}
    ran = run_keyguard("hook", "run", "--agent", "claude-code", stdin=json.dumps(prompt).encode())
    assert (ran.code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["decision"] == "block"
    assert KEY not in ran.stdout


def test_options_count(tmp_path: Path, run_here: RunKeyguard):
    data = json.dumps({"hook_event_name": "UserPromptSubmit", "prompt": KEY}).encode()
    assert "block" in run_here("hook", "run", "--agent", "codex", cwd=tmp_path, stdin=data).stdout
    options = ("--rule", "github-pat-fine-grained")
    ran = run_here("hook", "run", "--agent", "codex", *options, cwd=tmp_path, stdin=data)
    assert (ran.code, ran.stdout) == (0, "")


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt])
def test_bug_of_ours_and_interrupt_block(
    tmp_path: Path, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]
):
    def broken(*_arguments):
        raise kind(KEY)

    monkeypatch.setattr("keyguard.hooks.agents.guard.Call.answer", broken)
    data = json.dumps({"hook_event_name": "PreToolUse", "tool_input": KEY}).encode()
    ran = run_here("hook", "run", "--agent", "codex", cwd=tmp_path, stdin=data)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == f"KeyGuard: nothing was checked, so this is stopped: internal error ({kind.__name__})\n"


def test_closed_standard_input_blocks(tmp_path: Path, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert run_here("hook", "run", "--agent", "cursor", cwd=tmp_path).code == 2


def test_set_up_and_taken_out(repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    (repo.top / "inner").mkdir()
    ran = run_here("hook", "install", "--agent", "codex", cwd=repo.top / "inner")
    assert ran.code == 0
    assert ran.stdout.splitlines() == [
        f"installed: {repo.top / '.codex' / 'hooks.json'}",
        "this file belongs to the project: commit it, and everyone who works on it needs keyguard on PATH",
        "keyguard is not on PATH here: until it is, Codex CLI is stopped at every step",
        "Codex runs a project's hooks only where you trust the project",
        "Codex runs no new hook before you have trusted it: /hooks in Codex, and again whenever it has changed",
    ]
    assert run_here("hook", "install", "--agent", "codex", cwd=repo.top).stdout.startswith("installed already: ")
    ran = run_here("hook", "uninstall", "--agent", "codex", cwd=repo.top)
    assert ran.stdout == f"removed from: {repo.top / '.codex' / 'hooks.json'}\n"
    ran = run_here("hook", "install", "--agent", "cursor", "--user", cwd=repo.top)
    assert ran.stdout.startswith(f"installed: {Path.home() / '.cursor' / 'hooks.json'}\n")


def test_what_holds_of_a_project_is_not_told_of_ones_own_settings(repo: Repo, run_here: RunKeyguard):
    said = {
        (agent, own): run_here("hook", "install", "--agent", agent, *own, cwd=repo.top).stdout
        for agent in ("codex", "copilot", "cursor")
        for own in ((), ("--user",))
    }
    assert "cloud agent" in said["copilot", ()]
    assert "trust the project" in said["codex", ()]
    assert all("/hooks in Codex" in said["codex", own] for own in ((), ("--user",)))
    for agent in ("codex", "copilot", "cursor"):
        assert not any(each in said[agent, ("--user",)] for each in ("cloud agent", "project", "workspace"))
