"""The settings of agents: what is there stays, what is malformed is refused, and out is as before."""

from __future__ import annotations

import json
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.errors import ConfigError, UsageError
from keyguard.hooks.agents import AGENTS
from keyguard.hooks.agents.guard import agent
from keyguard.hooks.agents.install import command_line, install, is_ours, uninstall
from tests.support.anything import damaged

OTHERS = {
    "claude-code": {"matcher": "Bash", "hooks": [{"type": "command", "command": "./other.sh"}]},
    "codex": {"hooks": [{"type": "command", "command": "./other.sh"}]},
    "cursor": {"command": "./other.sh"},
    "copilot": {"type": "command", "bash": "./other.sh"},
}
"""An entry of somebody else's, as each agent has it."""


def path_of(name: str, top: Path) -> Path:
    return top / agent(name).settings.project


def written(name: str, top: Path, text: str) -> Path:
    path = path_of(name, top)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def commands(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [text for key, text in value.items() if key in ("command", "bash", "powershell")]
        return own + [text for each in value.values() for text in commands(each)]
    return [text for each in value for text in commands(each)] if isinstance(value, list) else []


# What is refused, and not touched.


@pytest.mark.parametrize("name", AGENTS)
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"hooks": {},}', ":1:1[34]: not JSON"),
        ('{\n  // hooks\n  "hooks": {}\n}', ":2:3: not JSON"),
        ("[]", "not a JSON object"),
        ('{"hooks": []}', "hooks is not an object"),
        ('{"hooks": {"preToolUse": {}}}', "hooks.preToolUse is not a list"),
        ('{"a": 1, "a": 2}', "the same name is set twice"),
        ('{"a":' * 100_000, "not JSON that can be read"),
        ('{"a": "\xff\ud800"}', "not UTF-8 text"),
    ],
    ids=["comma", "comment", "list", "hooks", "event", "twice", "deep", "bytes"],
)
def test_malformed_settings_are_not_touched(tmp_path: Path, name: str, text: str, why: str):
    path = path_of(name, tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for act in (install, uninstall):
        with pytest.raises(ConfigError, match=why.replace("(", r"\(")):
            act(agent(name), tmp_path)
    assert path.read_bytes() == text.encode("utf-8", "surrogatepass")
    assert list(path.parent.iterdir()) == [path]


def test_what_is_no_file_is_refused(tmp_path: Path):
    path_of("cursor", tmp_path).mkdir(parents=True)
    with pytest.raises(ConfigError, match="not a regular file"):
        install(agent("cursor"), tmp_path)


def test_link_out_of_a_project_is_refused(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / ".codex").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="a symbolic link"):
        install(agent("codex"), tmp_path / "top")
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("text", [None, "{}", '{"hooks": {"preToolUse": [{"command": "echo keyguard"}]}}'])
def test_nothing_is_taken_out_where_nothing_is(tmp_path: Path, text: str | None):
    path = path_of("cursor", tmp_path)
    if text is not None:
        written("cursor", tmp_path, text)
    with pytest.raises(UsageError, match="has no hook of KeyGuard's"):
        uninstall(agent("cursor"), tmp_path)
    assert (path.read_text() if path.exists() else None) == text


# Set up and taken out.


@pytest.mark.parametrize("name", AGENTS)
def test_set_up_from_nothing_and_out_again(tmp_path: Path, name: str):
    known = agent(name)
    assert install(known, tmp_path).changed
    path = path_of(name, tmp_path)
    first = path.read_bytes()
    value = json.loads(first)
    assert value["hooks"].keys() == known.settings.entries("x").keys()
    assert {line.removesuffix(" || exit 2") for line in commands(value)} == {f"keyguard hook run --agent {name}"}
    assert "//" not in first.decode()  # which Cursor takes for a comment
    assert not install(known, tmp_path).changed
    assert path.read_bytes() == first
    assert uninstall(known, tmp_path).path == path
    assert not path.exists()


