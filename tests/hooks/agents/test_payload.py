"""Whatever an agent says is understood as far as it goes, or refused: no bytes end a hook with an error of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import UsageError
from keyguard.hooks.agents import AGENTS, payload
from keyguard.hooks.agents.guard import agent
from keyguard.hooks.agents.payload import NOT_CONTENT
from keyguard.hooks.agents.protocol import Event
from tests.support.anything import damaged, spelled, tables, values

FIELDS = [
    "hook_event_name", "hookEventName", "tool_name", "toolName", "tool_input", "toolArgs", "tool_response", "prompt",
    "cwd", "file_path", "command", "content", "attachments", "toolResult", "source",
]  # fmt: skip
WORDS = [
    "PreToolUse", "PostToolUse", "UserPromptSubmit", "preToolUse", "beforeShellExecution", "beforeReadFile", "Read",
    "Bash", "file_path", "path", "command", '{"path": "a"}', "[1, ", "/x", "~y/z",
]  # fmt: skip
WHOLE = [b'{"hook_event_name": "PreToolUse", "tool_name": "Read", "tool_input": {"file_path": "a", "x": ["b"]}}']


@pytest.mark.parametrize("name", AGENTS)
@given(said=tables(FIELDS, WORDS).map(spelled) | damaged(WHOLE) | st.binary(max_size=30))
@settings(max_examples=80)
def test_any_message_is_an_event_or_refused(name: str, said: bytes):
    known = agent(name)
    try:
        event = known.event(payload.read(said))
    except UsageError:
        return
    assert event is None or isinstance(event, Event)
    if event is not None:
        assert known.refuse(event, "Why", lambda value: value).code in (0, 2)


@given(tables([*FIELDS, "session_id"], WORDS))
@settings(max_examples=80)
def test_every_text_of_the_content_is_among_those_that_are_looked_at(said: dict[str, Any]):
    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for below in value.values() for text in texts(below)]
        if isinstance(value, list):
            return [text for below in value for text in texts(below)]
        return [value] if isinstance(value, str) else []

    try:
        read = payload.read(spelled(said))
    except UsageError:  # a number that is too long
        return
    content = {name: value for name, value in json.loads(spelled(said)).items() if name not in NOT_CONTENT}
    assert sorted(set(texts(content)) - {each.value for each in read.texts()}) == []


@given(values(WORDS))
@settings(max_examples=60)
def test_a_value_that_is_no_object_is_refused(said: Any):
    if not isinstance(said, dict):
        with pytest.raises(UsageError):
            payload.read(spelled(said))


PAIRS = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(st.sampled_from("ab"), inner), max_size=4).map(tuple)
    ),
    max_leaves=9,
)


@given(st.lists(st.tuples(st.sampled_from(["tool_input", "more"]), PAIRS), max_size=4).map(tuple))
@settings(max_examples=80)
def test_a_name_that_stands_twice_hides_nothing(said: Any):
    texts: list[str] = []

    def written(value: Any) -> str:
        if isinstance(value, tuple):
            return "{" + ", ".join(f"{json.dumps(name)}: {written(below)}" for name, below in value) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(written, value)) + "]"
        texts.append(value)
        return json.dumps(value)

    read = payload.read(written(said).encode())
    assert set(texts) <= {each.value for each in read.texts()}
