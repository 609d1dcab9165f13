"""Compares the names that values are assigned to: which of them hold a key, and whose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_KEYISH = _set(
    """
    key keys apikey apikeys token secret secrets pass password passwd passphrase pwd credential credentials cred creds
    auth authorization bearer pat authtoken accesstoken secretkey accesskey subscriptionkey authkey apitoken apisecret
    xapikey
    """
)
_ENDINGS = ("apikey", "key", "token", "secret", "password")
"""What may be written onto the word before without a gap, as in `openaikey`."""
_NO_VALUE_AFTER = _set(
    """
    id ids name names url urls uri uris file files path paths dir folder count counts length len size limit limits
    type types hash hashes fingerprint version endpoint host port region prefix suffix format num number index usage
    budget env var ref label title description regex pattern expiry expires expiration ttl arn header headers field
    fields hint help message error errors placeholder example link page docs text status date time at scope scopes
    algorithm alg method mode provider location selector
    """
)
"""What a name ends with that says something about a key and does not hold one."""
_OTHER_KEYS = _set(
    """
    public pub primary foreign partition sort cache max min num count press hot row map
    """
)
"""What a name has in it when it is of a key of another kind, or of tokens of a text."""
_FRAMEWORKS = _set(
    """
    next expo nuxt
    """
)
"""What stands before `PUBLIC_` in names such as `NEXT_PUBLIC_NAME_API_KEY`."""
_NO_KEYS = _set(
    """
    monkey turkey donkey hockey jockey whiskey hotkey keykey
    """
)

_GENERIC = _KEYISH | _set(
    """
    api access my the a client service private app x default value llm ai model user server prod dev test new old for
    to of your our main primary secondary own root base this self config settings env chat embedding embeddings
    """
)
"""What the words of a name say that tells nothing of whose key it holds."""


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case, however they are joined: camelCase, snake_case, kebab-case, dots."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(maxsize=1 << 14)
def holds_key(name: str) -> bool:
    """Return whether something of this name holds a key: `api_key` does, `key_id` and `max_tokens` do not."""
    words = _without_exposure(words_of(name))
    if not words or words[-1] in _NO_VALUE_AFTER or not _OTHER_KEYS.isdisjoint(words):
        return False
    return any(word in _KEYISH or (word.endswith(_ENDINGS) and word not in _NO_KEYS) for word in words)


def _without_exposure(words: list[str]) -> list[str]:
    """Return words without the ones at the beginning that make a web framework hand the value to every browser."""
    framework = 1 if words[:1] and words[0] in _FRAMEWORKS else 0
    rest = words[framework + 1 :]
    exposed = words[framework : framework + 1] == ["public"] and len(rest) > 1 and rest[0] not in (_KEYISH | {"api"})
    return rest if exposed else words


def is_generic(name: str) -> bool:
    """Return whether a name says that it holds a key, and nothing of whose: `api_key`, `client.secret`."""
    return all(word in _GENERIC for word in words_of(name))


def is_of(name: str, owners: Iterable[str]) -> str | None:
    """Return the first of the owners whose words stand next to each other in a name."""
    words = words_of(name)
    return next((owner for owner in owners if _has(words, "".join(words_of(owner)))), None)


def _has(words: Sequence[str], owner: str) -> bool:
    """Whether an owner's words begin and end where words of the name do, or before a key word written onto them."""
    joined = "".join(words)
    edges = {0}
    for word in words:
        edges.add(max(edges) + len(word))
    at = joined.find(owner)
    while owner and at >= 0:
        end = at + len(owner)
        begins = at in edges or (at - 1 in edges and joined[at - 1] in "nrt")
        if begins and (end in edges or joined.startswith(_ENDINGS, end)):
            return True
        at = joined.find(owner, at + 1)
    return False
