"""Remembers how far a rotation has come, so that it goes on after whatever ended it; it holds no secret.

One file for each old key, by its fingerprint, in a folder of the user's that only the user may enter.
"""

from __future__ import annotations

import contextlib
import enum
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from keyguard.cache import private
from keyguard.cache import state as state_folder
from keyguard.errors import SourceError, UsageError
from keyguard.remediation.quoting import shell
from keyguard.rotation.values import Held, Way

SCHEMA = "keyguard.rotation.v1"
FOLDER = "rotations"


class Step(enum.StrEnum):
    """What a rotation has done, in the order of one that does not revoke first."""

    FOUND = "found"
    NAMED = "named"
    MINTED = "minted"
    STORED = "stored"
    PROVEN = "proven"
    DEPLOYED = "deployed"
    DELETED = "deleted"
    DEAD = "dead"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A new key that was asked for under a name; whatever became of it, it can be found in the organisation by that.

    `fingerprint` is known once it was given out; `touched` are the targets that it may stand in, `doubtful` those of
    them that failed, and may have taken it all the same. `by_hand`: whether the user was to make it.
    """

    name: str
    id: str | None = None
    account: str | None = None
    fingerprint: str | None = None
    touched: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of one rotation; `times` says when each step was done (ISO 8601, UTC).

    `proof` is by what the old key is known to be dead; `folder` is where it was begun, which `gh` and commands go by;
    `spent` is what the key did since it was exposed, as it was told when the rotation began.
    """

    fingerprint: str
    rule: str
    provider: str
    masked: str
    old: Held
    way: Way
    targets: tuple[str, ...]
    revoke_first: bool
    since: int | None = None
    scopes: tuple[str, ...] | None = None
    expires_in: int | None = None
    attempts: tuple[Attempt, ...] = ()
    times: tuple[tuple[str, str], ...] = ()
    proof: str = ""
    folder: str = ""
    spent: str = ""

    def did(self, step: Step) -> bool:
        """Whether a step is done."""
        return any(name == step for name, _ in self.times)

    def after(self, step: Step) -> State:
        """Return the state in which a step is done, now."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return replace(self, times=(*(each for each in self.times if each[0] != step), (step.value, now)))

    def before(self, *steps: Step) -> State:
        """Return the state in which these steps are still to be done."""
        return replace(self, times=tuple(each for each in self.times if each[0] not in steps))

    @property
    def new(self) -> Attempt | None:
        """The new key that is in use or on its way there: the last one that was asked for."""
        return self.attempts[-1] if self.attempts else None

    def with_new(self, **changes: Any) -> State:
        """Return the state with other values of the last attempt."""
        return replace(self, attempts=(*self.attempts[:-1], replace(self.attempts[-1], **changes)))


class Journal:
    """The file of one rotation, which this process alone may write; `state` is None where there is none yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state = _read(path)

    @property
    def state(self) -> State | None:
        """What was kept last."""
        return self._state

    def keep(self, state: State) -> State:
        """Keep this, on the disk before anything else happens; raises `SourceError` where that cannot be done."""
        text = json.dumps({"schema": SCHEMA, **asdict(state)}, indent=1, ensure_ascii=True)
        part = self.path.with_suffix(".part")
        try:
            part.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
            _synced(self.path.parent)
        except OSError as error:
            raise SourceError(
                f"the journal of the rotation cannot be written to {self.path}: {error.strerror}",
                "nothing more was done; without a journal a rotation could not be gone on with",
            ) from None
        self._state = state
        return state


@contextlib.contextmanager
def opened(fingerprint: str) -> Iterator[Journal]:
    """Open the journal of the key with this fingerprint, for this process alone.

    Raises `UsageError` while another process has it, and `SourceError` for a folder that is not the user's alone.
    """
    here = folder()
    with _locked(here / f"{fingerprint}.lock"):
        yield Journal(here / f"{fingerprint}.json")


def kept(beginning: str) -> str | None:
    """Return the whole fingerprint of the rotation whose fingerprint begins so; None if there is none or several."""
    try:
        names = [each.stem for each in folder().glob("kg1*.json") if each.stem.startswith(beginning)]
    except SourceError:
        return None
    return names[0] if len(names) == 1 else None


def folder() -> Path:
    """Return where journals are kept (see `cache.state.place`), made if it is not there.

    Raises `SourceError` for one that is a link, or that others may enter.
    """
    try:
        path = state_folder.place(FOLDER)
    except RuntimeError as error:
        raise SourceError(f"there is no folder for the journal of a rotation ({type(error).__name__})") from None
    if private.made(path.parent) is None or private.made(path) is None:
        raise SourceError(
            f"{path} is not a folder of yours alone",
            f"if it is yours: chmod 700 {shell(str(path.parent))} {shell(str(path))}",
        )
    return path


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with this process, however it ends."""
    try:
        descriptor = private.hold(path)
    except BlockingIOError:
        raise UsageError("this key is being rotated by another process", "let that one end first") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _synced(path: Path) -> None:
    """Have the name of a file that was put into a folder on the disk as well; Windows has no such call."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> State | None:
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(f"the journal {path} cannot be read ({type(error).__name__})") from None
    try:
        return _state(document)
    except (AttributeError, KeyError, TypeError, ValueError):
        hint = "it was written by another version of KeyGuard, or is damaged; finish by hand, then delete the file"
        raise SourceError(f"the journal {path} is not understood", hint) from None


def _state(document: dict[str, Any]) -> State:
    if document.pop("schema") != SCHEMA:
        raise ValueError
    known = {each.name: document[each.name] for each in fields(State)}
    lists = ("touched", "doubtful")
    attempts = tuple(Attempt(**{**each, **{name: tuple(each[name]) for name in lists}}) for each in known["attempts"])
    scopes = None if known["scopes"] is None else tuple(known["scopes"])
    texts = {"targets": tuple(known["targets"]), "times": tuple((name, at) for name, at in known["times"])}
    return State(
        **{
            **known,
            **texts,
            "attempts": attempts,
            "scopes": scopes,
            "old": Held(**known["old"]),
            "way": Way(known["way"]),
        }
    )
