"""How providers list their keys: where in an answer the keys stand, and what of each tells which one it is.

Sources: platform.claude.com/docs/en/api/admin/api_keys, openrouter.ai/docs/api/api-reference/api-keys,
docs.x.ai/developers/rest-api-reference/management/auth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from keyguard.model import Secret
from keyguard.rotation.values import Held, fits

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """The fields of a provider's list of keys; `variable` names the environment variable of the key that may read it.

    `more` returns what is added to the query for the next page, None after the last.
    """

    variable: str
    items: str
    id: str
    shown: str
    created: str
    place: str
    more: Callable[[Document, int], Mapping[str, str] | None]
    off: str = ""

    def held(self, item: Document) -> Held:
        """Return one key of the list."""
        texts = {name: str(item.get(name) or "") for name in (self.id, "name", self.shown, self.place)}
        return Held(
            id=texts[self.id],
            name=texts["name"],
            redacted=texts[self.shown],
            place=texts[self.place],
            created=_seconds(item.get(self.created)),
        )

    def is_on(self, item: Document) -> bool:
        """Whether the key works, as far as the list says."""
        return not (self.off and item.get(self.off))

    def shows(self, item: Document, secret: Secret) -> bool:
        """Whether this can be the secret: by its ends, or by its digest where that is the id."""
        held = self.held(item)
        return fits(held.redacted, secret.reveal()) or held.id == sha256(secret.reveal().encode()).hexdigest()


def _after_id(document: Document, _count: int) -> Mapping[str, str] | None:
    return {"after_id": str(document["last_id"])} if document.get("has_more") and document.get("last_id") else None


def _offset(document: Document, count: int) -> Mapping[str, str] | None:
    return {"offset": str(count)} if document.get("data") else None


def _token(document: Document, _count: int) -> Mapping[str, str] | None:
    token = document.get("paginationToken")
    return {"paginationToken": str(token)} if token else None


LISTINGS = {
    "anthropic-api-key": Listing(
        "ANTHROPIC_ADMIN_KEY", "data", "id", "partial_key_hint", "created_at", "workspace_id", _after_id
    ),
    "openrouter-key": Listing(
        "OPENROUTER_MANAGEMENT_KEY", "data", "hash", "label", "created_at", "workspace_id", _offset, "disabled"
    ),
    "xai-key": Listing(
        "XAI_MANAGEMENT_API_KEY", "apiKeys", "apiKeyId", "redactedApiKey", "createTime", "teamId", _token, "disabled"
    ),
}
"""By the ids of the rules: the providers whose lists are known and can be told apart by what they show."""


def _seconds(value: object) -> int | None:
    try:
        return int(datetime.fromisoformat(str(value)).timestamp())
    except ValueError:
        return None
