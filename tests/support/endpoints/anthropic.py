"""Anthropic's API as its documentation has it: models, the organisation, its keys, and its errors.

https://platform.claude.com/docs/en/api/models-list, https://platform.claude.com/docs/en/api/admin/api_keys,
https://platform.claude.com/docs/en/api/errors
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.endpoints.limits import Allowance, paged
from tests.support.endpoints.server import Answer, Seen


class Key(enum.Enum):
    """The state of a key; one that is not listed is `REVOKED`."""

    LIVE = (200, "")
    RESTRICTED = (403, "permission_error")
    NO_CREDIT = (400, "invalid_request_error")
    BUSY = (429, "rate_limit_error")
    OVERLOADED = (529, "overloaded_error")
    REVOKED = (401, "authentication_error")


_MESSAGES = {
    Key.RESTRICTED: "Your API key does not have permission to use the specified resource.",
    Key.NO_CREDIT: "Your credit balance is too low to access the API.",
    Key.BUSY: "Number of requests has exceeded your rate limit.",
    Key.OVERLOADED: "Overloaded",
}


def error(status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an error in Anthropic's form."""
    document = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_011CSHoEeqs5C35K"}
    return Answer(document, status, dict(headers or {}))


KEYS = "/v1/organizations/api_keys"


@dataclass
class Anthropic:
    """The provider: keys by their text, the models that it lists, and how many requests it takes."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    allowance: Allowance | None = None
    models: tuple[str, ...] = ("claude-opus-4-5", "claude-haiku-4-5")

    def __call__(self, seen: Seen) -> Answer:
        if self.allowance and self.allowance.over():
            return error(429, "rate_limit_error", _MESSAGES[Key.BUSY], {"retry-after": "1"})
        if "anthropic-version" not in seen.headers:
            return error(400, "invalid_request_error", "anthropic-version: header is required")
        key = seen.headers.get("x-api-key", "")
        state = self.keys.get(key, Key.REVOKED)
        if state is not Key.LIVE:
            status, kind = state.value
            return error(status, kind, _MESSAGES.get(state, f"invalid x-api-key: {key}"))
        return self._found(seen)

    def _found(self, seen: Seen) -> Answer:
        if seen.path == "/v1/models":
            models = [{"type": "model", "id": each, "display_name": each} for each in self.models]
            return Answer(paged(models, seen.query))
        if seen.path == "/v1/organizations/me" and seen.headers["x-api-key"].startswith("sk-ant-admin"):
            return Answer({"id": "12345678-1234-5678-1234-567812345678", "type": "organization", "name": "Example"})
        if seen.path.startswith(KEYS) and seen.headers["x-api-key"].startswith("sk-ant-admin"):
            return self._organization(seen)
        return error(404, "not_found_error", f"{seen.method} {seen.path}")

    def _organization(self, seen: Seen) -> Answer:
        """List the keys, or set the status of one; its id is its number among those that the provider knows."""
        texts = [each for each in self.keys if not each.startswith("sk-ant-admin")]
        shown = [self._shown(number, each) for number, each in enumerate(texts)]
        if seen.method == "GET" and seen.path == KEYS:
            wanted = seen.query.get("status")
            return Answer(paged([each for each in shown if wanted in (None, each["status"])], seen.query))
        known = {each["id"]: text for each, text in zip(shown, texts, strict=True)}
        text = known.get(seen.path.removeprefix(f"{KEYS}/"))
        if text is None or seen.method != "POST":
            return error(404, "not_found_error", f"{seen.method} {seen.path}")
        on = json.loads(seen.body)["status"] == "active"
        self.keys = {**self.keys, text: Key.LIVE if on else Key.REVOKED}
        return Answer(self._shown(texts.index(text), text))

    def _shown(self, number: int, text: str) -> dict[str, Any]:
        return {
            "type": "api_key",
            "id": f"apikey_{number:04}",
            "name": f"key {number}",
            "partial_key_hint": f"{text[:16]}...{text[-4:]}",
            "status": "inactive" if self.keys[text] is Key.REVOKED else "active",
            "created_at": "2025-08-01T00:00:00Z",
            "workspace_id": None,
        }
