"""Refuses to clean up before the key is dead: while it lives, a clean history only hides that it has leaked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from keyguard.errors import UsageError
from keyguard.model import Exposure, Finding

AWAY = (Exposure.PUSHED, Exposure.UNKNOWN)
IsDead = Callable[[str], bool | None]
"""Whether the key with this fingerprint is known to be dead, known to live (False), or neither (None)."""
SHOWN = 5


def refuse_live(findings: Iterable[Finding], is_dead: IsDead) -> None:
    """Raise `UsageError` where a key that has left this machine is not known to be dead."""
    doubtful = [each for each in findings if each.exposure in AWAY and not is_dead(each.fingerprint)]
    if not doubtful:
        return
    live = [each for each in doubtful if is_dead(each.fingerprint) is False]
    named = ", ".join(f"{each.fingerprint[:16]} ({each.secret.masked})" for each in (live or doubtful)[:SHOWN])
    more = f" and {len(live or doubtful) - SHOWN} more" if len(live or doubtful) > SHOWN else ""
    raise UsageError(
        f"pushed, and {'still live' if live else 'not known to be revoked'}: {named}{more}; nothing was done",
        "revoke first: keyguard guide FINGERPRINT. Then say --revoked, or let its provider say so with --verify; "
        "--although-live goes on all the same",
    )
