"""Times as findings and ledgers carry them: ISO 8601 with any offset, or whatever a repository has put there."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str | None) -> datetime | None:
    """Return a time in UTC, which it is in where it names no offset; None for what is no time."""
    try:
        found = datetime.fromisoformat(text or "")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
