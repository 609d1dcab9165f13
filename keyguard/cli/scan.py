"""`keyguard scan`: chooses the sources, runs the scan, and writes the reports."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard import cache
from keyguard.cli import options
from keyguard.cli.layout import Command
from keyguard.cli.output import Format, Output, emit, reported, tell
from keyguard.errors import ExitCode, UsageError
from keyguard.pipeline.request import Request, Verdict, run
from keyguard.pipeline.setup import Settings

if TYPE_CHECKING:
    from keyguard.cli.progress import ProgressLine
    from keyguard.fleet.addresses import Address
    from keyguard.language import Language
    from keyguard.verification.addresses import Addresses


@click.command(
    "scan",
    cls=Command,
    short_help="Look for keys in files, the index or the whole history.",
    epilog="""\b
Examples:
  keyguard scan                          the files of this work tree
  keyguard scan --worktree --history     everything: files, index and history
  keyguard scan --staged                 what the next commit would add
  keyguard scan --range main..HEAD       what a branch brings in
  keyguard scan --range auto             in CI: what this change brings in
  keyguard scan .env deploy/             these, even if git ignores them
  keyguard scan https://HOST/a/b.git     all that a repository elsewhere has
  git diff | keyguard scan --stdin       what is piped in
  keyguard scan --output json=keys.json  the report, and the same for programs
  keyguard scan --verify                 and ask its provider: does it live?
""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=str))
@click.option("--worktree", is_flag=True, help="The files (the default when no other source is named).")
@click.option("--staged", is_flag=True, help="The entries of the index that differ from HEAD.")
@click.option("--history", is_flag=True, help="All that refs, stashes, reflogs and the index reach.")
@click.option("--unreachable", is_flag=True, help="With --history: also objects that nothing reaches any more.")
@click.option(
    "--range",
    "revisions",
    metavar="A..B|auto",
    help="All that these commits bring in, merges included; auto: the change that a CI job runs for.",
)
@click.option("--stdin", is_flag=True, help="Standard input.")
@click.option("--fingerprint", metavar="KG1-…", help="Look only for this secret, known by its fingerprint.")
@options.filters
@options.config_from
@reported
@click.option("--jobs", type=int, metavar="N", help="Processes that read; default: one for each core.")
@click.option("--no-cache", is_flag=True, help="Read all anew, and keep nothing for the next scan.")
@click.option("--no-progress", is_flag=True, help="Show no progress; it is for a terminal, and for long scans, anyway.")
@options.strict
@click.option("--verify", is_flag=True, help="Send each key found to its own provider, to see whether it still lives.")
@options.asking
@options.allow_incomplete
@options.language
@click.pass_obj
def command(
    addresses: Addresses | None,
    /,
    paths: tuple[str, ...],
    form: str,
    outputs: tuple[str, ...],
    allow_incomplete: bool,
    **given: Any,
) -> ExitCode:
    """Look for leaked keys in PATHs, by default in the work tree of this folder.

    A PATH that is named is read even if git ignores it; of a folder that git does not ignore, what it ignores in it is
    left out.

    A PATH may be the address of a repository elsewhere (https, ssh, git, file): its whole history, or a range of it,
    is cloned into a temporary folder and scanned there.

    Exit codes: 0 clean and all of it read, 1 a key was found, 2 wrong usage, 3 something could not be read,
    130 interrupted: the report is on what was read until then. A key that --verify calls revoked is still one found.
    """
    keeping = not given.pop("no_cache")
    if not keeping:
        cache.switch_off()
    shown = _progress(given["language"], wanted=not given.pop("no_progress"))
    request = Request(
        paths=tuple(map(Path, paths)),
        worktree=given.pop("worktree"),
        staged=given.pop("staged"),
        history=given.pop("history"),
        unreachable=given.pop("unreachable"),
        revisions=given.pop("revisions"),
        stdin=given.pop("stdin"),
        jobs=given.pop("jobs"),
    )
    if given["fingerprint"] is not None and not given["fingerprint"].startswith("kg1-"):
        raise UsageError(f"{given['fingerprint']} is not a fingerprint", "one begins with kg1-, as reports show it")
    verify, timeout, proxy = (given.pop(name) for name in ("verify", "timeout", "proxy"))
    if (timeout is not None or proxy) and not verify:
        raise UsageError("--timeout and --proxy say how providers are asked", "they go with --verify")
    settings = Settings(**given)
    wanted = Output.plan(Format(form), outputs)
    elsewhere = _elsewhere(paths, request)
    with shown or nullcontext():
        verdict = run(request, settings, shown) if not elsewhere else _of_clones(elsewhere, request, settings, shown)
    tell(verdict.notes)
    if keeping and verdict.result.findings and not elsewhere:
        _keep(verdict)
    if verify and not verdict.result.interrupted:
        from keyguard.cli.asking import Asking

        verdict = Asking(addresses, timeout, proxy).asked(verdict)
    emit(verdict, wanted)
    return verdict.exit_code(allow_incomplete=allow_incomplete)


def _elsewhere(paths: tuple[str, ...], request: Request) -> list[Address]:
    """Return the addresses that are to be cloned, if that is what is named."""
    if not any(":" in each for each in paths):
        return []
    from keyguard.cli.clones import addresses

    found = addresses(paths)
    if found and (request.worktree or request.staged or request.stdin):
        raise UsageError("a clone has neither work tree nor index", "leave out other sources: its history is scanned")
    return found


def _of_clones(elsewhere: list[Address], request: Request, settings: Settings, shown: ProgressLine | None) -> Verdict:
    """Scan what lies elsewhere; nothing is remembered of clones that are gone afterwards."""
    from keyguard.cli.clones import cloned

    whole = request.revisions is None
    with cloned(elsewhere) as folders:
        told = replace(request, paths=folders, history=request.history or whole, shelf=cache.Shelf(None, ""))
        verdict = run(told, settings, shown)
    notes = [f"{each.shown} was cloned for this scan alone" for each in elsewhere]
    return replace(verdict, notes=(*notes, *verdict.notes), remote=elsewhere[0].shown if len(elsewhere) == 1 else None)


def _keep(verdict: Verdict) -> None:
    """Open incidents for what was found, as far as they can be kept; the verdict does not depend on it."""
    from keyguard.pipeline.desk import detected

    try:
        for repository, result in verdict.scanned:
            detected(repository, result.findings)
    except UsageError as error:
        tell([f"no incident was opened: {error.message}"])


def _progress(language: Language | None, *, wanted: bool) -> ProgressLine | None:
    """Return a line that shows how far the scan is, or None where nobody would see it: it is for a terminal alone."""
    try:
        seen = wanted and sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # closed
        seen = False
    if not seen:
        return None
    from keyguard.cli.progress import ProgressLine

    return ProgressLine(language)
