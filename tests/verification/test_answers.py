"""Whatever a provider answers is an answer: known, unknown or none, and nothing of it is repeated but a code."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keyguard.model import Live, Secret
from keyguard.rules import loader
from keyguard.rules.api.values import Probe
from keyguard.verification.answers import judged
from keyguard.verification.client import Call, NoReplyError, Reply, send
from tests.support.anything import damaged, spelled, values

SECRET = Secret("sk-" + "QxZwKjVb" * 4)
WORDS = [
    "error",
    "code",
    "type",
    "message",
    "invalid_api_key",
    "insufficient_quota",
    "status",
    "object",
    SECRET.reveal(),
    SECRET.reveal()[3:20],
]


def probes() -> list[Probe]:
    """Return one of each table of answers that KeyGuard has."""
    catalogue = loader.load()
    found = [api.verify for each in catalogue.providers for api in each.apis.values() if isinstance(api.verify, Probe)]
    return list({repr(each.answers): each for each in found}.values())


PROBES = probes()


@given(
    st.integers(100, 599),
    st.sampled_from(["application/json", "text/html", ""]),
    values(WORDS).map(spelled) | st.binary(max_size=30) | st.sampled_from([b"[" * 9000, b"9" * 5000]),
    st.sampled_from(PROBES),
)
@settings(max_examples=100)
@example(403, "", spelled({"error": {"code": SECRET.reveal()[3:20]}}), PROBES[0])
def test_any_answer_is_judged(status: int, media_type: str, body: bytes, probe: Probe):
    check = judged(probe, Reply(status, media_type, None, body), SECRET)
    assert check.state in Live
    assert SECRET.reveal()[3:9] not in check.why
    assert check.why.startswith(f"HTTP {status}")
    if media_type == "text/html":
        assert check.state is Live.UNKNOWN


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"


class Wire:
    """A server that says these bytes to whoever asks, and hangs up."""

    def __init__(self) -> None:
        self.says = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(1 << 16)
                    connection.sendall(self.says)
                except OSError:
                    continue

    def close(self) -> None:
        self._listening.close()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()


@pytest.mark.allow_hosts(["127.0.0.1"])
@given(says=damaged([HEAD, CHUNKED]) | st.sampled_from([HEAD, CHUNKED]) | st.binary(max_size=40))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_on_the_wire_are_a_reply_or_none(wire: Wire, says: bytes):
    wire.says = says
    call = Call("GET", f"http://127.0.0.1:{wire.port}/v1", {"Authorization": SECRET.reveal()})
    reply: Any = None
    try:
        reply = send(call, 20)
    except NoReplyError as error:
        told = f"{error!r}{error.__cause__!r}"
        reply = None if SECRET.reveal() not in told else told
    assert reply is None or 100 <= reply.status <= 999
    if says in (HEAD, CHUNKED):
        assert (reply.document, reply.retry_after) == ({}, 7.0 if says == HEAD else None)
