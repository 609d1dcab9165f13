"""Tells random values from words, identifiers, paths and other things that are assigned to names."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter

from keyguard.detection.alphabets import bits_per_character
from keyguard.detection.spelling import DRAWN, saved_as_name
from keyguard.detection.surprise import described
from keyguard.detection.words import WORDS

SHORTEST = 16
"""Shorter values are not judged: too many words look like them."""
SAVED_BITS = 9.0
"""A value whose description is this much shorter than a random one's is no random value."""
_LEAST_ENTROPY = 0.62
"""Shannon's entropy of a random value's characters, as a part of the most that its length and alphabet allow."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NO_SECRET = re.compile(
    r"""
    (?:(?i:sha)(?:1|224|256|384|512)|h1)[-:][A-Za-z0-9+/=_-]+ # integrity of a file, fingerprint of a key
  | pk_(?:live|test)_\w+ | pk\.eyJ[\w.-]+ | [a-z]{1,8}_publishable_[\w-]+ # keys that are published
  | gAAAAA[A-Za-z0-9_-]{94,}={0,2}                         # what Fernet has encrypted
  | age1[02-9ac-hj-np-z]{58}                              # a public key of age
  | v?\d+(?:\.\d+)+[A-Za-z0-9.+-]{0,48}                   # a version
  | [a-z][a-z0-9+.-]*://.*                                # a URL
  | [A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+        # an email address, a package with its version
  | (?:[A-Za-z0-9-]+\.)+[a-z]{2,6}(?::\d+)?(?:/.*)?       # a host
  | (?:\.{0,2}|~|[A-Za-z]:)?/(?:[\w.~-]+/)*[\w.~-]*\.[A-Za-z0-9]{1,5} # a path to a file
  | [0-9.,:TZ+-]+                                         # a number, a time
    """,
    re.VERBOSE,
)
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}", re.IGNORECASE)
_HASH_NAME = re.compile(
    r"(?:commit|index|blob|tree|parent|object|revision|rev|ref|sha\d*|md5|hash|digest|checksum|integrity|etag|oid)"
    r"[\"'\s:=@-]*\Z",
    re.IGNORECASE,
)


_OF_WORDS = frozenset(
    hashlib.new(name, word.encode(), usedforsecurity=False).hexdigest()
    for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
    for word in ("", *WORDS)
)
"""Digests of nothing at all, and of what people hash to try it out."""


def looks_random(value: str) -> bool:
    """Return whether a value looks drawn by chance; it has to have 16 characters or more for that."""
    if len(value) < SHORTEST or UUID.fullmatch(value) or _NO_SECRET.fullmatch(value):
        return False
    if value.lower() in _OF_WORDS or evenness(value) < _LEAST_ENTROPY or not any(map(str.isalpha, value)):
        return False
    return saved_as_name(value) < DRAWN and described(value).saved < SAVED_BITS


def is_hash(value: str, before: str) -> bool:
    """Return whether a value is the hash of a file or the id of a git object, by the words before it."""
    return _HASH.fullmatch(value) is not None and _HASH_NAME.search(before) is not None


def evenness(value: str) -> float:
    """Return Shannon's entropy of the characters, as a part of the most that this length and alphabet allow."""
    length = len(value)
    entropy = -sum(count / length * math.log2(count / length) for count in Counter(value).values())
    return entropy / min(math.log2(length), bits_per_character(value))
