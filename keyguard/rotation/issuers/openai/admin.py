"""Admin keys of an OpenAI organisation, which make and delete keys themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import openai

from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.rotation.issuers.openai.sdk import TRIES_MORE, asked, number, text
from keyguard.rotation.journal import Attempt
from keyguard.rotation.values import Extra, Held, Minted, Way, Wish, fits

if TYPE_CHECKING:
    from openai.types.admin.organization import AdminAPIKey

_PAGE = 100
_MOST = 10_000
_GONE = 404


@dataclass(frozen=True, slots=True)
class AdminKeys:
    """The organisation's admin keys; `acting` is the one that the client speaks with, which may be the leaked one."""

    client: openai.OpenAI
    acting: Secret
    console: str = "https://platform.openai.com/settings/organization/admin-keys"

    @property
    def extras(self) -> Collection[Extra]:
        """An expiry."""
        return (Extra.EXPIRY,)

    def ways(self, old: Held, *, gone: bool) -> Sequence[Way]:
        """An admin key is made by an admin key."""
        return (Way.SAME_OWNER, Way.BY_HAND)

    def find(self, secret: Secret) -> Sequence[Held]:
        """Return the admin keys that show the ends of this one."""
        with asked("list the admin keys"):
            return [_held(each) for each in self._keys() if fits(each.redacted_value, secret.reveal())]

    def scopes(self, old: Held) -> None:
        """Return None: an admin key has none."""

    def spent(self, old: Held, since: int) -> None:
        """Return None: an admin key calls no model."""

    def mint(self, old: Held, wish: Wish) -> Minted:
        """Make another admin key."""
        with asked("make an admin key"):
            expiry = openai.omit if wish.expires_in is None else wish.expires_in
            key = self.client.admin.organization.admin_api_keys.create(name=wish.name, expires_in_seconds=expiry)
            return Minted(_held(key), Secret(text(key.value)))

    def made(self, old: Held, attempt: Attempt) -> Sequence[Held]:
        """Return the admin keys of this name."""
        with asked("list the admin keys"):
            return [_held(each) for each in self._keys() if each.name == attempt.name]

    def has(self, held: Held) -> bool:
        """Whether the organisation still has the key."""
        with asked("list the admin keys"):
            return any(each.id == held.id for each in self._keys())

    def delete(self, held: Held) -> None:
        """Delete an admin key, but never the one that is spoken with."""
        if fits(held.redacted, self.acting.reveal()):
            hint = "set OPENAI_ADMIN_KEY to the new one, and go on"
            raise IssuerError("OPENAI_ADMIN_KEY is the leaked key itself: it cannot delete itself", hint)
        try:
            with asked("delete the admin key"):
                if self.client.admin.organization.admin_api_keys.delete(held.id).deleted is not True:
                    raise IssuerError("OpenAI did not say that the admin key is deleted")
        except IssuerError as error:
            if error.status != _GONE or self.has(held):
                raise

    def discard(self, made: Held, attempt: Attempt) -> None:
        """Delete the key of an attempt."""
        self.delete(made)

    def cap(self, old: Held, cents: int) -> bool:
        """Raise `IssuerError`: an admin key belongs to no project."""
        raise IssuerError("an admin key belongs to no project whose spending could be limited")

    def _keys(self) -> Iterator[AdminAPIKey]:
        reading = self.client.with_options(max_retries=TRIES_MORE)
        return islice(reading.admin.organization.admin_api_keys.list(limit=_PAGE), _MOST)


def _held(key: AdminAPIKey) -> Held:
    return Held(
        id=text(key.id),
        name=str(key.name or ""),
        redacted=key.redacted_value,
        owner=str(key.owner.name or ""),
        created=number(key.created_at) or None,
        used=number(key.last_used_at) or None,
    )
