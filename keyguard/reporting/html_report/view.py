"""What the page shows, as plain text and numbers: the template only places it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from keyguard import __version__
from keyguard.language import Language
from keyguard.model import Done, Event, Exposure, Finding, Guidance, ScanResult, Status, Step
from keyguard.model.fleet import Fleet
from keyguard.reporting import finding_text, fleet_tables, fleet_text, live_text, places, summary
from keyguard.reporting.fleet_tables import Table
from keyguard.reporting.html_report.timeline import Bar, Timeline
from keyguard.reporting.moments import moment
from keyguard.reporting.page import Page

MOST_FINDINGS = 2000
"""Of more the page would be slow; those that matter most are in it, and it says that there are others."""
MOST_PLACES = 20
MOST_ROWS = 500
"""Of a table on many repositories."""
_LINKS = ("https://", "mailto:")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a checklist: whether it is done, its name, and what is known of it."""

    done: bool
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One step of the guide; the link is one that may be followed, or empty."""

    title: str
    link: str
    command: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, what it is called, and how many findings have it."""

    value: str
    name: str
    count: int


@dataclass(frozen=True)
class Card:
    """One finding."""

    page: Page
    number: int
    finding: Finding
    guide: Guidance
    provider: str
    made: str

    @property
    def issuer(self) -> str:
        """The id of its provider, for filtering."""
        return self.page.data(self.finding.provider)

    @cached_property
    def title(self) -> str:
        """What kind of key it is."""
        return self.page.data(self.finding.title)

    @property
    def masked(self) -> str:
        """The key as far as it is shown."""
        return self.page.masked(self.finding.secret)

    @property
    def severity(self) -> str:
        """How bad it would be, in words."""
        return self.page.say(f"severity.{self.finding.severity.label}")

    @property
    def status(self) -> str:
        """What became of it, in words."""
        return self.page.say(f"status.{self.finding.status}")

    @property
    def verdict(self) -> str:
        """How far it went."""
        return finding_text.verdict(self.page, self.finding)

    @property
    def reasons(self) -> str:
        """Why it is taken for a key."""
        return finding_text.reasons(self.page, self.finding)

    @property
    def confidence(self) -> str:
        """How sure that is, with the blank that it has before it in languages that have one there."""
        said = self.page.say(f"confidence.{self.finding.confidence.label}")
        return f" {said.lstrip()}" if said.startswith(" ") else said

    @property
    def live(self) -> str:
        """What its provider says of it; nothing where nobody asked."""
        live = self.finding.live
        return " ".join(live_text.lines(self.page, live, "")) if live else ""

    @property
    def first(self) -> str:
        """When it was first committed, for sorting."""
        dates = filter(None, (moment(place.date) for place in self.finding.places))
        return min((each.isoformat() for each in dates), default="")

    @property
    def places(self) -> list[str]:
        """Where it stands."""
        return places.listed(self.page, self.finding, MOST_PLACES)

    @cached_property
    def checklist(self) -> list[Item]:
        """What was done about it and what is left, where it is or was an incident."""
        if self.finding.status.accepted:
            return []
        incident = self.finding.incident
        events = dict(incident.events) if incident else {}
        if self.finding.status is Status.REAPPEARED:
            events.pop(Event.CLOSED, None)
        events.setdefault(Event.DETECTED, Done(self.made))
        return [self._item(event, events.get(event)) for event in Event]

    def _item(self, event: Event, done: Done | None) -> Item:
        say = self.page.say
        by = say("incident.by", by=self.page.data(done.by)) if done and done.by else ""
        parts = [self.page.data(done.at[:10]), by, self.page.data(done.note)] if done else []
        return Item(done is not None, say(f"event.{event}"), say("verdict.comma").join(filter(None, parts)))

    @property
    def summary(self) -> str:
        """What to do, in one sentence."""
        return self.page.data(self.guide.summary)

    @property
    def steps(self) -> list[Advice]:
        """What to do, step by step."""
        return [self._advice(step) for step in self.guide.steps] if self.finding.status.blocks else []

    def _advice(self, step: Step) -> Advice:
        link = self.page.data(step.url) if step.url and step.url.startswith(_LINKS) else ""
        command = "\n".join(self.page.data(line) for line in (step.command or "").split("\n"))
        return Advice(self.page.data(step.title), link, command)


