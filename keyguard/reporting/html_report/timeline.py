"""Since when each key is exposed, as bars along one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from keyguard.model import Event, Finding
from keyguard.reporting.moments import moment

WIDTH = 1000
"""How many units the axis has."""
LEAST = 6
"""How many of them a bar has at least, so that it can be seen."""
MOST = 40
"""How many bars are shown: those of the findings that come first."""
MARKED = (Event.DETECTED, Event.REVOKED)


@dataclass(frozen=True, slots=True)
class Bar:
    """One finding that may have a bar."""

    number: int
    title: str
    masked: str
    finding: Finding

    @property
    def start(self) -> datetime | None:
        """When the key was first committed, as far as any place tells."""
        return min(filter(None, (moment(place.date) for place in self.finding.places)), default=None)

    @property
    def revoked(self) -> datetime | None:
        """When the key was revoked, if it was."""
        incident = self.finding.incident
        done = incident.done(Event.REVOKED) if incident else None
        return moment(done.at) if done else None


@dataclass(frozen=True, slots=True)
class Row:
    """A bar as it is drawn: from `x`, so wide, with marks; `since` and `until` are days, `until` empty if it lasts."""

    bar: Bar
    x: int
    width: int
    marks: tuple[tuple[str, int], ...]
    since: str
    until: str
    days: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """All bars, and the days at the beginning, the middle and the end of the axis."""

    rows: Sequence[Row]
    axis: tuple[str, ...]

    @classmethod
    def of(cls, bars: Sequence[Bar], now: datetime) -> Timeline:
        """Return the timeline of the findings whose beginning is known."""
        known = [(bar, start) for bar in bars if (start := bar.start) is not None][:MOST]
        if not known:
            return cls((), ())
        first = min(start for _, start in known)
        scale = _Scale(first, max(now, first + timedelta(hours=1), *(bar.revoked or first for bar, _ in known)))
        return cls([_row(bar, start, scale) for bar, start in known], scale.axis)


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime

    def x(self, at: datetime) -> int:
        share = (at - self.first) / (self.last - self.first)
        return round(min(max(share, 0.0), 1.0) * WIDTH)

    @property
    def axis(self) -> tuple[str, ...]:
        middle = self.first + (self.last - self.first) / 2
        return tuple(each.strftime("%Y-%m-%d") for each in (self.first, middle, self.last))


def _row(bar: Bar, start: datetime, scale: _Scale) -> Row:
    revoked = bar.revoked
    end = max(revoked, start) if revoked else scale.last
    width = max(scale.x(end) - scale.x(start), LEAST)
    incident = bar.finding.incident
    dated = [(event, incident.done(event)) for event in MARKED] if incident else []
    marks = [(event, at) for event, done in dated if done and (at := moment(done.at))]
    return Row(
        bar=bar,
        x=min(scale.x(start), WIDTH - width),
        width=width,
        marks=tuple((str(event), min(scale.x(at), WIDTH - LEAST)) for event, at in marks),
        since=start.strftime("%Y-%m-%d"),
        until=revoked.strftime("%Y-%m-%d") if revoked else "",
        days=(end - start).days,
    )
