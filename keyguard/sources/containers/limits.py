"""How far content is decoded, and the account of what the decoding of one file has used of that."""

from __future__ import annotations

from dataclasses import dataclass

DEPTH = 4
"""Archives inside each other that are opened; a tar in a compressed file counts once. An image of a container that has
a layer with a program in a jar, which has its libraries as jars, is 4 deep. An archive that holds itself has no end."""
MEMBERS = 100_000
"""Members of one file, nested ones included: a large `node_modules` or a layer of an image has up to some 50,000. Each
costs some 0.04 ms, however small it is, and 50 bytes are enough to name one."""
EXPANDED = 1 << 30
"""Bytes that decompressing one file may give: a few seconds of reading."""
RATIO = 200
"""How many times more than what was read that may be. Text shrinks to a 5th or a 20th, a log that repeats itself to a
100th at best; zeros shrink to a 1000th (gzip), a 30,000th (zstd) or less (bzip2)."""
ALWAYS = 64 << 20
"""Bytes that a file may expand to whatever the ratio is: small files reach any ratio, and this takes 0.2 s."""
HELD = 128 << 20
"""Bytes of zip archives, and of those inside them, that are in memory at once: their directory stands at the end.
Hosts of repositories refuse files of over 100 MB."""
DICTIONARY = 128 << 20
"""Bytes that xz, lzma and zstd may look back: `xz -9` takes 64 MiB, `zstd --ultra -22` 128 MiB."""
NOTEBOOK = 32 << 20
"""Bytes of a notebook that is taken apart, for which it is in memory some times."""
DATABASE = 64 << 20
"""Bytes of a database whose rows are taken out of it, for which it is in memory some times; a larger one is read as it
is, and so is searched, too."""
STRINGS = 500_000
"""Strings, lists and objects of a notebook together; each takes some 150 bytes. One of 32 MB seldom has half as many
lines."""
BRACKETS = 1000
"""Brackets within brackets of a notebook: it has about ten, the data of a picture of a tree some more."""
BACKLOG = 8
"""Windows of raw content that may wait while what is decoded out of them gives nothing to hand on: a notebook takes up
to 5 before it does."""
NAME = 1024
"""Characters of the path of a member that are kept for reports; formats allow names of many megabytes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not decoded, or not to its end.

    `over_limit`: it is well-formed and only more than is decoded. Otherwise nobody else could open it either, or only
    with its password or a program of its own.
    """

    why: str
    over_limit: bool = False


OUTSIDE = Problem("what holds it cannot be read to its end")
"""What is wrong with what is around it, where that is told."""
TRUNCATED = Problem("it is cut off or malformed")
ENCRYPTED = Problem("it is encrypted")
UNKNOWN_METHOD = Problem("it is compressed by a method that KeyGuard does not know")
TOO_DEEP = Problem(f"it has archives nested in each other more than {DEPTH} deep", over_limit=True)
TOO_MANY = Problem(f"it has more than {MEMBERS} members", over_limit=True)
TOO_LARGE = Problem(f"it expands to more than {EXPANDED >> 20} MiB", over_limit=True)
TOO_DENSE = Problem(f"it expands to more than {RATIO} times its size", over_limit=True)
TOO_WIDE = Problem(f"decompressing it takes more than {DICTIONARY >> 20} MiB of memory", over_limit=True)
TOO_LONG = Problem(f"it has a zip archive of more than {HELD >> 20} MiB", over_limit=True)
TOO_LONG_NOTEBOOK = Problem(f"it is a notebook of more than {NOTEBOOK >> 20} MiB", over_limit=True)
TOO_MANY_STRINGS = Problem(f"it is a notebook of more than {STRINGS} strings", over_limit=True)
TOO_MANY_BRACKETS = Problem(f"it is a notebook with brackets nested more than {BRACKETS} deep", over_limit=True)
TOO_EMPTY = Problem(f"over {BACKLOG * 8} MiB in a row hold nothing that can be handed on", over_limit=True)


@dataclass(slots=True)
class Budget:
    """What decoding one file, and all that is in it, has used: bytes read, bytes expanded to, members, bytes held.

    `spent` is the limit that was reached, after which nothing more of it is decoded.
    """

    read: int = 0
    expanded: int = 0
    members: int = 0
    held: int = 0
    spent: Problem | None = None

    def expand(self, size: int) -> None:
        """Count bytes that came out of a decompressor."""
        self.expanded += size
        if self.expanded > EXPANDED:
            self.spent = self.spent or TOO_LARGE
        elif self.expanded > max(ALWAYS, RATIO * self.read):
            self.spent = self.spent or TOO_DENSE

    def enter(self) -> None:
        """Count a member."""
        self.members += 1
        if self.members > MEMBERS:
            self.spent = self.spent or TOO_MANY

    def hold(self, size: int) -> bool:
        """Count bytes that are to be kept in memory, if that many more may be, and say whether they may."""
        if self.held + size > HELD:
            return False
        self.held += size
        return True
