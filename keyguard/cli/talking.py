"""Speaks with the user of a rotation on a terminal, or goes by the answer that `--yes` gives to every question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.reporting.terminal import clean
from keyguard.reporting.words import Words

_PASTED = 1 << 14
"""How many characters of a pasted key are taken."""


def can_be_asked() -> bool:
    """Whether there is somebody at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def can_be_talked_to() -> bool:
    """Whether there is somebody at a terminal who sees the answers there as well."""
    return can_be_asked() and sys.stdout.isatty()


def confirmed(question: str) -> bool:
    """Ask, and say whether the answer is yes; raises `UsageError` where nobody can answer."""
    if not can_be_asked():
        raise UsageError("nobody is here to answer: nothing was changed", "--yes goes ahead, --dry-run only shows")
    return click.confirm(question, default=False, err=True)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is said goes to standard output, questions to standard error; `yes` answers those without asking."""

    say: Words
    yes: bool
    opening: bool

    def tell(self, name: str, /, **values: str | int) -> None:
        """Say something."""
        click.echo(self.words(name, **values))

    def confirm(self, name: str, /, **values: str | int) -> bool:
        """Ask a question; only a yes is one."""
        question = self.words(name, **values)
        if self.yes:
            click.echo(f"{question} yes (--yes)", err=True)
            return True
        return click.confirm(question, default=False, err=True)

    def choose(self, name: str, options: Sequence[str], /) -> int | None:
        """Let the user choose by number; None with `--yes`, which says nothing about it, and without a terminal."""
        if self.yes or not can_be_asked():
            return None
        click.echo(self.words(name), err=True)
        for number, option in enumerate(options, 1):
            click.echo(f"  {number}. {option}", err=True)
        number = click.prompt("", type=click.IntRange(1, len(options)), prompt_suffix="> ", err=True)
        return int(number) - 1

    def paste(self, name: str, /, **values: str | int) -> Secret | None:
        """Take a key that the terminal does not show, or a line of standard input."""
        if can_be_asked():
            text = click.prompt(self.words(name, **values), hide_input=True, default="", show_default=False, err=True)
        else:
            text = sys.stdin.readline(_PASTED) if sys.stdin is not None else ""
        return Secret(text.strip()) if text.strip() else None

    def show(self, url: str) -> None:
        """Name a page, and open it with `--open`."""
        self.tell("rotate.page", url=url)
        if self.opening:
            click.launch(url)

    def words(self, name: str, /, **values: str | int) -> str:
        """Return what would be said, made harmless."""
        known = {
            key: clean(self.say.phrase(value)) if isinstance(value, str) else value for key, value in values.items()
        }
        return self.say(name, **known)
