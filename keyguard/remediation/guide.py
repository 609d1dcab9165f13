"""What to do about a leaked key, in the order in which it has to be done: in brief, and the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keyguard.config.contact import Contact
from keyguard.language import Language
from keyguard.model import Exposure, Finding, Guidance, Step, Where
from keyguard.remediation import words
from keyguard.remediation.situation import Situation
from keyguard.remediation.words import StepWords
from keyguard.rules.catalogue import Catalogue, Provider, Rule, Topic

AT_HOME = (Exposure.NONE, Exposure.WORKTREE, Exposure.STAGED)
OWN = (Exposure.UNPUSHED, Exposure.REFUSED)
"""Where the commits that hold it can still be rewritten, since nobody else has them."""
SHORT_ADDRESS = 48
"""How long an address may be to stand in the summary."""
_STORED = frozenset(Where) - {Where.FILE, Where.STDIN, Where.SYMLINK, Where.GIT_CONFIG, Where.REFLOG}


def guidance(
    finding: Finding,
    catalogue: Catalogue,
    language: Language,
    *,
    remote: str | None = None,
    head: str | None = None,
    contact: Contact | None = None,
) -> Guidance:
    """Return the steps that matter first, each with a title that fits on one line.

    `remote` is the address that the repository is pushed to, `head` the id of the commit that is checked out, `contact`
    whom the configuration wants to be told.
    """
    situation = replace(_situation(finding, catalogue, language), remote=remote, head=head, contact=contact)
    return _written(situation, _brief(situation))


def full_guidance(
    subject: Finding | Rule | Provider,
    catalogue: Catalogue,
    language: Language,
    *,
    remote: str | None = None,
    head: str | None = None,
    contact: Contact | None = None,
) -> Guidance:
    """Return the whole guide for a finding, or for any key of a rule or provider."""
    situation = replace(_situation(subject, catalogue, language), remote=remote, head=head, contact=contact)
    return _written(situation, _whole(situation))


def usual_variable(finding: Finding, catalogue: Catalogue) -> str | None:
    """Return the variable of the environment that programs read such a key from; None where there is no usual one."""
    situation = _situation(finding, catalogue, Language.EN)
    return situation.values["variable"] if situation.has_variable else None


def _situation(subject: Finding | Rule | Provider, catalogue: Catalogue, language: Language) -> Situation:
    finding = subject if isinstance(subject, Finding) else None
    rule = subject if isinstance(subject, Rule) else catalogue.by_id.get(finding.rule) if finding else None
    if isinstance(subject, Provider):
        provider: Provider | None = subject
    else:
        provider = catalogue.provider_by_id.get(subject.provider)
    return Situation(language, catalogue, provider, rule, finding)


def _brief(situation: Situation) -> Iterator[str]:
    """Yield the names of at most seven steps, and whom to tell."""
    if situation.values["candidates"]:
        yield "identify"
    if situation.exposure in AT_HOME:
        yield from _at_home(situation)
    elif situation.exposure in OWN:
        yield from _unpushed(situation)
        yield "safe"
        yield "more"
    else:
        yield from ("now", "order", "usage")
        if not situation.values["candidates"]:
            yield "where"
        yield "rest"
    yield from _contact(situation)
    yield _false_alarm(situation)


def _whole(situation: Situation) -> Iterator[str]:
    if situation.values["candidates"]:
        yield "identify"
    yield from _contact(situation)
    if situation.exposure in AT_HOME:
        yield from (name for name in _at_home(situation) if name != "more")
        yield from ("replace", "find", "limits")
    elif situation.exposure in OWN:
        yield from _unpushed(situation)
        yield from ("check-range", "revoke", "replace", "find", "calls", "limits", "account")
    else:
        yield from ("decide", "revoke", "replace", "find")
        if situation.has_check:
            yield "proof"
        yield "calls"
        if situation.place and situation.place.date:
            yield "since"
        yield from ("limits", "appeal", "letter", "account")
        if situation.where is not Where.STDIN:
            yield "history"
    yield "prevent"
    yield _false_alarm(situation)


def _at_home(situation: Situation) -> Iterator[str]:
    staged = situation.exposure is Exposure.STAGED and situation.path is not None
    if situation.where is Where.GIT_CONFIG:
        yield "remove-config"
    elif situation.where is Where.REFLOG:
        yield "remove-log"
    elif situation.where is Where.STDIN:
        yield "remove-stdin"
    elif situation.is_new_message:
        yield "remove-message"
    elif situation.is_env_file and situation.exposure is not Exposure.NONE:
        yield "unstage" if staged else "ignore"
    else:
        yield "remove"
        if staged:
            yield "restage"
    yield "touched"
    yield "more"


def _unpushed(situation: Situation) -> Iterator[str]:
    """Choose the way to take it out of commits that nobody else has."""
    if not situation.commits:
        yield {Where.TAG_MESSAGE: "retag", Where.NOTE: "renote"}.get(situation.where or Where.FILE, "remove")
        return
    only_stash = situation.refs == {"stash"}
    if only_stash or not (situation.refs or situation.exposure is Exposure.REFUSED):
        yield "stash" if only_stash else "reflog"
        return
    in_message = situation.wheres == {Where.COMMIT_MESSAGE}
    if not in_message:
        yield "remove"
    is_head = situation.head is not None and situation.commits == {situation.head}
    if is_head or (len(situation.commits) == 1 and situation.head is None):
        yield "amend-message" if in_message else "amend"
    if not is_head:
        yield "rebase-all" if situation.has_first_commit else "rebase"


def _contact(situation: Situation) -> Iterator[str]:
    if situation.contact is not None:
        yield "contact"


def _false_alarm(situation: Situation) -> str:
    if situation.exposure is Exposure.REFUSED:
        return "false-alarm-server"
    stored = situation.exposure not in AT_HOME and (situation.commits or situation.wheres & _STORED)
    return "false-alarm-stored" if stored else "false-alarm"


def _written(situation: Situation, names: Iterator[str]) -> Guidance:
    summary = words.load().summaries[_summary(situation)][situation.language]
    return Guidance(
        summary=summary.format_map(situation.values),
        steps=tuple(_step(situation, words.load().steps[name]) for name in names),
    )


def _summary(situation: Situation) -> str:
    if situation.finding is None:
        return "rule" if situation.rule else "provider"
    if situation.where is Where.STDIN:
        return "stdin"
    if situation.is_new_message:
        return "message"
    if situation.exposure is Exposure.PUSHED and situation.remote and len(situation.remote) <= SHORT_ADDRESS:
        return "pushed-to"
    return situation.exposure.value


def _step(situation: Situation, own: StepWords) -> Step:
    language = situation.language
    title, text = own.title[language], own.text[language]
    link = situation.contact.link if situation.contact and own is words.load().steps["contact"] else None
    advice = situation.advice(own.advice) if own.advice else None
    if advice and "{advice}" not in text:  # the provider's words take the place of the general ones
        return Step(advice.title[language], advice.text[language], advice.url, advice.command)
    if own.advice is Topic.USAGE and situation.rule and Topic.USAGE in situation.rule.advice:
        title = situation.rule.advice[Topic.USAGE].title[language]  # there are no calls to look for, but other traces
    values = {**situation.values, "advice": _advised(situation, own.advice) if "{advice}" in text else ""}
    return Step(
        title=title.format_map(values),
        text=text.format_map(values).strip(),
        url=advice.url if advice else link or _page(situation, own.advice),
        command=advice.command if advice else (own.command.format_map(values) if own.command else None),
    )


def _advised(situation: Situation, topic: Topic | None) -> str:
    """Return what the provider says on a topic, else what holds for all of them."""
    if topic is None:
        return ""
    advice = situation.advice(topic)
    if advice:
        return advice.text[situation.language]
    general = {Topic.REVOKE: "revoke", Topic.REPLACE: "replace", Topic.USAGE: "calls"}[topic]
    return words.load().steps[general].text[situation.language].format_map(situation.values)


def _page(situation: Situation, topic: Topic | None) -> str | None:
    console = situation.provider.console if situation.provider else None
    return (console or None) if topic in (Topic.REVOKE, Topic.REPLACE) else None
