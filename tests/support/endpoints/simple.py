"""A provider that knows keys by their text, and hands them out and takes them back by some calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.endpoints.server import Answer, Seen


@dataclass
class Simple:
    """`calls` answers; what it does not answer is no call of the provider."""

    alive: list[str]
    calls: Callable[[Simple, Seen], Answer | None]
    made: list[tuple[str, str]] = field(default_factory=list)
    """Name and text of each key that it has made."""

    def __call__(self, seen: Seen) -> Answer:
        return self.calls(self, seen) or Answer({"error": "no such call"}, 404)

    def make(self, name: str, text: str) -> str:
        self.made.append((name, text))
        self.alive.append(text)
        return text
