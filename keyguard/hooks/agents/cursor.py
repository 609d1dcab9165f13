"""Speaks the hook protocol of Cursor, of the editor and of its command line.

Source: https://cursor.com/docs/hooks (events, `permission`, `continue`, `user_message`, `agent_message`, `failClosed`,
exit code 2). From readers of the shipped program, not from the documentation: a `hooks.json` with an event that Cursor
does not know, or with `//` inside a text, is refused as a whole; an empty output counts as failure where `failClosed`
is set, so that there is always an object; `permission: allow` would spare the user a question, so it is never said;
`tool_output` and `tool_input` may be JSON in a text; only the output of MCP's tools can be replaced, by an object with
`content`. Messages were in camel case in version 1.7: not served.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keyguard.hooks.agents import tools
from keyguard.hooks.agents.payload import Payload, said
from keyguard.hooks.agents.protocol import (
    BLOCKED,
    Agent,
    Answer,
    Event,
    Fate,
    Masked,
    Moment,
    Settings,
    folder_of,
    printed,
)

MOMENTS = {
    "beforeSubmitPrompt": Moment.PROMPT,
    "beforeReadFile": Moment.FILE,
    "beforeTabFileRead": Moment.FILE,
    "beforeShellExecution": Moment.TOOL,
    "beforeMCPExecution": Moment.TOOL,
    "preToolUse": Moment.TOOL,
    "postToolUse": Moment.OUTPUT,
    "postToolUseFailure": Moment.OUTPUT,
    "afterShellExecution": Moment.OUTPUT,
    "afterMCPExecution": Moment.OUTPUT,
    "afterFileEdit": Moment.OUTPUT,
}
_UNHEARD = ("afterShellExecution", "afterMCPExecution", "afterFileEdit")
"""Events after which Cursor takes no answer; code 2 at least shows the reason among the hooks' own messages."""
_NOT_SET_UP = (*_UNHEARD, "beforeTabFileRead")
"""What is understood and not set up: `beforeTabFileRead` is called at every keystroke."""
SECONDS = 60
_TOOLS = {
    "beforeShellExecution": "Shell",
    "afterShellExecution": "Shell",
    "beforeReadFile": "Read",
    "beforeTabFileRead": "Tab",
    "afterFileEdit": "Edit",
}
_ATTACHED = ("filePath", "file_path")
_OBJECT_OF_MCP = "content"


def _event(payload: Payload) -> Event | None:
    name = payload.text("hook_event_name") or ""
    if name not in MOMENTS:
        return None
    tool = payload.text("tool_name") or _TOOLS.get(name)
    about = payload.text("file_path") if MOMENTS[name] is Moment.FILE else None
    return Event(name, MOMENTS[name], payload, tool, _files(name, tool, payload), folder_of(payload), about)


def _files(name: str, tool: str | None, payload: Payload) -> tuple[str, ...]:
    if MOMENTS[name] is Moment.FILE:
        path = payload.text("file_path")
        return (path,) if path and payload.text("content") is None else ()
    if MOMENTS[name] is Moment.TOOL:
        return tools.read_by(tool, payload.first("tool_input"))
    if MOMENTS[name] is not Moment.PROMPT:
        return ()
    attached = payload.first("attachments")
    items = [each for each in attached if isinstance(each, dict)] if isinstance(attached, list) else []
    return tuple(path for each in items for key in _ATTACHED if isinstance(path := each.get(key), str))


def _refuse(event: Event, reason: str, masked: Masked) -> Answer:
    if event.moment is Moment.PROMPT:
        return printed({"continue": False, "user_message": reason})
    if event.moment is not Moment.OUTPUT:
        return printed({"permission": "deny", "user_message": reason, "agent_message": reason})
    if event.name in _UNHEARD:
        return Answer(stdout="{}\n", stderr=f"{reason}\n", code=BLOCKED)
    answer: dict[str, Any] = {"additional_context": reason}
    output = masked(event.payload.first("tool_output"))
    shown = said(output) if isinstance(output, str) else output
    if isinstance(shown, dict) and isinstance(shown.get(_OBJECT_OF_MCP), list):
        answer["updated_mcp_tool_output"] = shown
    return printed(answer)


def _entries(command: str) -> Mapping[str, dict[str, Any]]:
    wanted = [name for name in MOMENTS if name not in _NOT_SET_UP]
    return {name: {"command": command, "timeout": SECONDS, "failClosed": True} for name in wanted}


def _fate(event: Event) -> Fate:
    if event.moment in (Moment.PROMPT, Moment.FILE):
        return Fate.KEPT
    return Fate.MASKED if event.name == "postToolUse" and (event.tool or "").startswith("MCP") else Fate.SHOWN


AGENT = Agent(
    name="cursor",
    title="Cursor",
    event=_event,
    refuse=_refuse,
    fate=_fate,
    go_on="{}\n",
    settings=Settings(
        project=".cursor/hooks.json",
        user=lambda: Path.home() / ".cursor" / "hooks.json",
        entries=_entries,
        fixed={"version": 1},
        project_notice="Cursor runs the hooks of a project only in a workspace that is trusted; its settings list them",
    ),
)
