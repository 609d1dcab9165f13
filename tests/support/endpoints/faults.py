"""What goes wrong between a client and a provider: each is a fault for `StandIn.faults` or `always`."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Mapping
from typing import Any

from tests.support.endpoints.server import Fault, Handler, Seen


def answered(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Fault:
    """Answer this, whatever was asked."""

    def fault(handler: Handler, _seen: Seen) -> bool:
        handler.give(status, json.dumps(document).encode(), headers)
        return True

    return fault


def rate_limited(retry_after: str | None = None, document: Any = None) -> Fault:
    """Answer 429; the document is the provider's own, or one that says nothing."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return answered(429, {"message": "slow down"} if document is None else document, headers)


def redirected(to: str, status: int = 302) -> Fault:
    """Send the client elsewhere."""
    return answered(status, {"object": "list", "data": []}, {"Location": to})


def page(status: int = 200, kind: str = "text/html; charset=utf-8") -> Fault:
    """Answer as the login page of a network does, or as a firewall."""

    def fault(handler: Handler, _seen: Seen) -> bool:
        handler.give(status, b"<html><body>Please log in</body></html>", {"Content-Type": kind})
        return True

    return fault


def dropped(handler: Handler, _seen: Seen) -> bool:
    """End the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True
    return True


def cut(handler: Handler, _seen: Seen) -> bool:
    """End the connection in the middle of the answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"object": "list", "data": []')
    return dropped(handler, _seen)


def slow(seconds: float) -> Fault:
    """Take this long, then let the provider answer."""

    def fault(handler: Handler, _seen: Seen) -> bool:
        handler.pause(seconds)
        return handler.server.owner.closing.is_set()

    return fault


def trickling(handler: Handler, _seen: Seen) -> bool:
    """Send one byte of the answer after the other, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not handler.server.owner.closing.is_set():
        handler.wfile.write(b"x")
        handler.pause(0.05)
    handler.close_connection = True
    return True


def tunnelling(handler: Handler, seen: Seen) -> bool:
    """Be a proxy: open a tunnel to where CONNECT names."""
    host, _, port = handler.path.partition(":")
    if seen.method != "CONNECT":
        return False
    with socket.create_connection((host, int(port))) as other:
        handler.send_response(200)
        handler.end_headers()
        there = threading.Thread(target=_passed_on, args=(handler.connection, other), daemon=True)
        there.start()
        _passed_on(other, handler.connection)
        there.join()
    handler.close_connection = True
    return True


def _passed_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(1 << 16):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        """The other side has gone."""


def huge(size: int) -> Fault:
    """Answer with JSON of more than this many bytes."""

    def fault(handler: Handler, _seen: Seen) -> bool:
        handler.give(200, b'{"object": "list", "data": ["' + b"x" * size + b'"]}')
        return True

    return fault


def done_then(fault: Fault) -> Fault:
    """Let the provider do what it was asked for, and then let this happen to its answer."""

    def after(handler: Handler, seen: Seen) -> bool:
        handler.server.owner.app(seen)
        return fault(handler, seen)

    return after


def killing(process: list[int]) -> Fault:
    """End the client, the last process of the list, as a power cut does."""

    def fault(handler: Handler, _seen: Seen) -> bool:
        os.kill(process[-1], signal.SIGKILL)
        handler.close_connection = True
        return True

    return fault


def interrupting(handler: Handler, _seen: Seen) -> bool:
    """Press Ctrl-C on this process while the client in it waits for the answer."""
    os.kill(os.getpid(), signal.SIGINT)
    handler.pause(0.2)
    handler.close_connection = True
    return True
