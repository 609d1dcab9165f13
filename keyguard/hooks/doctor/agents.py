"""Whether the AI agents that are used here are guarded as well."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keyguard.errors import KeyGuardError
from keyguard.hooks.agents import AGENTS
from keyguard.hooks.agents.guard import agent
from keyguard.hooks.agents.install import HOOKS, SHARED, file_of, is_ours
from keyguard.hooks.agents.protocol import Agent
from keyguard.hooks.agents.settings_file import SettingsFile
from keyguard.hooks.doctor.check import Check, Here, State

OFF = "disableAllHooks"


def guarded(here: Here) -> Iterator[Check]:
    """Yield, for each agent that has settings here or at the user's, whether its hook is set up and would run."""
    for name in AGENTS:
        known = agent(name)
        yield from _guarded(known, here.top or here.folder)


def _guarded(known: Agent, top: Path) -> Iterator[Check]:
    set_up = False
    for place in (top, None):
        try:
            file = file_of(known, place)
            told = _settings(known, file, user=place is None)
        except KeyGuardError as error:
            told = Check(known.name, State.PROBLEM, error.message, error.hint)
        if told is not None:
            set_up = True
            yield told
    folder = Path(known.settings.project).parts[0]
    if not set_up and folder != ".github" and (top / folder).is_dir():
        text = f"{known.title} is used here ({folder}) and not guarded"
        yield Check(known.name, State.WARNING, text, f"keyguard hook install --agent {known.name}")


def _settings(known: Agent, file: SettingsFile, *, user: bool) -> Check | None:
    """Return how the hook of one settings file stands; None where there is none of ours."""
    values = file.values()
    events = values.get(HOOKS)
    ours = {
        event: next((each for each in entries if is_ours(known, each)), None)
        for event, entries in (events.items() if isinstance(events, dict) else ())
        if isinstance(entries, list)
    }
    if not any(ours.values()):
        return None
    mend = f"keyguard hook install --agent {known.name}{' --user' if user else ''}"
    missing = [event for event in known.settings.entries("") if not ours.get(event)]
    if values.get(OFF) is True:
        return Check(known.name, State.PROBLEM, f"{OFF} in {file.path} switches the hook off", f"take {OFF} out")
    if missing:
        text = f"{file.path} has no hook of KeyGuard's for {', '.join(missing)}"
        return Check(known.name, State.PROBLEM, text, mend)
    program = _program(next(entry for entry in ours.values() if entry))
    if shutil.which(program) is None:
        return Check(
            known.name, State.PROBLEM, f"{file.path} calls {program}, which is not found here", _install(program, mend)
        )
    return Check(known.name, State.OK, f"guarded: {file.path}")


def _install(program: str, mend: str) -> str:
    return "put keyguard on PATH, for example by pipx or uv tool" if program == SHARED else mend


def _program(entry: dict[str, Any]) -> str:
    """Return the program that an entry starts."""
    inner = entry.get(HOOKS)
    if isinstance(inner, list):
        return next((_program(each) for each in inner if isinstance(each, dict)), "")
    line = next((entry[key] for key in ("command", "bash", "powershell") if isinstance(entry.get(key), str)), "")
    try:
        return next(iter(shlex.split(line)), "")
    except ValueError:
        return line
