"""What is known of many repositories together: which keys stand where, which are new, gone, or not known to be dead."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from keyguard.model.finding import Finding
from keyguard.model.levels import Live, Status


class Age(enum.StrEnum):
    """How long ago a key was first committed, or found where no commit says so; from old to young."""

    OLDER = "older"
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"

    @property
    def days(self) -> int:
        """From how many days on a key is so old."""
        return {"older": 365, "year": 90, "quarter": 30, "month": 7}.get(self.value, 0)

    @classmethod
    def of(cls, days: int) -> Age:
        """Return the age of so many days."""
        return next((each for each in cls if days >= each.days), cls.WEEK)


@dataclass(frozen=True, slots=True)
class FleetKey:
    """A key with all its places in all repositories that hold it, `repositories` by name.

    `detected`, `seen` and `gone` are times (ISO 8601, UTC); `gone` is empty where it still stands somewhere. `days` is
    how long ago it was committed. `is_new`: the last run has found it, and the one before had not.
    """

    finding: Finding
    repositories: tuple[str, ...]
    detected: str
    seen: str
    days: int
    gone: str = ""
    is_new: bool = False

    @property
    def age(self) -> Age:
        """How old it is, about."""
        return Age.of(self.days)

    @property
    def is_dead(self) -> bool:
        """Whether it is known to be dead: a ledger says so with a proof, or its provider."""
        live = self.finding.live
        proven = self.finding.incident is not None and self.finding.incident.proven
        return self.finding.status is Status.REVOKED or proven or (live is not None and live.state is Live.REVOKED)


@dataclass(frozen=True, slots=True)
class FleetRepository:
    """A repository: how many keys it holds, and how its part of the last run ended, and when.

    `ended` is read, unchanged, failed, or empty where the run has not come to it; `why` and `mend` are of a failure.
    """

    name: str
    keys: int
    ended: str
    at: str
    why: str = ""
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """All of it, after the run of this number; `before` says whether there was another one.

    `by` is how a report groups the keys, and `shown` are the ones that it lists, if not all.
    """

    run: int
    started: str
    ended: str
    before: bool
    keys: tuple[FleetKey, ...]
    gone: tuple[FleetKey, ...]
    repositories: tuple[FleetRepository, ...]
    by: str = "repositories"
    shown: tuple[FleetKey, ...] | None = None

    @property
    def new(self) -> tuple[FleetKey, ...]:
        """The keys that the last run has found first."""
        return tuple(each for each in self.keys if each.is_new)

    @property
    def gone_now(self) -> tuple[FleetKey, ...]:
        """The keys that the last run has not found any more."""
        return tuple(each for each in self.gone if each.is_new)

    @property
    def living(self) -> tuple[FleetKey, ...]:
        """The keys that are not known to be dead, those that stand nowhere any more too."""
        return tuple(each for each in (*self.keys, *self.gone) if not each.is_dead and each.finding.status.blocks)
