"""A command of the user's that stores the key that it is given on standard input."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.rotation.targets.processes import fed


@dataclass(frozen=True, slots=True)
class Command:
    """A line for the shell; code 0 means stored."""

    spec: str
    line: str
    notes: Sequence[str] = ()

    @classmethod
    def named(cls, spec: str, line: str) -> Command:
        """Return the command that `command:…` names."""
        if not line.strip():
            raise UsageError("command: names no command", "write it as 'command:vault kv put secret/openai key=-'")
        return cls(spec, line)

    def check(self, known: Collection[str]) -> None:
        """Nothing can be known of a command before it is run."""

    def others(self, known: Collection[str]) -> Sequence[str]:
        """Return nothing: it has one value."""
        return ()

    def put(self, key: Secret, known: Collection[str]) -> None:
        """Run it with the key as its input, without a line end."""
        fed(self.line, key, "the command")

    def holds(self, fingerprint: str) -> None:
        """Return None: it is not asked what it has stored."""
