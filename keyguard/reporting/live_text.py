"""What providers said of keys, as text: one line below a finding, their count, and the report of `keyguard verify`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from keyguard.language import Language
from keyguard.model import Finding, Live, LiveCheck, Where
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor
from keyguard.reporting.terminal import display_width, pad
from keyguard.reporting.words import Words
from keyguard.rules.api.why import Why

_NOT_SENT = "not sent: "
_STYLE = {Live.REVOKED: "green", Live.UNKNOWN: "yellow"}
_LIVE = "bold red"


def render(
    findings: Sequence[Finding], *, language: Language, width: int = 80, color: bool = False, unicode: bool = True
) -> str:
    """Return what came of each key, then how many live and what to do first."""
    page = Page.make(language, Redactor.of(findings), width=width, color=color, unicode=unicode)
    shown: list[str] = []
    heads = [pad(f"#{number}", 4) for number in range(1, len(findings) + 1)]
    for head, finding in zip(heads, findings, strict=True):
        title = f"{page.data(finding.title)}  {page.plain(finding.secret.masked)}"
        shown.append(head + page.paint(title, "bold"))
        indent = " " * display_width(head)
        if finding.live is not None:
            shown += lines(page, finding.live, indent)
        shown += [f"{indent}{page.plain(page.say('label.fingerprint'))}  {finding.fingerprint}", ""]
    if counts := counted(page, findings):
        shown += page.hang("", counts)
    shown += [*_first(page, findings), *_whose(page, findings)]
    return "\n".join(line.rstrip() for line in shown) + "\n"


def lines(page: Page, live: LiveCheck, indent: str) -> Iterator[str]:
    """Yield the verdict on one key, wrapped, each line behind `indent`."""
    why = _why(page.say, live)
    if live.hosts:
        why = page.say("live.says", hosts=page.say.listed(list(live.hosts)), why=why)
    text = page.say("live.line", state=page.say(f"live-state.{live.state}"), why=why)
    style = _LIVE if live.state.alive else _STYLE[live.state]
    for line in page.hang("", page.data(text)):
        yield indent + page.paint(line, style)


def counted(page: Page, findings: Sequence[Finding]) -> str:
    """Return how many keys live, are revoked or unknown; nothing where no provider was asked."""
    states = Counter(finding.live.state for finding in findings if finding.live)
    counts = [
        page.say("live.count", n=states[state], state=page.say(f"live-state.{state}"))
        for state in Live
        if states[state]
    ]
    return page.plain(page.say("live.asked", counts=page.say("verdict.list").join(counts))) if counts else ""


def _why(say: Words, live: LiveCheck) -> str:
    code = live.why.removeprefix(_NOT_SENT)
    return say(f"api-never.{code}") if code in list(Why) else say.phrase(live.why)


def _whose(page: Page, findings: Sequence[Finding]) -> Iterator[str]:
    if any(finding.live and finding.live.why == f"{_NOT_SENT}{Why.SHARED_SHAPE}" for finding in findings):
        yield from page.hang("", page.plain(page.say("live.whose")))


def _first(page: Page, findings: Sequence[Finding]) -> Iterator[str]:
    alive = [finding for finding in findings if finding.live and finding.live.state.alive]
    unsure = [finding for finding in findings if finding.live and finding.live.state is Live.UNKNOWN]
    for name, those, style in (("live.first", alive, _LIVE), ("live.unsure", unsure, _STYLE[Live.UNKNOWN])):
        if those:
            text = page.say(name, n=len(those), subject=_subject(those[0]))
            yield from (page.paint(line, style) for line in page.hang("", page.plain(text)))


def _subject(finding: Finding) -> str:
    """Return what `keyguard guide` finds it by: of what was given on standard input only the kind."""
    given = all(place.origin.where is Where.STDIN for place in finding.places)
    return finding.rule if given else finding.fingerprint[:16]
