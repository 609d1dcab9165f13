"""xAI's management of keys, two keys a page; https://docs.x.ai/developers/rest-api-reference/management/auth."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from tests.support import keys
from tests.support.endpoints.server import Answer, Seen

MANAGEMENT = "xai-token-" + keys.text(random.Random(9), keys.ALNUM, 80)
KEYS = "/auth/teams/team-1/api-keys"


def xai_key(seed: int) -> str:
    """Return a made-up key."""
    return "xai-" + keys.text(random.Random(seed), keys.ALNUM, 80)


@dataclass
class Xai:
    """A team with its keys by name and text; `ends` is how the list shows one."""

    alive: list[str] = field(default_factory=list)
    made: list[tuple[str, str]] = field(default_factory=list)
    ends: str = "{start}...{end}"

    def __call__(self, seen: Seen) -> Answer:
        if seen.path == "/v1/api-key":
            return self._about(seen.bearer)
        if seen.bearer != MANAGEMENT:
            return Answer({"code": 16, "message": "unauthenticated"}, 401)
        if (seen.method, seen.path) == ("GET", KEYS):
            return Answer(self._page(int(seen.query.get("paginationToken", 0))))
        if (seen.method, seen.path) == ("POST", KEYS):
            return self._create(json.loads(seen.body))
        return self._delete(seen)

    def make(self, name: str, text: str) -> str:
        """Let the team have this key."""
        self.made.append((name, text))
        self.alive.append(text)
        return text

    def _about(self, key: str) -> Answer:
        if key not in self.alive:
            return Answer({"code": "invalid-argument", "error": f"Incorrect API key provided: {key}"}, 400)
        return Answer({"redacted_api_key": "xai-...", "api_key_blocked": False, "api_key_disabled": False})

    def _create(self, wanted: dict[str, Any]) -> Answer:
        if not wanted.get("acls"):
            return Answer({"code": 3, "message": "a key without acls may do nothing"}, 400)
        text = self.make(wanted["name"], xai_key(1000 + len(self.made)))
        return Answer({**self._shown(len(self.made) - 1), "apiKey": text})

    def _delete(self, seen: Seen) -> Answer:
        found = {f"/auth/api-keys/id-{number}": text for number, (_, text) in enumerate(self.made)}.get(seen.path)
        if seen.method != "DELETE" or found not in self.alive:
            return Answer({"code": 5, "message": "not found"}, 404)
        self.alive.remove(found)
        return Answer({})

    def _page(self, start: int) -> dict[str, Any]:
        """Return a page; an empty list is left out, as protocol buffers do."""
        shown = [self._shown(each) for each, (_, text) in enumerate(self.made) if text in self.alive]
        more = {"paginationToken": str(start + 2)} if start + 2 < len(shown) else {}
        return {"apiKeys": shown[start : start + 2], **more} if shown else {}

    def _shown(self, number: int) -> dict[str, Any]:
        """Return a key as the list has it: in the documented example "false" is a text."""
        name, text = self.made[number]
        shown = {"redactedApiKey": self.ends.format(start=text[:4], end=text[-4:]), "apiKeyId": f"id-{number}"}
        times = {"createTime": "2025-11-13T16:14:38.164829Z", "teamId": "team-1"}
        return {**shown, **times, "name": name, "disabled": "false", "userId": "u", "aclStrings": []}
