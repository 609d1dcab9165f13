"""`keyguard guide`: the whole way from a leaked key to one that is dead, replaced and looked after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keyguard.cli import options, suggestions
from keyguard.cli.layout import Command
from keyguard.cli.output import colored, columns, speaks, spoken
from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.language import Language
from keyguard.model import ELLIPSIS, Finding, Guidance
from keyguard.pipeline import lookup
from keyguard.pipeline.lookup import looked_for, missing, named
from keyguard.pipeline.request import Verdict
from keyguard.pipeline.setup import Settings, config_here, rules_of, suggestion
from keyguard.reporting.words import Words
from keyguard.rules.catalogue import Catalogue, Provider, Rule

FIRST = "openai"
"""Whose guide is shown when none is named."""
FINGERPRINT = "kg1-"


@click.command(
    "guide",
    cls=Command,
    short_help="Say step by step how to revoke and replace a leaked key.",
    epilog="""\b
Examples:
  keyguard guide kg1-0123abcd          one finding, as a report names it
  keyguard guide openai-project-key    a kind of key
  keyguard guide --lang zh openai      a provider, in Chinese
""",
)
@click.argument("subject", metavar="[FINGERPRINT|RULE|PROVIDER]", required=False, shell_complete=suggestions.subjects)
@options.sources
@options.language
def command(subject: str | None, language: Language | None, **given: Any) -> None:
    """Print the whole guide: for one finding by its fingerprint, or for a kind of key, or for a provider. Without a
    name: OpenAI's, and the list of names.

    A fingerprint is looked for in this repository, its index and its history. Of a key that a scan found and that is
    not there any more, the guide is that of its kind.

    Nothing is sent anywhere and nothing is changed: the steps are for you to take.
    """
    from keyguard.remediation.guide import full_guidance

    about: Finding | Rule | Provider
    if subject and subject.startswith(FINGERPRINT):
        verdict = looked_for([subject], Settings(**given, language=language))
        about, catalogue = _meant(verdict, subject), verdict.catalogue
        language = spoken(verdict.language)
        known = {"remote": verdict.remote, "head": verdict.head}
        guidance = full_guidance(about, catalogue, language, **known, contact=verdict.contact)
    else:
        settings = Settings(**given)
        config = config_here(settings)
        catalogue = rules_of(settings, config).catalogue
        language = spoken(language or Language.from_environment())
        about = _known(catalogue, subject or FIRST)
        guidance = full_guidance(about, catalogue, language, contact=config.contact)
    _show(guidance, language)
    if subject is None:
        others = ", ".join(provider.id for provider in catalogue.providers)
        click.echo(f"\nkeyguard guide NAME: {others}, a rule, or a fingerprint from a report", err=True)


def shown(finding: Finding, catalogue: Catalogue, language: Language) -> None:
    """Print the whole guide for a finding that somebody else has found."""
    from keyguard.remediation.guide import full_guidance

    _show(full_guidance(finding, catalogue, language), language)


def _show(guidance: Guidance, language: Language) -> None:
    from keyguard.reporting import guide_text

    text = guide_text.render(guidance, language=language, width=columns(), color=colored(), unicode=speaks(ELLIPSIS))
    click.echo(text, nl=False)


def _meant(found: Verdict, fingerprint: str) -> Finding | Rule:
    """Return the finding; of a key that is not here any more, or that git ignores, its kind if an incident tells it."""
    from keyguard.pipeline.account import remembered
    from keyguard.pipeline.desk import Desk

    finding = named(found, fingerprint)
    if finding is not None:
        return finding
    repository = discover(Path()) if lookup.FINGERPRINT.fullmatch(fingerprint) else None
    known = remembered(Desk(repository, found.catalogue), fingerprint) if repository else None
    rule = found.catalogue.by_id.get(known.rule) if known else None
    if rule is None:
        hint = "run it in the repository that the report was about, or name the rule: keyguard guide RULE"
        raise UsageError(missing(found, fingerprint), hint)
    click.echo(f"keyguard: {Words(spoken(found.language))('incident.guide-of-kind', rule=rule.id)}", err=True)
    return rule


def _known(catalogue: Catalogue, name: str) -> Rule | Provider:
    known: dict[str, Rule | Provider] = {**catalogue.by_id, **catalogue.provider_by_id}
    if name not in known:
        raise UsageError(f"there is no rule or provider {name}", suggestion(name, known))
    return known[name]
