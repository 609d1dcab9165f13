"""What completion offers where the values are known only when they are asked for: rules and providers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import click

from keyguard.errors import KeyGuardError
from keyguard.language import Language, Text

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from keyguard.rules.catalogue import Catalogue

Items: TypeAlias = "list[CompletionItem[str]]"


def rules(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Return the rules whose id begins so, those of the user's own too."""
    return _beginning(incomplete, ((rule.id, rule.title) for rule in _catalogue(context).rules))


def subjects(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Return the providers and rules whose id begins so: what there is a guide for."""
    catalogue = _catalogue(context)
    providers = ((provider.id, provider.name) for provider in catalogue.providers)
    return _beginning(incomplete, [*providers, *((rule.id, rule.title) for rule in catalogue.rules)])


def _catalogue(context: click.Context) -> Catalogue:
    """Return what the options that are there already lead to; KeyGuard's own rules where that is unfit."""
    from keyguard.pipeline.setup import Settings, rules_here
    from keyguard.rules import loader

    given = context.params
    settings = Settings(
        config=given.get("config"),
        no_repo_config=bool(given.get("no_repo_config")),
        rules=tuple(given.get("rules") or ()),
    )
    try:
        return rules_here(settings).catalogue
    except KeyGuardError:
        return loader.load()


def _beginning(incomplete: str, named: Iterable[tuple[str, Text]]) -> Items:
    from click.shell_completion import CompletionItem

    from keyguard.reporting.terminal import clean

    language = Language.from_environment()
    return [CompletionItem(name, help=clean(title[language])) for name, title in named if name.startswith(incomplete)]
