"""A page for each provider, from its rule file: what is found, what to do about a leaked key, what its API does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from keyguard.language import Language
from keyguard.model import Confidence
from keyguard.reporting import api_text
from keyguard.reporting.words import Words
from keyguard.rules.catalogue import Advice, Catalogue, Kind, Provider, Rule, Topic
from keyguard.rules.checks import CHECKS
from manual.markdown import code, fenced, literal, table
from manual.words import WORDS

T = TypeVar("T")

MOST = 6
"""How many literals or names are shown of a rule that has more; `keyguard rules show` has all."""


def index(catalogue: Catalogue) -> str:
    """Return the page that lists all providers."""
    rows = [_row(provider) for provider in catalogue.providers]
    head = ("provider", "服务商", "kinds", "asked whether a key lives", "revoked by API", "made anew by API")
    count = f"{len(catalogue.providers)} providers, {len(catalogue.rules)} kinds of keys."
    legend = (
        "A check is made only on request ([how](../verify.md)), and only for kinds of which a harmless call is known. "
        "A provider is [one file](../rules.md), and these pages are made from it.\n\n"
        "每一页都有中文部分：如何吊销、更换密钥。"
    )
    return f"# Providers\n\n{count} {legend}\n\n{table(head, rows)}\n"


def _row(provider: Provider) -> tuple[str, ...]:
    apis = [api_text.row(api, Words(Language.EN)) for api in provider.apis.values()]
    asked = "yes" if any(not check.startswith(("never", "unknown")) for check, _, _ in apis) else ""
    revoked, made = ("yes" if any(each[at] != "by hand" for each in apis) else "" for at in (1, 2))
    name = f"[{literal(provider.name[Language.EN])}]({provider.id}.md)"
    return name, literal(provider.name[Language.ZH]), str(len(provider.rules)), asked, revoked, made


def page(provider: Provider, catalogue: Catalogue) -> str:
    """Return one provider's page: in English, then in Chinese, and what its API does, which is the same in both."""
    parts = [f"# {literal(provider.name[Language.EN])}"]
    parts += _in(Language.EN, provider, catalogue)
    parts += _apis(provider)
    parts.append("## 中文")
    parts += _in(Language.ZH, provider, catalogue)
    return "\n\n".join(parts) + "\n"


def _in(language: Language, provider: Provider, catalogue: Catalogue) -> Iterator[str]:
    """Yield what people read: what is found, and the steps to take."""
    say = WORDS[language]
    yield say["start"].format(console=provider.console, docs=provider.docs, checked=provider.checked, id=provider.id)
    yield f"{say['level']} {say['found']}"
    head = [say[each] for each in ("kind", "known", "confidence", "sureness", "severity")]
    yield table(head, (_kind(rule, language, catalogue) for rule in provider.rules))
    yield f"{say['level']} {say['do']}"
    yield _steps(provider.advice, language)
    for rules, advice in _alike((rule.id, rule.advice) for rule in provider.rules if rule.advice):
        yield say["for"].format(rules=say["comma"].join(map(code, rules)))
        yield _steps(advice, language)


def _kind(rule: Rule, language: Language, catalogue: Catalogue) -> tuple[str, ...]:
    say = WORDS[language]
    known = [*_known(rule, say, catalogue)]
    if rule.proofs:
        names = [name for proof in rule.proofs for name, check in CHECKS.items() if check is proof]
        known.append(say["proofs"].format(proofs=say["comma"].join(map(code, names))))
    confidence = [say[rule.confidence.label]]
    for word in ("proven", "disproven"):
        level = getattr(rule, word)
        if isinstance(level, Confidence):
            confidence.append(say[word].format(level=say[level.label]))
    title = f"{literal(rule.title[language])}<br>{code(rule.id)}"
    return title, say["then"].join(known), say["comma"].join(confidence), say[rule.sureness], say[rule.severity.label]


def _known(rule: Rule, say: Mapping[str, str], catalogue: Catalogue) -> Iterator[str]:
    """Yield what such keys are told by: never a whole key, but how one begins and what stands around it."""
    if rule.kind is Kind.ENTROPY:
        yield say["assigned"].format(names=_some(rule.names, say))
        if rule.hosts:
            yield say["host"].format(hosts=_some(rule.hosts, say))
        return
    words = [*(word.decode() for word in rule.near), *rule.hosts]
    if rule.kind is Kind.SHARED:
        shape = f"{catalogue.by_id[rule.shape_id].provider}.md"
        yield say["shared"].format(page=shape, rule=code(rule.shape_id), words=_some(words, say))
        return
    if rule.prefix:
        yield say["begins"].format(prefix=code(f"{rule.prefix}…"))
    literals = [entry.literal.decode() for entry in rule.gate]
    beyond = [each for each in literals if each not in words and not each.startswith(rule.prefix or "\0")]
    if beyond:
        yield say["holds"].format(literals=_some(beyond, say))
    if words:
        yield say["near"].format(words=_some(words, say))
    if rule.path is not None:
        yield say["path"]


def _some(names: Sequence[str], say: Mapping[str, str]) -> str:
    shown = [code(each) for each in names[:MOST]]
    if len(names) > MOST:
        shown.append(say["more"].format(n=len(names) - MOST))
    return say["or"].join([say["comma"].join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def _steps(advice: Mapping[Topic, Advice], language: Language) -> str:
    steps = [_step(advice[topic], language) for topic in Topic if topic in advice]
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _step(step: Advice, language: Language) -> str:
    title = literal(step.title[language].rstrip(":："))
    paragraphs = [f"**{title}**", *map(literal, step.text[language].split("\n"))]
    if step.url:
        paragraphs.append(f"<{step.url}>")
    if step.command:
        paragraphs.append(code(step.command))
    return "<br>".join(paragraphs)


def _apis(provider: Provider) -> Iterator[str]:
    """Yield what the API says of a key and does to it, once for all kinds of which it is the same."""
    words = Words(Language.EN)
    facts = ((rule, tuple(api_text.facts(api, provider.console, words))) for rule, api in provider.apis.items())
    grouped = list(_alike(facts))
    if grouped:
        yield "## By API"
    for rules, told in grouped:
        yield f"{', '.join(map(code, rules))}:"
        yield fenced("text", "\n".join(line for name, value in told for line in _fact(name, value)))


def _fact(name: str, value: str) -> Iterator[str]:
    for number, line in enumerate(value.split("\n")):
        yield f"{'' if number else name:<8} {line}"


def _alike(pairs: Iterable[tuple[str, T]]) -> Iterator[tuple[list[str], T]]:
    """Yield each value once, with the names of all that have it, in the order of the first."""
    seen: list[tuple[list[str], T]] = []
    for name, value in pairs:
        same = next((names for names, known in seen if known == value), None)
        if same is None:
            seen.append(([name], value))
        else:
            same.append(name)
    yield from seen
