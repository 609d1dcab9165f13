"""What remains of a rotation once it has ended: the one value that is handed on, without a secret in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keyguard.rotation.journal import State


@dataclass(frozen=True, slots=True)
class Record:
    """That an old key was replaced and is dead: which, by which, when, where the new one was put, and by what proof."""

    fingerprint: str
    rule: str
    provider: str
    old_id: str
    new_fingerprint: str | None
    new_id: str | None
    targets: tuple[str, ...]
    times: tuple[tuple[str, str], ...]
    proof: str

    @classmethod
    def of(cls, state: State) -> Record:
        """Return the record of a rotation that is through."""
        new = state.new
        return cls(
            fingerprint=state.fingerprint,
            rule=state.rule,
            provider=state.provider,
            old_id=state.old.id,
            new_fingerprint=new.fingerprint if new else None,
            new_id=new.id if new else None,
            targets=state.targets,
            times=state.times,
            proof=state.proof,
        )


Recorder = Callable[[Record], None]
"""Takes the record of a rotation that has just ended."""
