"""Options that several commands share, and what they are turned into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from keyguard.cli import suggestions
from keyguard.language import Language
from keyguard.model import Confidence

Command = Callable[..., Any]


def _language(_context: click.Context, _option: click.Parameter, value: str | None) -> Language | None:
    return Language(value) if value else None


language = click.option(
    "--lang",
    "language",
    type=click.Choice([each.value for each in Language]),
    callback=_language,
    help="Language of the report and the guide; default: from the locale.",
)


strict = click.option(
    "--strict", is_flag=True, help="Count archives that cannot be opened (encrypted, malformed) as not read."
)
allow_incomplete = click.option("--allow-incomplete", is_flag=True, help="Exit 0 although something could not be read.")


def text_or_json(what: str) -> Callable[[Command], Command]:
    """Return the option for the form of what is printed, where there are these two."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help=f"Form of the {what}.",
    )


config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration to use instead of the repository's .keyguard.toml.",
)
config_from = click.option(
    "--config-from",
    metavar="REF",
    help="Read configuration, baseline and ledger from this commit, and heed only allow comments that it has; with "
    "--range the default is the base of the range.",
)
baseline = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accepted findings; default .keyguard/baseline.toml of the repository.",
)
no_repo_config = click.option(
    "--no-repo-config",
    is_flag=True,
    help="Ignore what the repository's own files hide: configuration, baseline, ledger and allow comments.",
)
min_confidence = click.option(
    "--min-confidence",
    type=click.Choice([each.label for each in Confidence]),
    default=None,
    callback=lambda _context, _option, value: Confidence[value.upper()] if value else None,
    help="Weakest findings to report; default medium.",
)
rule = click.option(
    "--rule",
    "only",
    multiple=True,
    metavar="ID",
    shell_complete=suggestions.rules,
    help="Use only this rule; repeatable.",
)
exclude_rule = click.option(
    "--exclude-rule",
    "without",
    multiple=True,
    metavar="ID",
    shell_complete=suggestions.rules,
    help="Leave out this rule; repeatable.",
)


rules = click.option(
    "--rules",
    "rules",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="More rules: [[rule]] as in .keyguard.toml, or a configuration of gitleaks or betterleaks; repeatable.",
)


timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=1, max=3600),
    metavar="SECONDS",
    help="How long asking providers may take for all keys together; default 120.",
)
proxy = click.option(
    "--proxy",
    is_flag=True,
    help="Ask providers through the proxy of HTTPS_PROXY, in a tunnel that it cannot look into.",
)


def filters(command: Command) -> Command:
    """Add the options that say which findings count."""
    for option in (min_confidence, exclude_rule, rule, rules, no_repo_config, baseline, config):
        command = option(command)
    return command


def asking(command: Command) -> Command:
    """Add the options that say how providers are asked."""
    for option in (proxy, timeout):
        command = option(command)
    return command


def sources(command: Command) -> Command:
    """Add the options that say where rules come from."""
    for option in (rules, no_repo_config, config):
        command = option(command)
    return command
