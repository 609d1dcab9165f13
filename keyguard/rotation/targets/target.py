"""What every kind of target can do, and which kind a user's words name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from keyguard.errors import KeyGuardError, UsageError
from keyguard.model import Secret
from keyguard.pipeline.scrub import scrubbed

KINDS = "FILE:NAME (a .env file), gh:NAME or gh:OWNER/REPOSITORY:NAME, or 'command:…'"


class NotStoredError(KeyGuardError):
    """A target did not take the new key: what it says, without the key; the old one is untouched.

    `surely`: whether nothing of the key can be there all the same.
    """

    def __init__(self, message: str, hint: str | None = None, *, surely: bool = False) -> None:
        super().__init__(message, hint)
        self.surely = surely


class Target(Protocol):
    """A place where the key is used."""

    @property
    def spec(self) -> str:
        """How the user named it."""

    @property
    def notes(self) -> Sequence[str]:
        """What the user has to know before the new key is put there."""

    def check(self, known: Collection[str]) -> None:
        """Raise `UsageError` if the key cannot be put there; nothing is changed.

        `known` are the fingerprints of the old key and of new ones that an earlier attempt may have put there.
        """

    def others(self, known: Collection[str]) -> Sequence[str]:
        """Return where else a key with one of these fingerprints stands in the same place, and would stay."""

    def put(self, key: Secret, known: Collection[str]) -> None:
        """Put the key there; raises `NotStoredError` if it is not there afterwards."""

    def holds(self, fingerprint: str) -> bool | None:
        """Whether the key with this fingerprint stands there; None where that cannot be read back."""


def target(spec: str) -> Target:
    """Return the target that these words name; raises `UsageError` for others, and for a key among them."""
    if scrubbed(spec) != spec:
        raise UsageError("a target holds what looks like a key", "the list of processes shows it to others")
    kind, _, rest = spec.partition(":")
    if kind == "gh":
        from keyguard.rotation.targets.github import GitHubSecret

        return GitHubSecret.named(spec, rest)
    if kind == "command":
        from keyguard.rotation.targets.command import Command

        return Command.named(spec, rest)
    if ":" in spec:
        from keyguard.rotation.targets.dotenv import DotEnv

        return DotEnv.named(spec)
    raise UsageError(f"{spec} names no target", f"one of: {KINDS}")
