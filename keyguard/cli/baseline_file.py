"""The baseline of the repository around the current folder, and the scan that its commands begin with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from keyguard.cli.output import spoken, tell
from keyguard.config.layout import ATTRIBUTES, attributes
from keyguard.errors import UsageError
from keyguard.git.repository import Repository, discover
from keyguard.language import Language
from keyguard.model import Confidence, Finding
from keyguard.pipeline.request import Request, Verdict, run
from keyguard.pipeline.setup import Settings, baseline_path, own_of, threshold
from keyguard.pipeline.standing import of_work_tree
from keyguard.reporting.words import Words
from keyguard.suppression.baseline import Baseline


@dataclass(frozen=True, slots=True)
class BaselineFile:
    """Where the decisions on a work tree are kept.

    Below `inside` no link is followed; the user may name any file. `least` is the weakest confidence that is reported,
    `say` has the words.
    """

    repository: Repository
    top: Path
    path: Path
    inside: Path | None
    least: Confidence
    say: Words

    @classmethod
    def here(cls, settings: Settings) -> BaselineFile:
        """Return that of the work tree around the current folder; raises `UsageError` outside of any."""
        repository = discover(Path())
        if repository is None or repository.top is None:
            raise UsageError("this folder is not in a git work tree", "run it inside the repository")
        config = own_of(settings, of_work_tree(repository).files).config
        path = baseline_path(settings, config, repository.top)
        inside = None if settings.baseline else repository.top
        say = Words(spoken(settings.language or config.lang or Language.from_environment()))
        return cls(repository, repository.top, path, inside, threshold(settings, config), say)

    def load(self) -> Baseline:
        """Return what it holds; nothing where it is not there yet."""
        return Baseline.load(self.path, self.inside) if os.path.lexists(self.path) else Baseline()

    def write(self, baseline: Baseline) -> None:
        """Replace it as a whole, and say what it holds now."""
        from keyguard.reporting.terminal import clean

        is_new = not os.path.lexists(self.path)
        baseline.write(self.path, self.inside)
        refused = len(baseline.entries) - len(baseline)
        name = "baseline.written-real" if refused else "baseline.written"
        click.echo(self.say(name, n=len(baseline), real=refused, file=clean(str(self.path))))
        if is_new and not os.path.lexists(self.path.with_name(ATTRIBUTES)):
            line = clean(attributes(self.path.name).strip())
            click.echo(self.say("baseline.merges", line=line, file=ATTRIBUTES), err=True)

    def tell_unmatched(self, unmatched: Baseline, *, dropped: bool = False) -> None:
        """List the entries that match nothing any more."""
        if not unmatched.entries:
            return
        from keyguard.reporting.terminal import clean

        name = "baseline.dropped" if dropped else "baseline.unmatched"
        click.echo(self.say(name, n=len(unmatched.entries)), err=True)
        for key, entry in sorted(unmatched.entries.items()):
            click.echo(f"  {key}  {entry.rule}  {clean(entry.reason)}".rstrip(), err=True)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a scan found: `reported` are those findings that a plain scan would report; `whole`: it looked for all."""

    verdict: Verdict
    findings: Sequence[Finding]
    reported: Sequence[Finding]
    whole: bool

    def unmatched(self, known: Baseline) -> Baseline:
        """Return the entries that match nothing; none where not everything was looked for."""
        return known.unmatched(self.findings) if self.whole else Baseline()


def looked_at(file: BaselineFile, settings: Settings, *, history: bool) -> Looked:
    """Scan the work tree of a baseline; raises `UsageError` where not all of it could be read.

    Weak findings are looked for, too: an entry does not match nothing because its key became one of those.
    """
    request = Request(paths=(file.top,), worktree=True, history=history)
    verdict = run(request, replace(settings, min_confidence=Confidence.LOW))
    tell(verdict.notes)
    if verdict.result.unread:
        raise UsageError(
            f"{len(verdict.result.unread)} things could not be read, so the baseline was not written",
            "keyguard scan tells which",
        )
    findings = verdict.result.findings
    reported = [each for each in findings if each.confidence >= file.least]
    return Looked(verdict, findings, reported, whole=history and not (settings.only or settings.without))
