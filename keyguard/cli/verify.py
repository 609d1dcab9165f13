"""`keyguard verify`: asks a key's own provider whether it still lives; the key comes from a report or from a pipe."""

from __future__ import annotations

import getpass
import os
import re
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import options, suggestions
from keyguard.cli.layout import Command
from keyguard.cli.output import Format, Output, colored, columns, emit, speaks, spoken, tell
from keyguard.errors import ExitCode, UsageError
from keyguard.language import Language
from keyguard.model import ELLIPSIS, MASK_FROM, Live, Secret
from keyguard.pipeline import lookup
from keyguard.pipeline.request import Verdict
from keyguard.pipeline.setup import Settings
from keyguard.reporting.reading import reported
from keyguard.reporting.words import Words

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses

MOST_GIVEN = 1 << 20
"""How many bytes of keys are taken from standard input."""
NO_FINGERPRINT = "one begins with kg1-, as reports show it; a report itself is named with --report FILE"
NO_KEYS_HERE = (
    "if it is a key, the list of processes and your shell's history have it now: delete that line of the history, and "
    "give keys on standard input: keyguard verify --stdin"
)
NOTHING_HERE = "none of these secrets is in this folder or its history"
NAMES = ("account", "team", "project", "user", "group", "resource", "public-key")
"""What a check may need besides the key: names of placeholders in rule files that stand for no secret."""
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


