"""`keyguard completion`: the script by which a shell completes commands, options, rules and providers."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from keyguard.cli.layout import Command

SHELLS = ("bash", "zsh", "fish")
NAME = "keyguard"
VARIABLE = "_KEYGUARD_COMPLETE"
"""How click is asked for completions instead of a run; `keyguard.cli.main.main` heeds it without arguments alone."""


@click.command(
    "completion",
    cls=Command,
    short_help="Print the script by which bash, zsh or fish complete.",
    epilog="""\b
Examples:
  keyguard completion bash > ~/.local/share/bash-completion/completions/keyguard
  keyguard completion zsh > "${fpath[1]}/_keyguard"
  keyguard completion fish > ~/.config/fish/completions/keyguard.fish
  source <(keyguard completion bash)    in this session alone
""",
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script by which SHELL completes commands, options, the ids of rules and the names of providers.

    Write it to where your shell looks for such scripts, and start a new session: bash (4.4 or newer, with the package
    bash-completion), zsh (with compinit) or fish. It holds for the keyguard on your PATH, newer versions too.
    """
    completer = get_completion_class(shell)
    if completer is None:
        raise AssertionError(f"click completes {shell}")
    root = click.get_current_context().find_root().command
    click.echo(completer(root, {}, NAME, VARIABLE).source())
