"""Turns what the user and the repository ask for into a scan that is ready to run."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from keyguard import config as configuration
from keyguard.config import Config
from keyguard.detection.engine import Engine
from keyguard.errors import ConfigError, UsageError
from keyguard.git.repository import Repository, discover
from keyguard.language import Language
from keyguard.model import Confidence
from keyguard.pipeline.rulebook import Rulebook
from keyguard.pipeline.scan import Policy, Scan
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue
from keyguard.suppression import baseline as baselines
from keyguard.suppression.baseline import Baseline


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line asks for; None where it says nothing.

    `rules` are files of rules; `fingerprint` is the beginning of the one secret that is looked for, or several are
    those of several. `strict`: what nobody can open is unread.
    """

    config: Path | None = None
    baseline: Path | None = None
    no_repo_config: bool = False
    rules: tuple[Path, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    min_confidence: Confidence | None = None
    fingerprint: str | tuple[str, ...] | None = None
    language: Language | None = None
    strict: bool = False


def prepare(settings: Settings, repository: Repository | None) -> Scan:
    """Load rules, configuration and baseline; raises `ConfigError` or `UsageError` for what is wrong in them."""
    top = repository.top if repository and not settings.no_repo_config else None
    config = configuration_of(settings, top)
    book = rules_of(settings, config)
    catalogue = selected(book.catalogue, settings.only, settings.without)
    refuse_unknown(config, book.catalogue)
    policy = Policy(
        min_confidence=threshold(settings, config),
        fingerprint=settings.fingerprint,
        config=config,
        baseline=baseline_of(settings, config, top),
        comments=not settings.no_repo_config,
        strict=settings.strict,
    )
    language = settings.language or config.lang or Language.from_environment()
    return Scan(catalogue, Engine(catalogue), policy, language, notes=book.notes, made_of=_made_of(settings, config))


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
    repository = None if settings.no_repo_config or settings.config else discover(Path())
    return rules_of(settings, configuration_of(settings, repository.top if repository else None))


def threshold(settings: Settings, config: Config) -> Confidence:
    """Return the weakest confidence that is reported; a configuration that asks for more only hides (see `Scan`)."""
    return settings.min_confidence or min(config.min_confidence or Confidence.MEDIUM, Confidence.MEDIUM)


def configuration_of(settings: Settings, top: Path | None) -> Config:
    """Return the configuration that the user named, else the repository's, else the default."""
    if settings.config is not None:
        return configuration.load(settings.config)
    own = top / configuration.FILE if top else None
    return configuration.load(own, inside=top) if own and os.path.lexists(own) else Config()


def refuse_unknown(config: Config, catalogue: Catalogue) -> None:
    """Raise `ConfigError` for a rule that the configuration excludes and that does not exist."""
    for name in config.exclude_rules:
        if name not in catalogue.by_id:
            raise ConfigError(
                f"the configuration excludes a rule that does not exist: {name}", suggestion(name, catalogue.by_id)
            )


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what to do about a name that is none of the known ones."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else "keyguard rules list shows all"


def baseline_path(settings: Settings, config: Config, top: Path) -> Path:
    """Return where the accepted findings of a work tree are kept."""
    return settings.baseline or top / (config.baseline or baselines.FILE)


def baseline_of(settings: Settings, config: Config, top: Path | None) -> Baseline:
    """Return the accepted findings; none where there is no file, unless the user named it."""
    if settings.baseline is not None:
        return Baseline.load(settings.baseline)
    path = baseline_path(settings, config, top) if top else None
    return Baseline.load(path, inside=top) if path and os.path.lexists(path) else Baseline()


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
