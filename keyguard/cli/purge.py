"""`keyguard purge`: cleans a copy of the history, proves that it is clean, and says how everyone gets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from keyguard.git.repository import Repository, here
from keyguard.model import Confidence, Finding, Live, ScanResult
from keyguard.pipeline import lookup
from keyguard.pipeline.request import Request, Verdict, run
from keyguard.pipeline.scrub import scrubbed
from keyguard.pipeline.setup import Settings
from keyguard.reporting.terminal import clean
from keyguard.reporting.words import Words

if TYPE_CHECKING:
    from keyguard.purge.guard import IsDead
    from keyguard.purge.plan import Blob, Plan
    from keyguard.purge.rewriting import Rewritten
    from keyguard.verification.addresses import Addresses

SHOWN = 20
"""How many lines of one kind are shown."""


@click.command(
    "purge",
    cls=Command,
    short_help="Clean the history, last of all: in a copy, proven by a scan.",
    epilog="""\b
Examples:
  keyguard purge --dry-run                  what would be rewritten
  keyguard purge kg1-0123abcd --revoked     clean a copy: the key is dead
  keyguard purge --verify --into ../clean   ask first whether the keys are dead
""",
)
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="New folder for the backup and the clean clone; default: beside this one, its name with -purged.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be rewritten, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--revoked", is_flag=True, help="Your word that the keys are revoked.")
@click.option("--verify", is_flag=True, help="Ask each key's provider first whether it is dead.")
@click.option("--although-live", is_flag=True, help="Go on although a pushed key may still live.")
@options.asking
@options.filters
@options.language
@click.pass_obj
def command(
    addresses: Addresses | None,
    /,
    fingerprints: tuple[str, ...],
    into: Path | None,
    **given: Any,
) -> ExitCode:
    """Take keys out of the whole history: in a fresh clone beside a backup of all refs, never in this repository.

    Revoke first: a pushed key that is not known to be dead is refused. What is rewritten are the stored files, messages
    and names in which KeyGuard found the keys. Afterwards the clean clone is scanned, and the commands are printed that
    bring it to everyone else; KeyGuard pushes nothing.

    Exit codes: 0 the keys are gone from the clean clone, or were not there, 1 they are not, 2 wrong usage, and nothing
    was done, 3 not all of it could be read, 130 interrupted, and nothing was kept.
    """
    dry_run, yes, revoked, although_live = (given.pop(name) for name in ("dry_run", "yes", "revoked", "although_live"))
    verify, timeout, proxy = (given.pop(name) for name in ("verify", "timeout", "proxy"))
    repository = here("run it inside the repository")
    verdict, findings = _found(repository, fingerprints, Settings(**given))
    say = Words(verdict.language)
    if not fingerprints:
        _tell_accepted(verdict, say)
    if verdict.result.interrupted or not findings:
        return _nothing(verdict, say)
    from keyguard.purge import guard, plan, rewriting

    rewriting.check(repository)
    wanted = plan.planned(verdict, findings, repository)
    _show(wanted, say)
    if wanted.is_empty:
        click.echo(f"\n{say('purge.empty')}")
    if dry_run or wanted.is_empty:
        return ExitCode.FINDINGS
    ask: Callable[[Verdict], Verdict] | None = None
    if verify:
        from keyguard.cli.asking import Asking

        ask = Asking(addresses, timeout, proxy).asked
    if not although_live:
        guard.refuse_live(findings, _is_dead(verdict, findings, ask, revoked=revoked))
    folder = into or _beside(repository)
    with undone_when_ended():
        wanted_so = yes or confirmed(say("purge.ask", folder=clean(str(folder))))
    if not wanted_so:
        click.echo(say("purge.undone"), err=True)
        return ExitCode.FINDINGS
    return _carried_out(wanted, verdict, repository, folder, say)


def _found(
    repository: Repository, fingerprints: Sequence[str], settings: Settings
) -> tuple[Verdict, tuple[Finding, ...]]:
    """Return a scan of the history, and the findings that are to be purged."""
    for number, each in enumerate(fingerprints, 1):
        if not lookup.FINGERPRINT.fullmatch(each):
            raise UsageError(f"argument {number} is not a fingerprint", "one begins with kg1-, as reports show it")
    if fingerprints:
        settings = replace(settings, fingerprint=tuple(fingerprints), min_confidence=Confidence.LOW)
    verdict = run(Request((repository.top or repository.git_dir,), history=True), settings)
    verdict = verdict.said_in(spoken(verdict.language))
    tell(verdict.notes)
    gone = [each for each in fingerprints if lookup.named(verdict, each) is None]
    if gone:
        raise UsageError(lookup.missing(verdict, gone[0]), "keyguard scan --history shows the keys of this history")
    if fingerprints:
        return verdict, verdict.result.findings
    return verdict, tuple(each for each in verdict.result.findings if not each.status.accepted)


def _tell_accepted(verdict: Verdict, say: Words) -> None:
    """Say how many keys are left in the history because somebody accepted them: that makes no key go away."""
    if accepted := _accepted(verdict):
        click.echo(say("purge.accepted", n=accepted))


def _accepted(verdict: Verdict) -> int:
    return sum(each.status.accepted for each in verdict.result.findings)


def _nothing(verdict: Verdict, say: Words) -> ExitCode:
    if verdict.result.interrupted:
        return ExitCode.INTERRUPTED
    click.echo(say("purge.nothing-else" if _accepted(verdict) else "purge.nothing"))
    return ExitCode.CLEAN if verdict.result.complete else ExitCode.INCOMPLETE


def _is_dead(
    verdict: Verdict,
    findings: tuple[Finding, ...],
    ask: Callable[[Verdict], Verdict] | None,
    *,
    revoked: bool,
) -> IsDead:
    """Return what is known of a key's death: by its provider, where it is asked, the ledger, or the user's word."""
    states = {each.fingerprint: True for each in findings if each.incident and each.incident.proven}
    if ask is not None:
        asked = ask(replace(verdict, result=replace(verdict.result, findings=findings)))
        checks = {each.fingerprint: each.live.state for each in asked.result.findings if each.live}
        states |= {each: state is Live.REVOKED for each, state in checks.items() if state is not Live.UNKNOWN}
    return lambda fingerprint: states.get(fingerprint, revoked or None)


def _beside(repository: Repository) -> Path:
    top = repository.top or repository.git_dir
    return top.with_name(f"{top.name.removesuffix('.git') or 'repository'}-purged")


def _show(plan: Plan, say: Words) -> None:
    for each in plan.findings:
        exposure = say(f"exposure.{each.exposure}")
        names = {"title": each.title, "key": each.secret.masked, "exposure": exposure}
        click.echo(say("purge.key", fingerprint=each.fingerprint[:16], **names))
    lists = {
        "edited": [_named(each) for each in plan.blobs if each.cleaned.data is not None],
        "whole": [
            f"{_named(each)}: {say.phrase(each.cleaned.why)}" for each in plan.blobs if each.cleaned.data is None
        ],
        "messages": [each[:12] for each in plan.messages],
        "paths": plan.paths,
        "refs": plan.refs,
        "dropped": plan.dropped,
        "broken": plan.stashes.broken,
        "beyond": [each[:12] for each in plan.beyond],
    }
    for name, lines in lists.items():
        _list(plan, name, lines, say)


def _named(blob: Blob) -> str:
    return f"{blob.id[:12]} {', '.join(blob.paths)}"


def _list(plan: Plan, name: str, lines: Sequence[str], say: Words) -> None:
    if not lines:
        return
    click.echo(f"\n{say(f'purge.{name}', n=len(lines))}")
    for line in lines[:SHOWN]:
        click.echo(f"  {clean(scrubbed(plan.masked(line)))}")  # a name may hold another key than those of the plan
    if len(lines) > SHOWN:
        click.echo(say("purge.more", n=len(lines) - SHOWN))


def _carried_out(plan: Plan, verdict: Verdict, repository: Repository, folder: Path, say: Words) -> ExitCode:
    from keyguard.purge import proof, rewriting

    with undone_when_ended():
        rewritten = rewriting.rewrite(plan, repository, folder)
    click.echo(f"\n{say('purge.backup', path=clean(str(rewritten.backup)))}")
    click.echo(say("purge.clone", path=clean(str(rewritten.clone))))
    click.echo(say("purge.signatures"))
    if rewritten.caught:
        click.echo(say("purge.caught", n=rewritten.caught))
    result = proof.left(plan, verdict, rewritten.clone)
    code = _judged(plan, result, say)
    if code is ExitCode.FINDINGS:
        click.echo(say("purge.unclean"))
    else:
        _next(plan, rewritten, repository, say)
    return code


def _judged(plan: Plan, result: ScanResult, say: Words) -> ExitCode:
    for finding in result.findings:
        where = clean(plan.masked(say.listed(list(dict.fromkeys(place.origin.label for place in finding.places)))))
        named = {"fingerprint": finding.fingerprint[:16], "key": finding.secret.masked}
        click.echo(say("purge.still-there", where=where, **named))
    if result.findings:
        return ExitCode.FINDINGS
    if result.interrupted:
        click.echo(say("purge.interrupted"))
        return ExitCode.INTERRUPTED
    click.echo(say("purge.gone", blobs=result.stats.blobs, commits=result.stats.commits))
    for each in result.unread:
        what, why = clean(plan.masked(say.phrase(each.what))), clean(say.phrase(each.why))
        click.echo(say("purge.unread", what=what, why=why))
    return ExitCode.CLEAN if result.complete else ExitCode.INCOMPLETE


def _next(plan: Plan, rewritten: Rewritten, repository: Repository, say: Words) -> None:
    from keyguard.git.remotes import remotes
    from keyguard.purge.next_steps import steps
    from keyguard.purge.rewriting import introduce

    known = remotes(repository)
    introduce(rewritten.clone, known, repository.top or repository.git_dir)
    for number, (text, lines) in enumerate(steps(plan, rewritten, known, say, bare=repository.bare), 1):
        click.echo(f"\n{number}. {clean(plan.masked(text))}")
        for line in lines:
            click.echo(f"   {clean(plan.masked(line))}")
