"""What can be done about a kind of key by the calls that its provider's file states, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keyguard.rotation.issuers.issuer import IssuerError, Planned
from keyguard.rotation.issuers.listings import Listing
from keyguard.rules.api.request import read_request
from keyguard.rules.api.values import SECRET, Api, Caller, Creation, Probe, Request, Revocation
from keyguard.rules.fields import Fields

_SELF = (Caller.ANYONE, Caller.THE_KEY)


def can(api: Api, listing: Listing | None) -> bool:
    """Whether keys of this kind can be ended by these calls."""
    revoke = api.revoke
    if not isinstance(revoke, Revocation) or revoke.request is None:
        return False
    if revoke.by is Caller.ADMIN_KEY:
        return listing is not None
    return revoke.by in _SELF and revoke.request.placeholders == (SECRET,)


def planned(api: Api, *, makes: bool, revoke_first: bool) -> Sequence[Planned]:
    """Return the calls of a rotation by these tables, in their order."""
    revoke, ending_request = revocation(api)
    probe = api.verify.request if isinstance(api.verify, Probe) else None

    def line(request: Request, purpose: str, *, changes: bool = False) -> Planned:
        return Planned(request.method, f"{request.host}{request.target}", purpose, changes)

    finding = [line(list_of(api), "find")] if revoke.find else []
    create = creation(api) if makes else None
    making = [line(create.request, "mint-other", changes=True)] if create and create.request else []
    works = [line(probe, "works")] if probe else []
    ending = [line(ending_request, "delete", changes=True)]
    middle = ending + making + works if revoke_first else making + works + ending
    return [*finding, *middle, *([line(probe, "dead")] if probe else [])]


def creation(api: Api) -> Creation | None:
    """Return the call that makes a new key and lets the old one live, if there is one that can be made here."""
    create, revoke = api.create, api.revoke
    usable = isinstance(create, Creation) and create.request is not None and not create.ends_old
    if usable and isinstance(create, Creation) and isinstance(revoke, Revocation) and create.by is revoke.by:
        return create
    return None


def revocation(api: Api) -> tuple[Revocation, Request]:
    """Return the call that ends such a key; raises `IssuerError` where there is none."""
    if not isinstance(api.revoke, Revocation) or api.revoke.request is None:
        raise IssuerError("no call is known that ends such a key")
    return api.revoke, api.revoke.request


def list_of(api: Api) -> Request:
    """Return the request for the list in which the key is found, with the headers of the revocation."""
    revoke, request = revocation(api)
    return replace(read_request(Fields({"request": revoke.find}, "find"), ("GET",)), headers=request.headers)
