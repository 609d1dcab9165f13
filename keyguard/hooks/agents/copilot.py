"""Speaks the hook protocol of GitHub Copilot: of its command line, its cloud agent, and VS Code.

Source: https://docs.github.com/en/copilot/reference/hooks-reference. Events that are configured in camel case come
without their name, which their fields tell. A `preToolUse` that fails or ends with a code other than 0 denies the call,
but one that takes too long does not. The answer to `userPromptSubmitted` is dropped (code 2 shows standard error to the
user); what the model gets of a prompt is replaced at `userPromptTransformed`, and the output of a tool at
`postToolUse` (`modifiedResult`).

VS Code reads the same files (https://code.visualstudio.com/docs/agents/reference/hooks-reference), gives the name of
the event, and takes a refusal in `hookSpecificOutput`; code 2 blocks a prompt there. A guess: Copilot CLI passes over
`hookSpecificOutput`, and versions without `userPromptTransformed` over that event.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keyguard.hooks.agents import tools
from keyguard.hooks.agents.payload import Payload
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
    "userPromptSubmitted": Moment.PROMPT,
    "userPromptTransformed": Moment.PROMPT,
    "preToolUse": Moment.TOOL,
    "postToolUse": Moment.OUTPUT,
    "postToolUseFailure": Moment.OUTPUT,
}
SECONDS = 60
_OTHER_NAMES = {
    "UserPromptSubmit": "userPromptSubmitted",
    "PreToolUse": "preToolUse",
    "PostToolUse": "postToolUse",
    "PostToolUseFailure": "postToolUseFailure",
}


def _event(payload: Payload) -> Event | None:
    name = _name(payload)
    if name not in MOMENTS:
        return None
    tool = payload.text("toolName", "tool_name")
    files = tools.read_by(tool, payload.first("toolArgs", "tool_input")) if name == "preToolUse" else ()
    return Event(name, MOMENTS[name], payload, tool, files, folder_of(payload))


def _name(payload: Payload) -> str:
    told = payload.text("hook_event_name", "hookEventName")
    if told is not None:
        return _OTHER_NAMES.get(told, told)
    given = payload.fields
    if "transformedPrompt" in given:
        return "userPromptTransformed"
    if "toolName" in given or "toolArgs" in given:
        return "postToolUse" if "toolResult" in given else "postToolUseFailure" if "error" in given else "preToolUse"
    return "userPromptSubmitted" if "prompt" in given else ""


def _is_named(event: Event) -> bool:
    return event.payload.text("hook_event_name", "hookEventName") is not None


def _refuse(event: Event, reason: str, masked: Masked) -> Answer:
    if event.name == "userPromptTransformed":
        return printed({"modifiedTransformedPrompt": masked(event.payload.text("transformedPrompt") or "")})
    if event.moment is Moment.PROMPT or event.name == "postToolUseFailure":
        return Answer(stdout="", stderr=f"{reason}\n", code=BLOCKED)
    if event.name == "preToolUse":
        decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
        nested = {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}} if _is_named(event) else {}
        return printed({**decision, **nested})
    answer: dict[str, Any] = {"additionalContext": reason}
    result = masked(event.payload.first("toolResult", "tool_result"))
    shown = Payload(result if isinstance(result, dict) else {}).text("textResultForLlm", "text_result_for_llm")
    if shown is not None:
        answer["modifiedResult"] = {"resultType": "success", "textResultForLlm": shown}
    if _is_named(event):
        answer |= {"decision": "block", "reason": reason, "systemMessage": reason}
    return printed(answer)


def _entries(command: str) -> Mapping[str, dict[str, Any]]:
    plain = command.removesuffix(" || exit 2")  # which the PowerShell of Windows does not know
    hook = {"type": "command", "bash": command, "powershell": plain, "timeoutSec": SECONDS}
    return dict.fromkeys(MOMENTS, hook)


AGENT = Agent(
    name="copilot",
    title="GitHub Copilot",
    event=_event,
    refuse=_refuse,
    fate=lambda event: Fate.MASKED if event.name in ("userPromptTransformed", "postToolUse") else Fate.SHOWN,
    settings=Settings(
        project=".github/hooks/keyguard.json",
        user=lambda: Path(os.environ.get("COPILOT_HOME") or Path.home() / ".copilot") / "hooks" / "keyguard.json",
        entries=_entries,
        fixed={"version": 1},
        project_notice="the cloud agent runs it as well, and needs keyguard in its environment",
    ),
)
