"""`keyguard rules`: shows what is looked for, and proves that the rule files keep their promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from keyguard.cli import options, rule_import, suggestions
from keyguard.cli.layout import Group
from keyguard.cli.output import tell
from keyguard.errors import ExitCode
from keyguard.language import Language
from keyguard.model import Confidence
from keyguard.pipeline.setup import Settings, rules_here, selected
from keyguard.rules import built, loader
from keyguard.rules.catalogue import Catalogue, Kind, Provider, Rule


@click.group("rules", cls=Group, short_help="List, show and check the rules.")
def command() -> None:
    """See what KeyGuard looks for, and prove that the rules do what they promise."""


@command.command(
    "list",
    short_help="List every rule, or what each provider's API does.",
    epilog="""\b
Examples:
  keyguard rules list              id, severity and title of each kind of key
  keyguard rules list --api        who says whether one lives, who may revoke
  keyguard rules list --lang zh
""",
)
@click.option("--api", is_flag=True, help="Instead: where each kind is checked, and by whom revoked and replaced.")
@options.sources
@options.language
def list_rules(api: bool, language: Language | None, **given: Any) -> None:
    """List every rule: its id, its severity for a live key, and its title; of your own rules also the file."""
    from keyguard.reporting.terminal import clean, display_width

    book = rules_here(Settings(**given))
    tell(book.notes)
    if api:
        _list_apis(book.catalogue)
        return
    rules = book.catalogue.rules
    width = max(display_width(rule.id) for rule in rules)
    for rule in rules:
        title = clean(rule.title[language or Language.from_environment()])
        where = f"  ({clean(rule.file)})" if rule.file is not None else ""
        click.echo(f"{rule.id:<{width}}  {rule.severity.label:<8}  {title}{where}")


def _list_apis(catalogue: Catalogue) -> None:
    """Print a line for each kind of key, the longest column last."""
    from keyguard.reporting.api_text import row

    rows = [("rule", "revoke", "replace", "check")]
    for provider in catalogue.providers:
        for rule, api in provider.apis.items():
            check, revoke, replace = row(api)
            rows.append((rule, revoke, replace, check))
    widths = [max(len(each[column]) for each in rows) for column in range(3)]
    for *columns, check in rows:
        click.echo("  ".join([*(f"{text:<{width}}" for text, width in zip(columns, widths, strict=True)), check]))


@command.command(
    "show",
    short_help="Show all that is known of one kind of key.",
    epilog="""\b
Examples:
  keyguard rules show openai-project-key
  keyguard rules show --lang zh mistral-key
""",
)
@click.argument("rule_id", metavar="RULE", shell_complete=suggestions.rules)
@options.sources
@options.language
def show(rule_id: str, language: Language | None, **given: Any) -> None:
    """Show all that is known of RULE: how its keys are recognised, how sure that is, and what its provider's API says
    of them and does to them.
    """
    from keyguard.reporting import api_text
    from keyguard.reporting.terminal import clean
    from keyguard.reporting.words import Words

    catalogue = rules_here(Settings(**given)).catalogue
    rule = selected(catalogue, [rule_id], []).by_id[rule_id]
    provider = catalogue.provider_by_id[rule.provider]
    language = language or Language.from_environment()
    facts = _facts(rule, provider, language)
    if rule_id in provider.apis:
        facts += api_text.facts(provider.apis[rule_id], provider.console, Words(language))
    for name, value in facts:
        lines = value.strip("\n").split("\n")
        click.echo(f"{name:<11} {clean(lines[0])}")
        for line in lines[1:]:
            click.echo(f"{'':<11} {clean(line)}")


def _facts(rule: Rule, provider: Provider, language: Language) -> list[tuple[str, str]]:
    confidence = rule.confidence.label + "".join(
        f", {level.label} when its proof {word}"
        for level, word in ((rule.proven, "holds"), (rule.disproven, "fails"))
        if isinstance(level, Confidence)
    )
    facts = [
        ("rule", rule.id),
        ("title", rule.title[language]),
        ("provider", f"{provider.name[language]}  {provider.console}".rstrip()),
        ("detector", rule.kind.value),
        ("severity", rule.severity.label),
        ("confidence", confidence),
        ("format", _format(rule, provider)),
        ("gate", ", ".join(sorted({entry.literal.decode() for entry in rule.gate})) or "none: run on everything"),
        ("span", f"{rule.span} bytes, context {rule.context} bytes"),
        ("pattern", rule.pattern.pattern.decode()),
        *_conditions(rule),
    ]
    if rule.kind is Kind.ENTROPY:
        facts += [("names", ", ".join(rule.names)), ("hosts", ", ".join(rule.hosts))]
    if rule.candidates:
        facts.append(("shared by", ", ".join(rule.candidates)))
    return facts + [("source", reference) for reference in rule.references]


def _format(rule: Rule, provider: Provider) -> str:
    if rule.file is not None:
        return f"{rule.sureness} (a rule of {rule.file})"
    return f"{rule.sureness} (compared with its sources on {provider.checked})"


def _conditions(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what else has to hold for a match."""
    if rule.near:
        yield "near", ", ".join(word.decode("utf-8", "replace") for word in rule.near)
    if rule.min_entropy:
        yield "entropy", f"more than {rule.min_entropy:g} bits a character"
    if rule.path is not None:
        yield "path", rule.path.pattern.decode()
    if rule.refuse:
        yield "refuses", f"look-alikes of {len(rule.refuse)} kinds"


@command.command(
    "check",
    short_help="Run the examples of the rules, and time their patterns.",
    epilog="""\b
Examples:
  keyguard rules check                     your own rules here, else KeyGuard's
  keyguard rules check --rules rules.toml  those of a file
""",
)
@options.sources
def check(**given: Any) -> ExitCode:
    """Run every example and counter-example, and time every pattern on hostile text.

    Your own rules are checked if there are any here, else those that come with KeyGuard.

    Exit codes: 0 the rules keep their promises, 2 one does not, or it cannot be read.
    """
    from keyguard.detection import selfcheck

    book = rules_here(Settings(**given))
    tell(book.notes)
    if any(rule.file is not None for rule in book.catalogue.rules):
        return _check_users(book.catalogue)
    catalogue = loader.load(built.OWN)
    problems = selfcheck.check(catalogue)
    for problem in problems:
        click.echo(problem, err=True)
    cases = sum(1 for _ in selfcheck.cases(catalogue))
    rules = f"{len(catalogue.rules)} rules of {len(catalogue.providers)} providers"
    click.echo(f"{rules}, {cases} examples: {len(problems)} problems")
    return ExitCode.USAGE if problems else ExitCode.CLEAN


def _check_users(catalogue: Catalogue) -> ExitCode:
    from keyguard.detection import selfcheck
    from keyguard.reporting.terminal import clean

    problems, remarks = selfcheck.check_users(catalogue)
    for line in (*problems, *remarks):
        click.echo(clean(line), err=True)
    rules = [rule for rule in catalogue.rules if rule.file is not None]
    cases = sum(1 for rule in rules for _ in selfcheck.cases_of(rule))
    count = "1 rule" if len(rules) == 1 else f"{len(rules)} rules"
    click.echo(f"{count} of your own, {cases} examples: {len(problems)} problems")
    return ExitCode.USAGE if problems else ExitCode.CLEAN


command.add_command(rule_import.command)
