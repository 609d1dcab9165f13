"""Asks all the questions, one after the other; one that cannot be answered is a problem, and ends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from keyguard.detection.engine import Engine
from keyguard.errors import KeyGuardError
from keyguard.git.repository import discover
from keyguard.hooks.doctor import agents, configuration, installed, machine, running
from keyguard.hooks.doctor.check import Check, Here, State
from keyguard.pipeline.scrub import masked
from keyguard.rules import loader

Question = Callable[[Here], Check | None]
QUESTIONS: tuple[tuple[str, Question], ...] = (
    ("keyguard", machine.keyguard),
    ("git", machine.git),
    ("engine", machine.engine),
    ("cache", machine.cache),
    ("hook", installed.installed),
    ("other hooks", installed.others),
    ("environment", installed.switched_off),
    ("start", running.starts),
    ("block", running.blocks),
    ("configuration", configuration.sound),
    ("left out", configuration.hidden),
    ("history", configuration.history),
)


def examined(folder: Path) -> Iterator[Check]:
    """Yield the answers to all the questions about a folder; no key stands in any of them."""
    engine = Engine(loader.load(), bulk=False)
    for check in _answers(folder):
        mend = masked(check.mend, engine) if check.mend else None
        yield replace(check, text=masked(check.text, engine), mend=mend)


def _answers(folder: Path) -> Iterator[Check]:
    try:
        here = Here(folder, discover(folder))
    except KeyGuardError as error:
        yield Check("repository", State.PROBLEM, error.message, error.hint)
        here = Here(folder, None)
    for name, question in QUESTIONS:
        try:
            answer = question(here)
        except KeyGuardError as error:
            answer = Check(name, State.PROBLEM, error.message, error.hint)
        if answer is not None:
            yield answer
    yield from agents.guarded(here)
