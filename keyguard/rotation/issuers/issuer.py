"""What every issuer of keys can do, as far as its API reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from keyguard.errors import KeyGuardError
from keyguard.model import Secret
from keyguard.rotation.journal import Attempt
from keyguard.rotation.values import Extra, Held, Minted, Spent, Way, Wish


class IssuerError(KeyGuardError):
    """The provider did not do, or not say, what it was asked for; a change may have happened all the same."""

    def __init__(self, message: str, hint: str | None = None, status: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status


@dataclass(frozen=True, slots=True)
class Planned:
    """One call of a rotation before it is made: `purpose` is its name in the catalogue of messages.

    `changes`: whether it changes something at the provider. A path has `{…}` for what is not known yet.
    """

    method: str
    path: str
    purpose: str
    changes: bool = False


class Issuer(Protocol):
    """A provider, as one that holds the admin's key sees it; whatever goes wrong is an `IssuerError`."""

    @property
    def console(self) -> str:
        """The page on which a person makes and deletes keys."""

    @property
    def extras(self) -> Collection[Extra]:
        """What can be wished for beside a new key."""

    def ways(self, old: Held, *, gone: bool) -> Sequence[Way]:
        """Return how a new key can be made in the place of this one, the best way first; `gone`: after its end."""

    def find(self, secret: Secret) -> Sequence[Held]:
        """Return the keys that this one can be, by what the provider shows of them."""

    def scopes(self, old: Held) -> tuple[str, ...] | None:
        """Return what the key is restricted to; None where nobody says."""

    def spent(self, old: Held, since: int) -> Spent | None:
        """Return what the key did since then (seconds since 1970); None where there is no such account."""

    def mint(self, old: Held, wish: Wish) -> Minted:
        """Make a new key in the place of an old one; never tried twice, since each try may make one."""

    def made(self, old: Held, attempt: Attempt) -> Sequence[Held] | None:
        """Return the keys that were made in an attempt, by its name; None where nobody lists them."""

    def has(self, held: Held) -> bool | None:
        """Whether the key is still there and switched on; None where nobody says."""

    def delete(self, held: Held) -> None:
        """End a key; that it was ended before is as good."""

    def discard(self, made: Held, attempt: Attempt) -> None:
        """End a key that an attempt has made, with all that was made for it."""

    def cap(self, old: Held, cents: int) -> bool:
        """Limit what the key's project may spend in a month; false where a lower limit was there and stays."""
