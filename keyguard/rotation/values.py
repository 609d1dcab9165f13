"""The values that a rotation works with: keys as their provider lists them, a new key, what a key has spent."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyguard.model import Secret


class Way(enum.StrEnum):
    """Where the new key comes from."""

    SAME_OWNER = "same-owner"
    NEW_ACCOUNT = "new-account"
    BY_HAND = "by-hand"


class Extra(enum.StrEnum):
    """What can be wished for beside a new key, where the provider's API has it."""

    SCOPES = "scopes"
    EXPIRY = "expiry"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Held:
    """A key as its provider's list shows it: never the whole text; times in seconds since 1970.

    `place` is the id of the project or workspace that it belongs to. `account` is the id of the service account that
    owns it, None for a person's.
    """

    id: str
    name: str = ""
    redacted: str = ""
    place: str = ""
    place_name: str = ""
    owner: str = ""
    account: str | None = None
    created: int | None = None
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Minted:
    """A new key: it is held in memory alone, until the places where it is used have it."""

    held: Held
    secret: Secret


@dataclass(frozen=True, slots=True)
class Wish:
    """What the new key has to be like; `scopes` None: as its owner's keys are without restriction."""

    way: Way
    name: str
    scopes: tuple[str, ...] | None = None
    expires_in: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What a key did since a time: requests and tokens by kind of call and model, and dollars; None: nobody says."""

    requests: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    dollars: float | None = None
    untold: tuple[str, ...] = ()
    """What the provider would not say, in its code."""


def fits(redacted: str, text: str) -> bool:
    """Whether a key can be the one that a provider shows with its middle left out, as `sk-abc...xyz`.

    Dots, asterisks and an ellipsis stand for what is left out; something of both ends has to be shown.
    """
    hole = next((each for each in ("...", "…", "*") if each in redacted), None)
    if hole is None:
        return False
    head, _, rest = redacted.partition(hole)
    tail = rest.lstrip("*.…")
    return bool(head and tail) and len(head) + len(tail) <= len(text) and text.startswith(head) and text.endswith(tail)
