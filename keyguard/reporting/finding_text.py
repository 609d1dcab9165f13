"""What is said of one finding in words: what it is, how far it went, why it is believed, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from keyguard.model import Event, Finding, Guidance, Status
from keyguard.reporting import guide_text, places
from keyguard.reporting.page import Page

MOST_REFS = 3


def headline(page: Page, finding: Finding) -> str:
    """Return the kind of key and its masked form."""
    return f"{page.data(finding.title)} {page.masked(finding.secret)}"


def verdict(page: Page, finding: Finding) -> str:
    """Return how far it went: on which refs, since when, by whom."""
    say = page.say
    parts = [say(f"exposure.{finding.exposure.value}")]
    refs = list(dict.fromkeys(ref for place in finding.places for ref in place.refs))
    if refs:
        shown = [page.data(ref, page.width // 2) for ref in refs[:MOST_REFS]]
        if len(refs) > MOST_REFS:
            shown.append(say("verdict.more-refs", n=len(refs) - MOST_REFS))
        parts = [say("verdict.refs", exposure=parts[0], refs=say.listed(shown))]
    first = finding.places[0] if finding.places else None
    if first and first.date:
        parts.append(say("verdict.since", date=page.data(first.date[:10])))
    if first and first.author:
        parts.append(say("verdict.author", author=page.data(first.author, places.AUTHOR_COLUMNS * 2)))
    parts += _incident(page, finding)
    return say("verdict.comma").join(parts)


def _incident(page: Page, finding: Finding) -> Iterator[str]:
    """Yield what the ledgers know of it: that it has come back, or since when it is known and not dead."""
    incident = finding.incident
    if incident is None or not finding.status.blocks:
        return
    name, event = ("reappeared", Event.REVOKED) if finding.status is Status.REAPPEARED else ("open", Event.DETECTED)
    if done := incident.done(event):
        yield page.say(f"incident.{name}", date=page.data(done.at[:10]))


def reasons(page: Page, finding: Finding) -> str:
    """Return why it is believed, and what else it may be."""
    say = page.say
    known = [page.data(say.phrase(each)) for each in finding.evidence]
    if finding.decoded_via:
        known.append(say("evidence.decoded", how=" > ".join(map(page.data, finding.decoded_via))))
    if finding.candidates:
        known.append(say("evidence.candidates", names=say.listed([page.data(each) for each in finding.candidates])))
    return page.plain(say.listed(known))


def message(page: Page, finding: Finding, guide: Guidance) -> Iterator[str]:
    """Yield lines that stand by themselves where a reader sees nothing else of the report."""
    say = page.say
    yield say("message.key", key=headline(page, finding), verdict=verdict(page, finding))
    sure = say(f"confidence.{finding.confidence.label}").strip()
    yield say("message.sure", severity=say(f"severity.{finding.severity.label}"), confidence=sure)
    if known := reasons(page, finding):
        yield say("message.reasons", reasons=known)
    if found := places.listed(page, finding):
        yield say("message.places", places=say("message.between").join(found))
    yield say("message.fingerprint", fingerprint=finding.fingerprint)
    yield from guide_text.brief(page, guide)
