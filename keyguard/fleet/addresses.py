"""Reads the address that a repository is cloned from: what kind of transport it asks for, and who may know it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from keyguard.errors import UsageError
from keyguard.git.transport import PROTOCOLS

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_SCP = re.compile(
    r"(?:(?P<user>[A-Za-z0-9_][\w.+-]*)@)?(?P<host>[A-Za-z0-9][\w.-]*|\[[0-9a-fA-F:]+\]):(?P<path>[^:].*)"
)
_HOST = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_UNFIT = re.compile(r"[\x00-\x20\x7f]")
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is cloned from.

    `name` is how it is told: host and path, by whatever transport, and the user where it is one's own (not `git`), as
    SSH finds paths from the home of that user. `shown` is the address without a password, for
    people and files; `whole` is for git alone. `secret` says that these differ.
    """

    name: str
    shown: str
    whole: str = field(repr=False)

    @property
    def secret(self) -> bool:
        """Whether something stands in the address that may open other things as well."""
        return self.shown != self.whole


def is_address(text: str) -> bool:
    """Whether this is meant as an address, and not as a path of this machine."""
    if _URL.match(text) or _HELPER.match(text):
        return True
    scp = _SCP.fullmatch(text)
    return scp is not None and (scp["user"] is not None or "." in scp["host"] or scp["host"].startswith("["))


def address(text: str) -> Address:
    """Return what an address says; raises `UsageError` for a transport that is not allowed, or for none at all."""
    shown = shown_address(text)
    if _HELPER.match(text):
        raise _forbidden(text.partition("::")[0] + "::")
    if _UNFIT.search(text):
        raise UsageError(f"{shown!r} is not the address of a repository", "it has blanks or control characters")
    url = _URL.fullmatch(text)
    if url is None:
        scp = _SCP.fullmatch(text)
        if scp is None:
            raise UsageError(f"{shown} is not the address of a repository", _HINT)
        return Address(_name(scp["host"], scp["path"], scp["user"] or ""), text, text)
    scheme = url["scheme"].lower()
    if scheme not in PROTOCOLS:
        raise _forbidden(f"{url['scheme']}://")
    if scheme == "file":
        path = url["rest"]
        if not path.startswith("/"):
            raise UsageError(f"{shown} names no file of this machine", "write file:///PATH, or the path alone")
        return Address(f"file://{path.rstrip('/')}", f"file://{path}", f"file://{path}")
    authority, _, path = url["rest"].partition("/")
    user, _, host = authority.rpartition("@")
    if not _HOST.fullmatch(host) or not path.strip("/") or user.startswith("-"):
        raise UsageError(f"{shown} is not the address of a repository", _HINT)
    return _made(scheme, user, host, path)


_HINT = "write https://HOST/PATH, ssh://HOST/PATH, USER@HOST:PATH or the path of a repository"


def _forbidden(scheme: str) -> UsageError:
    return UsageError(f"{scheme} is no transport that is allowed", f"allowed are {', '.join(PROTOCOLS)}; {_HINT}")


def _made(scheme: str, user: str, host: str, path: str) -> Address:
    place = f"{host.lower()}/{path}"
    whole = f"{scheme}://{user}@{place}" if user else f"{scheme}://{place}"
    own = user.partition(":")[0] if scheme == "ssh" else ""
    told = _without_query(path) if scheme == "https" else path
    secret = scheme == "https" or ":" in user
    shown = f"{scheme}://{host.lower()}/{told}" if secret else whole
    return Address(_name(host, told, own), shown, whole)


def _without_query(text: str) -> str:
    """Leave out what stands behind a question mark: tokens do, where a host takes them there."""
    before, mark, _ = text.partition("?")
    return before + ("?…" if mark else "")


def _name(host: str, path: str, user: str) -> str:
    named = f"{host.lower()}/{path.strip('/').removesuffix('.git')}"
    return named if user in ("", "git") else f"{user}@{named}"


def shown_address(text: str) -> str:
    """Return what may be told of a text that is meant as an address: nothing that may be of a user or a password."""
    return _without_query(re.sub(r"(?<=://).*@", "…@", text, flags=re.DOTALL))
