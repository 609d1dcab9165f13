"""Reads one request of a provider's API, and refuses what could carry a key to another host than the one named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import regex

from keyguard.rules import patterns
from keyguard.rules.api.values import PLACEHOLDER, SECRET, Request, texts_of
from keyguard.rules.fields import Fields, nearest
from keyguard.rules.patterns import PatternError

FIELDS = ("request", "headers", "basic", "body", "form", "part")
PLACEHOLDERS = (
    SECRET, "admin-key", "access-token", "key-id", "name", "account", "team", "project", "user", "group", "resource",
    "public-key",
)  # fmt: skip
"""What may stand in braces; docs/rules.md says what each of them is."""
_REQUEST = re.compile(r"(?P<method>[A-Z]+) https://(?P<host>[^/?#\s]+)(?P<target>/[!-~]*)?")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}")
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_VALUE = re.compile(r"[ -~]+")
_OWN_HEADERS = ("host", "content-length", "transfer-encoding", "connection", "cookie", "te", "upgrade")
"""Headers that would change where a request goes or where it ends; its sender sets them, and no file."""


def read_request(table: Fields, methods: Collection[str]) -> Request:
    """Return the request of a table; raises `RuleError` if it is unfit, or its method is none of these."""
    found = _REQUEST.fullmatch(table.text("request"))
    if found is None or found["method"] not in methods:
        hint = (
            f"write it like {next(iter(methods))} https://api.example.com/v1/keys; methods here: {', '.join(methods)}"
        )
        raise table.error("request", "is no method with an https address", hint)
    request = Request(
        method=found["method"],
        host=read_host(table, "request", found["host"]),
        target=found["target"] or "/",
        headers=_headers(table),
        basic=_basic(table),
        body=_body(table, "body", found["method"]),
        form=_body(table, "form", found["method"]),
        part=_part(table),
    )
    _check(table, request)
    return request


def read_host(table: Fields, name: str, host: str) -> str:
    """Return a host as it is; raise unless it is the literal name of one, without a user or a port."""
    if not _HOST.fullmatch(host):
        raise table.error(name, "has no literal host", "write out the provider's host: no {…}, user, port or number")
    return host


def check_placeholders(table: Fields, name: str, text: str) -> None:
    """Raise where a text of this field has a placeholder that does not exist."""
    for found in PLACEHOLDER.findall(text):
        if found not in PLACEHOLDERS:
            raise table.error(name, "has an unknown placeholder", nearest(found, PLACEHOLDERS))


def _headers(table: Fields) -> Mapping[str, str]:
    own = table.table("headers") if "headers" in table.values else Fields({}, table.place)
    headers = {name: own.text(name) for name in own.values}
    for name, value in headers.items():
        if not (_HEADER.fullmatch(name) and _VALUE.fullmatch(value)):
            raise own.error(name, "is no header of printable ASCII")
        if name.lower() in _OWN_HEADERS:
            raise own.error(name, "is set by whoever sends the request", "leave it out")
    return headers


def _basic(table: Fields) -> str | None:
    if "basic" not in table.values:
        return None
    basic = table.text("basic")
    if ":" not in basic or not _VALUE.fullmatch(basic):
        raise table.error("basic", "is no user and password", 'write basic = "{secret}:" or basic = "api:{secret}"')
    if any(name.lower() == "authorization" for name in table.values.get("headers", {})):
        raise table.error("basic", "stands beside an Authorization header", "leave out one of the two")
    return basic


def _body(table: Fields, name: str, method: str) -> Mapping[str, Any] | None:
    if name not in table.values:
        return None
    if method == "GET":
        raise table.error(name, "cannot be sent with GET")
    if "body" in table.values and "form" in table.values:
        raise table.error(name, "is one body too many", "leave out body or form")
    body = table.table(name).values
    simple = (str,) if name == "form" else (str, bool, int, float, list, dict)
    if not all(isinstance(each, simple) for each in _within(body)):
        raise table.error(name, "has a value that cannot be sent", "use texts; a JSON body may have numbers and such")
    return body


def _within(value: Any) -> Iterator[Any]:  # noqa: ANN401 (whatever TOML has there)
    for each in value.values() if isinstance(value, dict) else value:
        yield each
        if isinstance(each, dict | list):
            yield from _within(each)


def _part(table: Fields) -> regex.Pattern[bytes] | None:
    if "part" not in table.values:
        return None
    try:
        return patterns.compiled(table.text("part"))[0]
    except PatternError as error:
        raise table.error("part", str(error), error.hint) from None


def _check(table: Fields, request: Request) -> None:
    strict = {"request": request.target, "headers": "".join(request.headers.values()), "basic": request.basic or ""}
    for name, text in strict.items():
        if any(brace in PLACEHOLDER.sub("", text) for brace in "{}"):
            raise table.error(name, "has a brace that is no placeholder", "write it like {key-id}")
        check_placeholders(table, name, text)
    for name, body in (("body", request.body), ("form", request.form)):
        for text in texts_of(body):
            check_placeholders(table, name, text)
    if "#" in request.target:
        raise table.error("request", "has a fragment", "nothing is sent of what stands behind #")
    if f"{{{SECRET}}}" in request.target.partition("?")[2]:
        raise table.error("request", "puts the key into the query", "logs keep it there: use a header or the body")
    if request.part is not None and SECRET not in request.placeholders:
        raise table.error("part", "is there without {secret}", "leave it out")
