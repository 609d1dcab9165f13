"""What the tests of the pack reader share: an oracle, a check of all that it promises, and histories with deltas."""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

from keyguard.git import objects
from keyguard.git.packs.planning import plan
from keyguard.git.packs.reading import Stored, read
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

Contents = dict[str, tuple[str, bytes]]


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def oracle(repo: Repo, ids: Iterable[str] | None = None) -> Contents:
    """What git says that these objects, or all that are stored, hold."""
    git = opened(repo).git
    wanted = objects.stored(git).ids if ids is None else list(ids)
    return {header.id: (header.type, body.read()) for header, body in objects.read(git, wanted) if body}


def delivered(repo: Repo, ids: Iterable[str], parts: int = 3) -> tuple[Contents, set[str]]:
    """Read these objects; return contents and what is left to git, and check what each object says of its base."""
    wanted = list(ids)
    planned = plan(opened(repo), wanted, parts)
    found: Contents = {}
    left = list(planned.left)
    for part in planned.parts:
        seen: dict[str, Stored] = {}
        for stored in read(pickle.loads(pickle.dumps(part))):
            if stored.data is None:
                left.append(stored.id)
                continue
            check_changes(stored, seen)
            seen[stored.id] = stored
            assert stored.id not in found, "read twice"
            found[stored.id] = (stored.type, stored.data)
    assert len(left) == len(set(left)), "left twice"
    assert not found.keys() & set(left), "both read and left"
    assert found.keys() | set(left) == set(wanted), "neither read nor left, or not asked for"
    return found, set(left)


def check_changes(stored: Stored, seen: dict[str, Stored]) -> None:
    """Check what an object says of what is new in it."""
    if stored.base is None:
        assert not stored.new
        return
    check_new(seen[stored.base].data or b"", stored.data or b"", stored.new)


def check_new(base: bytes, data: bytes, new: Sequence[tuple[int, int]]) -> None:
    """Check that all else begins like the base, ends like it, or stands in it as a whole."""
    assert new
    assert all(0 <= low <= high <= len(data) for low, high in new)
    first, last = new[0][0], len(data) - new[-1][1]
    assert base.startswith(data[:first])
    assert base.endswith(data[len(data) - last :])
    for (_, end), (start, _) in pairwise(new):
        assert end < start
        assert data[end:start] in base


def all_is_read(repo: Repo, parts: int = 3) -> Contents:
    """Check that all that is stored is read as git reads it, and return it."""
    expected = oracle(repo)
    found, left = delivered(repo, expected, parts)
    assert not left
    assert found == expected
    return found


def history(repo: Repo, commits: int = 30, seed: int = 1) -> None:
    """Make commits in which a few files change line by line, one is binary, one empty, one of a single byte."""
    draw = random.Random(seed)
    lines = {name: [f"{draw.random()}\n" for _ in range(draw.randrange(20, 400))] for name in ("a", "b", "lib/c", "d")}
    noise = bytearray(draw.randbytes(5000))
    stream: list[bytes] = []
    for number in range(commits):
        files = {"empty": b"", "one": bytes([number % 256]), "noise": bytes(noise)}
        for name in draw.sample(sorted(lines), 2):
            some = lines[name]
            at = draw.randrange(len(some))
            some[at : at + draw.randrange(3)] = [f"{draw.random()}\n" for _ in range(draw.randrange(4))]
            lines[name] = some or ["\n"]
        noise[draw.randrange(len(noise))] ^= 1
        files |= {name: "".join(some).encode() for name, some in lines.items()}
        stream.append(_commit(number, files))
    stream.append(b"tag v1\nfrom refs/heads/main\ntagger A <a@example.org> 1 +0000\ndata 4\nnote\n")
    repo.git("fast-import", "--quiet", stdin=b"".join(stream))


def blobs(repo: Repo, contents: Iterable[bytes]) -> None:
    """Store blobs in a new pack, each as a delta of the one before where that is shorter."""
    repo.git("fast-import", "--quiet", stdin=b"".join(b"blob\ndata %d\n%s\n" % (len(each), each) for each in contents))


def versions(number: int) -> Iterable[bytes]:
    """Yield versions of a file of some 20 KB, each with one more line changed than the one before."""
    lines = [b"%d\n" % (line * 7919 % 1000003) for line in range(3000)]
    for version in range(number):
        lines[version * 7 % len(lines)] = b"changed %d\n" % version
        yield b"".join(lines)


def _commit(number: int, files: dict[str, bytes]) -> bytes:
    message = f"Change {number}".encode()
    head = b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata %d\n%s\n" % (
        1_700_000_000 + number,
        len(message),
        message,
    )
    body = (b"M 100644 inline %s\ndata %d\n%s\n" % (os.fsencode(name), len(data), data) for name, data in files.items())
    return head + b"".join(body)
