"""Puts KeyGuard among the hooks of an agent, beside those that are there, and takes it out again.

A project's settings are shared by all who work on it, so that the command there is `keyguard`, from wherever it is
installed; a user's own settings name the Python that KeyGuard was installed with. `|| exit 2`: an agent takes a
command that is not there for an error that lets the action go on.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyguard.errors import ConfigError, UsageError
from keyguard.hooks.agents.protocol import Agent
from keyguard.hooks.agents.settings_file import BY_HAND, SettingsFile

SHARED = "keyguard"
_COMMANDS = ("command", "bash", "powershell")
HOOKS = "hooks"


@dataclass(frozen=True, slots=True)
class SetUp:
    """The file that was set up, or that it was taken out of; `changed` is false where it was so before."""

    path: Path
    changed: bool


def file_of(agent: Agent, top: Path | None) -> SettingsFile:
    """Return the settings of an agent: of the project with this top, or without one of the user."""
    return SettingsFile.at(top / agent.settings.project if top else agent.settings.user(), top)


def command_line(agent: Agent, *, shared: bool) -> str:
    """Return what the agent is to run."""
    if shared:
        start = SHARED
    elif sys.executable:
        python = os.path.abspath(sys.executable)  # noqa: PTH100  # `resolve` would leave the environment
        start = f"{shlex.quote(python)} -E -P -m keyguard"
    else:
        raise UsageError("Python does not say where it is, so that a hook could call it")
    return f"{start} hook run --agent {agent.name} || exit 2"


def install(agent: Agent, top: Path | None) -> SetUp:
    """Set the agent up; doing it again changes nothing but the Python that is called.

    Raises `ConfigError` for settings that are malformed, which are not touched, and `UsageError` where they cannot be
    written.
    """
    file = file_of(agent, top)
    before = file.values()
    values = _without(agent, file, before)
    wanted = agent.settings.entries(command_line(agent, shared=top is not None))
    hooks = values.setdefault(HOOKS, {})
    for name, entry in wanted.items():
        hooks[name] = _placed(agent, before, name, hooks.get(name, []), entry)
    values = {**{name: value for name, value in agent.settings.fixed.items() if name not in values}, **values}
    if values != before:
        file.write(values)
    return SetUp(file.path, values != before)


def _placed(agent: Agent, before: dict[str, Any], name: str, others: list[Any], entry: Any) -> list[Any]:  # noqa: ANN401
    """Return the list of an event with our entry where it stood before, or behind the others."""
    old = before.get(HOOKS, {}).get(name, [])
    at = next((place for place, each in enumerate(old) if is_ours(agent, each)), len(others))
    return [*others[:at], entry, *others[at:]]


def uninstall(agent: Agent, top: Path | None) -> SetUp:
    """Take KeyGuard out of the agent's hooks, and leave the rest; a file with nothing else in it goes as a whole.

    Raises `UsageError` where there is none of ours, `ConfigError` for settings that are malformed.
    """
    file = file_of(agent, top)
    before = file.values()
    values = _without(agent, file, before)
    if values == before:
        raise UsageError(f"{file.path} has no hook of KeyGuard's", "--user is about your own settings")
    fixed = agent.settings.fixed
    if all(name in fixed and fixed[name] == value for name, value in values.items()):
        values = {}
    file.write(values)
    return SetUp(file.path, changed=True)


def _without(agent: Agent, file: SettingsFile, values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings without our entries, and without the lists that only those stood in."""
    events = values.get(HOOKS, {})
    if not isinstance(events, dict):
        raise ConfigError(f"{file.path}: {HOOKS} is not an object", BY_HAND)
    kept: dict[str, Any] = {}
    for name, entries in events.items():
        if not isinstance(entries, list):
            raise ConfigError(f"{file.path}: {HOOKS}.{name} is not a list", BY_HAND)
        others = [each for entry in entries for each in _others(agent, entry)]
        if others or not entries:
            kept[name] = others
    if kept or not events:
        return {**values, HOOKS: kept} if HOOKS in values else dict(values)
    return {name: value for name, value in values.items() if name != HOOKS}


def _others(agent: Agent, entry: Any) -> list[Any]:  # noqa: ANN401  # whatever others have put there
    """Return what is left of an entry: a group of hooks can hold ours and those of others."""
    if not is_ours(agent, entry):
        return [entry]
    group = entry.get(HOOKS)
    rest = [each for each in group if not is_ours(agent, each)] if isinstance(group, list) else []
    return [{**entry, HOOKS: rest}] if rest else []


def is_ours(agent: Agent, entry: object) -> bool:
    """Say whether an entry, or one of the group that it is, runs KeyGuard for this agent."""
    if not isinstance(entry, dict):
        return False
    group = entry.get(HOOKS)
    if isinstance(group, list):
        return any(is_ours(agent, each) for each in group)
    ours = re.compile(rf"\bkeyguard(?:\.exe)?['\"]?\s+hook\s+run\s+--agent[ =]{re.escape(agent.name)}(?![\w-])")
    return any(isinstance(text := entry.get(key), str) and ours.search(text) is not None for key in _COMMANDS)
