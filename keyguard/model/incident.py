"""What is known of a key that leaked: what has been done about it, and when."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyguard.model.levels import Exposure


class Event(enum.StrEnum):
    """Something that happens to an incident once, in the order in which it ought to."""

    DETECTED = "detected"
    REVOKED = "revoked"
    REPLACED = "replaced"
    CONSUMERS = "consumers-updated"
    USAGE = "usage-reviewed"
    HISTORY = "history-cleaned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Done:
    """That an event has happened: `at` is when (ISO 8601, UTC, whole seconds), `by` who did it, if anybody says so.

    `note` is the proof of a revocation, or what was spent.
    """

    at: str
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """A key that leaked, by its fingerprint, and what has happened since.

    `key` is its masked form; `commit` and `since` (ISO 8601) are of the first commit that held it, empty if none is
    known. `traces` are digests of the places that it was known to stand at when it was last said to be dead.
    `committed` says that this stands in the repository's own ledger, and not only in the user's.
    """

    fingerprint: str
    rule: str
    key: str = ""
    exposure: Exposure = Exposure.UNKNOWN
    since: str = ""
    commit: str = ""
    events: Mapping[Event, Done] = field(default_factory=dict)
    traces: frozenset[str] = frozenset()
    committed: bool = False

    def done(self, event: Event) -> Done | None:
        """Return when and by whom an event has happened, None if it has not."""
        return self.events.get(event)

    @property
    def proven(self) -> bool:
        """Whether the key is known to be dead: it was revoked, and there is a proof of that."""
        revoked = self.events.get(Event.REVOKED)
        return revoked is not None and bool(revoked.note)

    @property
    def closed(self) -> bool:
        """Whether nothing is left to be done."""
        return Event.CLOSED in self.events

    @property
    def left(self) -> tuple[Event, ...]:
        """What has not happened yet, in order."""
        return () if self.closed else tuple(event for event in Event if event not in self.events)
