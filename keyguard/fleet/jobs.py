"""What is handed to a worker and what comes back: plain values, in which no secret stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Protocol

from keyguard.fleet.records import Record
from keyguard.fleet.targets import Target
from keyguard.pipeline.setup import Settings
from keyguard.verification.addresses import Addresses

SPLIT_FROM = 384 << 20
"""Weight (about bytes of content) from which a repository that nobody has read yet is read in several parts."""


class Task(enum.StrEnum):
    """What is to be done with a repository: scan it, read a part of it for its scan, or ask whether keys in it live."""

    SCAN = "scan"
    PART = "part"
    FINISH = "finish"
    ASK = "ask"


class Ended(enum.StrEnum):
    """How that ended."""

    READ = "read"
    UNCHANGED = "unchanged"
    SPLIT = "split"
    PART = "part"
    ASKED = "asked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One thing for a worker to do.

    `rules` stands for all that a verdict depends on beside the repository. `state` is what the repository was when a
    verdict by the same rules was given, empty if there is none; `watched` are its further folders. `cache` is where
    mirrors lie, and what is remembered. `split` is the weight from which the work is split, `part` the number of a
    part. `keys` are the fingerprints that their providers are asked about, at other `addresses` only in tests.
    """

    target: Target
    settings: Settings
    rules: str
    version: str
    cache: str
    state: str = ""
    watched: tuple[str, ...] = ()
    task: Task = Task.SCAN
    part: int = 0
    split: int = SPLIT_FROM
    keys: tuple[str, ...] = ()
    addresses: Addresses | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: the record of a scan or of answers, into how many parts it is split, or why it failed.

    `again`: it may go well another time. `worker` is the process that did it, by host and number.
    """

    name: str
    ended: Ended
    seconds: float = 0.0
    worker: str = ""
    state: str = ""
    watched: tuple[str, ...] = ()
    record: Record = field(default_factory=dict)
    parts: int = 0
    why: str = ""
    mend: str | None = None
    again: bool = True


class Watcher(Protocol):
    """What wants to know what happens meanwhile."""

    def given(self, name: str, task: Task) -> None:
        """A job was handed over."""

    def lost(self, name: str, tries: int) -> None:
        """The worker that had a job, or the whole pool, is gone, and the job is given to another."""

    def failed(self, outcome: Outcome, tries: int) -> None:
        """A job failed, and will be tried again."""

    def unread(self, outcome: Outcome) -> None:
        """Something in a repository could not be read, which is tried once more."""

    def split(self, name: str, parts: int) -> None:
        """A large repository is read in parts."""

    def tick(self) -> None:
        """Time goes by."""
