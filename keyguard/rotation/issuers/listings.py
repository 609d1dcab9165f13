"""How providers list their keys: where in an answer the keys stand, and what of each tells which one it is.

Sources: platform.claude.com/docs/en/api/admin/api_keys; openrouter.ai/docs/api/api-reference/api-keys/list, where the
list has the keys of the default workspace, to which the new one belongs as well;
docs.x.ai/developers/rest-api-reference/management/auth, where it has all keys of the team for an admin of it.
OpenRouter documents `label` as a text for people: that it has the ends of the key (`sk-or-v1-0e6...1c96`) is known from
its examples alone, and that `hash` is the SHA-256 of the key is a guess. Where neither fits no key is found, and none
is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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

    `also` is another name that the provider's own documents or packages have for it. `more` returns what is added to
    the query for the next page, None after the last. `off` is a field that says that a key does not work, and by which
    values.
    """

    variable: str
    also: str
    items: str
    id: str
    shown: str
    created: str
    place: str
    more: Callable[[Document, int], Mapping[str, str] | None]
    off: tuple[str, tuple[str, ...]]

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
        name, values = self.off
        return str(item.get(name)).lower() not in values  # xAI's example has "false" as a text

    def found(self, items: Iterable[Document], secret: Secret) -> list[Held]:
        """Return the keys that can be the secret: the one whose id is its digest, else those that show its ends."""
        digest = sha256(secret.reveal().encode()).hexdigest()
        ends: dict[str, Held] = {}
        for held in map(self.held, items):
            if held.id == digest:
                return [held]
            if held.id and fits(held.redacted, secret.reveal()):
                ends[held.id] = held
        return list(ends.values())


def _after_id(document: Document, _count: int) -> Mapping[str, str] | None:
    return {"after_id": str(document["last_id"])} if document.get("has_more") and document.get("last_id") else None


def _offset(document: Document, count: int) -> Mapping[str, str] | None:
    return {"offset": str(count)} if document.get("data") else None


def _token(document: Document, _count: int) -> Mapping[str, str] | None:
    token = document.get("paginationToken")
    return {"paginationToken": str(token)} if token else None


LISTINGS = {
    "anthropic-api-key": Listing(
        "ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_API_KEY",
        "data", "id", "partial_key_hint", "created_at", "workspace_id", _after_id,
        ("status", ("inactive", "archived", "expired")),
    ),
    "openrouter-key": Listing(
        "OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_PROVISIONING_KEY",
        "data", "hash", "label", "created_at", "workspace_id", _offset, ("disabled", ("true",)),
    ),
    "xai-key": Listing(
        "XAI_MANAGEMENT_API_KEY", "XAI_MANAGEMENT_KEY",
        "apiKeys", "apiKeyId", "redactedApiKey", "createTime", "teamId", _token, ("disabled", ("true",)),
    ),
}  # fmt: skip
"""By the ids of the rules: the providers whose lists are known and can be told apart by what they show."""


def _seconds(value: object) -> int | None:
    try:
        return int(datetime.fromisoformat(str(value)).timestamp())
    except (ValueError, OverflowError, OSError):  # of years that no clock has
        return None