@pytest.mark.parametrize("name", AGENTS)
def test_everything_else_stays(tmp_path: Path, name: str):
    event = next(iter(agent(name).settings.entries("x")))
    before = {
        "z": [1, 2.5, None, "密é"],
        **agent(name).settings.fixed,
        "hooks": {event: [OTHERS[name]], "stop": [], "another": [OTHERS[name], OTHERS[name]]},
        "a": {"deep": {"er": True}},
    }
    text = json.dumps(before, indent="\t", ensure_ascii=False) + "\n"
    path = written(name, tmp_path, text)
    path.chmod(0o640)
    install(agent(name), tmp_path)
    now = json.loads(path.read_text("utf-8"))
    assert list(now) == list(before)
    assert now["hooks"][event][0] == OTHERS[name]
    assert is_ours(agent(name), now["hooks"][event][1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    uninstall(agent(name), tmp_path)
    assert path.read_text("utf-8") == text


def test_style_of_the_file_stays(tmp_path: Path):
    text = '\ufeff{\r\n    "a": "é"\r\n}'
    path = written("claude-code", tmp_path, text)
    install(agent("claude-code"), tmp_path)
    now = path.read_bytes().decode()
    assert now.startswith('\ufeff{\r\n    "a": "é",\r\n    "hooks": {\r\n')
    assert "\n" not in now.replace("\r\n", "")
    uninstall(agent("claude-code"), tmp_path)
    assert path.read_bytes().decode() == text


def test_group_that_holds_ours_and_others_keeps_the_others(tmp_path: Path):
    ours = {"type": "command", "command": "/opt/python -E -P -m keyguard hook run --agent codex"}
    theirs = {"type": "command", "command": "keyguard hook run --agent codex-other"}
    path = written(
        "codex", tmp_path, json.dumps({"hooks": {"PreToolUse": [{"matcher": "x", "hooks": [theirs, ours]}]}})
    )
    uninstall(agent("codex"), tmp_path)
    assert json.loads(path.read_text()) == {"hooks": {"PreToolUse": [{"matcher": "x", "hooks": [theirs]}]}}


def test_settings_of_the_user_follow_a_link_and_name_this_python(tmp_path: Path):
    target = tmp_path / "dotfiles.json"
    target.write_text("{}\n")
    link = Path.home() / ".claude" / "settings.json"
    link.parent.mkdir()
    link.symlink_to(target)
    done = install(agent("claude-code"), None)
    assert done.path == link
    assert link.is_symlink()
    (line,) = set(commands(json.loads(target.read_text())))
    assert shlex.split(line) == [sys.executable, *"-E -P -m keyguard hook run --agent claude-code || exit 2".split()]  # noqa: SIM905
    uninstall(agent("claude-code"), None)


def test_folders_of_users_that_are_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    monkeypatch.setenv("COPILOT_HOME", str(tmp_path / "copilot"))
    assert install(agent("codex"), None).path == tmp_path / "codex" / "hooks.json"
    assert install(agent("copilot"), None).path == tmp_path / "copilot" / "hooks" / "keyguard.json"


def test_command_in_an_awkward_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    python = tmp_path / "it's a $(touch oops) `x`" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\necho "$*"\nexit 3\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    line = command_line(agent("codex"), shared=False)
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout == "-E -P -m keyguard hook run --agent codex\n"
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == [python.parent]


def test_command_that_is_not_there_blocks(tmp_path: Path):
    line = command_line(agent("claude-code"), shared=True)
    environ = {"PATH": str(tmp_path)}
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 2
    assert "keyguard" in done.stderr


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.dictionaries(st.text(max_size=5), JSON, max_size=4),
    events=st.dictionaries(
        st.sampled_from(["preToolUse", "stop", "x"]), st.lists(JSON, min_size=1, max_size=3), max_size=3
    ),
)
def test_whatever_is_there_is_there_afterwards(tmp_path: Path, value: dict[str, Any], events: dict[str, Any]):
    before = {**value, "version": 1, **({"hooks": events} if events else {}), "more": 1}
    path = written("cursor", tmp_path, json.dumps(before))
    install(agent("cursor"), tmp_path)
    once = path.read_bytes()
    assert not install(agent("cursor"), tmp_path).changed
    assert path.read_bytes() == once
    uninstall(agent("cursor"), tmp_path)
    assert json.loads(path.read_text("utf-8")) == before


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=damaged([b'\xef\xbb\xbf{\r\n\t"hooks": {"stop": [{"command": "x"}]}, "version": 1}\r\n'])
    | st.binary(max_size=20)
    | st.sampled_from([b"null", b"[]", b"1"])
)
def test_any_file_of_settings_is_read_or_left_as_it_is(tmp_path: Path, data: bytes):
    path = tmp_path / ".cursor" / "hooks.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    try:
        install(agent("cursor"), tmp_path)
    except (ConfigError, UsageError):
        assert path.read_bytes() == data
        return
    assert json.loads(path.read_text("utf-8-sig"))["hooks"]
    uninstall(agent("cursor"), tmp_path)
