"""`keyguard rules`: shows what is looked for, and proves that the rule files keep their promises."""

from __future__ import annotations

import click

from keyguard.cli import options
from keyguard.errors import ExitCode
from keyguard.language import Language
from keyguard.model import Confidence
from keyguard.pipeline.setup import selected
from keyguard.rules import loader
from keyguard.rules.catalogue import Kind, Rule


@click.group("rules", short_help="List, show and check the rules.")
def command() -> None:
    """See what KeyGuard looks for."""


@command.command("list")
@options.language
def list_rules(language: Language | None) -> None:
    """List every rule: its id, its provider's severity for a live key, and its title."""
    from keyguard.reporting.terminal import display_width

    rules = loader.load().rules
    width = max(display_width(rule.id) for rule in rules)
    for rule in rules:
        click.echo(
            f"{rule.id:<{width}}  {rule.severity.label:<8}  {rule.title[language or Language.from_environment()]}"
        )


@command.command("show")
@click.argument("rule_id", metavar="RULE")
@options.language
def show(rule_id: str, language: Language | None) -> None:
    """Show all that is known of RULE."""
    from keyguard.reporting import api_text
    from keyguard.reporting.words import Words

    catalogue = loader.load()
    rule = selected(catalogue, [rule_id], []).by_id[rule_id]
    provider = catalogue.provider_by_id[rule.provider]
    language = language or Language.from_environment()
    facts = [*_facts(rule, language), *api_text.facts(provider.apis[rule_id], provider.console, Words(language))]
    for name, value in facts:
        lines = value.strip("\n").split("\n")
        click.echo(f"{name:<11} {lines[0]}")
        for line in lines[1:]:
            click.echo(f"{'':<11} {line}")


def _facts(rule: Rule, language: Language) -> list[tuple[str, str]]:
    provider = loader.load().provider_by_id[rule.provider]
    confidence = rule.confidence.label + "".join(
        f", {level.label} when its proof {word}"
        for level, word in ((rule.proven, "holds"), (rule.disproven, "fails"))
        if isinstance(level, Confidence)
    )
    facts = [
        ("rule", rule.id),
        ("title", rule.title[language]),
        ("provider", f"{provider.name[language]}  {provider.console}"),
        ("detector", rule.kind.value),
        ("severity", rule.severity.label),
        ("confidence", confidence),
        ("format", f"{rule.sureness} (compared with its sources on {provider.checked})"),
        ("gate", ", ".join(sorted({entry.literal.decode() for entry in rule.gate}))),
        ("span", f"{rule.span} bytes, context {rule.context} bytes"),
        ("pattern", rule.pattern.pattern.decode()),
    ]
    if rule.kind is Kind.ENTROPY:
        facts += [("names", ", ".join(rule.names)), ("hosts", ", ".join(rule.hosts))]
    if rule.candidates:
        facts.append(("shared by", ", ".join(rule.candidates)))
    return facts + [("source", reference) for reference in rule.references]


@command.command("check")
def check() -> ExitCode:
    """Run every example and counter-example, and time every pattern on hostile text."""
    from keyguard.detection import selfcheck

    catalogue = loader.load(loader.OWN)
    problems = selfcheck.check(catalogue)
    for problem in problems:
        click.echo(problem, err=True)
    cases = sum(1 for _ in selfcheck.cases(catalogue))
    rules = f"{len(catalogue.rules)} rules of {len(catalogue.providers)} providers"
    click.echo(f"{rules}, {cases} examples: {len(problems)} problems")
    return ExitCode.USAGE if problems else ExitCode.CLEAN
