"""The one type that holds the text of a secret."""

from __future__ import annotations

import hashlib
from typing import NoReturn

ELLIPSIS = "…"
MASK_FROM = 16
"""A secret shorter than this many characters shows none of its own."""


class Secret:
    """Text that must not be printed: every way of turning it into text gives the masked form.

    `reveal()` is the only way to the text itself; `json`, `pickle` and `copy` refuse the object.
    """

    __slots__ = ("_prefix", "_text")

    def __init__(self, text: str, prefix: str = "") -> None:
        self._text = text
        self._prefix = prefix if text.startswith(prefix) else ""

    def reveal(self) -> str:
        """Return the text itself. Callers pass it to a comparison or to standard input, never to a message."""
        return self._text

    @property
    def prefix(self) -> str:
        """The part of the text that is no secret."""
        return self._prefix

    @property
    def fingerprint(self) -> str:
        """The name of this secret in reports and baselines, from which it cannot be recovered."""
        digest = hashlib.sha256(self._text.encode("utf-8", "surrogateescape")).hexdigest()
        return f"kg1-{digest[:32]}"

    @property
    def masked(self) -> str:
        """The type prefix, two characters, an ellipsis and the last two characters."""
        if len(self._text) < MASK_FROM:
            return ELLIPSIS
        own = self._text[len(self._prefix) :]
        if len(own) < MASK_FROM // 2:
            return f"{self._prefix}{ELLIPSIS}"
        return f"{self._prefix}{own[:2]}{ELLIPSIS}{own[-2:]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is neither pickled nor copied")


class Kept(Secret):
    """A secret that is known by its fingerprint and its masked form alone: nobody can have its text from this."""

    __slots__ = ("_fingerprint", "_masked")

    def __init__(self, fingerprint: str, masked: str) -> None:
        super().__init__("")
        self._fingerprint = fingerprint
        self._masked = masked

    @property
    def fingerprint(self) -> str:
        """The name of the secret, as it was kept."""
        return self._fingerprint

    @property
    def masked(self) -> str:
        """The masked form, as it was kept."""
        return self._masked

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and other._fingerprint == self._fingerprint

    def __hash__(self) -> int:
        return hash(self._fingerprint)
