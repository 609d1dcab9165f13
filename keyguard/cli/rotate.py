"""`keyguard rotate`: replaces a leaked key at its provider and sees the old one dead, step by step, and goes on."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import options
from keyguard.cli.layout import Command
from keyguard.cli.rotate_asked import Asked
from keyguard.cli.rotating import Session
from keyguard.cli.verify import named_values
from keyguard.errors import ExitCode
from keyguard.pipeline.setup import Settings
from keyguard.rotation.values import Way

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses


@click.command(
    "rotate",
    cls=Command,
    short_help="Replace a leaked key at its provider, and see the old one dead.",
    epilog="""\b
Examples:
  keyguard rotate kg1-0123abcd --into .env:OPENAI_API_KEY
  keyguard rotate kg1-0123abcd --into gh:OPENAI_API_KEY
  keyguard rotate kg1-0123abcd --into 'command:vault kv put openai key=-'
  keyguard rotate kg1-0123abcd --into .env:OPENAI_API_KEY --dry-run
  keyguard rotate kg1-0123abcd              go on where it was left
""",
)
@click.argument("fingerprint", metavar="[FINGERPRINT]", required=False)
@click.option(
    "--into", "into", multiple=True, metavar="TARGET",
    help="Where the new key goes: FILE:NAME of a .env file, gh:NAME or gh:OWNER/REPOSITORY:NAME, 'command:…' with the "
    "key on its standard input; repeatable.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show each call, and change nothing.")
@click.option("--yes", is_flag=True, help="Answer yes to every question, also that the new key is deployed.")
@click.option("--revoke-first", is_flag=True, help="Delete the old key before there is a new one.")
@click.option(
    "--replace-with", "way", type=click.Choice([each.value for each in Way]),
    help="How the new key is made; default: on the same service account.",
)  # fmt: skip
@click.option("--key-id", metavar="ID", help="Which key it is, where several show the same ends.")
@click.option("--scope", "scopes", multiple=True, metavar="NAME", help="Restrict the new key to this; repeatable.")
@click.option(
    "--expires-in", type=click.IntRange(1, 3650), metavar="DAYS", help="Let the new key expire after so many days."
)
@click.option(
    "--spend-limit", type=click.IntRange(1, 10_000_000), metavar="DOLLARS",
    help="First limit what the key's project may spend in a month.",
)  # fmt: skip
@click.option(
    "--wait", type=click.FloatRange(0, 3600), default=120.0, show_default=True, metavar="SECONDS",
    help="How long to ask until the old key is refused.",
)  # fmt: skip
@click.option("--open", "opening", is_flag=True, help="Open the pages on which something is done by hand.")
@click.option(
    "--path", "paths", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
    help="Look for the old key here as well, even if git ignores it; repeatable.",
)  # fmt: skip
@click.option("--stdin", is_flag=True, help="Take the old key from standard input.")
@click.option("--rule", "kind", metavar="ID", help="With --stdin: what kind of key it is.")
@click.option(
    "--with",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    callback=named_values,
    help="What a provider's calls need besides keys and is no secret, such as team=…; repeatable.",
)
@options.proxy
@options.sources
@options.language
@click.pass_obj
def command(addresses: Addresses | None, /, **given: Any) -> ExitCode:
    """Replace a leaked key: find it at its provider, make a new one, put that where it is used, see it work, wait for
    your word that it is deployed, delete the old one, and ask until that is refused.

    It works as you, with your own admin key: OPENAI_ADMIN_KEY for OpenAI's keys. Every step is kept in a journal, and
    the same command goes on where it was left. Questions come before all that cannot be undone.

    Exit codes: 0 rotated, and the old key is dead, 2 wrong usage, and nothing was changed, 3 stopped before the end,
    130 interrupted; the same command goes on.
    """
    asked = Asked(**{each.name: given.pop(each.name) for each in fields(Asked)})
    return Session(asked, Settings(**given), addresses).run()
