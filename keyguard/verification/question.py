"""Puts a found key into its provider's check, or says why it is sent nowhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import regex

from keyguard import __version__
from keyguard.model import Secret
from keyguard.rules.api.values import PLACEHOLDER, SECRET, Api, Probe, Request
from keyguard.verification.client import Call

Fill = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A key and the check that it is for; `sent` is what stands for the key in the call: all of it, or a part.

    `values` are what the check needs besides.
    """

    provider: str
    secret: Secret
    probe: Probe = field(compare=False)
    sent: Secret = field(compare=False)
    values: Mapping[str, Secret] = field(default_factory=dict, compare=False)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where it is asked, one after the other until one knows the key."""
        return (self.probe.request.host, *self.probe.also)


def questioned(provider: str, api: Api | None, secret: Secret, values: Mapping[str, str]) -> Question | str:
    """Return the question about a key of a kind, or the reason for which it is not sent; `values`: what a user gave."""
    probe = api.verify if api else None
    if not isinstance(probe, Probe):
        return f"not sent: {probe.why}" if probe else "not sent: no check of this kind of key is known"
    if missing := [name for name in probe.needs if name not in values]:
        return f"not sent: the check needs {' and '.join(missing)} as well"
    sent = part_of(probe.request.part, secret)
    if sent is None:
        return "not sent: no check of keys of this form is known"
    unfit = "not sent: it holds characters that cannot be sent"
    needed = {name: Secret(values[name]) for name in probe.needs}
    return Question(provider, secret, probe, sent, needed) if _travels(probe.request, sent) else unfit


def part_of(part: regex.Pattern[bytes] | None, secret: Secret) -> Secret | None:
    """Return what of the key is sent: what the pattern captures, if there is one; None where it finds nothing."""
    if part is None:
        return secret
    found = part.search(secret.reveal().encode("utf-8", "surrogateescape"))
    return Secret(found["secret"].decode("utf-8", "surrogateescape")) if found else None


def _travels(request: Request, sent: Secret) -> bool:
    """Whether the key can stand where the request has it; a header takes only what can be seen of ASCII."""
    text = sent.reveal()
    in_header = any(f"{{{SECRET}}}" in each for each in request.headers.values())
    if in_header and not (text.isascii() and text.isprintable()):
        return False
    return text.isprintable() and not any("\ud800" <= each <= "\udfff" for each in text)


def call_of(request: Request, url: str, values: Mapping[str, Secret]) -> Call:
    """Return the call at this address with these values in the places of its placeholders, each encoded as needed.

    `url` is that of the request at one of its hosts, its placeholders still in it. Raises `KeyError` for a placeholder
    without a value: nothing is sent half filled in.
    """

    def filled(text: str, encoded: Fill = lambda value: value) -> str:
        return PLACEHOLDER.sub(lambda found: encoded(values[found[1]].reveal()), text)

    headers = {"Accept": "application/json", "User-Agent": f"keyguard/{__version__}"}
    headers |= {name: filled(value) for name, value in request.headers.items()}
    if request.basic is not None:
        pair = filled(request.basic).encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
    body = None
    if request.body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(_each_text(request.body, filled)).encode()
    elif request.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({name: filled(value) for name, value in request.form.items()}).encode()
    return Call(request.method, filled(url, lambda value: quote(value, safe="/:")), headers, body)


def _each_text(value: Any, filled: Fill) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, str):
        return filled(value)
    if isinstance(value, Mapping):
        return {name: _each_text(each, filled) for name, each in value.items()}
    return [_each_text(each, filled) for each in value] if isinstance(value, list) else value
