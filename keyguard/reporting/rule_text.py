"""Says what the rules look for: a line for each of them, or all that is known of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyguard.model import Confidence
from keyguard.reporting import api_text
from keyguard.reporting.terminal import clean, display_width, pad
from keyguard.reporting.words import Words
from keyguard.rules.catalogue import Catalogue, Kind, Provider, Rule

_NAME = 11
"""How many columns the name of a fact has, at least."""


def titles(catalogue: Catalogue, words: Words) -> Iterator[str]:
    """Yield for each rule its id, severity and title; of a rule of the user also the file."""
    rows = [(rule.id, words(f"rules.severity-{rule.severity.label}"), _title(rule, words)) for rule in catalogue.rules]
    return _columns(rows)


def _title(rule: Rule, words: Words) -> str:
    where = words("rules.whence", file=rule.file) if rule.file is not None else ""
    return rule.title[words.language] + where


def apis(catalogue: Catalogue, words: Words) -> Iterator[str]:
    """Yield for each kind of key who may revoke and replace it, and who is asked whether it lives."""
    rows = [tuple(words(f"rules-fact.{name}") for name in ("rule", "revoke", "replace", "check"))]
    for provider in catalogue.providers:
        for rule, api in provider.apis.items():
            check, revoke, replace = api_text.row(api, words)
            rows.append((rule, revoke, replace, check))
    return _columns(rows)


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield each row, its columns one below the other; the last one, which is not filled up, is the longest."""
    rows = [tuple(clean(cell) for cell in row) for row in rows]
    widths = [max(map(display_width, column)) for column in list(zip(*rows, strict=True))[:-1]]
    for row in rows:
        yield "  ".join([*map(pad, row, widths), row[-1]])


def shown(rule: Rule, provider: Provider, words: Words) -> Iterator[str]:
    """Yield all that is known of one kind of key, and what its provider's API does with it."""
    facts = _facts(rule, provider, words)
    if rule.id in provider.apis:
        facts += api_text.facts(provider.apis[rule.id], provider.console, words)
    for name, value in facts:
        head, *more = value.strip("\n").split("\n")
        yield f"{pad(words(f'rules-fact.{name}'), _NAME)} {clean(head)}"
        for line in more:
            yield f"{'':<{_NAME}} {clean(line)}"


def _facts(rule: Rule, provider: Provider, words: Words) -> list[tuple[str, str]]:
    facts = [
        ("rule", rule.id),
        ("title", rule.title[words.language]),
        ("provider", f"{provider.name[words.language]}  {provider.console}".rstrip()),
        ("detector", words(f"rules.{rule.kind}")),
        ("severity", words(f"rules.severity-{rule.severity.label}")),
        ("confidence", _confidence(rule, words)),
        ("format", _format(rule, provider, words)),
        ("gate", ", ".join(sorted({entry.literal.decode() for entry in rule.gate})) or words("rules.gate-none")),
        ("span", words("rules.span", span=str(rule.span), context=str(rule.context))),
        ("pattern", rule.pattern.pattern.decode()),
        *_conditions(rule, words),
    ]
    if rule.kind is Kind.ENTROPY:
        facts += [("names", ", ".join(rule.names)), ("hosts", ", ".join(rule.hosts))]
    if rule.candidates:
        facts.append(("shared-by", ", ".join(rule.candidates)))
    return facts + [("source", reference) for reference in rule.references]


def _confidence(rule: Rule, words: Words) -> str:
    said = words(f"rules.confidence-{rule.confidence.label}")
    for level, name in ((rule.proven, "proven"), (rule.disproven, "disproven")):
        if isinstance(level, Confidence):
            said += words(f"rules.{name}", level=words(f"rules.confidence-{level.label}"))
    return said


def _format(rule: Rule, provider: Provider, words: Words) -> str:
    sureness = words(f"api-sureness.{rule.sureness}")
    if rule.file is not None:
        return words("rules.format-own", sureness=sureness, file=rule.file)
    return words("rules.format", sureness=sureness, date=str(provider.checked))


def _conditions(rule: Rule, words: Words) -> Iterator[tuple[str, str]]:
    """Yield what else has to hold for a match."""
    if rule.near:
        yield "near", ", ".join(word.decode("utf-8", "replace") for word in rule.near)
    if rule.min_entropy:
        yield "entropy", words("rules.bits", bits=f"{rule.min_entropy:g}")
    if rule.path is not None:
        yield "path", rule.path.pattern.decode()
    if rule.refuse:
        yield "refuses", words("rules.refuses", n=len(rule.refuse))
