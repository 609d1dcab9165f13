"""Completion, by the protocol in which click's scripts ask for it, and once in a real shell."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from keyguard.cli.completion import SHELLS, VARIABLE
from keyguard.cli.main import COMMANDS, cli, main
from tests.conftest import PROJECT, RunKeyguard


def offered(line: str) -> list[str]:
    """What is offered for the last word of a command line."""
    *words, incomplete = line.split(" ")[1:]
    found = ShellComplete(cli, {}, "keyguard", VARIABLE).get_completions(words, incomplete)
    return [item.value for item in found]


def test_nothing_is_offered_for_what_does_not_begin_so():
    assert offered("keyguard nothing") == []
    assert offered("keyguard scan --rule no-such-") == []
    assert offered("keyguard guide 密") == []


def test_commands_options_and_their_values():
    assert offered("keyguard ")[: len(COMMANDS)] == list(COMMANDS)
    assert offered("keyguard rules ") == ["list", "show", "check", "import"]
    assert "--min-confidence" in offered("keyguard scan --mi")
    assert offered("keyguard hook install --type pre") == ["pre-commit", "pre-push", "pre-receive"]
    assert "json" in offered("keyguard scan --format ")
    assert offered("keyguard hook install --agent c") == ["claude-code", "codex", "copilot", "cursor"]
    assert offered("keyguard completion ") == list(SHELLS)


@pytest.mark.parametrize(
    "line", ["scan --rule ", "hook run --exclude-rule ", "rules show ", "verify --stdin --rule ", "guide "]
)
def test_ids_of_rules(line: str):
    assert "openai-project-key" in offered(f"keyguard {line}openai-p")


def test_a_guide_is_offered_for_providers_first():
    assert offered("keyguard guide openai")[:2] == ["openai", "openai-project-key"]


def test_rules_of_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    file = Path("rules.toml")
    file.write_text("[[rule]]\nid = 'acme-key'\npattern = 'acme_[a-z]{20}'\n")
    assert offered(f"keyguard scan --rules {file} --rule acme") == ["acme-key"]
    file.write_text("[[rule]]\nid = 'acme-key'\n")
    assert offered(f"keyguard scan --rules {file} --rule acme") == []
    assert "openai-project-key" in offered(f"keyguard scan --rules {file} --rule openai"), "unfit rules hide no others"


def test_names_of_commands_are_offered_without_loading_one():
    code = (
        "import sys\nfrom keyguard.cli.main import cli, COMMANDS\nfrom click.shell_completion import ShellComplete\n"
        "ShellComplete(cli, {}, 'keyguard', 'X').get_completions([], '')\n"
        "print([name for name in COMMANDS if f'keyguard.cli.{name}' in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_variable_turns_no_run_into_a_clean_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.chdir(tmp_path)
    assert main(["scan", "missing"]) == 2


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_call_the_program_that_way(shell: str, capsys: pytest.CaptureFixture[str]):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_bash_completes(run_keyguard: RunKeyguard, installed_python: str, tmp_path: Path):
    (tmp_path / "keyguard").write_text(f'#!/bin/sh\nexec {installed_python} -m keyguard "$@"\n')
    (tmp_path / "keyguard").chmod(0o755)
    script = run_keyguard("completion", "bash").stdout
    typed = "COMP_WORDS=(keyguard hook inst) COMP_CWORD=2\n_keyguard_completion keyguard\necho ${COMPREPLY[@]}\n"
    path = f"{tmp_path}:/usr/local/bin:/usr/bin:/bin"
    environ = {"PATH": path, "HOME": str(tmp_path)}
    ran = subprocess.run(["bash"], input=script + typed, capture_output=True, text=True, env=environ, check=True)
    assert (ran.stdout, ran.stderr) == ("install\n", "")
