"""Works out from KeyGuard's findings what a purge rewrites: blobs by their ids, messages, and names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keyguard.detection.engine import Engine
from keyguard.git import objects
from keyguard.git.commits import Ref, refs
from keyguard.git.repository import Repository
from keyguard.model import ELLIPSIS, MASK_FROM, Finding, Place, Secret, Where
from keyguard.pipeline.request import Verdict
from keyguard.purge import stashes
from keyguard.purge.cleaning import Cleaned, Cleaner, written
from keyguard.purge.stashes import Stashes
from keyguard.reporting.redaction import Redactor

NOTICE = b"This file held a key and was taken out of the history by keyguard purge.\n"
MESSAGE = b"[This message held a key and was taken out by keyguard purge.]\n"
MESSAGES = (Where.COMMIT_MESSAGE, Where.TAG_MESSAGE)
ODD = ("blob", "tree")
NAMED = (Where.FILE_NAME, Where.REF_NAME)


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file that has a key, the paths that it is at, and what becomes of it."""

    id: str
    paths: tuple[str, ...]
    cleaned: Cleaned


@dataclass
class Plan:
    """All that is rewritten, and what no rewriting of the refs reaches.

    `messages` are those of commits and tags, by id. `names` maps what stands in names of files and refs. `dropped` are
    refs that name a file or folder with a key and no commit: git-filter-repo does not rewrite these.
    """

    findings: tuple[Finding, ...]
    blobs: list[Blob] = field(default_factory=list)
    messages: dict[str, Cleaned] = field(default_factory=dict)
    names: dict[bytes, bytes] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    stashes: Stashes = field(default_factory=Stashes)

    @property
    def is_empty(self) -> bool:
        """Whether no ref reaches anything that is to be rewritten."""
        return not (self.blobs or self.messages or self.paths or self.refs)

    @property
    def secrets(self) -> frozenset[Secret]:
        """What is to be gone afterwards."""
        return frozenset(each.secret for each in self.findings)

    def net(self) -> list[tuple[bytes, bytes]]:
        """Return what is replaced wherever else it stands word by word; short secrets could be a part of anything."""
        from keyguard.purge.cleaning import PLACEHOLDER

        long = sorted((each for each in self.secrets if len(each) >= MASK_FROM), key=len, reverse=True)
        return [(written(each), PLACEHOLDER) for each in long]

    def masked(self, text: str) -> str:
        """Return a text without the secrets in it."""
        text = Redactor(self.secrets)(text)
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret.reveal(), secret.masked if len(secret) >= MASK_FROM else ELLIPSIS)
        return text


def planned(verdict: Verdict, findings: Sequence[Finding], repository: Repository) -> Plan:
    """Return the plan for these findings of a scan of the repository's history."""
    plan = Plan(tuple(findings))
    cleaner = Cleaner(plan.secrets, Engine(verdict.catalogue, bulk=False))
    plan.stashes = stashes.below(repository)
    reached = set(objects.reachable(repository.git, ["--all"], plan.stashes.ids).ids)
    places = [place for finding in findings for place in finding.places]
    _add_blobs(plan, _held(places, reached), cleaner, repository)
    ids = {_message_of(each): each for each in places if each.origin.where in MESSAGES and _message_of(each)}
    tags = {tag for ref in refs(repository) for tag in (ref.id, *ref.tags)}
    wanted = [each for each in ids if each in reached or each in tags]
    for header, body in objects.read(repository.git, wanted):
        if body is not None:
            plan.messages[header.id] = _message(cleaner, body.read())
    _add_names(plan, findings, repository)
    plan.dropped = [ref.name for ref in refs(repository) if ref.target_type in ODD and _reaches(ref, plan, repository)]
    beyond = {each.origin.blob or each.commit or "" for each in places} - {""}
    known = {each.id for each in plan.blobs} | plan.messages.keys() | reached | tags
    plan.beyond = sorted(beyond - known)
    return plan


def _reaches(ref: Ref, plan: Plan, repository: Repository) -> bool:
    """Whether a ref leads to anything that is to be rewritten, its own tags included."""
    rewritten = {each.id for each in plan.blobs} | plan.messages.keys()
    ids = {ref.id, *ref.tags, *objects.reachable(repository.git, [ref.target]).ids}
    return not rewritten.isdisjoint(ids)


def _held(places: Iterable[Place], reached: set[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place in places:
        origin = place.origin
        is_content = origin.where not in (*MESSAGES, *NAMED) or origin.member is not None
        if is_content and origin.blob and origin.blob in reached:
            found.setdefault(origin.blob, []).append(origin.path or "")
    return found


def _add_blobs(plan: Plan, held: Mapping[str, list[str]], cleaner: Cleaner, repository: Repository) -> None:
    for header, body in objects.read(repository.git, list(held)):
        if body is not None and header.type == "blob":
            paths = tuple(sorted(dict.fromkeys(filter(None, held[header.id]))))
            plan.blobs.append(Blob(header.id, paths, cleaner.blob(body.read())))


def _message_of(place: Place) -> str:
    return (place.commit if place.origin.where is Where.COMMIT_MESSAGE else place.origin.blob) or ""


def _message(cleaner: Cleaner, raw: bytes) -> Cleaned:
    """Return what becomes of a commit or tag: header and message are text, whatever they hold."""
    return cleaner.text(raw)


def _add_names(plan: Plan, findings: Sequence[Finding], repository: Repository) -> None:
    for finding in findings:
        named = [each.origin for each in finding.places if each.origin.where in NAMED and each.origin.member is None]
        if named or len(finding.secret) >= MASK_FROM:
            plan.names[written(finding.secret)] = f"REMOVED-{finding.fingerprint.rpartition('-')[2][:8]}".encode()
        plan.paths += [each.path or "" for each in named if each.where is Where.FILE_NAME]
    texts = [each.secret.reveal() for each in findings if written(each.secret) in plan.names]
    plan.refs = [ref.name for ref in refs(repository) if any(text in ref.name for text in texts)]
    plan.paths = sorted(dict.fromkeys(plan.paths))
