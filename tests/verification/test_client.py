"""One request and one answer: what is refused, cut off or not followed, against real servers on this machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from keyguard.errors import UsageError
from keyguard.verification import client
from keyguard.verification.client import Call, NoReplyError, send
from keyguard.verification.proxy import Proxy
from tests.support import tls
from tests.support.endpoints import faults
from tests.support.endpoints.server import Answer, Fault, Seen, StandIn

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
SENTINEL = "sk-not-a-key"
HEADERS = {"Authorization": f"Bearer {SENTINEL}"}


def fine(_seen: Seen) -> Answer:
    return Answer({"object": "list"})


def why(server: StandIn, seconds: float = 5.0) -> NoReplyError:
    with pytest.raises(NoReplyError) as caught:
        send(Call("GET", f"{server.url}/v1/models", HEADERS), seconds)
    assert SENTINEL not in f"{caught.value!r}{caught.value.__cause__!r}"
    return caught.value


def test_an_answer():
    with StandIn(fine) as server:
        reply = send(Call("POST", f"{server.url}/v1/x?limit=1", HEADERS, b"{}"), 5)
    assert (reply.status, reply.document, reply.retry_after) == (200, {"object": "list"}, None)
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query, seen.body) == ("POST", "/v1/x", {"limit": "1"}, b"{}")
    assert seen.headers["authorization"] == f"Bearer {SENTINEL}"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int):
    with StandIn(fine) as other, StandIn(fine) as server:
        server.faults.append(faults.redirected(f"{other.url}/v1/models", status))
        assert send(Call("GET", f"{server.url}/v1/models", HEADERS), 5).status == status
        assert (len(server.seen), other.seen) == (1, [])


@pytest.mark.parametrize(("fault", "again"), [(faults.dropped, True), (faults.cut, True)])
def test_a_connection_that_ends_early(fault: Fault, again: bool):
    with StandIn(fine, always=fault) as server:
        assert why(server).again is again


def test_a_server_that_is_not_there():
    with StandIn(fine) as server:
        pass
    assert why(server).again


@pytest.mark.parametrize("fault", [faults.slow(30), faults.trickling])
def test_an_answer_has_its_time_however_it_is_spent(fault: Fault):
    with StandIn(fine, always=fault) as server:
        started = time.monotonic()
        assert why(server, 0.3).why == "no answer in time"
        assert time.monotonic() - started < 3


def test_an_answer_has_its_size(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "MOST_BYTES", 1 << 17)
    with StandIn(fine, always=faults.huge(1 << 18)) as server:
        assert why(server).why == "the answer is too long"


@pytest.mark.parametrize("fault", [faults.page(), faults.page(kind="application/json"), faults.answered(200, "ok")])
def test_what_is_no_json_object_is_no_document(fault: Fault):
    with StandIn(fine, always=fault) as server:
        assert send(Call("GET", server.url), 5).document is None


def test_json_that_says_it_is_a_page_and_json_without_end():
    with StandIn(fine) as server:
        server.faults.append(faults.answered(200, {"ok": True}, {"Content-Type": "Text/HTML; charset=utf-8"}))
        assert send(Call("GET", server.url), 5).document is None
    assert client.Reply(200, "application/json", None, b"[" * 200_000).document is None
    assert client.Reply(200, "", None, b"\xff").document is None


@pytest.mark.parametrize(("value", "least", "most"), [("7", 7, 7), ("0", 0, 0), ("9" * 400, 1e8, 1e9)])
def test_how_long_to_wait(value: str, least: float, most: float):
    with StandIn(fine, always=faults.rate_limited(value)) as server:
        wait = send(Call("GET", server.url), 5).retry_after
    assert wait is not None
    assert least <= wait <= most


@pytest.mark.parametrize("value", [None, "soon", "-1", "1.5", "²"])
def test_no_time_that_can_be_read(value: str | None):
    encoded = value.encode().decode("latin-1") if value else value
    with StandIn(fine, always=faults.rate_limited(encoded)) as server:
        assert send(Call("GET", server.url), 5).retry_after is None


def test_a_date_to_wait_for():
    with StandIn(fine, always=faults.rate_limited("Wed, 21 Oct 2015 07:28:00 GMT")) as server:
        assert send(Call("GET", server.url), 5).retry_after == 0.0


@pytest.mark.parametrize("url", ["http://192.0.2.1/v1", "http://example.org/", "ftp://127.0.0.1/", "//127.0.0.1/"])
def test_nothing_travels_in_clear(url: str):
    with pytest.raises(NoReplyError, match="not https"):
        send(Call("GET", url, HEADERS), 5)


def test_a_header_that_would_become_two_is_not_sent():
    with StandIn(fine) as server, pytest.raises(NoReplyError, match="cannot be sent") as caught:
        send(Call("GET", server.url, {"X-Key": f"{SENTINEL}\r\nHost: evil.example"}), 5)
    assert server.seen == []
    assert SENTINEL not in repr(caught.value)


def test_what_could_hold_a_key_is_not_in_its_repr():
    assert SENTINEL not in repr(Call("GET", f"https://x/{SENTINEL}", HEADERS, SENTINEL.encode()))
    assert SENTINEL not in repr(client.Reply(200, "", None, SENTINEL.encode()))


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch):
    with StandIn(fine) as proxy, StandIn(fine) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        send(Call("GET", server.url, HEADERS), 5)
        assert (len(server.seen), proxy.seen) == (1, [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for 127.0.0.1, and one for another name, with their keys in one file each."""
    folder = tmp_path_factory.mktemp("tls")
    for name, alternative in (("own", "IP:127.0.0.1"), ("other", "DNS:api.example.org")):
        tls.certificate(folder, name, alternative)
    return folder


