"""Reads the JSON that an agent gives to its hook, and lays out every text in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from keyguard.errors import UsageError

LARGEST = 64 << 20
"""Bytes that a payload may have; agents cut the outputs of tools far below."""
DEEPEST = 128
"""How deep a payload may be nested: what goes through it calls itself."""
INNER = 3
"""How many times JSON in a text of JSON is looked into."""
MOST_TEXTS = 200_000
"""How many texts a payload may have: each is searched by itself, and an agent that waits too long goes on."""
SHORTEST = 8
"""Characters of a name that could be a secret itself."""
NOT_CONTENT = frozenset(
    {
        "session_id", "sessionId", "conversation_id", "generation_id", "prompt_id", "turn_id", "tool_use_id",
        "toolUseId", "agent_id", "agentId", "agent_type", "agentType", "transcript_path", "transcriptPath",
        "agent_transcript_path", "scratchpad_dir", "cwd", "workspace_roots", "hook_event_name", "hookEventName",
        "model", "model_id", "permission_mode", "cursor_version", "user_email", "timestamp",
    }
)  # fmt: skip
"""Fields in which the agent tells of itself: ids, paths and versions, which look random and reach no model as content.

Whatever else a payload has is looked at, so that a field that a later version of an agent adds is guarded as well."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a payload, and the name that it has there, which can tell what it is."""

    name: str
    value: str

    def line(self) -> bytes:
        """Return both as bytes to be searched; half of a surrogate pair is no part of any key."""
        return (f"{self.name} = {self.value}" if self.name else self.value).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Payload:
    """What an agent said: its fields, and the values that a repeated name would otherwise have hidden."""

    fields: Mapping[str, Any]
    hidden: tuple[Text, ...] = ()

    def text(self, *names: str) -> str | None:
        """Return the first of these fields that is a text."""
        return next((value for name in names if isinstance(value := self.fields.get(name), str)), None)

    def first(self, *names: str) -> object:
        """Return the first of these fields that is there."""
        return next((self.fields[name] for name in names if name in self.fields), None)

    def texts(self) -> Iterator[Text]:
        """Yield every text of the content, names of members too, and what is JSON in it once more as what it says.

        Raises `UsageError` for more than `MOST_TEXTS`.
        """
        inside = (texts(name, value) for name, value in self.fields.items() if name not in NOT_CONTENT)
        for number, text in enumerate(chain(self.hidden, *inside)):
            if number == MOST_TEXTS:
                raise UsageError(f"the agent's message has more than {MOST_TEXTS} texts")
            yield text


def read(data: bytes) -> Payload:
    """Return what a payload says; raises `UsageError`, which quotes nothing of it, for what is no JSON object.

    Bytes that are not of the encoding are replaced: they are no part of any key.
    """
    if len(data) > LARGEST:
        raise UsageError(f"the agent's message is larger than {LARGEST >> 20} MiB")
    hidden: list[Text] = []
    try:
        value = json.loads(data.decode(json.detect_encoding(data), "replace"), object_pairs_hook=_keeping(hidden))
    except json.JSONDecodeError as error:
        raise UsageError(f"the agent's message is not JSON: line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise UsageError("the agent's message is nested too deeply") from None
    except ValueError:  # a number that Python finds too long
        raise UsageError("the agent's message is not JSON that can be read") from None
    if not isinstance(value, dict):
        raise UsageError("the agent's message is not a JSON object")
    if depth(value) > DEEPEST:
        raise UsageError("the agent's message is nested too deeply")
    return Payload(value, tuple(hidden))


def _keeping(hidden: list[Text]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return what makes an object of its members, and keeps the texts of those that a later one takes the place of."""

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            for name, value in pairs:
                if members[name] is not value:
                    hidden.extend(texts(name, value))
        return members

    return made


def depth(value: object) -> int:
    """Return how deep lists and objects are nested in a value."""
    level, deep = [value], 0
    while level := [inner for each in level for inner in _members(each)]:
        deep += 1
    return deep


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def texts(name: str, value: object, inner: int = INNER) -> Iterator[Text]:
    """Yield the texts of a value that stands under a name; members of a list have the list's name.

    Iterative, since a value that is not yet known to be shallow is looked through as well.
    """
    waiting: list[tuple[str, object, int]] = [(name, value, inner)]
    while waiting:
        name, value, inner = waiting.pop()
        if isinstance(value, dict):
            yield from (Text("", each) for each in value if len(each) >= SHORTEST)
            waiting += [(each, below, inner) for each, below in value.items()]
        elif isinstance(value, list):
            waiting += [(name, below, inner) for below in value]
        elif isinstance(value, str):
            yield Text(name, value)
            if inner and (below := said(value)) is not None:
                waiting.append((name, below, inner - 1))


def said(text: str) -> object:
    """Return what a text says that is JSON itself, as Copilot's and Cursor's arguments of tools are, else None."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
