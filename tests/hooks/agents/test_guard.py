"""Each agent's documented payloads, judged and answered in its own protocol; keys are made at run time."""

from __future__ import annotations

import base64
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.hooks.agents import AGENTS, payload
from keyguard.hooks.agents.guard import WITHHELD, agent, answer
from keyguard.hooks.agents.protocol import PROJECT_VARIABLES, Answer
from keyguard.language import Language
from keyguard.model import Secret
from keyguard.pipeline.setup import Settings
from tests.support.keys import project_key
from tests.support.repository import Repo

KEY = project_key(random.Random(11))
MASKED = Secret(KEY, "sk-proj-").masked
RULE = "openai-project-key"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of every test, outside git."""
    for name in PROJECT_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


def asked(name: str, said: dict[str, Any] | bytes, **options: Any) -> Answer:
    data = said if isinstance(said, bytes) else json.dumps(said).encode()
    given = answer(agent(name), data, Settings(**options))
    assert KEY not in given.stdout + given.stderr
    return given


def told(name: str, said: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the object that is answered, by an agent that takes it from standard output."""
    given = asked(name, said, **options)
    assert (given.code, given.stderr) == (0, "")
    value: dict[str, Any] = json.loads(given.stdout)
    return value


def checked(reason: str, *parts: str) -> None:
    assert reason.startswith("KeyGuard: ")
    for part in (MASKED, Secret(KEY).fingerprint, "OpenAI project key", "keyguard guide ", *parts):
        assert part in reason, reason
    assert len(reason) < 600


# The payloads as the agents document them; `{}` stands for the text.

