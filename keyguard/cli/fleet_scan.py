"""`keyguard fleet scan`: reads the list of repositories, runs the scan, and writes the report on all of them."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import fleet_files, options
from keyguard.cli.fleet_progress import SHAPES, observer
from keyguard.cli.layout import Command
from keyguard.cli.output import Format, Output, emit, reported, tell
from keyguard.errors import ExitCode, SourceError, UsageError
from keyguard.fleet import pools, run, targets
from keyguard.fleet.overview import verdict_of
from keyguard.fleet.settings import configuration, of_fleet
from keyguard.fleet.store import Store
from keyguard.language import Language
from keyguard.pipeline.setup import Settings, rules_of

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses

MOST_LISTED = 64 << 20


@click.command(
    "scan",
    cls=Command,
    short_help="Scan the history of many repositories, as far as it is new.",
    epilog="""\b
Examples:
  keyguard fleet scan ~/src                   all clones below a folder
  keyguard fleet scan 'repos/*' other.git     patterns and paths
  keyguard fleet scan https://github.com/a/b  cloned, later only fetched
  gh repo list ORG --json url | keyguard fleet scan
  keyguard fleet scan - < list.txt            one a line
  keyguard fleet scan --resume                go on where a run was ended
  keyguard fleet scan ~/src --output html=fleet.html
  keyguard fleet scan - --scheduler tcp://head:8786 --cache /shared/clones
""",
)
@click.argument("given", nargs=-1, metavar="[TARGETS]...")
@click.option("--resume", is_flag=True, help="Go on with the last run that did not come to its end.")
@options.min_confidence
@options.exclude_rule
@options.rule
@options.rules
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Accepted findings, of all repositories."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration for all repositories; their own are not heeded.",
)
@options.strict
@click.option("--verify", is_flag=True, help="Send each open key to its own provider, to see whether it still lives.")
@fleet_files.db
@click.option(
    "--cache",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where clones lie, and what is remembered of scans; default: in KeyGuard's cache folder. On a cluster all "
    "workers have to see it.",
)
@click.option(
    "--scheduler",
    envvar=pools.VARIABLE,
    metavar="ADDRESS",
    help="Scan on the Dask cluster of this scheduler: tcp://HOST:8786 or tls://HOST:8786; default "
    f"${pools.VARIABLE}, else processes here.",
)
@click.option("--jobs", type=int, metavar="N", help="Processes on this machine; default: one for each core.")
@click.option(
    "--progress",
    type=click.Choice(SHAPES),
    default=SHAPES[0],
    show_default=True,
    help="What is shown on standard error: a live table (auto: on a terminal), JSON Lines for programs, or nothing "
    "but what goes wrong.",
)
@reported
@options.allow_incomplete
@options.language
@click.pass_obj
def command(
    addresses: Addresses | None,
    /,
    given: tuple[str, ...],
    form: str,
    outputs: tuple[str, ...],
    resume: bool,
    verify: bool,
    **chosen: Any,
) -> ExitCode:
    """Scan the history of the repositories that TARGETS name, as scan --history does, and report on all.

    TARGETS are paths, patterns, folders of clones, addresses (https, ssh, git, file) or - for a list on standard input:
    one a line, or the JSON of gh, glab or an API. Only what has changed is read. What repositories' own files hide is
    not heeded. Exit codes: as those of scan; 3 if a repository, or a part of one, could not be read.
    """
    allow_incomplete = chosen.pop("allow_incomplete")
    db, folder, jobs = chosen.pop("db"), chosen.pop("folder"), chosen.pop("jobs")
    scheduler, shape, language = chosen.pop("scheduler"), chosen.pop("progress"), chosen.pop("language")
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs takes a number of processes, at least 1")
    if scheduler and jobs is not None:
        raise UsageError("--jobs counts processes of this machine", "a cluster has as many workers as it was given")
    wanted = Output.plan(Format(form), outputs)
    settings = of_fleet(Settings(**chosen))
    make = pools.cluster(scheduler) if scheduler else pools.processes(jobs or _cores())
    meant = targets.found([each for each in given if each != "-"], _list(given, resume=resume))
    _check(meant, resume=resume)
    more = {"resume": resume, "away": bool(scheduler), "verify": verify}
    asked = run.Wanted(meant, settings, fleet_files.clones(folder), make, addresses=addresses, **more)
    run.check(asked)
    with Store(fleet_files.results(db, made=True)) as store:
        store.lock()
        asked = replace(asked, make=_answering(make)) if scheduler else asked
        interrupted = _scan(asked, store, shape, language)
        catalogue = rules_of(settings, configuration(settings)).catalogue
        verdict, _ = verdict_of(store, catalogue, language or Language.from_environment())
    emit(verdict, wanted)
    return ExitCode.INTERRUPTED if interrupted else verdict.exit_code(allow_incomplete=allow_incomplete)


def _scan(asked: run.Wanted, store: Store, shape: str, language: Language | None) -> bool:
    """Carry it out, and say whether it was interrupted: what was done until then is worth a report."""
    started = time.monotonic()
    with observer(shape, language) as shown:
        try:
            summary = run.carried_out(asked, store, shown)
        except KeyboardInterrupt:
            shown.over(None, time.monotonic() - started)
            interrupted = True
        else:
            shown.over(summary, time.monotonic() - started)
            interrupted = False
    if interrupted:
        tell(["interrupted: what is done is kept, and keyguard fleet scan --resume goes on"])
    elif summary.left:
        why = summary.why.message if summary.why else "the workers were lost again and again"
        tell([f"{summary.left} repositories are not scanned yet: {why}", "keyguard fleet scan --resume goes on"])
    return interrupted


def _list(given: tuple[str, ...], *, resume: bool) -> str:
    """Return what standard input lists: where `-` asks for it, or where nothing is named and something is piped in."""
    if "-" not in given and (given or resume or sys.stdin is None or sys.stdin.isatty()):
        return ""
    if sys.stdin is None:
        raise UsageError("standard input is closed", "pipe in the list of repositories")
    text = sys.stdin.buffer.read(MOST_LISTED + 1)
    if len(text) > MOST_LISTED:
        raise UsageError("the list is larger than 64 MB", "give fewer repositories at a time")
    return os.fsdecode(text.removeprefix(b"\xef\xbb\xbf"))


def _check(meant: list[targets.Target | targets.Unfit], *, resume: bool) -> None:
    """Raise `UsageError` where nothing is left to be scanned."""
    unfit = [each for each in meant if isinstance(each, targets.Unfit)]
    if not meant and not resume:
        raise UsageError(
            "no repositories are named", "name paths or addresses, or pipe in a list: keyguard fleet scan --help"
        )
    if meant and len(unfit) == len(meant):
        more = f", and {len(unfit) - 1} more like it" if len(unfit) > 1 else ""
        raise UsageError(f"{unfit[0].name}: {unfit[0].why}{more}", unfit[0].mend)


def _answering(make: pools.Make) -> pools.Make:
    """Return what makes the pools of a cluster, the first of which is there: else nothing is begun."""
    try:
        there = [make()]
    except SourceError as error:
        raise UsageError(error.message, error.hint) from None
    return lambda: there.pop() if there else make()


def _cores() -> int:
    from keyguard.pipeline.processes import cores

    return cores()
