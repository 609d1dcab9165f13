"""How `--help` is laid out: options by what they are about, commands in the order in which a newcomer meets them."""

from __future__ import annotations

import click

SECTIONS = {
    "What is looked at": (
        "worktree", "staged", "history", "unreachable", "revisions", "stdin", "fingerprint", "report", "paths", "kind",
        "values", "resume", "by", "shown",
    ),
    "What counts": ("min_confidence", "only", "without", "rules"),
    "Configuration": ("config", "config_from", "baseline", "no_repo_config"),
    "Asking providers": ("verify", "timeout", "proxy"),
    "Report and exit code": ("form", "outputs", "language", "strict", "allow_incomplete"),
    "How it runs": ("db", "folder", "scheduler", "jobs", "progress", "no_cache", "no_progress"),
}  # fmt: skip
"""The options of every command by the names of their parameters; those that no section has come first."""
OWN = "Options"
WIDEST = 100
"""Columns beyond which lines of help are hard to read; narrower terminals get narrower help."""


def section(name: str | None) -> str:
    """Return the title under which an option stands."""
    return next((title for title, names in SECTIONS.items() if name in names), OWN)


class Command(click.Command):
    """A command whose options stand in sections, and whose examples stand under a title like theirs."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options; where one section holds them all it needs no title of its own."""
        _write(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they stand, so that they can be copied."""
        formatter.write_paragraph()
        formatter.write(examples(self))


class Group(click.Group):
    """A group that keeps the order in which its commands were added."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands."""
        _write(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def examples(command: click.Command) -> str:
    """Return the examples of a command, with their title, as its epilog has them."""
    return (command.epilog or "").removeprefix("\b\n")


def placed(command: click.Command, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
    """Return the options with their help by section; `--help` is the last of all."""
    *options, helped = command.get_params(ctx)
    found: dict[str, list[tuple[str, str]]] = {title: [] for title in (OWN, *SECTIONS)}
    for option in options:
        record = option.get_help_record(ctx)
        if record and isinstance(option, click.Option):
            found[section(option.name)].append(record)
    found = {title: records for title, records in found.items() if records} or {OWN: []}
    last = helped.get_help_record(ctx)
    if last:
        found[list(found)[-1]].append(last)
    return found


def _write(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    sections = placed(command, ctx)
    for title, records in sections.items():
        with formatter.section(title if len(sections) > 1 else OWN):
            formatter.write_dl(records)
