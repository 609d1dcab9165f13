"""`--help` teaches: what a command does, each option, examples that can be run, on a narrow terminal too."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from keyguard.cli.layout import OWN, SECTIONS, examples, placed
from keyguard.cli.main import COMMANDS, cli
from manual.commands import every
from tests.support.shown import commands, refusal


def everything() -> Iterator[tuple[click.Command, click.Context]]:
    """Every command, each with its context at 80 columns."""
    return every(cli, click.Context(cli, info_name="keyguard", max_content_width=80, terminal_width=80))


def leaves() -> list[tuple[click.Command, click.Context]]:
    return [each for each in everything() if not isinstance(each[0], click.Group)]


def test_every_page_fits_80_columns_and_begins_with_a_sentence():
    for command, context in everything():
        text = command.get_help(context)
        assert max(map(len, text.splitlines())) <= 80, context.command_path
        first = (command.help or "").split("\n\n")[0].rstrip()
        assert first.endswith((".", ":")), context.command_path
        assert len(command.get_short_help_str(limit=200)) <= 80, context.command_path


def test_every_option_says_what_it_is():
    for command, context in everything():
        for option in command.params:
            if isinstance(option, click.Option):
                assert (option.help or "").endswith("."), (context.command_path, option.name)


def test_every_command_has_examples_that_it_takes():
    for command, context in leaves():
        assert command.epilog, f"{context.command_path} has no examples: give it an epilog as scan has one"
        title, *lines = examples(command).splitlines()
        assert title == "Examples:", context.command_path
        called = [each for line in lines for each in commands(line.strip().split("  ")[0])]
        assert len(called) == len(lines), context.command_path
        own = context.command_path.split()[1:]
        for each in called:
            assert each[: len(own)] == own
            assert refusal(each) == ""


def test_the_first_page_says_of_commands_what_they_say_of_themselves():
    for name, (_, line) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert command.get_short_help_str(limit=200) == line


@pytest.mark.parametrize("name", ["scan", "guide"])
def test_options_stand_in_sections_and_help_is_last(name: str):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    context = click.Context(command, click.Context(cli, info_name="keyguard"), name)
    sections = placed(command, context)
    assert [*sections] == [title for title in (OWN, *SECTIONS) if title in sections]
    assert list(sections.values())[-1][-1][0] in ("-h, --help", "--help")
    text = command.get_help(context)
    assert all(f"\n{title}:\n" in text for title in sections)
