"""Tokens of chat bots, which begin with the id of the bot."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from keyguard.rules.checks.bases import decoded
from keyguard.rules.checks.evidence import Evidence

_SNOWFLAKE = re.compile(r"[1-9][0-9]{16,19}")
_EPOCH = 1_420_070_400_000
"""Milliseconds at which Discord's ids begin: 2015-01-01."""
_TIME_SHIFT = 22
_TELEGRAM = re.compile(r"([0-9]{8,12}):AA[A-Za-z0-9_-]{33}")


def discord(text: str) -> Evidence | None:
    """Say whether the first part of a Discord token is the base64 of an id, and when that bot was made.

    An id has the time in its upper bits: https://discord.com/developers/docs/reference#snowflakes.
    """
    head, dot, _ = text.partition(".")
    if not dot:
        return None
    digits = (decoded(head) or b"").decode("ascii", "replace")
    if not _SNOWFLAKE.fullmatch(digits):
        return Evidence(False, "its first part is no id")
    made = datetime.fromtimestamp(((int(digits) >> _TIME_SHIFT) + _EPOCH) / 1000, UTC)
    return Evidence(True, f"of bot {digits}, made {made.date().isoformat()}")


def telegram(text: str) -> Evidence | None:
    """Say which bot a Telegram token is of."""
    token = _TELEGRAM.fullmatch(text)
    return Evidence(True, f"of bot {token[1]}") if token else None
