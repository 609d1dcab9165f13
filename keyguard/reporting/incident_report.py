"""The account of one incident as Markdown: evidence for a provider's support, or for an appeal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from keyguard import __version__
from keyguard.git.reflogs import Arrival
from keyguard.language import Language
from keyguard.model import Event, Exposure, Finding, Incident, Place, ScanResult
from keyguard.reporting import markup, places, summary
from keyguard.reporting.moments import moment
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

SHORT = 12
MOST_REFS = 20
AT_HOME = (Exposure.NONE, Exposure.WORKTREE, Exposure.STAGED, Exposure.UNPUSHED)


@dataclass(frozen=True, slots=True)
class Case:
    """What the account is made of; `finding` is None where the key is found no more, `title` names its kind.

    `arrival` is when a remote was first known to hold the first commit, None where no log tells. `looked` is the scan
    that looked for the key, `made` the time of the account.
    """

    incident: Incident
    title: str
    provider: str
    finding: Finding | None
    looked: ScanResult
    arrival: Arrival | None
    made: datetime


def render(case: Case, *, language: Language) -> str:
    """Return the account."""
    redact = Redactor.of([case.finding] if case.finding else [])
    page = Page.unwrapped(language, redact, markdown=True)
    parts = (_head(page, case), _facts(page, case), _timeline(page, case), _checked(page, case), _repeat(page, case))
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(page: Page, case: Case) -> Iterator[str]:
    say, key = page.say, case.incident.key
    yield f"# {say('incident.title', title=page.data(case.title))}"
    yield ""
    yield say("incident.about", key=markup.code(key or case.incident.fingerprint))
    yield ""
    yield say("incident.made", version=__version__, at=_shown(case.made.isoformat()))


def _facts(page: Page, case: Case) -> Iterator[str]:
    say, incident = page.say, case.incident
    exposure = case.finding.exposure if case.finding else incident.exposure
    facts = {
        "provider": page.data(case.provider),
        "kind": page.data(incident.rule),
        "masked": markup.code(incident.key) or say("incident.unknown"),
        "fingerprint": markup.code(incident.fingerprint),
        "exposure": say(f"exposure.{exposure}"),
        "exposed-for": _exposed_for(page, case),
    }
    yield from ("", f"## {say('incident.facts')}", "")
    for name, value in facts.items():
        yield "- " + say("incident.fact", name=say(f"incident.{name}"), value=value)


def _exposed_for(page: Page, case: Case) -> str:
    start, revoked = moment(_since(case)), case.incident.done(Event.REVOKED)
    if start is None:
        return page.say("incident.unknown")
    end = moment(revoked.at) if revoked else None
    took = max((end or case.made) - start, timedelta())
    hours = took.seconds // 3600
    unit, n = ("days", took.days) if took.days else ("hours", hours) if hours else ("minutes", took.seconds // 60)
    words = page.say(f"incident.{unit}", n=n)
    return words if end else page.say("incident.until-now", days=words)


def _since(case: Case) -> str:
    first = _first(case)
    return (first.date if first and first.date else "") or case.incident.since


def _first(case: Case) -> Place | None:
    return case.finding.places[0] if case.finding and case.finding.places and case.finding.places[0].date else None


def _timeline(page: Page, case: Case) -> Iterator[str]:
    """Yield what has happened in the order of time, and then what is not known or not done."""
    say = page.say
    dated = sorted([*_exposures(page, case), *_events(page, case)])
    yield from ("", f"## {say('incident.timeline')}", "", say("incident.times"), "")
    for at, _, what in dated:
        yield "- " + say("incident.entry", at=_shown(at), what=what)
    if case.arrival is None:
        at_home = case.finding is not None and case.finding.exposure in AT_HOME
        yield "- " + say("incident.not-pushed" if at_home else "incident.push-unknown")
    if Event.USAGE not in case.incident.events:
        yield "- " + say("incident.spent-unknown")
    for event in case.incident.left:
        yield "- " + say("incident.not-done", event=say(f"event.{event}"))


def _exposures(page: Page, case: Case) -> Iterator[tuple[str, int, str]]:
    """Yield when the key came into the first commit that held it, and that to a remote."""
    say, first, since = page.say, _first(case), _since(case)
    if since:
        yield _utc(since), 0, _committed(page, case, first)
    if case.arrival is not None:
        name = "incident.pushed" if case.arrival.pushed else "incident.seen"
        yield _utc(case.arrival.at), 1, say(name, ref=page.data(case.arrival.ref))


def _committed(page: Page, case: Case, first: Place | None) -> str:
    commit = (first.commit if first else None) or case.incident.commit
    if not commit:
        return page.say("incident.exposed")
    if first is None:
        return page.say("incident.committed-only", commit=markup.code(commit[:SHORT]))
    author, path = page.data(first.author or ""), places.spot(page, first)
    return page.say("incident.committed", commit=markup.code(commit[:SHORT]), author=author, path=path)


def _events(page: Page, case: Case) -> Iterator[tuple[str, int, str]]:
    say = page.say
    for number, event in enumerate(Event, 2):
        done = case.incident.done(event)
        if done is None:
            continue
        parts = [say(f"event.{event}"), say("incident.by", by=page.data(done.by)) if done.by else ""]
        if done.note:
            is_spend = event is Event.USAGE
            words = {"amount": page.data(done.note)} if is_spend else {"proof": page.data(done.note)}
            parts.append(say("incident.spent" if is_spend else "incident.proof-is", **words))
        yield _utc(done.at), number, say("verdict.comma").join(filter(None, parts))


def _checked(page: Page, case: Case) -> Iterator[str]:
    say = page.say
    yield from ("", f"## {say('incident.checked')}", "")
    yield "- " + say("incident.read", read=summary.read(page, case.looked.stats))
    if not case.looked.complete:
        yield "- " + say("incident.incomplete")
    if case.finding is None:
        yield "- " + say("incident.gone")
        return
    yield "- " + say("incident.places", n=len(case.finding.places))
    refs = list(dict.fromkeys(ref for place in case.finding.places for ref in place.refs))[:MOST_REFS]
    if refs:
        yield "- " + say("incident.refs", refs=say.listed([page.data(ref) for ref in refs]))
    yield from (f"- {each}" for each in places.listed(page, case.finding, MOST_REFS))


def _repeat(page: Page, case: Case) -> Iterator[str]:
    """Yield commands that show the same, and never the key."""
    commit = case.incident.commit
    lines = [f"keyguard scan --worktree --history --fingerprint {case.incident.fingerprint}"]
    if commit:
        lines.append(f"git log -1 --no-patch --format=fuller {commit}")
        lines.append(f"git branch --remotes --contains {commit}")
    yield from ("", f"## {page.say('incident.repeat')}", "", *markup.block(lines))


def _utc(text: str) -> str:
    found = moment(text)
    return found.isoformat() if found else text


def _shown(text: str) -> str:
    found = moment(text)
    return found.strftime("%Y-%m-%d %H:%M:%S") if found else text
