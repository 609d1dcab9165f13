"""`keyguard rules`: shows what is looked for, and proves that the rule files keep their promises."""

from __future__ import annotations

from typing import Any

import click

from keyguard.cli import options, rule_import, suggestions
from keyguard.cli.layout import Group
from keyguard.cli.output import spoken, tell
from keyguard.errors import ExitCode
from keyguard.language import Language
from keyguard.pipeline.setup import Settings, rules_here, selected
from keyguard.rules import built, loader
from keyguard.rules.catalogue import Catalogue


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
    from keyguard.reporting import rule_text
    from keyguard.reporting.words import Words

    book = rules_here(Settings(**given))
    tell(book.notes)
    words = Words(spoken(language or Language.from_environment()))
    for line in (rule_text.apis if api else rule_text.titles)(book.catalogue, words):
        click.echo(line)


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
    from keyguard.reporting import rule_text
    from keyguard.reporting.words import Words

    catalogue = rules_here(Settings(**given)).catalogue
    rule = selected(catalogue, [rule_id], []).by_id[rule_id]
    words = Words(spoken(language or Language.from_environment()))
    for line in rule_text.shown(rule, catalogue.provider_by_id[rule.provider], words):
        click.echo(line)


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
