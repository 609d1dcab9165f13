"""Speaks the hook protocol of Claude Code.

Sources: https://code.claude.com/docs/en/hooks, and the types of the package `@anthropic-ai/claude-agent-sdk` 0.3.332
(`sdk.d.ts`), which are the hooks' own: `PreToolUseHookSpecificOutput`, `suppressOriginalPrompt` ("omit the original
prompt from the block message"), `updatedToolOutput` ("replaces the tool output before it is sent to the model").
Exit code 2 blocks with standard error as the reason; 1 and all others are errors that let the action go on, unless
the hook has `onFailure: "block"` (Claude Code 2.1.295 and newer; older ones pass over it).

From public hooks, not from the documentation: a replacement of another shape than the tool's own output is dropped,
and of a long output the copy that was kept on disk is shown in its place, so that what names that copy is left out.
A guess: an agent without `updatedToolOutput` passes over it and still shows the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keyguard.hooks.agents import tools
from keyguard.hooks.agents.payload import Payload
from keyguard.hooks.agents.protocol import Agent, Answer, Event, Fate, Masked, Moment, Settings, folder_of, printed

MOMENTS = {
    "UserPromptSubmit": Moment.PROMPT,
    "UserPromptExpansion": Moment.PROMPT,
    "PreToolUse": Moment.TOOL,
    "PostToolUse": Moment.OUTPUT,
    "PostToolUseFailure": Moment.OUTPUT,
}
SECONDS = 60
_KEPT_COPY = ("persistedOutputPath", "persistedOutputSize")


def _event(payload: Payload) -> Event | None:
    name = payload.text("hook_event_name", "hookEventName") or ""
    if name not in MOMENTS:
        return None
    tool = payload.text("tool_name", "toolName")
    files: tuple[str, ...] = ()
    if name == "PreToolUse":
        files = tools.read_by(tool, payload.first("tool_input", "toolInput"))
    elif MOMENTS[name] is Moment.PROMPT:
        files = tools.mentioned(payload.text("prompt"))
    return Event(name, MOMENTS[name], payload, tool, files, folder_of(payload))


def _refuse(event: Event, reason: str, masked: Masked) -> Answer:
    own: dict[str, Any] = {"hookEventName": event.name}
    if event.moment is Moment.PROMPT:
        return printed(
            {"decision": "block", "reason": reason, "hookSpecificOutput": own | {"suppressOriginalPrompt": True}}
        )
    if event.name == "PreToolUse":
        return printed({"hookSpecificOutput": own | {"permissionDecision": "deny", "permissionDecisionReason": reason}})
    if event.name == "PostToolUseFailure":
        return printed({"systemMessage": reason, "hookSpecificOutput": own | {"additionalContext": reason}})
    output = masked(event.payload.first("tool_response", "tool_result"))
    if isinstance(output, dict):
        output = {name: value for name, value in output.items() if name not in _KEPT_COPY}
    return printed({"decision": "block", "reason": reason, "hookSpecificOutput": own | {"updatedToolOutput": output}})


def _entries(command: str) -> Mapping[str, dict[str, Any]]:
    hook = {"type": "command", "command": command, "timeout": SECONDS, "onFailure": "block"}
    return {
        name: {"matcher": "*", "hooks": [hook]} if name.endswith(("ToolUse", "Failure")) else {"hooks": [hook]}
        for name in MOMENTS
        if name != "UserPromptExpansion"  # newer than many that are in use, and slash commands are the user's own files
    }


def _fate(event: Event) -> Fate:
    if event.moment is Moment.PROMPT:
        return Fate.KEPT
    return Fate.MASKED if event.name == "PostToolUse" else Fate.SHOWN


AGENT = Agent(
    name="claude-code",
    title="Claude Code",
    event=_event,
    refuse=_refuse,
    fate=_fate,
    settings=Settings(
        project=".claude/settings.json",
        user=lambda: Path.home() / ".claude" / "settings.json",
        entries=_entries,
        notice="sessions that are open take it up when they are started anew; /hooks shows it",
    ),
)
