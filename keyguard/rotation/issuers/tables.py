"""Providers by the calls that their files state: a list to find the key in, a revocation, a creation.

A change is sent once. Where the leaked key itself or nobody at all has to be known to revoke it, there is no list, and
what a broken attempt made cannot be found again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.rotation.issuers.listings import Listing
from keyguard.rotation.issuers.tabled import creation, list_of, revocation
from keyguard.rotation.journal import Attempt
from keyguard.rotation.values import Extra, Held, Minted, Way, Wish
from keyguard.rules.api.values import SECRET, Api, Caller, Condition, Request
from keyguard.verification.addresses import Addresses
from keyguard.verification.answers import at, fits
from keyguard.verification.client import NoReplyError, Reply, send
from keyguard.verification.proxy import Proxy
from keyguard.verification.question import call_of

SECONDS = 30.0
_TRIES, _PAUSE = 3, 0.5
_LONGEST_PAUSE = 10.0
_PAGES = 200
_REFUSED = 401
_GIVEN = ("team", "account", "project", "user")
"""Placeholders that a user fills in by `--with`."""


@dataclass(frozen=True, slots=True)
class TableKeys:
    """The keys of one kind; `own` is the user's key that may list and delete them, `leaked` the old key's text."""

    provider: str
    api: Api
    console: str
    addresses: Addresses
    listing: Listing | None = None
    own: Secret | None = None
    leaked: Secret | None = None
    given: Mapping[str, str] | None = None
    proxy: Proxy | None = None

    @property
    def extras(self) -> Collection[Extra]:
        """None of them: the calls of the tables have a name and nothing else."""
        return ()

    def ways(self, old: Held, *, gone: bool) -> Sequence[Way]:
        """By the API where there is one that does not end the old key, else by hand."""
        create = creation(self.api)
        if create is None or (gone and create.by is Caller.THE_KEY):
            return (Way.BY_HAND,)
        return (Way.SAME_OWNER, Way.BY_HAND)

    def find(self, secret: Secret) -> Sequence[Held]:
        """Return the keys of the list that show the ends of this one; without a list the key speaks for itself."""
        if self.listing is None:
            return [Held(id=secret.masked, redacted=secret.masked)]
        return self.listing.found(self._items(self.listing), secret)

    def scopes(self, old: Held) -> None:
        """Return None: nobody says."""

    def spent(self, old: Held, since: int) -> None:
        """Return None: nobody says."""

    def mint(self, old: Held, wish: Wish) -> Minted:
        """Make a new key by the provider's call."""
        create = creation(self.api)
        if create is None or create.request is None:
            raise IssuerError("there is no call that makes such a key")
        reply = self._change(create.request, create.success, "make a new key", name=wish.name)
        value = at(reply.document, create.secret_at)
        if not isinstance(value, str) or not value:
            raise IssuerError("the provider made a new key, and its answer does not hold it")
        secret = Secret(value)
        found = self.find(secret) if self.listing else []
        return Minted(found[0] if len(found) == 1 else Held(id="", name=wish.name), secret)

    def made(self, old: Held, attempt: Attempt) -> Sequence[Held] | None:
        """Return the keys of the list that have this name; None without a list."""
        if self.listing is None:
            return None
        return [held for held in map(self.listing.held, self._items(self.listing)) if held.name == attempt.name]

    def has(self, held: Held) -> bool | None:
        """Whether the list has the key, switched on; None without a list."""
        if self.listing is None:
            return None
        return any(
            self.listing.held(each).id == held.id and self.listing.is_on(each) for each in self._items(self.listing)
        )

    def delete(self, held: Held) -> None:
        """End the key, for good or, where the provider can switch it on again, for now.

        A key that ends itself and is refused for that was ended before, maybe by a request whose answer was lost.
        """
        revoke, request = revocation(self.api)
        try:
            self._change(request, revoke.success, "end the key", **{"key-id": held.id})
        except IssuerError as error:
            if error.status != _REFUSED or revoke.by is not Caller.THE_KEY:
                raise

    def discard(self, made: Held, attempt: Attempt) -> None:
        """End the key of an attempt."""
        self.delete(made)

    def cap(self, old: Held, cents: int) -> bool:
        """Raise `IssuerError`: there is no call for it."""
        raise IssuerError("no limit of spending can be set for this provider")

    # ---- requests ---------------------------------------------------------------------------------------------------

    def _items(self, listing: Listing) -> Iterator[Mapping[str, Any]]:
        """Yield the keys of all pages; raises `IssuerError` where they are not understood, or have no end.

        A page without a key that is new is the last: not every server heeds what it is told about pages. JSON that is
        made of protocol buffers leaves out a list that is empty.
        """
        request, count = list_of(self.api), 0
        added: Mapping[str, str] | None = {}
        known: set[str] = set()
        for _ in range(_PAGES):
            document = self._read(_asking(request, added or {})).document
            items = document.get(listing.items, None if document else []) if isinstance(document, dict) else None
            if not isinstance(items, list) or not isinstance(document, dict):
                raise IssuerError("the provider's list of keys is not understood")
            keys = [each for each in items if isinstance(each, dict)]
            if len(keys) != len(items) or not all(listing.held(each).id for each in keys):
                raise IssuerError("the provider's list of keys is not understood")
            yield from keys
            count += len(items)
            added = listing.more(document, count)
            ids = {listing.held(each).id for each in keys}
            if added is None or ids <= known:
                return
            known |= ids
        raise IssuerError("the provider's list of keys has no end")

    def _read(self, request: Request) -> Reply:
        """Send what changes nothing, and again where that may go better."""
        for number in range(1, _TRIES + 1):
            last = number == _TRIES
            try:
                reply = self._sent(request)
                if last or not (reply.status >= 500 or reply.status == 429):
                    break
            except NoReplyError as failure:
                if last or not failure.again:
                    raise IssuerError(f"the provider did not list its keys: {failure.why}") from None
                told = None
            else:
                told = reply.retry_after
            time.sleep(min(told or _PAUSE * number, _LONGEST_PAUSE))
        return _good(reply, reply.status == 200, "list its keys")

    def _change(self, request: Request, success: Condition | None, what: str, **values: str) -> Reply:
        try:
            reply = self._sent(request, **values)
        except NoReplyError as failure:
            raise IssuerError(f"the provider did not {what}: {failure.why}") from None
        return _good(reply, success is not None and fits(success, reply.status, reply.document), what)

    def _sent(self, request: Request, **values: str) -> Reply:
        known = {name: Secret(value) for name, value in {**(self.given or {}), **values}.items()}
        if self.own is not None:
            known["admin-key"] = self.own
        if self.leaked is not None:
            known[SECRET] = self.leaked
        url = self.addresses(self.provider, request.url)
        try:
            call = call_of(request, url, known)
        except KeyError as missing:
            raise _missing(str(missing.args[0])) from None
        return send(call, SECONDS, self.proxy)


def _missing(name: str) -> UsageError | IssuerError:
    if name == SECRET:
        return IssuerError("the old key is nowhere here any more, and only with it can it be ended", "--stdin takes it")
    hint = f"--with {name}=…" if name in _GIVEN else None
    return UsageError(f"the provider's calls need {name} as well", hint)


def _asking(request: Request, added: Mapping[str, str]) -> Request:
    if not added:
        return request
    joint = "&" if "?" in request.target else "?"
    return replace(request, target=f"{request.target}{joint}{urlencode(added)}")


def _good(reply: Reply, good: bool, what: str) -> Reply:
    if good:
        return reply
    hint = "the key that is spoken with may not do this" if reply.status in (401, 403) else None
    raise IssuerError(f"the provider refused to {what}: HTTP {reply.status}", hint, reply.status)
