"""Reads how a key is revoked or made through its provider's API."""

from __future__ import annotations

from typing import TypedDict

from keyguard.rules.api.answers import read_condition
from keyguard.rules.api.probe import read_command
from keyguard.rules.api.request import FIELDS, read_request
from keyguard.rules.api.values import SECRET, Caller, Condition, Creation, NoCall, Request, Revocation
from keyguard.rules.fields import SURENESS, Fields

_FIELDS = (*FIELDS, "by", "command", "find", "success", "sureness", "source")
_CALLERS = {caller.value: caller for caller in Caller}
_CREDENTIAL = {
    Caller.ANYONE: SECRET,
    Caller.THE_KEY: SECRET,
    Caller.ADMIN_KEY: "admin-key",
    Caller.LOGIN: "access-token",
}
"""What a request of each caller has to hold."""


class _Shared(TypedDict):
    """The fields that every call has."""

    by: Caller
    sureness: str
    source: str
    request: Request | None
    command: str | None
    success: Condition | None
    find: str | None


def read_revoke(table: Fields) -> Revocation | NoCall:
    """Return the call that ends a key; raises `RuleError` if it breaks the schema."""
    if "none" in table.values:
        return _none(table)
    table.only((*_FIELDS, "irreversible"))
    shared = _shared(table, ("POST", "DELETE", "PATCH", "PUT"))
    if "irreversible" not in table.values:
        raise table.error("irreversible", "is missing", "say true, or false if the same key can be switched on again")
    return Revocation(**shared, irreversible=table.flag("irreversible"))


def read_create(table: Fields) -> Creation | NoCall:
    """Return the call that makes a new key; raises `RuleError` if it breaks the schema."""
    if "none" in table.values:
        return _none(table)
    table.only((*_FIELDS, "secret-at", "ends-old"))
    shared = _shared(table, ("POST", "PUT"))
    if ("secret-at" in table.values) != (shared["request"] is not None):
        hint = 'write secret-at = "api_key.value"; a command prints it by itself'
        raise table.error("secret-at", "has to go with a request, to say where the new key stands in its answer", hint)
    path = tuple(table.text("secret-at").split(".")) if "secret-at" in table.values else ()
    return Creation(**shared, secret_at=path, ends_old=table.flag("ends-old"))


def _none(table: Fields) -> NoCall:
    table.only(("none",))
    if not table.flag("none"):
        raise table.error("none", "is false", "write none = true, or the call")
    return NoCall()


def _shared(table: Fields, methods: tuple[str, ...]) -> _Shared:
    by = table.choice("by", _CALLERS)
    request = command = success = None
    if "command" in table.values:
        table.only({*table.values} - {*FIELDS, "success"})
        command = read_command(table)
        if by is not Caller.LOGIN:
            raise table.error("by", "has to be login beside a command", "a command runs as whoever is logged in")
    else:
        request = read_request(table, methods)
        success = read_condition(table.table("success"))
        _check(table, by, request)
    return {
        "by": by,
        "sureness": table.choice("sureness", SURENESS),
        "source": table.link("source"),
        "request": request,
        "command": command,
        "success": success,
        "find": _find(table, request),
    }


def _check(table: Fields, by: Caller, request: Request) -> None:
    if _CREDENTIAL[by] not in request.placeholders:
        raise table.error("request", f"does not hold {{{_CREDENTIAL[by]}}}", f"a call by {by} is made with it")
    for other in ("admin-key", "access-token"):
        if other in request.placeholders and other != _CREDENTIAL[by]:
            raise table.error("request", f"holds {{{other}}}", f"a call by {by} is made without it")


def _find(table: Fields, request: Request | None) -> str | None:
    if "find" not in table.values:
        return None
    if request is not None:
        read_request(Fields({"request": table.text("find")}, f"{table.place}: find"), ("GET",))
    return table.text("find")
