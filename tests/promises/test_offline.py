"""No command opens a connection, or asks for the address of a host, unless it was told to ask a provider."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator

import click
import pytest

from keyguard.cli.main import cli
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(8))
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "scan": [
        ("--worktree", "--staged", "--history", "--unreachable", "--output=html=page", "--output=sarif=log"),
        ("--range", "HEAD~..HEAD", "--format=github"),
        ("--stdin", "--format=json"),
    ],
    "hook run": [
        ("--type", "pre-commit"),
        ("--type", "commit-msg", "a.py"),
        ("--type", "pre-push", "origin", "x"),
        ("--type", "pre-receive"),
        ("--agent", "claude-code"),
    ],
    "hook install": [(), ("--agent", "claude-code")],
    "hook uninstall": [()],
    "guide": [("openai",), ("FINGERPRINT",)],
    "fix": [("--dry-run",), ("--yes",)],
    "verify": [("FINGERPRINT", "--dry-run")],
    "rotate": [("FINGERPRINT", "--dry-run")],
    "incidents resolve": [("FINGERPRINT", "--replaced")],
    "incidents list": [()],
    "incidents show": [("FINGERPRINT",)],
    "incidents report": [("FINGERPRINT",)],
    "incidents drop": [("FINGERPRINT",)],
    "purge": [("--dry-run",)],
    "baseline create": [("--history",)],
    "baseline update": [()],
    "baseline audit": [("--check",)],
    "baseline import": [("ignored",)],
    "rules list": [("--api",)],
    "rules show": [("openai-project-key",)],
    "rules check": [("--rules", "rules.toml")],
    "rules import": [("gitleaks.toml",)],
    "doctor": [()],
    "config check": [()],
    "config schema": [()],
    "completion": [("bash",)],
    "fleet scan": [(".",)],
    "fleet report": [()],
}
"""How each command is run; `FINGERPRINT` stands for that of the key in the repository."""
GIVEN = {
    "x": "refs/heads/main {head} refs/heads/main {zero}\n",
    "pre-receive": "{zero} {head} refs/heads/main\n",
    "claude-code": '{{"hook_event_name": "UserPromptSubmit", "cwd": ".", "prompt": "hello"}}',
}
"""What hooks are told on standard input, by their last argument."""
_forbidden: list[list[str]] = []


def _watch(event: str, _arguments: tuple[object, ...]) -> None:
    if _forbidden and event.startswith("socket."):
        _forbidden[-1].append(event)
        raise PermissionError(f"{event} is forbidden here")


@pytest.fixture(scope="module", autouse=True)
def _watched() -> None:
    sys.addaudithook(_watch)  # sees what goes past `socket.socket` too; it stays, and does nothing between tests


@pytest.fixture
def tried() -> Iterator[list[str]]:
    """What was tried with sockets, all of which is forbidden."""
    _forbidden.append([])
    yield _forbidden[-1]
    _forbidden.clear()


@pytest.fixture
def leaky(repo: Repo) -> Repo:
    repo.save("first", "first\n")
    repo.save("a.py", f"key = '{KEY}'\n")
    repo.git("remote", "add", "origin", "https://example.invalid/x.git")
    repo.write("b.py", f"other = '{keys.groq_key(random.Random(9))}'\n")
    repo.stage()
    repo.write("ignored", "a.py:openai:1\n")
    repo.write("rules.toml", "[[rule]]\nid = 'acme'\npattern = 'acme_[a-z]{20,40}'\n")
    repo.write("gitleaks.toml", "[[rules]]\nid = 'acme'\nregex = 'acme_[a-z]{20,40}'\n")
    return repo


def leaves(group: click.Group, above: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def test_every_command_is_run_here():
    assert set(leaves(cli)) == set(COMMANDS)


@pytest.mark.enable_socket  # the watch above takes the place of pytest's own guard
def test_no_command_touches_the_network(leaky: Repo, run_here: RunKeyguard, tried: list[str]):
    head = leaky.head
    found = json.loads(run_here("scan", "--format=json", "a.py", cwd=leaky.top).stdout)["findings"]
    fingerprint = found[0]["fingerprint"]
    for name, runs in COMMANDS.items():
        for arguments in runs:
            given = GIVEN.get(arguments[-1] if name == "hook run" else "", "").format(head=head, zero="0" * 40)
            filled = [each.replace("FINGERPRINT", fingerprint) for each in arguments]
            ran = run_here(*name.split(), *filled, stdin=given.encode())
            assert not tried, (name, arguments)
            assert ran.code in (0, 1, 3), (name, arguments, ran.stderr)
    run_here("verify", fingerprint)
    assert tried, "a question to a provider is not seen, so that this test proves nothing"
