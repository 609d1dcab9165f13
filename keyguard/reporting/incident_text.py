"""Incidents as text: one after the other with what is left to do, and one with all that has happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyguard.model import Done, Event, Incident
from keyguard.reporting.page import Page
from keyguard.reporting.terminal import display_width, pad


def listed(page: Page, incidents: Sequence[Incident], titles: dict[str, str], *, everything: bool) -> list[str]:
    """Return the lines of a list; `titles` are those of rules by their ids."""
    if not incidents:
        return [page.plain(page.say("incident.none-at-all" if everything else "incident.none"))]
    return [line for incident in incidents for line in (*_brief(page, incident, titles), "")]


def _brief(page: Page, incident: Incident, titles: dict[str, str]) -> Iterator[str]:
    say = page.say
    title = titles.get(incident.rule, incident.rule)
    yield page.paint(f"{page.data(title)}  {page.plain(page.data(incident.key))}".rstrip(), "bold")
    parts = [say(f"exposure.{incident.exposure.value}")]
    if incident.since:
        parts.append(say("verdict.since", date=incident.since[:10]))
    happened = [f"{say(f'event.{event}')} {done.at[:10]}" for event, done in incident.events.items()]
    yield from page.hang("  ", page.plain(say("verdict.comma").join([*parts, *happened])))
    left = say.listed([say(f"event.{event}") for event in incident.left])
    words = say("incident.left", events=left) if left else say("incident.nothing-left")
    yield from page.hang("  ", page.plain(words))
    yield f"  {incident.fingerprint}"


def shown(page: Page, incident: Incident, title: str) -> Iterator[str]:
    """Yield all that is known of one incident, its events as a checklist."""
    say = page.say
    yield page.paint(f"{page.data(title)}  {page.plain(page.data(incident.key))}".rstrip(), "bold")
    yield f"  {incident.fingerprint}"
    since = [say("verdict.since", date=incident.since[:10])] if incident.since else []
    yield from page.hang("  ", page.plain(say("verdict.comma").join([say(f"exposure.{incident.exposure}"), *since])))
    names = {event: page.plain(say(f"event.{event}")) for event in Event}
    wide = max(map(display_width, names.values()))
    for event, name in names.items():
        done = incident.done(event)
        yield f"  [{'x' if done else ' '}] {pad(name, wide)}  {_told(page, done)}".rstrip()
    if Event.REVOKED in incident.events and not incident.proven:
        yield from page.hang("  ", page.plain(say("incident.not-proven")))


def _told(page: Page, done: Done | None) -> str:
    if done is None:
        return ""
    parts = [done.at, page.say("incident.by", by=page.data(done.by)) if done.by else "", page.data(done.note)]
    return page.plain("  ".join(filter(None, parts)))
