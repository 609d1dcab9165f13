"""The reference of all commands, from the very objects that the command line runs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from keyguard.cli.layout import examples, placed
from keyguard.cli.main import cli
from manual.markdown import code, fenced, literal, prose, table

START = """\
# Commands

Every command says the same with `--help`. `keyguard completion` gives your shell the names of commands, options, rules
and providers.

"""
END = """\
## Exit codes

| code | meaning |
| --- | --- |
| 0 | clean, and all that was asked for was read |
| 1 | a key was found |
| 2 | wrong usage or configuration; nothing was scanned |
| 3 | no key was found, but something could not be read |
| 130 | interrupted; the report is on what was read until then |

What a command adds to that stands with it above. Results go to standard output; progress, warnings and errors to
standard error.

## Files

| file | what it is |
| --- | --- |
| `.keyguard.toml`, or `[tool.keyguard]` in `pyproject.toml` | the [configuration](configuration.md) of a repository |
| `.keyguard/baseline.toml` | the keys that are known and accepted: the [baseline](baseline.md) |
| `$XDG_STATE_HOME/keyguard/fleet/fleet.db`, or below `~/.local/state` | the results of [many repositories](fleet.md) |
| `$XDG_CACHE_HOME/keyguard`, or `~/.cache/keyguard` (macOS: `~/Library/Caches/keyguard`) | what is kept between runs |

## Environment

| variable | effect |
| --- | --- |
| `LC_ALL`, `LC_MESSAGES`, `LANG`, `LANGUAGE` | language of reports and guides; `--lang` comes first |
| `NO_COLOR` | no colour |
| `COLUMNS` | how wide text may be, where the terminal does not say |
| `XDG_CACHE_HOME` | where the cache lies |
| `HTTPS_PROXY` | with `--proxy` alone: the proxy through which providers are asked |
| `SSL_CERT_FILE`, `SSL_CERT_DIR` | the authorities that vouch for providers |
| `CODEX_HOME`, `COPILOT_HOME` | where these agents keep their settings |
| `DASK_SCHEDULER_ADDRESS` | the [cluster](fleet.md) that `keyguard fleet scan` runs on |
| those of [CI systems](ci.md) | with `--range auto` |
"""
_EXPLAINED = re.compile(r"^  (\S.*?)(?: {2,}(\S.*))?$")


def page() -> str:
    """Return the whole reference."""
    context = click.Context(cli, info_name="keyguard", **cli.context_settings)
    parts = [part for each in every(cli, context) for part in _command(*each)]
    listed = "\n".join(_contents(cli, context))
    return START + listed + "\n\n" + "\n\n".join(parts) + "\n\n" + END


def every(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield a command and all below it, in the order of `--help`."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from every(below, click.Context(below, context, name, **below.context_settings))


def _contents(command: click.Command, context: click.Context) -> Iterator[str]:
    for below, own in every(command, context):
        if own.parent is not None:
            indent = "  " * (own.command_path.count(" ") - 1)
            link = own.command_path.replace(" ", "-")
            yield f"{indent}- [`{own.command_path}`](#{link}): {literal(below.get_short_help_str(limit=200))}"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    level = "##" if context.command_path.count(" ") < 2 else "###"
    yield f"{level} {context.command_path}"
    yield fenced("text", f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}")
    yield from _paragraphs(inspect.cleandoc(command.help or ""))
    yield from _options(command, context)
    shown = [_EXPLAINED.match(line) for line in examples(command).splitlines()[1:]]
    if shown:
        yield fenced("sh", "\n".join(_example(line) for line in shown if line))


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; those that keep their lines become blocks."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield fenced("text", paragraph.removeprefix("\b\n").rstrip())
        else:
            yield prose(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield a table of the options, by what they are about; `--help` is the last of every command."""
    sections = placed(command, context)
    rows: list[tuple[str, str]] = []
    for title, records in sections.items():
        if len(sections) > 1:
            rows.append((f"**{title}**", ""))
        rows += [(code(option), prose(text)) for option, text in records]
    if len(rows) > 1:
        yield table(("option", "meaning"), rows[:-1])


def _example(line: re.Match[str]) -> str:
    command, why = line.groups()
    return f"{command:<44}  # {why}" if why else command
