"""What the readers of all options share: the error for a value that is not fit, and texts of a fixed choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


class NotThatError(ValueError):
    """The value is not one that the option takes; the text ends a sentence that begins with the option.

    `inner` is the key inside the option at which it goes wrong.
    """

    def __init__(self, text: str, inner: str | None = None) -> None:
        super().__init__(text)
        self.inner = inner


def word(value: object, words: Mapping[str, T]) -> T:
    """Return what a text of a fixed choice stands for."""
    if not isinstance(value, str) or value not in words:
        raise NotThatError(f"is one of {', '.join(words)}")
    return words[value]
