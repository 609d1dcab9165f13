"""What an agent's hook protocol says, in the terms that all of them share."""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keyguard.hooks.agents.payload import Payload

BLOCKED = 2
"""The exit code that blocks, for all four agents; 1 is for three of them an error that lets the action go on."""


PROJECT_VARIABLES = ("CURSOR_PROJECT_DIR", "CLAUDE_PROJECT_DIR")
"""What Cursor and Claude Code tell their hooks the project by."""


class Fate(enum.StrEnum):
    """What becomes of a secret when the hook refuses."""

    KEPT = "kept"
    """The model does not get to see it."""
    SHOWN = "shown"
    """The model has seen it, or sees it all the same."""
    MASKED = "masked"
    """It is masked before the model sees it, by agents of the version that this needs."""


class Moment(enum.StrEnum):
    """When a hook runs, which says who has seen the text by then and what can still be done."""

    PROMPT = "prompt"
    """The user has sent a message, which the agent has not passed on yet."""
    TOOL = "tool"
    """The model has asked for a tool, so that it knows what it has written; the tool has not run."""
    FILE = "file"
    """A file is about to be shown to the model."""
    OUTPUT = "output"
    """A tool has run, and its output goes to the model."""


@dataclass(frozen=True, slots=True)
class Event:
    """One call of a hook: `name` is the agent's word for it, `tool` the tool that it is about.

    `files` are paths of what the agent is about to read, as it wrote them, relative to `folder`; `about` is the path of
    a file whose content the payload has.
    """

    name: str
    moment: Moment
    payload: Payload
    tool: str | None = None
    files: tuple[str, ...] = ()
    folder: Path = field(default_factory=Path)
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hook prints and how it ends."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


Masked = Callable[[object], object]
"""Returns a value of JSON with every secret in its texts masked, the shape as it was."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where an agent has its hooks, and what stands there for KeyGuard.

    `project` is the file's path from the top of a project, `user` where the same lies for all projects of a user.
    `entries` returns, for a command line, what belongs into the list of each event. `fixed` are members that the file
    has beside `hooks`. `notice` is what a user has to do after the set-up, `project_notice` what more is to know
    of a project's file.
    """

    project: str
    user: Callable[[], Path]
    entries: Callable[[str], Mapping[str, dict[str, Any]]]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    notice: str | None = None
    project_notice: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent: how a payload is understood, how a refusal is told, and where the hook is set up.

    `event` returns None for an event that KeyGuard has no part in. `refuse` gets the reason, and what masks the texts
    that the protocol lets a hook replace. `fate` says what becomes of a secret that is refused at an event.
    `go_on` is what is printed where nothing is in the way.
    """

    name: str
    title: str
    event: Callable[[Payload], Event | None]
    refuse: Callable[[Event, str, Masked], Answer]
    settings: Settings
    fate: Callable[[Event], Fate]
    go_on: str = ""


def printed(value: Mapping[str, Any]) -> Answer:
    """Return the answer that is one object of JSON; in ASCII, which every console and every reader takes."""
    return Answer(stdout=json.dumps(value) + "\n")


def project() -> Path:
    """Return the folder of the project: a hook may run elsewhere, as a user's of Cursor does."""
    named = (os.environ.get(name, "") for name in PROJECT_VARIABLES)
    return next((Path(each) for each in named if each and os.path.isdir(each)), Path())  # noqa: PTH112  # never raises


def folder_of(payload: Payload) -> Path:
    """Return the folder that relative paths of a payload begin in: the one it names, else the project's."""
    return Path(payload.text("cwd") or project())
