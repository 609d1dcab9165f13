"""Command lines that documentation and help show, parsed as the program would parse them; nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import groupby

import click

from keyguard.cli.main import cli
from keyguard.errors import KeyGuardError

PROGRAM = "keyguard"
ENDS = re.compile(r"[|;&<>()]+")
FILES = (">", ">>", "<")
"""What is followed by a file, and not by a command."""
ASSIGNED = re.compile(r"[A-Z_]+=")


def commands(script: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of keyguard in lines of a shell, up to a pipe or a redirection."""
    for line in script.replace("\\\n", " ").splitlines():
        yield from _calls(line)


def _calls(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>()")
    lexer.whitespace_split = True
    before = ""
    for ends, words in groupby(lexer, lambda word: ENDS.fullmatch(word) is not None):
        if ends:
            before = list(words)[-1]
        elif before not in FILES:
            yield from _call(list(words))


def _call(words: list[str]) -> Iterator[list[str]]:
    """Yield the arguments where these words call the program, or hand such a call over as a text."""
    while words and (words[0] == "exec" or ASSIGNED.match(words[0])):
        del words[0]
    if words and words[0].rpartition("/")[2] == PROGRAM:
        yield words[1:]
    for word in words:
        if word.startswith(f"{PROGRAM} "):
            yield from _calls(word)


def refusal(arguments: list[str], *, whole: bool = True) -> str:
    """Return why the command line would not take these arguments, or nothing; a part may lack what is required."""
    try:
        _parse(cli, click.Context(cli, info_name="keyguard"), arguments)
    except click.MissingParameter as error:
        return error.format_message() if whole else ""
    except click.exceptions.Exit:  # --help and --version
        return ""
    except (click.UsageError, KeyGuardError) as error:
        return str(error)
    return ""


def _parse(command: click.Command, parent: click.Context, arguments: list[str]) -> None:
    if isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments[0]
        below = command.get_command(parent, name)
        if below is None:
            raise click.UsageError(f"no command {name}")
        _parse(below, click.Context(below, parent, name), arguments[1:])
    elif not isinstance(command, click.Group):
        command.make_context(parent.info_name, list(arguments), parent=parent)
    elif arguments and not all(any(each in option.opts for option in command.get_params(parent)) for each in arguments):
        raise click.UsageError(f"no option {arguments[0]}")
