"""A server on 127.0.0.1 that answers as a provider does, remembers what it was sent, and fails when it is told to."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived; names of headers in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def bearer(self) -> str:
        """The key in the Authorization header."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says: a JSON document, its status, and headers besides the usual ones."""

    document: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


App = Callable[[Seen], Answer]
"""A provider: one function from a request to its answer."""
Fault = Callable[["Handler", Seen], bool]
"""Something that goes wrong with a request; it says whether it has dealt with it, else the provider answers."""


class Handler(BaseHTTPRequestHandler):
    """Takes one request apart, and lets a fault or the provider answer it."""

    protocol_version = "HTTP/1.1"
    server: Listener

    def answer(self) -> None:
        address = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, address.path, dict(parse_qsl(address.query)), headers, self.rfile.read(size))
        fault = self.server.owner.noted(seen)
        if fault is None or not fault(self, seen):
            answer = self.server.owner.app(seen)
            self.give(answer.status, json.dumps(answer.document).encode(), answer.headers)

    do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = do_CONNECT = answer

    def give(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer; JSON unless the headers say otherwise."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server runs."""
        self.server.owner.closing.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on standard error."""


class Listener(ThreadingHTTPServer):
    """The socket of a stand-in; a client that goes away is no error."""

    daemon_threads = True
    owner: StandIn

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: faults end connections in every way."""


class StandIn:
    """One provider's server: `url` is its address, `seen` all that arrived.

    `faults` happen to one request each, in their order; `always` to every request after these. `certificate` (a PEM
    file with its private key) makes it speak TLS.
    """

    def __init__(self, app: App, *, always: Fault | None = None, certificate: Path | None = None) -> None:
        self.app = app
        self.always = always
        self.faults: deque[Fault] = deque()
        self.seen: list[Seen] = []
        self.times: list[float] = []
        self.closing = threading.Event()
        self._scheme = "https" if certificate else "http"
        self._listener = Listener(("127.0.0.1", 0), Handler)
        self._listener.owner = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._listener.socket = context.wrap_socket(self._listener.socket, server_side=True)

    @property
    def url(self) -> str:
        """The address of the server, without a path."""
        return f"{self._scheme}://127.0.0.1:{self._listener.server_port}"

    def noted(self, seen: Seen) -> Fault | None:
        """Remember a request, and return what goes wrong with it."""
        self.seen.append(seen)
        self.times.append(time.monotonic())
        try:
            return self.faults.popleft()
        except IndexError:
            return self.always

    def __enter__(self) -> Self:
        threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