def test_a_certificate_has_to_be_trusted(certificate: Path):
    with StandIn(fine, certificate=certificate / "own.pem") as server:
        failure = why(server)
        assert (server.seen, failure.again) == ([], False)
        assert "certificate" in failure.why


def test_a_certificate_has_to_be_for_this_host(certificate: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "other.pem.crt"))
    with StandIn(fine, certificate=certificate / "other.pem") as server:
        assert "certificate" in why(server).why
        assert server.seen == []


def test_a_certificate_that_is_trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The system's own way to name another authority counts; what would undo TLS for a third party does not."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "own.pem.crt"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with StandIn(fine, certificate=certificate / "own.pem") as server:
        assert send(Call("GET", server.url, HEADERS), 5).document == {"object": "list"}
    assert not (tmp_path / "keys").exists()


def test_a_tunnel_through_a_proxy_that_cannot_look_into_it(certificate: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "own.pem.crt"))
    with (
        StandIn(fine, always=faults.tunnelling) as between,
        StandIn(fine, certificate=certificate / "own.pem") as server,
    ):
        proxy = Proxy.from_environment({"HTTPS_PROXY": between.url.replace("//", "//ada:s%20e@")})
        assert send(Call("GET", server.url, HEADERS), 5, proxy).document == {"object": "list"}
        (tunnel,), (seen,) = between.seen, server.seen
    assert (tunnel.method, tunnel.headers["proxy-authorization"]) == ("CONNECT", "Basic YWRhOnMgZQ==")
    assert (SENTINEL in str(tunnel), seen.headers["authorization"]) == (False, f"Bearer {SENTINEL}")
    assert "proxy-authorization" not in seen.headers


@pytest.mark.parametrize("fault", [faults.answered(407, {}), faults.answered(200, {}), faults.dropped])
def test_a_proxy_that_opens_no_tunnel_learns_nothing(certificate: Path, fault: Fault):
    with StandIn(fine, always=fault) as between, pytest.raises(NoReplyError):
        send(Call("GET", "https://127.0.0.1:9/v1", HEADERS), 5, Proxy.from_environment({"https_proxy": between.url}))
    assert SENTINEL not in str(between.seen)


@pytest.mark.parametrize(
    "value", [None, "", "https://proxy.example:1", "socks5://x:1", "http://@", "http://x:99999999", "["]
)
def test_what_is_no_proxy(value: str | None):
    with pytest.raises(UsageError) as caught:
        Proxy.from_environment({} if value is None else {"HTTPS_PROXY": value})
    assert not value or value not in caught.value.message + (caught.value.hint or "")


def test_a_proxy_in_short():
    assert Proxy.from_environment({"HTTPS_PROXY": "proxy.example:3128"}) == Proxy("proxy.example", 3128)
    assert "secret" not in repr(Proxy.from_environment({"HTTPS_PROXY": "http://a:secret@x"}))
