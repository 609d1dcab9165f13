"""OpenAI's API as its specification and its guide to error codes have it: models, and the admin keys.

https://github.com/openai/openai-openapi, https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.endpoints.limits import Allowance, paged
from tests.support.endpoints.server import Answer, Seen


class Key(enum.Enum):
    """The state of a key; one that is not listed is `REVOKED`, as a deleted one cannot be told from a made-up one."""

    LIVE = "live"
    NO_MODELS_SCOPE = "403: it may not list models"
    NO_SCOPES = "401: insufficient permissions"
    OTHER_ADDRESS = "401: not from here"
    NO_CREDIT = "429: insufficient quota"
    BUSY = "429: rate limit, at every request"
    REVOKED = "401: invalid_api_key"
    DEACTIVATED = "401: account deactivated"
    WRONG_COUNTRY = "403: unsupported country"


def error(status: int, message: str, kind: str, code: str | None, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an error in OpenAI's form."""
    return Answer(
        {"error": {"message": message, "type": kind, "param": None, "code": code}}, status, dict(headers or {})
    )


@dataclass
class OpenAI:
    """The provider: keys by their text, the models that it lists, and how many requests it takes."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    allowance: Allowance | None = None
    models: tuple[str, ...] = ("gpt-5", "gpt-5-mini", "text-embedding-3-small")

    def __call__(self, seen: Seen) -> Answer:
        if self.allowance and self.allowance.over():
            wait = {"retry-after": "1", "x-ratelimit-limit-requests": str(self.allowance.requests)}
            return error(429, "Rate limit reached", "requests", "rate_limit_exceeded", wait)
        refused = self._refused(seen.bearer)
        if refused is not None:
            return refused
        return self._found(seen)

    def _refused(self, key: str) -> Answer | None:
        if not key:
            return error(401, "You didn't provide an API key.", "invalid_request_error", None)
        scopes = "You have insufficient permissions for this operation. Missing scopes: api.model.read."
        return {
            Key.LIVE: None,
            Key.NO_MODELS_SCOPE: error(403, scopes, "invalid_request_error", None),
            Key.NO_SCOPES: error(401, scopes, "invalid_request_error", None),
            Key.OTHER_ADDRESS: error(401, "IP not authorized", "invalid_request_error", "ip_not_authorized"),
            Key.NO_CREDIT: error(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
            Key.BUSY: error(429, "Rate limit reached", "requests", "rate_limit_exceeded"),
            # the real one masks the middle; this one quotes the whole key, so that nobody may print it
            Key.REVOKED: error(401, f"Incorrect API key provided: {key}.", "invalid_request_error", "invalid_api_key"),
            Key.DEACTIVATED: error(401, "The account is deactivated", "invalid_request_error", "account_deactivated"),
            Key.WRONG_COUNTRY: error(
                403, "Country not supported", "request_forbidden", "unsupported_country_region_territory"
            ),
        }[self.keys.get(key, Key.REVOKED)]

    def _found(self, seen: Seen) -> Answer:
        if seen.method == "GET" and seen.path == "/v1/models":
            data = [
                {"id": each, "object": "model", "created": 1754000000, "owned_by": "openai"} for each in self.models
            ]
            return Answer({"object": "list", "data": data})
        if seen.path == "/v1/organization/admin_api_keys" and not seen.bearer.startswith("sk-admin-"):
            return error(401, "You have insufficient permissions", "invalid_request_error", None)
        if seen.method == "GET" and seen.path == "/v1/organization/admin_api_keys":
            admins = [self._admin(number, key) for number, key in enumerate(self.keys) if self._lists(key)]
            return Answer({"object": "list", **paged(admins, seen.query)})
        return error(404, f"Invalid URL ({seen.method} {seen.path})", "invalid_request_error", None)

    def _lists(self, key: str) -> bool:
        return key.startswith("sk-admin-") and self.keys[key] is not Key.REVOKED

    def _admin(self, number: int, key: str) -> dict[str, Any]:
        return {
            "object": "organization.admin_api_key",
            "owner": {"type": "user", "name": "Ada"},
            "id": f"key_{number:04}",
            "name": f"admin {number}",
            "redacted_value": f"{key[:12]}...{key[-4:]}",
            "created_at": 1754000000 + number,
        }