def named_values(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return the values of `--with` by their names; one that does not fit is not quoted, since it could be a key."""
    pairs = [each.partition("=") for each in given]
    if not all(name in NAMES and _VALUE.fullmatch(value) for name, _, value in pairs):
        raise UsageError(
            "--with takes NAME=VALUE, the value of letters, digits, - and _", f"one of these names: {', '.join(NAMES)}"
        )
    return {name: value for name, _, value in pairs}


@click.command(
    "verify",
    cls=Command,
    short_help="Ask a key's own provider whether it still lives.",
    epilog="""\b
Examples:
  keyguard verify kg1-0123abcd             a key that a report names
  keyguard verify --report report.json     all keys of a JSON report
  keyguard verify --stdin                  a key that you paste; it is not shown
  keyguard verify --dry-run kg1-0123abcd   who would be asked; nothing is sent
  keyguard verify --stdin --rule mistral-key < key.txt
""",
)
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Fingerprints from a JSON report.")
@click.option(
    "--path",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Look for them here as well, even if git ignores it; repeatable.",
)
@click.option("--stdin", is_flag=True, help="Keys from standard input, one a line.")
@click.option(
    "--rule",
    "kind",
    metavar="ID",
    shell_complete=suggestions.rules,
    help="With --stdin: what kind of key they are; by default told by their shape.",
)
@click.option(
    "--with",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    callback=named_values,
    help="What a check needs besides the key and is no secret, such as account=AC…; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Say which hosts would be sent keys, and send nothing.")
@options.text_or_json("report")
@options.asking
@options.sources
@options.language
@click.pass_obj
def command(addresses: Addresses | None, /, form: str, dry_run: bool, **given: Any) -> ExitCode:
    """Send keys to their own provider, and to nobody else, to see whether they still live.

    A key is never given as an argument: FINGERPRINT names one that is found again in the files here, the index and the
    history. Nothing is sent for kinds of which no harmless check is known; the report says why.

    Exit codes: 0 all are revoked, 1 at least one lives, 2 wrong usage, and nothing was sent, 3 none is known to live,
    and not all are known to be dead, 130 interrupted.
    """
    from keyguard.cli.asking import Asking

    asking = Asking(addresses, *(given.pop(name) for name in ("timeout", "proxy", "values")))
    source = Source(**{each.name: given.pop(each.name) for each in fields(Source)})
    source.check()
    verdict, gone = source.keys(Settings(**given))
    if dry_run:
        asking.announced(verdict, sending=False)
        return ExitCode.CLEAN
    verdict = asking.asked(verdict)
    _keep(verdict)
    _show(verdict, Format(form))
    return _exit_code(verdict, gone)


def _keep(verdict: Verdict) -> None:
    """Write down what the providers said, as far as incidents can be kept; the answer does not depend on it."""
    from keyguard.pipeline.desk import answered

    told = {each.fingerprint: each for each in verdict.result.findings}
    try:
        for repository, result in verdict.scanned:
            answered(repository, verdict.catalogue, [told[each.fingerprint] for each in result.findings])
    except UsageError as error:
        tell([Words(spoken(verdict.language)).phrase(f"no incident was opened: {error.message}")])


@dataclass(frozen=True, slots=True)
class Source:
    """Where the keys come from: named by fingerprints, by a report, or given on standard input."""

    fingerprints: tuple[str, ...]
    report: Path | None
    paths: tuple[Path, ...]
    stdin: bool
    kind: str | None

    def check(self) -> None:
        """Raise `UsageError` for what could be a key on the command line, and for sources that exclude each other."""
        _refuse_keys(self.fingerprints)
        if self.stdin and (self.fingerprints or self.report or self.paths):
            raise UsageError("--stdin is a source of its own: leave out fingerprints, --report and --path")
        if self.kind is not None and not self.stdin:
            raise UsageError("--rule says what the keys of --stdin are", "it goes with --stdin")
        if not (self.stdin or self.fingerprints or self.report):
            raise UsageError("nothing says which keys", "name fingerprints, or give --report FILE or --stdin")

    def keys(self, settings: Settings) -> tuple[Verdict, int]:
        """Return the keys as findings, and how many of those that were named are not here any more."""
        if not self.stdin:
            return self._found_again(settings)
        data = _given(Words(spoken(settings.language or Language.from_environment())))
        if self.kind is None:
            return lookup.handed_over(data, settings), 0
        return lookup.handed_over_as(self.kind, data, settings), 0

    def _found_again(self, settings: Settings) -> tuple[Verdict, int]:
        listed, files = reported(self.report) if self.report else ([], [])
        wanted = list(dict.fromkeys((*self.fingerprints, *listed)))
        if not wanted:
            raise UsageError(f"{self.report} has no findings", "there is nothing to ask about")
        found = lookup.looked_for(wanted, settings, self.paths, files)
        tell(found.notes)
        gone = [each for each in wanted if lookup.named(found, each) is None]
        if len(gone) == len(wanted):
            hint = "run it in the repository that the report was about; name a file that git ignores with --path"
            raise UsageError(lookup.missing(found, gone[0]) if len(gone) == 1 else NOTHING_HERE, hint)
        say = Words(spoken(found.language))
        tell([say.phrase(lookup.missing(found, each)) for each in gone])
        return found, len(gone)


def _refuse_keys(fingerprints: Sequence[str]) -> None:
    """Raise for what is no fingerprint: it could be a key, which a command line shows to others and remembers."""
    for number, each in enumerate(fingerprints, 1):
        if lookup.FINGERPRINT.fullmatch(each):
            continue
        if len(each) < MASK_FROM:
            raise UsageError(f"{each} is not a fingerprint", NO_FINGERPRINT)
        raise UsageError(
            f"argument {number} ({Secret(each).masked}) is not a fingerprint; nothing was sent",
            NO_FINGERPRINT if os.path.exists(each) else NO_KEYS_HERE,  # noqa: PTH110  # of any length
        )


def _given(say: Words) -> bytes:
    """Return what was typed, unseen, or piped in."""
    if sys.stdin is None:
        raise UsageError("standard input is closed", "pipe in one key a line")
    data = _typed(say) if sys.stdin.isatty() else sys.stdin.buffer.read(MOST_GIVEN + 1)
    if len(data) > MOST_GIVEN:
        raise UsageError("standard input holds more than 1 MiB", "keyguard scan --stdin --verify reads any text")
    if not data.strip():
        raise UsageError("standard input holds no key", "pipe in one key a line, or paste one when you are asked")
    return data


def _typed(say: Words) -> bytes:
    """Ask for a key; where the terminal would show it, it is not asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(say("live.paste")).encode("utf-8", "surrogateescape")
        except getpass.GetPassWarning:
            raise UsageError("this terminal would show what you type", "pipe in one key a line") from None
        except EOFError:
            return b""


def _show(verdict: Verdict, form: Format) -> None:
    if form is Format.JSON:
        emit(verdict, [Output(form)])
        return
    from keyguard.reporting import live_text

    verdict = verdict.said_in(spoken(verdict.language))
    text = live_text.render(
        verdict.result.findings,
        language=verdict.language,
        width=columns(),
        color=colored(),
        unicode=speaks(ELLIPSIS),
    )
    click.echo(text, nl=False)


def _exit_code(verdict: Verdict, gone: int) -> ExitCode:
    states = [finding.live.state for finding in verdict.result.findings if finding.live]
    if verdict.result.interrupted:
        return ExitCode.INTERRUPTED
    if any(state.alive for state in states):
        return ExitCode.FINDINGS
    return ExitCode.INCOMPLETE if gone or Live.UNKNOWN in states else ExitCode.CLEAN