CLAUDE = {
    "session_id": "00893aaf-19fa-41d2-8238-13269b9b3ca0",
    "transcript_path": "/home/u/.claude/projects/x/00893aaf.jsonl",
    "cwd": ".",
    "permission_mode": "default",
}
CODEX = {"session_id": "0199a213", "turn_id": "1", "transcript_path": None, "cwd": ".", "model": "gpt-5-codex"}
CURSOR = {
    "conversation_id": "5b0d6c1e-8a4f-4f1e-9d8e-2b7f1c3a9e10",
    "generation_id": "f2a9c0d4-1b7e-4c55-a0e2-6d3b8e71c4aa",
    "model": "composer-2.5",
    "cursor_version": "2.1.46",
    "workspace_roots": ["/home/u/project"],
    "user_email": "ada@example.org",
}
COPILOT = {"sessionId": "9e1", "timestamp": 1704614600000, "cwd": "."}
VSCODE = {"session_id": "9e1", "timestamp": "2026-02-09T10:30:00.000Z", "cwd": "."}


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return every event of every agent, with a text where its content stands."""
    bash = {"tool_name": "Bash", "tool_input": {"command": text, "description": "Try it"}, "tool_use_id": "toolu_01A"}
    ran = {"tool_name": "Bash", "tool_input": {"command": "cat x"}}
    output = {"stdout": text, "stderr": "", "interrupted": False, "isImage": False}
    mcp = {"tool_name": "MCP:query", "tool_input": json.dumps({"sql": text}), "url": "https://mcp.example.org"}
    result = {"resultType": "success", "textResultForLlm": text}
    return [
        ("claude-code", CLAUDE | {"hook_event_name": "UserPromptSubmit", "prompt": text}),
        ("claude-code", CLAUDE | {"hook_event_name": "PreToolUse"} | bash),
        ("claude-code", CLAUDE | {"hook_event_name": "PostToolUse", "tool_response": output} | ran),
        ("claude-code", CLAUDE | {"hook_event_name": "PostToolUseFailure", "error": text} | ran),
        ("codex", CODEX | {"hook_event_name": "UserPromptSubmit", "prompt": text}),
        (
            "codex",
            CODEX | {"hook_event_name": "PreToolUse", "tool_name": "apply_patch", "tool_input": {"c": text}},
        ),
        ("codex", CODEX | {"hook_event_name": "PostToolUse", "tool_response": text} | ran),
        ("cursor", CURSOR | {"hook_event_name": "beforeSubmitPrompt", "prompt": text, "attachments": []}),
        ("cursor", CURSOR | {"hook_event_name": "beforeShellExecution", "command": text, "cwd": ""}),
        ("cursor", CURSOR | {"hook_event_name": "beforeMCPExecution"} | mcp),
        ("cursor", CURSOR | {"hook_event_name": "beforeReadFile", "file_path": "/x/.env", "content": text}),
        ("cursor", CURSOR | {"hook_event_name": "beforeTabFileRead", "file_path": "/x/.env", "content": text}),
        ("cursor", CURSOR | {"hook_event_name": "preToolUse", "tool_name": "Write", "tool_input": {"contents": text}}),
        ("cursor", CURSOR | {"hook_event_name": "postToolUse", "tool_output": json.dumps({"output": text})} | ran),
        ("cursor", CURSOR | {"hook_event_name": "postToolUseFailure", "error_message": text} | ran),
        ("cursor", CURSOR | {"hook_event_name": "afterShellExecution", "command": "cat x", "output": text}),
        (
            "cursor",
            CURSOR | {"hook_event_name": "afterMCPExecution", "result_json": json.dumps([text])},
        ),
        ("cursor", CURSOR | {"hook_event_name": "afterFileEdit", "file_path": "x", "edits": [{"new_string": text}]}),
        ("copilot", COPILOT | {"prompt": text}),
        ("copilot", COPILOT | {"prompt": "x", "transformedPrompt": f"<now/>{text}"}),
        ("copilot", COPILOT | {"toolName": "bash", "toolArgs": json.dumps({"command": text})}),
        ("copilot", COPILOT | {"toolName": "bash", "toolArgs": {"command": text}}),
        ("copilot", COPILOT | {"toolName": "bash", "toolArgs": {}, "toolResult": result}),
        ("copilot", COPILOT | {"toolName": "bash", "toolArgs": {}, "error": text}),
        ("copilot", VSCODE | {"hook_event_name": "UserPromptSubmit", "prompt": text}),
        ("copilot", VSCODE | {"hookEventName": "PreToolUse", "tool_name": "editFiles", "tool_input": {"code": text}}),
        (
            "copilot",
            VSCODE | {"hook_event_name": "PostToolUse", "tool_input": {}, "tool_response": text},
        ),
    ]


def is_refusal(given: Answer) -> bool:
    if given.code:
        return given.code == 2 and given.stderr.startswith("KeyGuard: ")
    value = json.loads(given.stdout or "{}")
    return "KeyGuard: " in given.stdout or "modifiedTransformedPrompt" in value


# Nothing in the way.


@pytest.mark.parametrize(("name", "said"), events("echo hello # no key"))
def test_goes_on(name: str, said: dict[str, Any]):
    assert asked(name, said) == Answer(agent(name).go_on)


def test_what_an_agent_says_of_itself_is_no_secret():
    own = {"session_id": KEY, "transcript_path": KEY, "cwd": ".", "tool_use_id": KEY}
    assert asked("claude-code", own | {"hook_event_name": "UserPromptSubmit", "prompt": "hi"}) == Answer()


def test_key_in_two_values_is_not_glued():
    said = {"hook_event_name": "PreToolUse", "tool_name": "X", "tool_input": {"parts": [KEY[:80], KEY[80:]]}}
    assert asked("codex", said) == Answer()


@pytest.mark.parametrize("name", AGENTS)
def test_event_that_is_not_looked_at_goes_on_and_says_so(name: str):
    given = asked(name, {"hook_event_name": "SomethingNew", "prompt": KEY, "toolName": KEY})
    assert (given.stdout, given.code) == (agent(name).go_on, 0)
    assert "nothing was checked" in given.stderr


def test_sessions_of_copilot_without_a_name_go_on():
    for said in ({"source": "new", "initialPrompt": "x"}, {"reason": "complete"}, {"error": {"message": "x"}}):
        assert asked("copilot", COPILOT | said).code == 0


# What is refused, and how.


@pytest.mark.parametrize(("name", "said"), events(f"export OPENAI_API_KEY={KEY}"))
def test_is_refused(name: str, said: dict[str, Any]):
    assert is_refusal(asked(name, said))


def test_claude_code_prompt():
    said = told("claude-code", CLAUDE | {"hook_event_name": "UserPromptSubmit", "prompt": f"Use {KEY}"})
    checked(said["reason"], "in the prompt", "has not been shown", "environment variable", f"guide {RULE}")
    own = {"hookEventName": "UserPromptSubmit", "suppressOriginalPrompt": True}
    assert said == {"decision": "block", "reason": said["reason"], "hookSpecificOutput": own}


def test_claude_code_tool():
    command = {"command": f"curl -H 'Authorization: Bearer {KEY}' https://api.openai.com/v1/models"}
    said = told("claude-code", CLAUDE | {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": command})
    own = said["hookSpecificOutput"]
    checked(own["permissionDecisionReason"], "input of Bash, which was not run", "has been shown it", "rotate")
    assert (list(said), own["hookEventName"], own["permissionDecision"]) == (
        ["hookSpecificOutput"],
        "PreToolUse",
        "deny",
    )


def test_claude_code_output_is_masked_in_its_shape():
    output = {"stdout": f"a\nKEY={KEY}\nb", "stderr": "", "interrupted": False, "persistedOutputPath": "/tmp/x"}
    said = told(
        "claude-code", CLAUDE | {"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_response": output}
    )
    checked(said["reason"], "output of Bash", "masked", "Do not repeat it")
    assert said["decision"] == "block"
    masked = {"stdout": f"a\nKEY={MASKED}\nb", "stderr": "", "interrupted": False}
    assert said["hookSpecificOutput"] == {"hookEventName": "PostToolUse", "updatedToolOutput": masked}


def test_output_with_the_key_in_another_form_is_withheld():
    encoded = base64.b64encode(f"OPENAI_API_KEY={KEY}".encode()).decode()
    output = {"stdout": encoded, "stderr": "fine"}
    said = told("claude-code", {"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_response": output})
    assert said["hookSpecificOutput"]["updatedToolOutput"] == {"stdout": WITHHELD, "stderr": "fine"}


def test_codex_says_only_what_its_schema_has():
    own = told("codex", CODEX | {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": KEY}})
    assert list(own) == ["hookSpecificOutput"]
    assert set(own["hookSpecificOutput"]) == {"hookEventName", "permissionDecision", "permissionDecisionReason"}
    for said in (
        {"hook_event_name": "UserPromptSubmit", "prompt": KEY},
        {"hook_event_name": "PostToolUse", "tool_response": KEY},
    ):
        given = told("codex", CODEX | said)
        assert set(given) == {"decision", "reason"}
        checked(given["reason"])


def test_cursor_answers():
    prompt = told("cursor", CURSOR | {"hook_event_name": "beforeSubmitPrompt", "prompt": KEY})
    assert prompt["continue"] is False
    checked(prompt["user_message"], "has not been shown")
    shell = told("cursor", CURSOR | {"hook_event_name": "beforeShellExecution", "command": KEY})
    assert shell["permission"] == "deny"
    checked(shell["agent_message"], "input of Shell")
    read = told("cursor", CURSOR | {"hook_event_name": "beforeReadFile", "file_path": "/p/.env", "content": KEY})
    checked(read["user_message"], "/p/.env, which was not read", "has not been shown")
    output = {"content": [{"type": "text", "text": f"key: {KEY}"}]}
    mcp = {"hook_event_name": "postToolUse", "tool_name": "MCP:query", "tool_output": json.dumps(output)}
    after = told("cursor", CURSOR | mcp)
    checked(after["additional_context"], "masked")
    assert after["updated_mcp_tool_output"] == {"content": [{"type": "text", "text": f"key: {MASKED}"}]}
    ran = told(
        "cursor",
        CURSOR | {"hook_event_name": "postToolUse", "tool_name": "Shell", "tool_output": json.dumps({"output": KEY})},
    )
    assert list(ran) == ["additional_context"]
    checked(ran["additional_context"], "has been shown it")


def test_copilot_answers():
    tool = told("copilot", COPILOT | {"toolName": "bash", "toolArgs": json.dumps({"command": f"echo {KEY}"})})
    assert (set(tool), tool["permissionDecision"]) == ({"permissionDecision", "permissionDecisionReason"}, "deny")
    result = {"resultType": "success", "textResultForLlm": f"A={KEY}"}
    after = told("copilot", COPILOT | {"toolName": "bash", "toolArgs": {}, "toolResult": result})
    assert after["modifiedResult"] == {"resultType": "success", "textResultForLlm": f"A={MASKED}"}
    checked(after["additionalContext"])
    sent = told("copilot", COPILOT | {"prompt": f"Use {KEY}", "transformedPrompt": f"<now/> Use {KEY}"})
    assert sent == {"modifiedTransformedPrompt": f"<now/> Use {MASKED}"}
    prompt = asked("copilot", COPILOT | {"prompt": f"Use {KEY}"})
    assert (prompt.code, prompt.stdout) == (2, "")
    checked(prompt.stderr, "has been shown it")
    code = told(
        "copilot", VSCODE | {"hook_event_name": "PreToolUse", "tool_name": "run", "tool_input": {"command": KEY}}
    )
    assert code["hookSpecificOutput"]["permissionDecision"] == code["permissionDecision"] == "deny"


def test_in_chinese():
    said = told("codex", {"hook_event_name": "UserPromptSubmit", "prompt": KEY}, language=Language.ZH)
    assert said["reason"].startswith("KeyGuard：提示词中有密钥：")
    assert Secret(KEY).fingerprint in said["reason"]


def test_many_keys_are_not_all_named():
    keys = [project_key(random.Random(number)) for number in range(5)]
    given = asked("codex", {"hook_event_name": "UserPromptSubmit", "prompt": "\n".join(keys)})
    assert "and 2 more" in given.stdout
    assert not any(key in given.stdout for key in keys)


def test_cursor_that_runs_the_hooks_of_claude_code_is_answered_in_its_own_way():
    said = CURSOR | {"hook_event_name": "beforeSubmitPrompt", "prompt": KEY}
    assert told("claude-code", said)["continue"] is False
    assert asked("claude-code", said | {"prompt": "hello"}) == Answer("{}\n")


# Files that are about to be read.


def reading(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return CLAUDE | {"hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": arguments}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("claude-code", reading("Read", {"file_path": "{}"})),
        ("claude-code", reading("mcp__filesystem__read_text_file", {"path": "{}"})),
        ("claude-code", reading("mcp__filesystem__read_multiple_files", {"paths": ["none", "{}"]})),
        ("claude-code", CLAUDE | {"hook_event_name": "UserPromptSubmit", "prompt": "See @{}."}),
        ("claude-code", CLAUDE | {"hook_event_name": "UserPromptSubmit", "prompt": 'See @"{}" there'}),
        ("cursor", CURSOR | {"hook_event_name": "preToolUse", "tool_name": "Read", "tool_input": {"file_path": "{}"}}),
        ("cursor", CURSOR | {"hook_event_name": "beforeReadFile", "file_path": "{}"}),
        ("cursor", CURSOR | {"hook_event_name": "beforeSubmitPrompt", "attachments": [{"filePath": "{}"}]}),
        ("copilot", COPILOT | {"toolName": "view", "toolArgs": json.dumps({"path": "{}"})}),
        (
            "copilot",
            VSCODE | {"hookEventName": "PreToolUse", "tool_name": "readFile", "tool_input": {"filePath": "{}"}},
        ),
    ],
)
@pytest.mark.parametrize("shown", [".env", "absolute"])
def test_file_with_a_key_is_not_read(folder: Path, name: str, said: dict[str, Any], shown: str):
    path = folder / ".env"
    path.write_text("OPENAI_API_KEY=\n")
    text = json.dumps(said).replace("{}", shown if shown == ".env" else path.as_posix())
    assert asked(name, text.encode()) == Answer(agent(name).go_on)
    path.write_text(f"OPENAI_API_KEY={KEY}\n")
    given = asked(name, text.encode())
    assert is_refusal(given)
    assert "which was not read" in given.stdout
    assert f"keyguard guide {RULE}" in given.stdout


def test_what_is_no_file_to_be_read_goes_on(folder: Path):
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    for path in ("pipe", "loop", "missing", ".", "a\0b", "~nobody-here/x", "x" * 5000, "/dev/zero"):
        assert asked("claude-code", reading("Read", {"file_path": path})) == Answer()


@pytest.mark.parametrize("path", ["a\0b", "loop/x", "../x", "x" * 5000, "/proc/self/mem"])
def test_content_of_a_file_with_an_odd_path(repo: Repo, monkeypatch: pytest.MonkeyPatch, path: str):
    monkeypatch.chdir(repo.top)
    (repo.top / "loop").symlink_to("loop")
    assert is_refusal(asked("cursor", {"hook_event_name": "beforeReadFile", "file_path": path, "content": KEY}))


def test_file_that_is_written_is_not_read_before(folder: Path):
    (folder / ".env").write_text(KEY)
    assert asked("claude-code", reading("Write", {"file_path": ".env", "content": "x"})) == Answer()


def test_only_the_beginning_of_a_large_file_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("keyguard.hooks.agents.guard.FILE_BYTES", 1000)
    (folder / "log").write_text(f"{'x ' * 600}\n{KEY}\n")
    given = asked("claude-code", reading("Read", {"file_path": "log"}))
    assert (given.code, given.stdout) == (0, "")
    assert given.stderr.startswith("keyguard: not looked into, and let through: log: only its first ")
    many = asked("claude-code", reading("read_files", {"paths": [f"{number}.py" for number in range(60)]}))
    assert (many.stdout, "only 50 are looked at" in many.stderr) == ("", True)


# What the repository accepts.


def test_repository_decides_what_is_accepted(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(repo.top)
    repo.write("a.py", f"key = '{KEY}'  # keyguard: allow\n")
    repo.write("fake/b.py", f"key = '{KEY}'\n")
    repo.write(".keyguard.toml", 'exclude-paths = ["fake/"]\n')
    assert asked("claude-code", reading("Read", {"file_path": "a.py"})) == Answer()
    assert asked("claude-code", reading("Read", {"file_path": (repo.top / "fake/b.py").as_posix()})) == Answer()
    for path in ("a.py", "fake/b.py"):
        shown = {"hook_event_name": "beforeReadFile", "file_path": path, "content": (repo.top / path).read_text()}
        assert asked("cursor", CURSOR | shown) == Answer("{}\n")
        assert is_refusal(asked("cursor", CURSOR | shown, no_repo_config=True))
        assert is_refusal(asked("claude-code", reading("Read", {"file_path": path}), no_repo_config=True))
    written = reading("Write", {"file_path": "a.py", "content": f"key = '{KEY}'  # keyguard: allow\n"})
    assert is_refusal(asked("claude-code", written))  # no model allows itself anything
    repo.write(
        ".keyguard/baseline.toml", f'[accepted]\n"{Secret(KEY).fingerprint}" = {{ rule = "{RULE}", reason = "" }}\n'
    )
    assert asked("claude-code", written) == Answer()


def test_project_is_that_of_the_agent_not_the_folder_of_the_hook(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    repo.write("b.py", f"key = '{KEY}'  # keyguard: allow\n")
    repo.write(".keyguard.toml", "exclude-pathes = []\n")
    prompt = CURSOR | {"hook_event_name": "beforeSubmitPrompt", "prompt": "hello"}
    assert asked("cursor", prompt) == Answer("{}\n")
    monkeypatch.setenv("CURSOR_PROJECT_DIR", str(repo.top))
    assert is_refusal(asked("cursor", prompt))
    monkeypatch.setenv("CURSOR_PROJECT_DIR", str(repo.top / "missing"))
    assert asked("cursor", prompt) == Answer("{}\n")


def test_what_is_told_of_a_broken_configuration_holds_no_key(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    folder = repo.top / KEY
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "own.toml").write_text("x = 1\n")
    given = asked("codex", {"hook_event_name": "UserPromptSubmit", "prompt": "x"}, config=folder / "own.toml")
    assert "nothing was checked" in given.stdout


@pytest.mark.parametrize("name", AGENTS)
def test_broken_configuration_stops_the_agent(repo: Repo, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.chdir(repo.top)
    repo.write(".keyguard.toml", "exclude-pathes = []\n")
    for owner, said in events("hello"):
        if owner == name:
            given = asked(name, said)
            assert is_refusal(given)
            assert "nothing was checked" in given.stdout + given.stderr or "transformedPrompt" in said


# Hostile input.


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "line 1, column 1"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"x"', "not a JSON object"),
        (b'{"a": 1} x', "not JSON"),
        (b'{"hook_event_name": "PreToolUse", "n": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", "nested too deeply"),
    ],
    ids=["empty", "cut", "list", "text", "more behind", "long number", "deep", "too deep"],
)
@pytest.mark.parametrize("name", AGENTS)
def test_what_is_no_payload_is_refused(name: str, data: bytes, why: str):
    given = asked(name, data)
    assert (given.code, given.stdout) == (2, "")
    assert why in given.stderr
    assert given.stderr.startswith("KeyGuard: nothing was checked")


def test_more_texts_than_can_be_searched_in_time_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(payload, "MOST_TEXTS", 5)
    said = {"hook_event_name": "PreToolUse", "tool_input": ["x"] * 5}
    assert asked("codex", said) == Answer()
    given = asked("codex", said | {"more": "x"})
    assert "more than 5 texts" in given.stdout
    assert "deny" in given.stdout


def test_payload_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(payload, "LARGEST", 1 << 20)
    assert asked("codex", b'{"x": "' + b"a" * (1 << 20) + b'"}').code == 2


@pytest.mark.parametrize(
    "data",
    [
        b'{"hook_event_name": "PreToolUse", "tool_input": {"a": "%b", "a": "x"}}',
        b'{"hook_event_name": "PreToolUse", "tool_input": "%b", "tool_input": {}}',
        b'{"hook_event_name": "PreToolUse", "tool_input": {"a": "\xff\xfe%b\xff"}}',
        b'{"hook_event_name": "PreToolUse", "tool_input": {"a": "\\ud800 %b"}, "x": NaN}',
        b'{"hook_event_name": "PreToolUse", "tool_name": 5, "cwd": [], "tool_input": ["%b"]}',
        b'\xef\xbb\xbf{"hook_event_name": "PreToolUse", "new_field": [[{"x": {"%b": 1}}]]}',
    ],
    ids=["name twice", "field twice", "no UTF-8", "half a pair, NaN", "wrong types", "mark, name of a member"],
)
def test_key_in_odd_json_is_found(data: bytes):
    for name in ("claude-code", "codex"):
        assert asked(name, data.replace(b"%b", b"")).code == 0
        assert "deny" in asked(name, data.replace(b"%b", KEY.encode())).stdout
    wide = data.replace(b"%b", KEY.encode()).decode("utf-8-sig", "replace").encode("utf-16")
    assert "deny" in asked("codex", wide).stdout


@pytest.mark.parametrize("wrong", [None, 5, [], {}, [1], {"a": None}, "x", True])
def test_wrong_types_are_understood_as_far_as_they_go(wrong: object):
    for name, said in events("x"):
        for field in said:
            known = agent(name)
            event = known.event(payload.read(json.dumps(said | {field: wrong}).encode()))
            if event is not None:
                assert known.refuse(event, "Why", lambda value: value).code in (0, 2)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON, before=st.sampled_from(["", "export A=", "密钥", '"\\n']), data=st.data())
def test_key_at_any_depth_is_refused(value: object, before: str, data: st.DataObject):
    name, field = data.draw(
        st.sampled_from([("claude-code", "tool_input"), ("codex", "more"), ("cursor", "tool_input")])
    )
    event = "preToolUse" if name == "cursor" else "PreToolUse"
    path = data.draw(st.lists(st.sampled_from(["list", "a", "text"]), max_size=4))
    for planted in (False, True):
        inner: Any = f"{before}{KEY if planted else ''}"
        for step in path:
            inner = (
                [value, inner] if step == "list" else {"b": value, "a": inner} if step == "a" else json.dumps([inner])
            )
        given = asked(name, {"hook_event_name": event, field: inner})
        assert ("deny" in given.stdout) is planted
