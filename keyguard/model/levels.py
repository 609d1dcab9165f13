"""The scales on which a finding is placed: confidence, severity, exposure, status, and whether the key lives."""

from __future__ import annotations

import enum


class Confidence(enum.IntEnum):
    """How sure KeyGuard is that a match is a real key of this kind."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """The word used in reports and options."""
        return self.name.lower()


class Severity(enum.IntEnum):
    """How much a live key of this kind can do; it sorts findings and decides nothing."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word used in reports."""
        return self.name.lower()


class Exposure(enum.StrEnum):
    """How far a secret has travelled, worked out from git; the order is from near to far.

    A refused one came with a push to this server, of which it keeps nothing.
    """

    NONE = "none"
    WORKTREE = "worktree"
    STAGED = "staged"
    UNREACHABLE = "unreachable"
    UNPUSHED = "unpushed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    PUSHED = "pushed"

    @property
    def reach(self) -> int:
        """Its place in the order, so that the farthest of several can be chosen."""
        return list(Exposure).index(self)


class Status(enum.StrEnum):
    """Whether a finding still asks for something.

    A revoked one is known to be dead and stands where it stood then; a reappeared one was, and has come back.
    """

    OPEN = "open"
    BASELINE = "baseline"
    ALLOWED = "allowed"
    REVOKED = "revoked"
    REAPPEARED = "reappeared"

    @property
    def blocks(self) -> bool:
        """Whether a scan that finds it exits with 1."""
        return self in (Status.OPEN, Status.REAPPEARED)

    @property
    def accepted(self) -> bool:
        """Whether somebody lets it stand, which makes no key go away."""
        return self in (Status.BASELINE, Status.ALLOWED)


class Live(enum.StrEnum):
    """What a provider's answer says of the key that was sent to it."""

    LIVE = "live"
    RESTRICTED = "live-restricted"
    NO_CREDIT = "live-no-credit"
    REVOKED = "revoked"
    UNKNOWN = "unknown"

    @property
    def alive(self) -> bool:
        """Whether the key still opens something, or will once there is credit."""
        return self in (Live.LIVE, Live.RESTRICTED, Live.NO_CREDIT)
