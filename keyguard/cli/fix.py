"""`keyguard fix`: takes keys out of Python and env files, shows the difference, asks, and writes all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import options
from keyguard.cli.ending import undone_when_ended
from keyguard.cli.layout import Command
from keyguard.cli.output import spoken, tell
from keyguard.cli.talking import confirmed
from keyguard.errors import ExitCode, UsageError
from keyguard.git.repository import Repository, discover
from keyguard.model import Confidence
from keyguard.pipeline import lookup
from keyguard.pipeline.request import Request, Verdict, run
from keyguard.pipeline.setup import Settings
from keyguard.reporting.terminal import clean
from keyguard.reporting.words import Words

if TYPE_CHECKING:
    from keyguard.repair.plan import Left, Plan


@click.command(
    "fix",
    cls=Command,
    short_help="Move keys out of Python and env files into the environment.",
    epilog="""\b
Examples:
  keyguard fix --dry-run              what would be done in this folder
  keyguard fix src/app.py             only this file
  keyguard fix kg1-0123abcd --name BILLING_OPENAI_API_KEY
""",
)
@click.argument("subjects", nargs=-1, metavar="[FINGERPRINT|PATH]...")
@click.option(
    "--env-file",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the values go; default .env at the top of the repository.",
)
@click.option("--name", metavar="NAME", help="Name of the variable, for one key; default: what its libraries read.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.filters
@options.language
def command(
    subjects: tuple[str, ...], target: Path | None, name: str | None, dry_run: bool, yes: bool, **given: Any
) -> ExitCode:
    """Rewrite keys in Python and env files into reading the environment, and move their values into an env file that
    git ignores. For other languages the line that reads the variable is printed. All is shown before it is done.

    Exit codes: 0 no key is left in these files, 1 at least one is, 2 wrong usage, and nothing was changed, 3 something
    could not be read, 130 interrupted, and nothing was changed.
    """
    repository = _here()
    fingerprints = tuple(each for each in subjects if lookup.FINGERPRINT.fullmatch(each))
    paths = tuple(Path(each) for each in subjects if each not in fingerprints)
    _refuse_others(paths, repository)
    verdict = _found(fingerprints, paths, Settings(**given))
    verdict = verdict.said_in(spoken(verdict.language))
    _check(name, verdict)
    from keyguard.repair.planning import planned

    plan = planned(verdict, repository, _target(repository, target), name)
    say = Words(verdict.language)
    _show(plan, verdict, say)
    count = len(plan.draft.sheets)
    with undone_when_ended():
        written = bool(count) and not dry_run and (yes or confirmed(say("fix.ask", n=count)))
        if written:
            plan.write()
    if written:
        _tell_done(plan, verdict, say)
    elif count:
        click.echo(say("fix.unchanged"), err=True)
        return ExitCode.FINDINGS
    return _exit_code(verdict, plan)


def _here() -> Repository:
    repository = discover(Path())
    if repository is None or repository.top is None:
        raise UsageError("this folder is not in a git work tree", "run it inside the repository")
    return repository


def _refuse_others(paths: Sequence[Path], repository: Repository) -> None:
    """Raise `UsageError` for paths that another repository has, or none: the values would go into the wrong place."""
    for path in paths:
        other = discover(path if path.is_dir() else path.parent) if path.exists() else repository
        if other is None or other.git_dir != repository.git_dir:
            raise UsageError(f"{path} is not in this repository", "run keyguard fix where it is")


def _found(fingerprints: tuple[str, ...], paths: tuple[Path, ...], settings: Settings) -> Verdict:
    if fingerprints:
        settings = replace(settings, fingerprint=fingerprints, min_confidence=Confidence.LOW)
    verdict = run(Request(paths, worktree=True), settings)
    tell(verdict.notes)
    gone = [each for each in fingerprints if lookup.named(verdict, each) is None]
    if gone:
        raise UsageError(f"no file here holds a key with the fingerprint {gone[0]}", "keyguard scan shows those here")
    return verdict


def _check(name: str | None, verdict: Verdict) -> None:
    if name is None:
        return
    from keyguard.repair import names

    names.check(name)
    if len(verdict.result.open) > 1:
        raise UsageError(f"--name is for one key, and {len(verdict.result.open)} were found", "name its fingerprint")


def _target(repository: Repository, given: Path | None) -> Path:
    top = repository.top or Path()
    if given is None:
        return top / ".env"
    target = given.parent.resolve() / given.name
    if not target.is_relative_to(top) or given.name in ("", ".", ".."):
        raise UsageError(f"{given} is not in the work tree of this repository", "name a file in it with --env-file")
    return target


def _show(plan: Plan, verdict: Verdict, say: Words) -> None:
    for lines in plan.differences():
        for line in lines:
            click.echo(clean(line))
    if plan.draft.sheets:
        click.echo()
    for each in plan.left:
        _show_left(each, plan, say)
    for note in plan.notes:
        click.echo(clean(plan.masked(say.phrase(note))))
    for line in plan.commands:
        click.echo(say("fix.to-do", command=clean(plan.masked(line))))
    others = len(verdict.result.findings) - len(verdict.result.open)
    if others:
        click.echo(say("fix.accepted", n=others))
    if not verdict.result.open:
        click.echo(say("fix.nothing-else" if others else "fix.nothing"))


def _show_left(left: Left, plan: Plan, say: Words) -> None:
    place, why = clean(f"{plan.masked(left.path)}:{left.line}"), clean(plan.masked(say.phrase(left.why)))
    click.echo(say("fix.left", place=place, key=left.secret.masked, why=why))
    if left.snippet:
        click.echo(say("fix.read-by", snippet=say.phrase(left.snippet)))


def _tell_done(plan: Plan, verdict: Verdict, say: Words) -> None:
    names = say.listed(plan.names)
    if names:
        click.echo(f"\n{say('fix.done', names=names, file=clean(plan.masked(plan.env_file)))}")
    moved = [each for each in verdict.result.findings if each.secret in plan.moved]
    if moved:
        click.echo(say("fix.revoke"))
    for each in moved:
        click.echo(f"  keyguard guide {each.fingerprint[:16]}    {each.title} {each.secret.masked}")


def _exit_code(verdict: Verdict, plan: Plan) -> ExitCode:
    if verdict.result.interrupted:
        return ExitCode.INTERRUPTED
    if plan.left:
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if verdict.result.complete else ExitCode.INCOMPLETE
