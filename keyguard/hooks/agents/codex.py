"""Speaks the hook protocol of Codex CLI.

Source: github.com/openai/codex, `codex-rs/hooks`: the schemas of inputs and outputs in `schema/generated`, how an
output is taken in `src/events` and `src/engine/output_parser.rs`, where hooks are looked for in
`src/engine/discovery.rs`. An output with a member that its schema has not is dropped, and the action goes on, so that
nothing is printed here but what the schemas have had from the beginning. Exit code 2 blocks only with a reason on
standard error; any other code lets the action go on. `decision: block` after a tool gives the model the reason in the
place of the output (seen with 0.171.0, whose requests were looked at); newer versions also know `updatedToolOutput`,
which older ones refuse together with the reason.

Codex has no tool that reads files: it uses the shell, whose command is looked at before, and its output after.
A hook of a project runs only once the user has trusted both the project and the hook (`trust_status` in `discovery.rs`;
seen with 0.171.0).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keyguard.hooks.agents import tools
from keyguard.hooks.agents.payload import Payload
from keyguard.hooks.agents.protocol import Agent, Answer, Event, Fate, Masked, Moment, Settings, folder_of, printed

MOMENTS = {"UserPromptSubmit": Moment.PROMPT, "PreToolUse": Moment.TOOL, "PostToolUse": Moment.OUTPUT}
_FATES = {Moment.PROMPT: Fate.KEPT, Moment.TOOL: Fate.SHOWN, Moment.OUTPUT: Fate.MASKED}


def _event(payload: Payload) -> Event | None:
    name = payload.text("hook_event_name") or ""
    if name not in MOMENTS:
        return None
    tool = payload.text("tool_name")
    files = tools.read_by(tool, payload.first("tool_input")) if name == "PreToolUse" else ()
    return Event(name, MOMENTS[name], payload, tool, files, folder_of(payload))


def _refuse(event: Event, reason: str, _masked: Masked) -> Answer:
    if event.name == "PreToolUse":
        own = {"hookEventName": event.name, "permissionDecision": "deny", "permissionDecisionReason": reason}
        return printed({"hookSpecificOutput": own})
    return printed({"decision": "block", "reason": reason})


def _entries(command: str) -> Mapping[str, dict[str, Any]]:
    return {name: {"hooks": [{"type": "command", "command": command}]} for name in MOMENTS}


AGENT = Agent(
    name="codex",
    title="Codex CLI",
    event=_event,
    refuse=_refuse,
    fate=lambda event: _FATES[event.moment],
    settings=Settings(
        project=".codex/hooks.json",
        user=lambda: Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex") / "hooks.json",
        entries=_entries,
        notice="Codex runs no new hook before you have trusted it: /hooks in Codex, and again whenever it has changed",
        project_notice="Codex runs a project's hooks only where you trust the project",
    ),
)
