"""The calls of a provider's API once its file has been read and found sound."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from keyguard.model import Live
from keyguard.rules.api.why import Why

PLACEHOLDER = re.compile(r"\{([a-z]+(?:-[a-z]+)*)\}")
"""Where a value is put into a call: `{secret}`, the found key, or one that the user has to give."""
SECRET = "secret"  # noqa: S105 (the name of a placeholder)

Path = tuple[str, ...]
"""The way to a value in a JSON answer: names of fields, and numbers of items of lists."""


class Caller(enum.StrEnum):
    """Who may make a call."""

    ANYONE = "anyone"
    THE_KEY = "the-key"
    ADMIN_KEY = "admin-key"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTPS request whose host is literal, and whose other parts may hold placeholders.

    `target` is path and query. `basic` is the `user:password` of Basic authentication, `body` is sent as JSON, `form`
    as a web form. `part` captures as `secret` what of the found key `{secret}` stands for, if it is not the whole.
    """

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    basic: str | None = None
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    part: regex.Pattern[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, with its placeholders."""
        return f"https://{self.host}{self.target}"

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of all placeholders, each once, in the order in which they stand."""
        texts = (self.target, *self.headers.values(), self.basic or "", *texts_of(self.body), *texts_of(self.form))
        return tuple(dict.fromkeys(name for text in texts for name in PLACEHOLDER.findall(text)))


@dataclass(frozen=True, slots=True)
class Condition:
    """What an answer has to be like: one of `status`, and at each path of the JSON what is demanded there.

    `equal`: one of these values. `holds`: a text in which one of these stands, in any case. `has`: anything but null.
    """

    status: tuple[int, ...]
    equal: Mapping[Path, tuple[str | int | bool, ...]]
    holds: Mapping[Path, tuple[str, ...]]
    has: tuple[Path, ...]

    @property
    def plain(self) -> bool:
        """Whether the status alone decides."""
        return not (self.equal or self.holds or self.has)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is known, and what it means."""

    when: Condition
    means: Live


@dataclass(frozen=True, slots=True)
class Probe:
    """A call that shows whether a key lives, and changes nothing.

    The first of `answers` that fits decides; whatever fits none is unknown, and so is what is no JSON. `also`: hosts of
    the same provider that keys of this kind may belong to as well; it is revoked only if all of them say so.
    `self_hosted`: such keys are also issued by installations of one's own, for which the answer says nothing.
    """

    request: Request
    answers: tuple[Answer, ...]
    sureness: str
    source: str
    also: tuple[str, ...] = ()
    self_hosted: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """What has to be given beside the key before the call can be made."""
        return tuple(name for name in self.request.placeholders if name != SECRET)


@dataclass(frozen=True, slots=True)
class NoProbe:
    """That a kind of key is never sent, and why; `command` is how its owner may see whether it lives."""

    why: Why
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that changes something: a request, or the command of a tool that is logged in.

    `success` is what the answer to a request is like when it worked. `find` lists what `{key-id}` is taken from.
    """

    by: Caller
    sureness: str
    source: str
    request: Request | None = None
    command: str | None = None
    success: Condition | None = None
    find: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation(Call):
    """A call that ends a key."""

    irreversible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation(Call):
    """A call that makes a new key, which stands at `secret_at` in the answer; `ends_old`: the old one dies with it."""

    secret_at: Path = ()
    ends_old: bool = False


@dataclass(frozen=True, slots=True)
class NoCall:
    """That no API for it is known: it is done by hand."""


@dataclass(frozen=True, slots=True)
class Api:
    """All that is known of one kind of key; None is what nothing is said about."""

    verify: Probe | NoProbe | None = None
    revoke: Revocation | NoCall | None = None
    create: Creation | NoCall | None = None


def texts_of(value: Any) -> Iterator[str]:  # noqa: ANN401 (whatever a JSON body holds)
    """Yield every text in a JSON value, but not the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)