@dataclass(frozen=True)
class View:
    """The whole page."""

    page: Page
    result: ScanResult
    guides: Callable[[Finding], Guidance]
    providers: Mapping[str, str]
    made: datetime
    fleet: Fleet | None = None

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.page.say("fleet.title" if self.fleet else "html.title")

    @property
    def overview(self) -> Sequence[Table]:
        """The tables on many repositories, if it is on them: first how many keys of what, then which."""
        if self.fleet is None:
            return ()
        return tuple(fleet_text.tables(self.page, self.fleet, self.providers, MOST_ROWS))

    @property
    def language(self) -> str:
        """The language of the page, as HTML has it."""
        return "zh-CN" if self.page.say.language is Language.ZH else "en"

    @property
    def origin(self) -> str:
        """By what it was made, and when."""
        at = self.made.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        made = self.page.say("html.made", version=__version__, at=at)
        return f"{made}. {fleet_tables.origin(self.page, self.fleet)}" if self.fleet else made

    @property
    def verdict(self) -> str:
        """What was found, in one sentence."""
        if self.fleet is not None:
            return fleet_tables.verdict(self.page, self.fleet)
        return summary.verdict(self.page, self.result)

    @property
    def mood(self) -> str:
        """How that is: bad, doubtful or good."""
        return "bad" if self.result.open else "good" if self.result.complete else "doubtful"

    @property
    def numbers(self) -> list[tuple[str, int, str]]:
        """The figures at the top: what they count, how many there are, and whether that is bad or good."""
        say, found = self.page.say, self.result.open
        out = sum(each.exposure in (Exposure.PUSHED, Exposure.UNKNOWN) for each in found)
        alive = sum(each.live is not None and each.live.state.alive for each in found)
        back = sum(each.status is Status.REAPPEARED for each in found)
        figures = [("open", len(found), "bad"), ("pushed", out, "bad"), ("back", back, "bad"), ("alive", alive, "bad")]
        figures += [("revoked", len(self.result.revoked), "good"), ("hidden", self.result.hidden, "plain")]
        figures.append(("unread", len(self.result.unread), "doubtful"))
        always = ("open", "pushed", "revoked")
        return [
            (say(f"html.number-{name}"), count, mood if count else "plain")
            for name, count, mood in figures
            if count or name in always
        ]

    @property
    def notes(self) -> list[str]:
        """What limits the verdict, and what was read."""
        page = self.page
        read = [page.say("total.read", read=summary.read(page, self.result.stats))] if self.result.open else []
        left_out = len(self.result.findings) - len(self.cards)
        more = [page.say("report.left-out", n=left_out)] if left_out else []
        return [*read, *summary.limits(page, self.result), *more]

    @property
    def unread(self) -> list[str]:
        """What could not be read, and what can be done about it."""
        lines = [summary.reason(self.page, each) for each in self.result.unread]
        return [*lines, *summary.mends(self.page, self.result.unread)]

    @property
    def opaque(self) -> list[str]:
        """What could not be opened."""
        return [summary.reason(self.page, each) for each in self.result.opaque]

    @cached_property
    def cards(self) -> Sequence[Card]:
        """The findings, those that matter most first."""
        made = self.made.astimezone(UTC).isoformat()
        shown = sorted(self.result.findings, key=lambda each: not each.status.blocks)[:MOST_FINDINGS]
        return [
            Card(self.page, number, each, self.guides(each), self._provider(each), made)
            for number, each in enumerate(shown, 1)
        ]

    def _provider(self, finding: Finding) -> str:
        return self.page.data(self.providers.get(finding.provider, finding.provider))

    @cached_property
    def timeline(self) -> Timeline:
        """Since when each key is exposed, and until when it was."""
        bars = [Bar(card.number, card.title, card.masked, card.finding) for card in self.cards if card.checklist]
        return Timeline.of(bars, self.made)

    @property
    def filters(self) -> Iterator[tuple[str, str, list[Choice]]]:
        """The filters: by what, what that is called, and the values that occur."""
        say = self.page.say
        names = {
            "provider": {card.issuer: card.provider for card in self.cards},
            "exposure": {each.value: say(f"exposure.{each}") for each in reversed(Exposure)},
            "status": {each.value: say(f"status.{each}") for each in Status},
        }
        for name, known in names.items():
            values = [card.issuer if name == "provider" else str(getattr(card.finding, name)) for card in self.cards]
            choices = [Choice(value, shown, values.count(value)) for value, shown in known.items() if value in values]
            yield name, say(f"html.filter-{name}"), choices
