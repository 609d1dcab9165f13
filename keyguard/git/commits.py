"""The graph of commits: who made them, what each brought in, and which refs reach them."""

from __future__ import annotations

import datetime
import graphlib
import os
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from keyguard.errors import SourceError
from keyguard.git import objects
from keyguard.git.index import GITLINK, SYMLINK
from keyguard.git.leftovers import fetched, leftovers
from keyguard.git.objects import EVERYTHING, Body, Header
from keyguard.git.packs.files import beginning
from keyguard.git.repository import Repository

REMOTES = "refs/remotes/"
HEADS = "refs/heads/"
TAGS = "refs/tags/"
BLOBS_ASKED_FOR = 100
"""How many blobs git itself is asked to look for; a command line has room for some thousands."""
MOST_OF_A_LOG = 1 << 24
"""Bytes of the log of a ref: some 80,000 entries."""
HEADERS = 1 << 20
"""Bytes in which the headers of a commit or tag are looked for; a merge of 20,000 parents has as many."""
_DELETED = b"000000"
"""The mode of a path that is not in the tree any more."""
_SUBMODULE, _LINK = GITLINK.encode(), SYMLINK.encode()
_IDENTITY = re.compile(rb"^(?P<name>.*?) ?<(?P<mail>[^>\n]*)> (?P<time>-?\d{1,12}) (?P<zone>[+-]\d{4})$")
_ENCODING = re.compile(rb"^encoding ((?i:iso|latin|windows|cp|koi8|gb|big5|shift|sjis|euc)[\w.-]{0,20})$", re.MULTILINE)
_TAGGED = re.compile(rb"object (?P<id>[0-9a-f]{40,64})\ntype (?P<type>[a-z]{1,16})\n")


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a commit or tag, and when (ISO 8601 with the author's offset; None where it is malformed)."""

    author: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Introduction:
    """A commit whose tree has a blob at a path where none of its parents has it; `is_link`: as the target of a link."""

    commit: str
    path: str
    blob: str
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref, and the id and type of the object that it names and of what that tags in the end, if it is a tag.

    A type is `objects.MISSING` where the object cannot be read here. `tags` are the tags on the way to the target.
    """

    name: str
    id: str
    type: str
    target: str
    target_type: str
    tags: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name as people know it."""
        return re.sub(r"^refs/(heads/|tags/|remotes/)?", "", self.name)


def authorship(raw: bytes) -> Authorship | None:
    """Read the author (a tag's tagger) out of the raw object."""
    head = raw.partition(b"\n\n")[0]
    line = next((each for each in head.split(b"\n") if each.startswith((b"author ", b"tagger "))), None)
    found = _IDENTITY.match(line.partition(b" ")[2]) if line and len(line) < 4096 else None
    if found is None:
        return None
    encoding = _ENCODING.search(head)
    name = _text(found["name"].strip() or found["mail"], encoding[1].decode("ascii") if encoding else "utf-8")
    return Authorship(name.strip(), _iso(int(found["time"]), found["zone"].decode("ascii")))


def _text(name: bytes, encoding: str) -> str:
    """Return a name as its commit says that it is written (git-commit(1), i18n); UTF-8 is never anything else."""
    for each in ("utf-8", encoding):
        with suppress(LookupError, ValueError):
            return name.decode(each)
    return name.decode("utf-8", "replace")


def _iso(seconds: int, zone: str) -> str | None:
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    try:
        offset = datetime.timezone(datetime.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
        return datetime.datetime.fromtimestamp(seconds, offset).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def authorships(repository: Repository, ids: Sequence[str]) -> dict[str, Authorship]:
    """Read who wrote each of these commits and tags."""
    found = {}
    for header, body in objects.read(repository.git, ids):
        if body is None:
            continue
        try:
            known = authorship(body.read(HEADERS))
        except SourceError:
            continue
        if known:
            found[header.id] = known
    return found


def introductions(
    repository: Repository, commits: Sequence[str], *, blobs: Collection[str] = (), paths: Sequence[str] = ()
) -> Iterator[Introduction]:
    """Yield where these commits bring in one of these blobs (any blob, if none is named) at these paths.

    A merge brings in only what none of its parents has. Raises `SourceError` when git cannot read a tree.
    """
    options = ["-r", "-c", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv"]
    if len(blobs) <= BLOBS_ASKED_FOR:  # then git says no more than is asked, which is quicker to read
        options += [f"--find-object={blob}" for blob in blobs]
    with repository.git.stream("diff-tree", "--stdin", *options, "--", *paths, stdin=subprocess.PIPE) as process:
        objects.Feeder(process.stdin, commits)
        fields = _fields(process)
        commit = ""
        for field in fields:
            if not field.startswith(b":"):
                commit = field.decode("ascii")
                continue
            parents = len(field) - len(field.lstrip(b":"))
            words = field.lstrip(b":").split()
            mode, blob = words[parents], words[2 * parents + 1].decode("ascii")
            path = next(fields, None)
            if path is None:  # git was ended between the two
                break
            if mode not in (_DELETED, _SUBMODULE) and (not blobs or blob in blobs):
                yield Introduction(commit, os.fsdecode(path), blob, is_link=mode == _LINK)
        if failed := repository.git.complaint(process, "diff-tree"):
            raise failed


def _fields(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    left = b""
    while process.stdout and (data := process.stdout.read(1 << 20)):
        *fields, left = (left + data).split(b"\0")
        yield from fields


def parents(repository: Repository, revisions: Sequence[str] = EVERYTHING) -> dict[str, list[str]]:
    """Return each commit that the revisions reach with its parents; children come before their parents.

    A ref whose commit is not stored here reaches nothing. Raises `SourceError` where a commit's parent is not.
    """
    more = leftovers(repository) if revisions == EVERYTHING else ()
    named, ids = objects.given(revisions, (each.id for each in more if each.type == "commit"))
    command = ["rev-list", "--parents", "--topo-order", "--ignore-missing", *named, "--"]
    printed = repository.git.run(*command, stdin="\n".join(ids).encode("ascii"))
    graph = {}
    for line in printed.decode("ascii").splitlines():
        commit, *above = line.split()
        graph[commit] = above
    return graph


def stored_parents(repository: Repository) -> dict[str, list[str]]:
    """Return every stored commit with its parents, children first, in a repository where some are lost.

    It costs a look at every object, so `parents` is asked first.
    """
    listed = objects.headers(repository.git, objects.stored(repository.git).ids)
    graph: dict[str, list[str]] = {}
    for header, body in objects.read(repository.git, [each.id for each in listed if each.type == "commit"]):
        with suppress(SourceError):
            head = body.read(HEADERS).partition(b"\n\n")[0].decode("utf-8", "replace") if body else ""
            graph[header.id] = re.findall(r"^parent ([0-9a-f]{40,64})$", head, re.MULTILINE)
    sorter = graphlib.TopologicalSorter(graph)
    return {commit: graph[commit] for commit in reversed(list(sorter.static_order())) if commit in graph}


def refs(repository: Repository) -> list[Ref]:
    """Return all refs of the repository, and HEAD where it is detached."""
    fields = "%(refname)%00%(objectname)%00%(symref)"
    lines = os.fsdecode(repository.git.run("for-each-ref", f"--format={fields}")).split("\n")[:-1]
    named = [(name, identity) for name, identity, symbolic in (line.split("\0") for line in lines) if not symbolic]
    # git is not asked for types along with the names: one ref whose object is lost would cost all the others.
    headers = {each.id: each for each in objects.headers(repository.git, [identity for _, identity in named])}
    tagged = _tagged(repository, [each.id for each in headers.values() if each.type == "tag"])
    found = []
    for name, identity in named:
        *tags, target = _chain(headers[identity], tagged)
        found.append(Ref(name, identity, headers[identity].type, target.id, target.type, tuple(tag.id for tag in tags)))
    head = repository.resolve("HEAD")
    if head and not any(ref.id == head for ref in found):
        found.append(Ref("HEAD", head, "commit", head, "commit"))
    return found


def _tagged(repository: Repository, tags: Sequence[str]) -> dict[str, Header]:
    """Return what each of these tags, and of the tags that they tag, names."""
    found: dict[str, Header] = {}
    while tags:
        for header, body in objects.read(repository.git, tags):
            found[header.id] = _named_by(header, body)
        tags = [each.id for each in found.values() if each.type == "tag" and each.id not in found]
    return found


def _chain(header: Header, tagged: Mapping[str, Header]) -> list[Header]:
    """Return the object and, where it is a tag, all that is tagged one after the other."""
    chain = [header]
    for _ in tagged:  # no more often than there are tags: a damaged one may name itself
        if chain[-1].type != "tag":
            break
        chain.append(tagged[chain[-1].id])
    return chain


def _named_by(tag: Header, body: Body | None) -> Header:
    try:
        named = _TAGGED.match(body.read(HEADERS)) if body else None
    except SourceError:
        named = None
    if named is None:
        return Header(tag.id, objects.MISSING, 0)
    return Header(named["id"].decode("ascii"), named["type"].decode("ascii"), 0)


def refs_reaching(
    graph: Mapping[str, Sequence[str]], tips: Sequence[Ref], wanted: Collection[str]
) -> dict[str, list[Ref]]:
    """Return which refs reach each wanted commit, in one walk of the graph (children before parents)."""
    targets: dict[str, int] = {}  # a bit for each: very many refs may name one commit
    bits = [targets.setdefault(ref.target, len(targets)) for ref in tips]
    masks = {target: 1 << number for target, number in targets.items()}
    found = {}
    for commit, above in graph.items():
        mask = masks.pop(commit, 0)
        for parent in above if mask else ():
            masks[parent] = masks.get(parent, 0) | mask
        if commit in wanted:
            found[commit] = [ref for ref, number in zip(tips, bits, strict=True) if mask >> number & 1]
    return found


def pushed(repository: Repository, graph: Mapping[str, Sequence[str]], tips: Sequence[Ref]) -> set[str]:
    """Return every commit that a remote-tracking ref reaches, one that its log remembers, or what was fetched last."""
    known = {ref.target for ref in tips if ref.name.startswith(REMOTES)} | _logged(repository) | fetched(repository)
    for commit, above in graph.items() if known else ():
        if commit in known:
            known.update(above)
    return known


def _logged(repository: Repository) -> set[str]:
    """Return the commits in the logs of remote-tracking refs: what was there before a forced push."""
    found: set[bytes] = set()
    for _, line in log_lines(repository):
        found.update(line[: line.find(b" ", line.find(b" ") + 1)].split())
    return {each.decode("ascii") for each in found if re.fullmatch(rb"[0-9a-f]{40,64}", each) and each.strip(b"0")}


def log_lines(repository: Repository) -> Iterator[tuple[str, bytes]]:
    """Yield the lines of the logs of remote-tracking refs, each with the name of its ref after `REMOTES`."""
    git, common = repository.git, repository.common_dir
    if git.inherit:  # a hook may be told that it lies elsewhere
        common = git.folder / git.line("rev-parse", "--git-common-dir")
    folder = common / "logs" / REMOTES
    for path in sorted(folder.rglob("*")) if folder.is_dir() and not folder.is_symlink() else ():
        name = path.relative_to(folder).as_posix()
        yield from ((name, line) for line in beginning(path, MOST_OF_A_LOG).splitlines())
