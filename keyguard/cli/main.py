"""The group of commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyguard import __version__
from keyguard.cli.layout import WIDEST, Group
from keyguard.errors import ExitCode, KeyGuardError, UsageError
from keyguard.model import ELLIPSIS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from keyguard.verification.addresses import Addresses

LONGEST = 1_000
"""Characters of a message that is looked up in the other language: what it quotes may be anything."""
COMMANDS = {
    "scan": ("scan", "Look for keys in files, the index or the whole history."),
    "hook": ("hook", "Guard each commit: install, remove or run the git hook."),
    "guide": ("guide", "Say step by step how to revoke and replace a leaked key."),
    "fix": ("fix", "Move keys out of Python and env files into the environment."),
    "verify": ("verify", "Ask a key's own provider whether it still lives."),
    "rotate": ("rotate", "Replace a leaked key at its provider, and see the old one dead."),
    "incidents": ("incidents", "Keep track of keys that leaked: what was done, and what is left."),
    "purge": ("purge", "Clean the history, last of all: in a copy, proven by a scan."),
    "baseline": ("baseline", "Accept what is known, so that only new keys are reported."),
    "fleet": ("fleet", "Scan many repositories, here or on a cluster, and report on all."),
    "rules": ("rules", "List, show and check the rules."),
    "doctor": ("doctor", "Say whether KeyGuard guards here, and how to mend it."),
    "config": ("config", "Check the configuration, or print its schema for editors."),
    "completion": ("completion", "Print the script by which bash, zsh or fish complete."),
}
"""Each command's module, and its line of help, so that `--help` and completion load none of them."""


class LazyGroup(Group):
    """Imports a command only when it is run: what a hook does not need, it does not load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"keyguard.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was named; of one that there is not, say which was probably meant."""
        if args[0] in COMMANDS or args[0].startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(args[0], COMMANDS, 1)
        raise UsageError(
            f"there is no command {args[0]}",
            f"did you mean keyguard {near[0]}?" if near else "keyguard --help lists them",
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands for `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Return the commands that begin so, and the options."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST})
@click.version_option(__version__, prog_name="keyguard")
def cli() -> None:
    """Find leaked AI keys in a git repository, and get rid of them safely.

    \b
    keyguard scan                  the files of this work tree
    keyguard scan --history        all that this repository has ever held
    keyguard hook install          stop a key before it is committed
    keyguard guide openai          what to do when one has leaked
    keyguard fix                   move keys out of the code into the environment
    keyguard verify kg1-0123abcd   ask its provider whether it still lives
    keyguard rotate kg1-0123abcd   replace it, and see it dead

    Exit codes: 0 clean and all of it read, 1 a key was found, 2 wrong usage or configuration, 3 something could
    not be read, 130 interrupted.
    """


def main(arguments: Sequence[str], addresses: Addresses | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong ends as one clear message, never a traceback.

    `addresses` say where providers are reached, by default where their files say; nothing outside this process sets it.
    """
    _speak_to_any_console()
    try:
        if sys.stdout is None:
            raise UsageError("standard output is closed: there is nowhere to put a verdict", "send it to a file")
        # A shell that completes gives no arguments. With some this is a run, and no variable turns it into "clean".
        completed = "" if arguments else None
        code = cli.main(list(arguments), "keyguard", completed, standalone_mode=False, obj=addresses)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads the verdict
        code = ExitCode.INCOMPLETE
    except SystemExit as ended:  # how click ends where a shell completes; a run ends so, with 1, where nobody reads
        code = ExitCode.INCOMPLETE if arguments else ended.code
    except click.exceptions.NoArgsIsHelpError as error:  # its message is the help, as it is laid out
        click.echo(error.format_message(), err=True)
        code = ExitCode.USAGE
    except (Exception, KeyboardInterrupt) as error:
        code = _explained(error, arguments)
    _let_go_of_output()
    return int(code or ExitCode.CLEAN)


def _let_go_of_output() -> None:
    """Drop what standard output does not take: Python would try again when it ends, and exit 120 for that."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explained(error: BaseException, arguments: Sequence[str]) -> ExitCode:
    """Say what ended the program, and return the code for it."""
    message, hint, code = _told(error)
    try:
        message, hint = _in_their_language((message, hint or ""), arguments)
    except Exception:  # no memory, or files that cannot be read: English stands in the code itself
        hint = hint or ""
    return _complain(message, hint, code)


def _told(error: BaseException) -> tuple[str, str | None, ExitCode]:
    """Return in English what happened, and what to do about it if that is known."""
    if isinstance(error, KeyGuardError):
        return error.message, error.hint, error.exit_code
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "keyguard"
        return error.format_message(), f"{where} --help shows what it takes", ExitCode.USAGE
    if isinstance(error, click.ClickException):
        return error.format_message(), None, ExitCode.USAGE
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return "interrupted: there is no verdict", None, ExitCode.INTERRUPTED
    if isinstance(error, OSError) and error.strerror:
        return f"the system refused: {error.strerror}", None, ExitCode.INCOMPLETE
    return _internal(error)


def _in_their_language(texts: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """Return messages in the language that was asked for, whatever else the arguments are; long ones as they are."""
    from keyguard.cli.output import spoken
    from keyguard.language import Language
    from keyguard.reporting.words import Words

    given = " ".join(arguments).replace("--lang=", "--lang ").partition("--lang ")[2].split(" ")[0]
    wanted = Language(given) if given in list(Language) else Language.from_environment()
    say = Words(spoken(wanted, sys.stderr))
    return [say.phrase(each) if len(each) <= LONGEST else each for each in texts]


def _speak_to_any_console() -> None:
    """Let text that a console cannot show come out escaped instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _complain(message: str, hint: str | None, code: ExitCode) -> ExitCode:
    from keyguard.reporting.terminal import clean

    click.echo(f"keyguard: error: {clean(_scrubbed(message))}", err=True)
    if hint:
        click.echo(f"  {clean(_scrubbed(hint))}", err=True)
    return code


def _scrubbed(text: str) -> str:
    """Mask what looks like a key: messages quote arguments, names and configuration."""
    from keyguard.pipeline.scrub import scrubbed

    try:
        return scrubbed(text)
    except Exception:  # rules that cannot be read, no memory: whatever is long enough to be a key is one
        return re.sub(r"[\w+/=-]{20,}", ELLIPSIS, text)


def _internal(error: BaseException) -> tuple[str, str, ExitCode]:
    """Return what tells of a bug of ours by its kind and place; its text could quote what was scanned."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    hint = "please report this; nothing can be said about what was being scanned"
    return f"internal error ({type(error).__name__} at {where}): there is no verdict", hint, ExitCode.INCOMPLETE
