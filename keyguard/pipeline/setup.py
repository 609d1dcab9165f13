"""Turns what the user and the repository ask for into a scan that is ready to run."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keyguard import config as configuration
from keyguard.config import Config
from keyguard.config.own import SHARED_FILE, Files, Own, find
from keyguard.detection.engine import Engine
from keyguard.errors import UsageError
from keyguard.git.repository import Repository, discover
from keyguard.incidents import ledger
from keyguard.language import Language
from keyguard.model import Confidence, PolicyPart
from keyguard.pipeline.changes import HOOK_FILE, Watched
from keyguard.pipeline.ledger import Known, committed
from keyguard.pipeline.rulebook import Rulebook
from keyguard.pipeline.scan import Policy, Scan
from keyguard.pipeline.standing import Base, Standing, of_change, of_commit, of_work_tree
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue
from keyguard.suppression import baseline as baselines
from keyguard.suppression.baseline import Baseline

if TYPE_CHECKING:
    from keyguard.pipeline.ranges.given import Range


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line asks for; None where it says nothing.

    `config_from` is the commit whose own files count. `rules` are files of rules; `fingerprint` is the beginning of the
    one secret that is looked for, or several are those of several. `strict`: what nobody can open is unread.
    """

    config: Path | None = None
    config_from: str | None = None
    baseline: Path | None = None
    no_repo_config: bool = False
    rules: tuple[Path, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    min_confidence: Confidence | None = None
    fingerprint: str | tuple[str, ...] | None = None
    language: Language | None = None
    strict: bool = False


def prepare(settings: Settings, repository: Repository | None, change: Range | None = None) -> Scan:
    """Load rules, configuration, baseline and ledger; raises `ConfigError` or `UsageError` for what is wrong in them.

    What `change` is scanned for is judged by the files of its base.
    """
    standing = standing_of(settings, repository, change)
    own = own_of(settings, standing.files)
    config = own.config
    book = rules_of(settings, config)
    catalogue = selected(book.catalogue, settings.only, settings.without)
    refuse_unknown(config, book.catalogue)
    policy = Policy(
        min_confidence=threshold(settings, config),
        fingerprint=settings.fingerprint,
        config=config,
        baseline=baseline_of(settings, config, standing.files),
        comments=standing.comments,
        base=standing.base,
        start=Base(change.base, binding=False, tip=change.tip) if change and settings.config_from is not None else None,
        watched=watched(settings, config, repository),
        known=Known(repository, committed(standing.files)),
        strict=settings.strict,
    )
    language = settings.language or config.lang or Language.from_environment()
    notes = (*standing.notes, *own.notes, *book.notes)
    return Scan(catalogue, Engine(catalogue), policy, language, notes=notes, made_of=_made_of(settings, config))


def standing_of(settings: Settings, repository: Repository | None, change: Range | None = None) -> Standing:
    """Return which state of the repository's own files counts; raises `UsageError` for options that contradict it."""
    if settings.config_from is not None:
        for name, given in (("config", settings.config), ("baseline", settings.baseline)):
            if given is not None:
                raise UsageError(
                    f"--{name} and --config-from contradict each other",
                    f"leave out one of them: --config-from reads configuration and baseline of {settings.config_from}",
                )
        if settings.no_repo_config:
            raise UsageError("--no-repo-config and --config-from contradict each other", "leave out one of them")
        return of_commit(repository, settings.config_from)
    if settings.no_repo_config:
        return Standing(comments=False)
    return of_change(repository, change) if repository and change else of_work_tree(repository)


def watched(settings: Settings, config: Config, repository: Repository | None) -> Watched:
    """Return the paths of the repository that decide what is reported."""
    found = {
        configuration.FILE: PolicyPart.CONFIGURATION,
        SHARED_FILE: PolicyPart.CONFIGURATION,
        config.baseline or baselines.FILE: PolicyPart.BASELINE,
        ledger.FILE: PolicyPart.LEDGER,
        HOOK_FILE: PolicyPart.HOOK,
    }
    named = {HOOK_FILE: PolicyPart.HOOK}
    if repository is not None and repository.top is not None:
        for part, paths in (
            (PolicyPart.CONFIGURATION, (settings.config, *settings.rules)),
            (PolicyPart.BASELINE, (settings.baseline,)),
        ):
            inside = [each.resolve() for each in paths if each and each.resolve().is_relative_to(repository.top)]
            named |= {repository.relative(path): part for path in inside}
    return Watched(found | named, frozenset(named))


def _made_of(settings: Settings, config: Config) -> bytes:
    """Return what makes the rules of a run others than KeyGuard's own; a pipe, read only once, is never the same."""
    files = [path.read_bytes() if path.is_file() else os.urandom(16) for path in settings.rules]
    return repr((config.rule, config.refuse, files, settings.only, settings.without)).encode()


def rules_of(settings: Settings, config: Config) -> Rulebook:
    """Return the rules of a run: KeyGuard's own, and those that the configuration and the user add."""
    known = loader.load()
    if not config.rule and not config.refuse and not settings.rules:
        return Rulebook(known)
    from keyguard.pipeline.rule_files import rulebook

    return rulebook(known, config, settings.rules)


def rules_here(settings: Settings) -> Rulebook:
    """Return the rules of a run in this folder, with those of the repository that it lies in, if it lies in one."""
    return rules_of(settings, config_here(settings))


def config_here(settings: Settings) -> Config:
    """Return the configuration of a run in this folder."""
    repository = None if settings.no_repo_config or settings.config else discover(Path())
    return own_of(settings, standing_of(settings, repository).files).config


def threshold(settings: Settings, config: Config) -> Confidence:
    """Return the weakest confidence that is reported; a configuration that asks for more only hides (see `Scan`)."""
    return settings.min_confidence or min(config.min_confidence or Confidence.MEDIUM, Confidence.MEDIUM)


def own_of(settings: Settings, files: Files | None) -> Own:
    """Return the configuration that the user named, else the repository's, else the default."""
    if settings.config is not None:
        return Own(configuration.load(settings.config))
    return find(files) if files else Own(Config())


def refuse_unknown(config: Config, catalogue: Catalogue) -> None:
    """Raise `ConfigError` for a rule that the configuration excludes and that does not exist."""
    for name in config.exclude_rules:
        if name not in catalogue.by_id and config.document is not None:
            problem = f"exclude-rules names a rule that does not exist: {name}"
            line = config.document.line_with(name, "exclude-rules")
            raise config.document.error_at(line, problem, suggestion(name, catalogue.by_id))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what to do about a name that is none of the known ones."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else "keyguard rules list shows all"


def baseline_path(settings: Settings, config: Config, top: Path) -> Path:
    """Return where the accepted findings of a work tree are kept."""
    return settings.baseline or top / (config.baseline or baselines.FILE)


def baseline_of(settings: Settings, config: Config, files: Files | None) -> Baseline:
    """Return the accepted findings; none where there is no file, unless the user named it."""
    if settings.baseline is not None:
        return Baseline.load(settings.baseline)
    path = config.baseline or baselines.FILE
    data = files.read(path) if files else None
    return Baseline.parse(data, files.named(path)) if files and data is not None else Baseline()


def selected(catalogue: Catalogue, only: Sequence[str], without: Sequence[str]) -> Catalogue:
    """Return the catalogue with only some rules, or without some; an id that does not exist is an error."""
    for name in (*only, *without):
        if name not in catalogue.by_id:
            raise UsageError(f"there is no rule {name}", suggestion(name, catalogue.by_id))
    if not only and not without:
        return catalogue
    providers = (
        replace(
            provider,
            rules=tuple(rule for rule in provider.rules if rule.id not in without and (not only or rule.id in only)),
        )
        for provider in catalogue.providers
    )
    return Catalogue(tuple(providers))
