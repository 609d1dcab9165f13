"""Makes a client of OpenAI's package that cannot do what it would by itself: follow, retry a change, heed variables.

Its requests go through KeyGuard's own transport: verified TLS or this machine, no redirect, no proxy but one that is
asked for, an answer of bounded size. Of the headers that it makes, to which variables may add, only those pass
that the API needs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai

from keyguard import __version__
from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.verification.addresses import Addresses
from keyguard.verification.client import Call, NoReplyError, send
from keyguard.verification.proxy import Proxy

BASE = "https://api.openai.com/v1"
SECONDS = 30.0
"""How long one answer may take: that to a change is worth waiting for."""
TRIES_MORE = 2
"""How often a question that changes nothing is asked again."""
_PASSED = ("accept", "content-type")
_UNAUTHORIZED = (401, 403)


def connected(key: Secret, addresses: Addresses, proxy: Proxy | None = None) -> openai.OpenAI:
    """Return a client that speaks as the owner of this admin key, and never sends anything twice."""
    logging.getLogger("openai").setLevel(logging.CRITICAL + 1)  # OPENAI_LOG would have it write down its requests
    client = httpx2.Client(transport=_Transport(key, proxy), trust_env=False, follow_redirects=False)
    return openai.OpenAI(
        api_key="",
        admin_api_key=key.reveal(),
        organization="",
        project="",
        webhook_secret="",
        base_url=addresses("openai", BASE),
        max_retries=0,
        timeout=SECONDS,
        http_client=client,
    )


class _Transport(httpx2.BaseTransport):
    def __init__(self, key: Secret, proxy: Proxy | None) -> None:
        self._key = key
        self._proxy = proxy

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: request.headers[name] for name in _PASSED if name in request.headers}
        headers |= {"User-Agent": f"keyguard/{__version__}", "Authorization": f"Bearer {self._key.reveal()}"}
        call = Call(request.method, str(request.url), headers, request.read() or None)
        try:
            reply = send(call, SECONDS, self._proxy)
        except NoReplyError as failure:
            raise httpx2.TransportError(failure.why, request=request) from None
        wait = {} if reply.retry_after is None else {"retry-after": str(reply.retry_after)}
        return httpx2.Response(reply.status, headers={"content-type": reply.media_type, **wait}, content=reply.body)


@contextmanager
def asked(what: str) -> Iterator[None]:
    """Turn whatever the package raises into an `IssuerError`, which says what was asked for and quotes nothing."""
    try:
        yield
    except openai.APIStatusError as error:
        code = f" ({error.code})" if _is_code(error.code) else ""
        hint = "the admin key may not do this, or is none (sk-admin-…)" if error.status_code in _UNAUTHORIZED else None
        raise IssuerError(
            f"OpenAI refused to {what}: HTTP {error.status_code}{code}", hint, error.status_code
        ) from None
    except openai.APIConnectionError as error:
        raise IssuerError(f"OpenAI did not {what}: {error.__cause__ or 'no answer'}") from None
    except (openai.OpenAIError, AttributeError, TypeError, ValueError, RecursionError):
        raise IssuerError(f"OpenAI was asked to {what}, and what it answered is not understood") from None


def text(value: object) -> str:
    """Return a text that has to be there, such as an id; raises `TypeError` for anything else that came instead."""
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def number(value: object) -> int:
    """Return a number, 0 where none came; raises `TypeError` for anything else that came instead."""
    if value is not None and not isinstance(value, int):
        raise TypeError
    return value or 0


def _is_code(code: Any) -> bool:  # noqa: ANN401 (JSON)
    return isinstance(code, str) and len(code) <= 48 and code.replace("_", "").isalpha()
