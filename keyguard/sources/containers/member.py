"""What an archive gives out: the content of its members, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyguard.sources.containers.limits import Problem
from keyguard.sources.containers.streams import Stream


@dataclass(frozen=True, slots=True)
class Member:
    """A member: `name` as the archive has it, `content` None where it cannot be read.

    `wraps`: it is all that there is, as in a compressed file. `derived`: it is another form of the member before it,
    with a name that the archive does not have.
    """

    name: bytes
    content: Stream | None
    wraps: bool = False
    derived: bool = False


Members = Iterator[Member | Problem | None]
"""A member's content has to be read before the next one is asked for. None: it has read on without meeting one."""
