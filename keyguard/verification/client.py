"""Sends one request and takes one answer, over TLS that is verified, within a time and a size; nothing is followed.

The standard library's client has what this needs by having little: no redirects, no cookies, no .netrc, and no proxy
but one that it is given.
Plain HTTP is for a server on this machine alone, so that no key ever crosses a network in clear.
"""

from __future__ import annotations

import email.utils
import http.client
import io
import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from keyguard.verification.proxy import Proxy

MOST_BYTES = 4 << 20
"""How long an answer may be; the longest list of models known is a tenth of that."""
_PIECE = 1 << 16
_HERE = ("127.0.0.1", "::1", "localhost")
_LONGEST_WAIT = 10 * 365 * 86_400.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request: what of it could hold a key is kept out of its `repr`."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `retry_after` is in how many seconds the server wants to be asked again, if it says so."""

    status: int
    media_type: str
    retry_after: float | None
    body: bytes = field(repr=False)

    @property
    def document(self) -> dict[str, Any] | list[Any] | None:
        """The JSON object or list that it is, or None: a login page or a firewall's answer says nothing of a key."""
        if self.media_type == "text/html":
            return None
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, (dict, list)) else None


class NoReplyError(Exception):
    """No answer came, or none that can be used: `why` in words without anything of the request.

    `again`: another try may do better.
    """

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.again = again


def send(call: Call, seconds: float, proxy: Proxy | None = None) -> Reply:
    """Send a call and return its answer, whatever its status; raises `NoReplyError` if none came in this time.

    Through a proxy only TLS goes, in a tunnel, so that it can be neither read nor answered there.
    """
    address = urlsplit(call.url)
    until = time.monotonic() + seconds
    target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    with _explained(), closing(_connection(address, seconds, proxy)) as opened:
        opened.response_class = lambda sock, **given: http.client.HTTPResponse(_Timed(sock, until), **given)  # type: ignore[assignment, arg-type]
        opened.request(call.method, target, body=call.body, headers=dict(call.headers))
        with closing(opened.getresponse()) as answer:
            return Reply(answer.status, _media_type(answer), _retry_after(answer), _body(answer))


def _connection(address: SplitResult, seconds: float, proxy: Proxy | None) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and name; writes no SSLKEYLOGFILE
        context.load_default_certs()
        if proxy is None:
            return http.client.HTTPSConnection(host, address.port, timeout=seconds, context=context)
        connection = http.client.HTTPSConnection(proxy.host, proxy.port, timeout=seconds, context=context)
        connection.set_tunnel(host, address.port or http.client.HTTPS_PORT, dict(proxy.headers))
        return connection
    if address.scheme == "http" and host in _HERE:
        return http.client.HTTPConnection(host, address.port, timeout=seconds)
    raise NoReplyError("its address is not https")


class _Timed:
    """What `HTTPResponse` needs of a socket; all its reads together end at a time, so that no trickle keeps us."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock.makefile("rb", buffering=0), self._sock, self._until))


class _Reader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, until: float) -> None:
        self._raw = raw
        self._sock = sock
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 (whatever takes bytes)
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what goes wrong on the way into `NoReplyError`; the texts of these errors quote what was sent."""
    try:
        yield
    except TimeoutError:
        raise NoReplyError("no answer in time", again=True) from None
    except ssl.SSLCertVerificationError:
        raise NoReplyError(
            "its certificate is not valid here: something stands in between, or is not trusted"
        ) from None
    except socket.gaierror:
        raise NoReplyError("its name could not be looked up", again=True) from None
    except (OSError, http.client.HTTPException):
        raise NoReplyError("the connection failed", again=True) from None
    except ValueError:  # a header or an address that cannot be sent
        raise NoReplyError("it holds characters that cannot be sent") from None


def _body(answer: http.client.HTTPResponse) -> bytes:
    pieces, size = [], 0
    while piece := answer.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise NoReplyError("the answer is too long")
    if answer.length:  # `read` with a size says nothing of a body that ends early
        raise NoReplyError("the connection failed", again=True)
    return b"".join(pieces)


def _media_type(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()


def _retry_after(answer: http.client.HTTPResponse) -> float | None:
    """Return the seconds that `Retry-After` says, which may be a number or a date (RFC 9110, 10.2.3)."""
    value = (answer.getheader("Retry-After") or "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), _LONGEST_WAIT)
    try:
        wanted = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
