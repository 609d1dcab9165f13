"""Goes through what a file holds, and what that holds in its turn, within one budget."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from keyguard.model import NESTED, Chunk, Item, Opaque, Origin, Unread, Where
from keyguard.sources import windows
from keyguard.sources.containers import compressed, databases, json_spans, notebooks, tars, zips
from keyguard.sources.containers.kinds import Closed, Kind, recognised
from keyguard.sources.containers.limits import (
    DATABASE,
    DEPTH,
    NAME,
    NOTEBOOK,
    OUTSIDE,
    TOO_DEEP,
    TOO_LONG,
    TOO_LONG_NOTEBOOK,
    Budget,
    Problem,
)
from keyguard.sources.containers.member import Member, Members
from keyguard.sources.containers.streams import Keeper, Plain, Stream, Tee, cut_off

_MEND = 'look at it by other means, then accept it: accept-unread = ["ID"] in .keyguard.toml'
UNNAMED = b"content"
"""What is in a compressed file that says no name."""


class Identity:
    """Works out the id of a blob, or, of what has no known size, the SHA-256 of the bytes, while they are read."""

    def __init__(self, origin: Origin, size: int | None, object_format: str) -> None:
        self._known = origin.blob
        self._hash = hashlib.new("sha256" if size is None else object_format, usedforsecurity=False)
        if size is not None:
            self._hash.update(b"blob %d\0" % size)

    def update(self, data: bytes) -> None:
        """Take the next bytes into account."""
        if self._known is None:
            self._hash.update(data)

    def __str__(self) -> str:
        return self._known or self._hash.hexdigest()


def opened(
    origin: Origin, head: bytes, kind: Kind | Closed, read: Callable[[int], bytes], walk: Walk, identity: Identity
) -> Iterator[Item]:
    """Yield all that is in a file that begins with `head`, and at last what could not be decoded."""

    def counted(data: bytes) -> bytes:
        walk.budget.read += len(data)
        identity.update(data)
        return data

    yield from walk.known(origin, counted(head), kind, Plain(lambda size: counted(read(size))), 0)
    for where, problem in walk.problems.values():
        if problem.over_limit:
            why = f"{problem.why}; its id is {identity}"
            yield Unread(where.label, why, _MEND, accept=str(identity), origin=where)
        else:
            yield Opaque(where.label, problem.why, where)


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through one file. `problems` are what was not decoded, a limit once however often it was met."""

    reach: int
    budget: Budget = field(default_factory=Budget)
    problems: dict[object, tuple[Origin, Problem]] = field(default_factory=dict)

    def known(
        self, origin: Origin, head: bytes, kind: Kind | Closed | None, rest: Stream, depth: int
    ) -> Iterator[Chunk]:
        """Yield content as it is, and what is in it; `head` are its first bytes, by which its kind is known."""
        if kind is Kind.NOTEBOOK:
            yield from self._notebook(origin, head, rest, depth)
        elif kind is Kind.DATABASE:
            yield from self._database(origin, head, rest)
        elif not isinstance(kind, Kind):
            yield from windows.chunks(origin, windows.resumed(head, rest.read), self.reach)
            if kind is not None:
                self._note(origin, Problem(f"it is a file of a kind that KeyGuard does not open: {kind.value}"))
        elif depth >= DEPTH:
            yield from windows.chunks(origin, windows.resumed(head, rest.read), self.reach)
            self._note(origin, TOO_DEEP)
        elif kind is Kind.ZIP:
            yield from self._zip(origin, head, rest, depth)
        else:
            yield from self._in_order(origin, head, kind, rest, depth)

    def _in_order(self, origin: Origin, head: bytes, kind: Kind, rest: Stream, depth: int) -> Iterator[Chunk]:
        """Yield what is in a container that can be opened while it is read."""
        tee = Tee(origin, head, rest, self.reach, self.budget)
        if kind is Kind.TAR:
            members = tars.members(tee)
        elif kind is Kind.DEB:
            members = tars.deb_members(tee)
        else:
            members = compressed.members(kind, head, tee, self.budget)
        yield from self._members(origin, members, depth, tee.ready)
        yield from tee.rest()

    def _zip(self, origin: Origin, head: bytes, rest: Stream, depth: int) -> Iterator[Chunk]:
        keeper = Keeper(head, rest, self.budget)
        yield from windows.chunks(origin, keeper.read, self.reach)
        if keeper.data is None:
            self._note(origin, TOO_LONG)
            return
        members = zips.members(keeper.data, self.budget, cut_off(keeper))
        yield from self._members(origin, members, depth, list)
        keeper.let_go()

    def _members(
        self, outer: Origin, members: Members, depth: int, ready: Callable[[], Iterable[Chunk]]
    ) -> Iterator[Chunk]:
        """Yield what members hold, and between that what of the container has been read for them."""
        for each in members:
            if isinstance(each, Member):
                for chunk in self._member(outer, each, depth):
                    yield from ready()
                    yield chunk
            elif each is not None:
                self._note(outer, each)
            yield from ready()
            if self.budget.spent:
                self._note(outer, self.budget.spent)
                return

    def _member(self, outer: Origin, member: Member, depth: int) -> Iterator[Chunk]:
        self.budget.enter()
        if self.budget.spent:
            return
        origin = _inside(outer, member.name or UNNAMED)
        if member.name and not member.derived:
            column = 1 + len(origin.member or "") - len(_shown(member.name))
            yield Chunk(replace(origin, where=Where.FILE_NAME), member.name, column=column)
        if member.content is None:
            return
        head = member.content.read(windows.WINDOW)
        kind = recognised(head)
        if member.wraps and kind is Kind.TAR:  # the two are one archive to everybody
            yield from self.known(outer, head, kind, member.content, depth)
        else:
            yield from self.known(origin, head, kind, member.content, depth + 1)

    def _notebook(self, origin: Origin, head: bytes, rest: Stream, depth: int) -> Iterator[Chunk]:
        data = _begun(head, rest, NOTEBOOK)
        if len(data) > NOTEBOOK:
            larger = notebooks.Larger(data, rest.read)
            yield from windows.chunks(origin, windows.resumed(data, larger.read), self.reach)
            if larger.is_notebook:
                self._note(origin, TOO_LONG_NOTEBOOK)
            return
        notebook = self._taken_apart(origin, data)
        for part in notebook.parts if notebook else ():
            inner = replace(origin, cell=part.cell, output=part.output)
            read = io.BytesIO(part.data).read
            if part.binary:
                first = read(windows.WINDOW)
                yield from self.known(inner, first, recognised(first), Plain(read), depth + 1)
            else:
                yield from windows.chunks(inner, read, self.reach)
        yield from windows.chunks(origin, windows.resumed(notebook.rest if notebook else data, rest.read), self.reach)

    def _database(self, origin: Origin, head: bytes, rest: Stream) -> Iterator[Chunk]:
        data = _begun(head, rest, DATABASE)
        database = databases.opened(data) if len(data) <= DATABASE else None
        for table in database.tables if database else ():
            inner = _inside(origin, table.name.encode("utf-8", "replace") or UNNAMED)
            yield from windows.chunks(inner, io.BytesIO(table.text).read, self.reach)
        yield from windows.chunks(origin, windows.resumed(database.rest if database else data, rest.read), self.reach)

    def _taken_apart(self, origin: Origin, data: bytes) -> notebooks.Notebook | None:
        try:
            return notebooks.opened(data)
        except json_spans.Excessive as more:
            self._note(origin, more.problem)
            return None

    def _note(self, origin: Origin, problem: Problem) -> None:
        if problem is not OUTSIDE:
            key = problem if problem.over_limit else (origin.member, problem)
            self.problems.setdefault(key, (origin, problem))


def _begun(head: bytes, rest: Stream, most: int) -> bytes:
    """Return content that begins with `head`, or of more than so many bytes the beginning, which has more."""
    pieces = [head]
    while len(pieces[-1]) >= windows.WINDOW and len(pieces) * windows.WINDOW <= most:
        pieces.append(rest.read(windows.WINDOW))
    return b"".join(pieces)


def _shown(name: bytes) -> str:
    text = name[: 4 * NAME].decode("utf-8", "surrogateescape")
    if len(text) <= NAME:
        return text
    return f"{text[:NAME].rpartition('/')[0]}/…"  # a part of a name could be a part of a key


def _inside(outer: Origin, name: bytes) -> Origin:
    shown = _shown(name)
    return replace(outer, member=shown if outer.member is None else f"{outer.member}{NESTED}{shown}")
