"""Reads where a proxy is, from the variable that other programs take it from; it is used only where a user asks for it.

Through a proxy a tunnel is opened (CONNECT), and TLS goes on to the provider itself: the proxy learns the name of the
host, and nothing that is sent.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from keyguard.errors import UsageError

VARIABLES = ("HTTPS_PROXY", "https_proxy")
_PORT = 8080


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the header that it wants from who may use it."""

    host: str
    port: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Proxy:
        """Return the proxy that the environment names; raises `UsageError`, without quoting it, if there is none."""
        environ = os.environ if environ is None else environ
        value = next((environ[name] for name in VARIABLES if environ.get(name)), None)
        if value is None:
            raise UsageError(f"{VARIABLES[0]} is not set", "set it to the proxy's address, as http://host:port")
        try:
            address = urlsplit(value if "://" in value else f"http://{value}")
            host, port = address.hostname, address.port or _PORT
        except ValueError:
            host, port = None, 0
        if not host or address.scheme != "http":
            raise UsageError(f"{VARIABLES[0]} names no proxy that is spoken to in HTTP", "write it as http://host:port")
        pair = f"{unquote(address.username)}:{unquote(address.password or '')}" if address.username else None
        headers = {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"} if pair else {}
        return cls(host, port, headers)
