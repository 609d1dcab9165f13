"""Judges one call of an agent's hook: what the agent is about to send, run or show, and what to answer."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from io import BytesIO
from pathlib import Path

from keyguard.errors import KeyGuardError
from keyguard.git.repository import Repository, discover
from keyguard.hooks.agents.payload import Text, read
from keyguard.hooks.agents.protocol import BLOCKED, Agent, Answer, Event, Moment, project
from keyguard.hooks.agents.reason import failure, reason
from keyguard.language import Language
from keyguard.model import Chunk, Finding, Item, Match, Origin, ScanResult, Stats, Unread, Where
from keyguard.pipeline.scan import Scan
from keyguard.pipeline.scrub import scrubbed
from keyguard.pipeline.setup import Settings, prepare
from keyguard.sources import windows
from keyguard.sources.content import content

FILE_BYTES = 16 << 20
"""How much of a file is looked at before it is shown; agents show far less of one, and the output is looked at too."""
MOST_FILES = 50
IN_CURSOR = "cursor_version"
"""A field that tells of Cursor, which also runs the hooks of Claude Code's settings, by its own names of events."""
WITHHELD = "[withheld by KeyGuard]"


def agent(name: str) -> Agent:
    """Return the agent of a name of `AGENTS`."""
    known: Agent = import_module(f"keyguard.hooks.agents.{name.replace('-', '_')}").AGENT
    return known


def answer(known: Agent, data: bytes, settings: Settings) -> Answer:
    """Return the answer to a payload; what cannot be understood or checked is refused.

    An event that KeyGuard has no part in goes on, and standard error says so.
    """
    language = settings.language or Language.from_environment()
    try:
        said = read(data)
        event = known.event(said)
        if event is None and IN_CURSOR in said.fields:
            known = agent("cursor")
            event = known.event(said)
    except KeyGuardError as error:
        return Answer(stderr=f"{failed(error, language)}\n", code=BLOCKED)
    if event is None:
        return Answer(known.go_on, f"keyguard: not an event of {known.title} that is looked at: nothing was checked\n")
    try:
        return Call(known, event, settings).answer()
    except KeyGuardError as error:
        return known.refuse(event, failed(error, language), _withheld)


def failed(error: KeyGuardError, language: Language) -> str:
    """Return what is said of an error, without keys: it can quote names and settings."""
    try:
        return scrubbed(failure(error.message, error.hint, language))
    except KeyGuardError:  # the rules cannot be read
        return failure("the rules of KeyGuard cannot be read", None, language)


def _withheld(_value: object) -> object:
    return WITHHELD


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a hook whose event is understood."""

    known: Agent
    event: Event
    settings: Settings

    def answer(self) -> Answer:
        """Look at all that the event brings, and return the answer."""
        repository = discover(project())
        scan = prepare(self.settings, repository)
        result = self._judged(scan, repository)
        if result.interrupted:
            raise KeyGuardError("the check was interrupted")
        if not result.open:
            return Answer(self.known.go_on, _not_read(result))
        told = reason(self.known, self.event, result.open, scan.language)
        return _without(result.open, self.known.refuse(self.event, told, Mask(scan, result.open)))

    def _judged(self, scan: Scan, repository: Repository | None) -> ScanResult:
        """Return the verdict; a comment that allows a key counts where people wrote it, not where the model did."""
        own = self.event.moment is Moment.TOOL
        said = replace(scan, policy=replace(scan.policy, comments=scan.policy.comments and not own))
        about = self.event.about
        origin = Origin(Where.FILE, _shown(self.event.folder / about, repository)) if about else Origin(Where.STDIN)
        found = said.collect(_chunks(self.event.payload.texts(), scan.engine.reach, origin))
        files = scan.collect(_files(self.event, repository, scan.engine.reach))
        for secret, many in files.matches.items():
            found.matches.setdefault(secret, []).extend(many)
        found.unread += files.unread
        found.omitted += files.omitted
        found.interrupted = found.interrupted or files.interrupted
        return scan.judge(found, Stats(), None, 0.0)


def _chunks(texts: Iterable[Text], reach: int, origin: Origin) -> Iterator[Chunk]:
    """Yield each text by itself, so that what stands in two of them is never one key."""
    for text in texts:
        yield from windows.chunks(origin, BytesIO(text.line()).read, reach)


def _files(event: Event, repository: Repository | None, reach: int) -> Iterator[Item]:
    """Yield what the files hold that the event is about to show; what is no regular file, or not there, shows none."""
    if len(event.files) > MOST_FILES:
        yield Unread("the files behind the first ones", f"only {MOST_FILES} are looked at")
    for name in event.files[:MOST_FILES]:
        try:
            path = event.folder / Path(name).expanduser()
            file = open(path, "rb", opener=_opened)  # noqa: SIM115  # closed below, where reading may not be excused
        except (OSError, ValueError, RuntimeError):  # not there, a folder, no path, or of an unknown user
            continue
        with file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                yield from _content(_shown(path, repository), Limited(file.read, FILE_BYTES), reach)


def _content(shown: str, file: Limited, reach: int) -> Iterator[Item]:
    yield from content(Origin(Where.FILE, shown), file.read, reach)
    if file.left == 0:
        yield Unread(shown, f"only its first {FILE_BYTES >> 20} MiB are looked at")


def _opened(name: str, _flags: int) -> int:
    return os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))  # waits for no pipe


@dataclass(slots=True)
class Limited:
    """Reads no more than `left` bytes in all."""

    more: Callable[[int], bytes]
    left: int

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes."""
        piece = self.more(min(size, self.left))
        self.left -= len(piece)
        return piece


def _shown(path: Path, repository: Repository | None) -> str:
    """Return a path as the configuration and reports have it: from the top, where it lies in the repository."""
    if repository is None or repository.top is None:
        return path.as_posix()
    try:
        relative = repository.relative(path.parent.resolve() / path.name)
    except (OSError, ValueError, RuntimeError):  # no path at all, or a loop of links
        return path.as_posix()
    return path.as_posix() if relative.startswith("../") else relative


def _not_read(result: ScanResult) -> str:
    """Return the lines that say what was let through without having been looked into."""
    lines = [f"keyguard: not looked into, and let through: {each.what}: {each.why}" for each in result.unread]
    return "".join(f"{line}\n" for line in lines[:MOST_FILES])


def _without(findings: Iterable[Finding], given: Answer) -> Answer:
    """Return the answer with every secret masked once more: whatever an agent's module repeats, it is no key."""
    out, error = given.stdout, given.stderr
    for finding in findings:
        secret = finding.secret
        out, error = out.replace(secret.reveal(), secret.masked), error.replace(secret.reveal(), secret.masked)
    return Answer(out, error, given.code)


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks the found secrets in a value of JSON, whose shape stays."""

    scan: Scan
    findings: tuple[Finding, ...]

    def __call__(self, value: object) -> object:
        """Return the value with every text masked, or withheld where the secret stands in it in another form."""
        if isinstance(value, dict):
            return {self._text(name): self(below) for name, below in value.items()}
        if isinstance(value, list):
            return [self(below) for below in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        secrets = {finding.secret for finding in self.findings}
        for secret in secrets:
            text = text.replace(secret.reveal(), secret.masked)
        chunks = _chunks([Text("", text)], self.scan.engine.reach, Origin(Where.STDIN))
        found = (each for chunk in chunks for each in self._detect(chunk))
        return WITHHELD if any(match.secret in secrets for match in found) else text

    def _detect(self, chunk: Chunk) -> Iterator[Match]:
        return (each for each in self.scan.engine.detect(chunk) if isinstance(each, Match))
