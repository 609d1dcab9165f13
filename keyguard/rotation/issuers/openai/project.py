"""Keys of OpenAI's projects: those of service accounts, for which there is an API, and those of people.

The types of the installed package decide what the API is: it deletes a service account's key like any other, and tells
the scopes of a key in the audit log alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import openai

from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.rotation.issuers.openai import usage
from keyguard.rotation.issuers.openai.sdk import TRIES_MORE, asked, number, text
from keyguard.rotation.journal import Attempt
from keyguard.rotation.values import Extra, Held, Minted, Spent, Way, Wish, fits

if TYPE_CHECKING:
    from openai.resources.admin.organization.organization import Organization
    from openai.types.admin.organization.projects import ProjectAPIKey

MOST = 100_000
"""How many projects, and keys of one, are gone through."""
_PAGE = 100
_GONE = 404


@dataclass(frozen=True, slots=True)
class ProjectKeys:
    """The keys of all projects of the organisation whose admin key the client has."""

    client: openai.OpenAI
    console: str = "https://platform.openai.com/api-keys"

    @property
    def _read(self) -> Organization:
        """What only asks, and may ask again."""
        return self.client.with_options(max_retries=TRIES_MORE).admin.organization

    @property
    def _change(self) -> Organization:
        """What changes something, and is sent once."""
        return self.client.admin.organization

    @property
    def extras(self) -> Collection[Extra]:
        """Scopes, an expiry, and a limit of the project."""
        return frozenset(Extra)

    def ways(self, old: Held, *, gone: bool) -> Sequence[Way]:
        """A service account gets another key; for a person's the API has a new account, or it is made by hand."""
        return (Way.SAME_OWNER, Way.NEW_ACCOUNT) if old.account else (Way.BY_HAND, Way.NEW_ACCOUNT)

    def find(self, secret: Secret) -> Sequence[Held]:
        """Return the keys of all active projects whose shown ends are those of the secret."""
        shown = secret.reveal()
        with asked("list the projects and their keys"):
            return [
                _held(key, text(project.id), project.name or "")
                for project in islice(self._read.projects.list(limit=_PAGE), MOST)
                for key in self._keys(project.id)
                if fits(key.redacted_value, shown)
            ]

    def scopes(self, old: Held) -> tuple[str, ...] | None:
        """Return the scopes that the audit log tells of, the newest; None where it is off, or has them no more."""
        try:
            with asked("read the audit log"):
                events = self._read.audit_logs.list(
                    event_types=["api_key.created", "api_key.updated"], resource_ids=[old.id], limit=_PAGE
                )
                told = [_scopes_of(each) for each in islice(events, MOST)]
        except IssuerError:
            return None
        return next((each for each in told if each is not None), None)

    def spent(self, old: Held, since: int) -> Spent:
        """Return requests, tokens and dollars of this key by the organisation's usage and costs."""
        return usage.spent(self._read, old.id, since)

    def mint(self, old: Held, wish: Wish) -> Minted:
        """Make a key of the same service account, or a new account with its first key."""
        expiry = openai.omit if wish.expires_in is None else wish.expires_in
        if wish.way is Way.SAME_OWNER and old.account:
            with asked("make a key of the service account"):
                key = self._change.projects.service_accounts.api_keys.create(
                    old.account,
                    project_id=old.place,
                    name=wish.name,
                    scopes=openai.omit if wish.scopes is None else list(wish.scopes),
                    expires_in_seconds=expiry,
                )
                held = replace(old, id=text(key.id), name=wish.name, created=number(key.created_at) or None)
                return Minted(held, Secret(text(key.value)))
        with asked("make a service account"):
            account = self._change.projects.service_accounts.create(
                old.place, name=wish.name, expires_in_seconds=expiry
            )
            if account.api_key is None:
                raise IssuerError("OpenAI made a service account without a key", "see the project's service accounts")
            owned = replace(old, name=wish.name, account=text(account.id), owner=wish.name)
            minted = Minted(replace(owned, id=text(account.api_key.id)), Secret(text(account.api_key.value)))
        if wish.scopes is not None:
            with asked("restrict the new key"):
                held = minted.held
                self._change.projects.api_keys.update(held.id, project_id=held.place, scopes=list(wish.scopes))
        return minted

    def made(self, old: Held, attempt: Attempt) -> Sequence[Held]:
        """Return the keys of this name, and those of a service account of this name."""
        with asked("list the project's keys"):
            held = [_held(key, old.place, old.place_name) for key in self._keys(old.place)]
            accounts = {
                each.id
                for each in islice(self._read.projects.service_accounts.list(old.place, limit=_PAGE), MOST)
                if each.name == attempt.name
            }
        keys = [each for each in held if each.name == attempt.name or each.account in accounts]
        bare = accounts - {each.account for each in keys}
        return [*keys, *(replace(old, id="", owner=attempt.name, account=each) for each in sorted(bare))]

    def has(self, held: Held) -> bool:
        """Whether the project's list, of people without access too, still has the key."""
        with asked("list the project's keys"):
            return any(key.id == held.id for key in self._keys(held.place))

    def delete(self, held: Held) -> None:
        """Delete the key; that it is not there any more is as good."""
        try:
            with asked("delete the key"):
                answer = self._change.projects.api_keys.delete(held.id, project_id=held.place)
                if answer.deleted is not True:
                    raise IssuerError("OpenAI did not say that the key is deleted")
        except IssuerError as error:
            if error.status == _GONE and not self.has(held):
                return
            hint = error.hint or f"if it stays so, delete it by hand and go on: {self.console}"
            raise IssuerError(error.message, hint, error.status) from None

    def discard(self, made: Held, attempt: Attempt) -> None:
        """Delete the key of an attempt, and the service account that was made for it once it has no other."""
        if made.id:
            self.delete(made)
        if made.account and made.owner == attempt.name:
            self._drop_account(made)

    def cap(self, old: Held, cents: int) -> bool:
        """Set the project's hard limit for a month, in US cents, unless a lower one is there."""
        try:
            with asked("read the project's spend limit"):
                limit = self._read.projects.spend_limit.retrieve(old.place)
                if limit.threshold_amount <= cents:
                    return False
        except IssuerError as error:
            if error.status != _GONE:
                raise
        with asked("set the project's spend limit"):
            self._change.projects.spend_limit.update(
                old.place, currency="USD", interval="month", threshold_amount=cents
            )
        return True

    def _keys(self, project: str) -> Iterator[ProjectAPIKey]:
        return islice(self._read.projects.api_keys.list(project, limit=_PAGE, owner_project_access="any"), MOST)

    def _drop_account(self, held: Held) -> None:
        """Delete a service account that one of our attempts made; never one with a key that is in use."""
        with asked("list the project's keys"):
            if any(_held(key, held.place, "").account == held.account for key in self._keys(held.place)):
                return
        with asked("delete the service account"):
            self._change.projects.service_accounts.delete(held.account or "", project_id=held.place)


def _held(key: ProjectAPIKey, project: str, project_name: str) -> Held:
    account, user = key.owner.service_account, key.owner.user
    owner = account.name if account else f"{user.name} <{user.email}>" if user else ""
    return Held(
        id=text(key.id),
        name=str(key.name or ""),
        redacted=key.redacted_value,
        place=project,
        place_name=str(project_name),
        owner=owner,
        account=text(account.id) if account else None,
        created=number(key.created_at) or None,
        used=number(key.last_used_at) or None,
    )


def _scopes_of(event: object) -> tuple[str, ...] | None:
    created, updated = getattr(event, "api_key_created", None), getattr(event, "api_key_updated", None)
    told = getattr(created, "data", None) or getattr(updated, "changes_requested", None)
    scopes = getattr(told, "scopes", None)
    return tuple(map(text, scopes)) if isinstance(scopes, list) and scopes else None
