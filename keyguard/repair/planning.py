"""Works out what is done about the keys of a work tree, before anything is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from keyguard.detection.engine import Engine
from keyguard.errors import UsageError
from keyguard.git.repository import Repository
from keyguard.model import ELLIPSIS, Chunk, Finding, Match, Origin, Secret, Where
from keyguard.pipeline.request import Verdict
from keyguard.remediation.quoting import from_top, shell
from keyguard.remediation.situation import is_env_file
from keyguard.repair import env_file, names
from keyguard.repair.draft import Draft
from keyguard.repair.env_file import Entry
from keyguard.repair.files import PRIVATE, Content
from keyguard.repair.plan import Left, Plan
from keyguard.repair.shown import Rewritten, UnfitError
from keyguard.repair.snippets import snippet
from keyguard.reporting.redaction import Redactor
from keyguard.sources.content import content
from keyguard.sources.tracing import nested

PYTHON = (".py", ".pyw")
IN_FILES = (Where.FILE, Where.BLOB)
ELSEWHERE = "it is not in the text of a file"
OTHERS = "KeyGuard rewrites Python and env files only"
APART = "it stands in a comment, or is put together in a way that cannot be followed"
TRACKED = "git tracks the env file itself: the command below takes it out of the index"
NO_LIBCST = "LibCST is not installed, and Python is rewritten by it"
TWICE = "another value of that name goes into the same env file: move this one with another --env-file"


def planned(verdict: Verdict, repository: Repository, target: Path, name: str | None) -> Plan:
    """Return the plan for the open findings of a verdict on the work tree; `target` is the env file.

    Raises `UsageError` where the env file cannot take the values in.
    """
    if repository.top is None:
        raise UsageError("there is no work tree here")
    draft = Draft(repository, repository.top)
    redact = Redactor.of(verdict.result.findings)
    plan = Plan(draft, repository.relative(target), Engine(verdict.catalogue, bulk=False), redact)
    planner = Planner(plan, draft, verdict, name)
    for path, findings in _by_path(verdict.result.open).items():
        planner.file(path, findings)
    planner.finish()
    return plan


def _by_path(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, dict[str, Finding]] = {}
    for finding in findings:
        for place in finding.places:
            if place.origin.path is not None:
                found.setdefault(place.origin.path, {})[finding.fingerprint] = finding
    return {path: list(found[path].values()) for path in sorted(found)}


@dataclass
class Planner:
    """Goes through the files one by one; `values` are what the env file gets, by name.

    `written` has those that need quotes and come from another env file as they are written there: in double quotes more
    is read than in single ones.
    """

    plan: Plan
    draft: Draft
    verdict: Verdict
    name: str | None
    values: dict[str, Secret] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.held = self.draft.content(self.plan.env_file)
        self.known = {each.name: Secret(each.value) for each in env_file.entries(_text(self.held))}

    def file(self, path: str, findings: Sequence[Finding]) -> None:
        """Add what is done about the keys of one file."""
        inside = [each for each in findings if any(_is_in_text(place.origin, path) for place in each.places)]
        self._leave(path, [each for each in findings if each not in inside], ELSEWHERE)
        other = nested(self.draft.repository, path)
        if other:
            self._leave(path, inside, f"the file is of another repository: run keyguard fix in {other}")
            return
        try:
            held = self.draft.content(path) if inside else None
        except UsageError as error:
            self._leave(path, inside, error.message)
            return
        if held is None:
            return
        if is_env_file(path):
            self._env_file(path, held, inside)
        elif path.endswith(PYTHON) or _runs_python(path, held.data):
            self._python(path, held, inside)
        else:
            self._leave(path, inside, OTHERS)

    def _python(self, path: str, held: Content, findings: Sequence[Finding]) -> None:
        try:
            from keyguard.repair.python import Module
        except ImportError:
            raise UsageError(NO_LIBCST, "install KeyGuard with its extra: pip install 'keyguard[fix]'") from None
        before = dict(self.values)
        try:
            module = Module.read(held.data, [each.secret for each in findings])
            assigned = {each.secret: each.assigned for each in reversed(module.literals) if each.assigned}
            fit = [each for each in findings if each.secret in {literal.secret for literal in module.literals}]
            chosen = {each.secret: self._named(each, assigned.get(each.secret)) for each in fit}
            new = module.rewritten(chosen) if chosen else None
        except UnfitError as error:
            self.values = before
            self._leave(path, findings, f"not rewritten: {error}")
            return
        if new is not None:
            self.plan.moved |= chosen
            self.draft.put(path, held, new, mode=held.mode)
        self._leave_remaining(path, new.data if new else held.data, findings, module.why)

    def _env_file(self, path: str, held: Content, findings: Sequence[Finding]) -> None:
        """Move values out of a tracked env file; one that git does not track is only hidden from it."""
        if not self.draft.tracks(path):
            self.draft.hide(path)
            self.plan.notes.append(f"{path} is a place for keys, as long as git ignores it: they stay in it")
        elif path == self.plan.env_file:
            self._own_env_file(path, held, findings)
        else:
            self._emptied(path, held, findings)

    def _emptied(self, path: str, held: Content, findings: Sequence[Finding]) -> None:
        text = before = after = _text(held)
        why: dict[Secret, str] = {}
        for entry in reversed(env_file.entries(before)):
            finding = next((each for each in findings if each.secret.reveal() in entry.value), None)
            if finding is None:
                continue
            refusal = self._refusal(entry)
            if refusal:
                why[finding.secret] = refusal
                continue
            before = f"{before[: entry.start]}{finding.secret.masked}{before[entry.end :]}"
            after = env_file.without_value(after, entry, path)
            whole = finding.secret.reveal() == entry.value
            self.values[entry.name] = finding.secret if whole else Secret(entry.value)
            if env_file.quoted(entry.value) != entry.value:
                self.written[entry.name] = text[entry.start : entry.end]
            self.plan.moved[finding.secret] = entry.name
        data = after.encode("utf-8", "surrogateescape")
        if data != held.data:
            self.draft.put(path, held, Rewritten(data, before, after), mode=held.mode, context=0)
        self._leave_remaining(path, data, findings, why)

    def _refusal(self, entry: Entry) -> str | None:
        if not env_file.NAME.fullmatch(entry.name):
            return "its name is none that a shell takes for a variable"
        other = self.values.get(entry.name) or self.known.get(entry.name)
        return TWICE if other is not None and other.reveal() != entry.value else None

    def _own_env_file(self, path: str, held: Content, findings: Sequence[Finding]) -> None:
        self.plan.commands.append(f"git rm --cached -- {from_top(path)}")
        self.draft.hide(path)
        example = f"{path}.example"
        if not os.path.lexists(self.draft.top / example):
            text = env_file.example(_text(held))
            new = Rewritten(text.encode("utf-8", "surrogateescape"), "", text)
            self.draft.put(example, None, new, mode=0o644)
        self._leave(path, findings, TRACKED)

    def _named(self, finding: Finding, assigned: str | None) -> str:
        """Return the variable for a key: that of another file or of the env file, the user's choice, or a new one."""
        secret = finding.secret
        known = {value: name for name, value in (self.known | self.values).items() if env_file.NAME.fullmatch(name)}
        if self.name is not None:
            name = self.name
        else:
            name = known.get(secret) or names.chosen(finding, assigned, self.verdict.catalogue, self.values)
        if self.values.get(name, secret) != secret or self.known.get(name, secret) != secret:
            raise UsageError(
                f"{self.plan.env_file} has another value for {name}, which is not overwritten",
                f"give this key another name: keyguard fix {finding.fingerprint[:16]} --name OTHER",
            )
        self.values[name] = secret
        return name

    def finish(self) -> None:
        """Add the values to the env file, and have git ignore it."""
        path = self.plan.env_file
        new = {name: secret for name, secret in self.values.items() if name not in self.known and secret.reveal()}
        if not self.values:
            return
        self.plan.names += self.values
        if self.draft.tracks(path):
            raise UsageError(
                f"git tracks {path}, so that it is no place for a key",
                f"name another file with --env-file, or take it out of the index: git rm --cached -- {from_top(path)}",
            )
        self.draft.hide(path)
        if new:
            written = {name: self.written.get(name) or env_file.quoted(each.reveal()) for name, each in new.items()}
            text = env_file.with_values(_text(self.held), written)
            masked = "".join(f"{name}={self._shown(secret)}\n" for name, secret in new.items())
            data = text.encode("utf-8", "surrogateescape")
            self.draft.put(path, self.held, Rewritten(data, "", masked), mode=PRIVATE, context=0)
        if self.held and self.held.mode & 0o077:
            from_here = os.path.relpath(self.draft.top / path)
            self.plan.notes.append(f"others may read {path}: chmod 600 {shell(from_here)}")

    def _shown(self, secret: Secret) -> str:
        """Return a value for the diff: of one that only has a key in it, nothing at all."""
        return secret.masked if secret in self.plan.moved else ELLIPSIS

    def _leave(self, path: str, findings: Sequence[Finding], why: str) -> None:
        for each in findings:
            line = next((place.line for place in each.places if place.origin.path == path), 1)
            self._leave_one(path, line, each, why)

    def _leave_remaining(self, path: str, data: bytes, findings: Sequence[Finding], why: Mapping[Secret, str]) -> None:
        """Leave what is found in a file's new content."""
        wanted = {each.secret: each for each in findings}
        lines: dict[Secret, int] = {}
        for item in content(Origin(Where.FILE, path), BytesIO(data).read, self.plan.engine.reach):
            for match in self.plan.engine.detect(item) if isinstance(item, Chunk) else ():
                if isinstance(match, Match) and match.secret in wanted:
                    lines.setdefault(match.secret, match.place.line)
        for secret, line in lines.items():
            self._leave_one(path, line, wanted[secret], why.get(secret, APART))

    def _leave_one(self, path: str, line: int, finding: Finding, why: str) -> None:
        name = self.plan.moved.get(finding.secret) or self.name
        name = name or names.chosen(finding, None, self.verdict.catalogue, ())
        self.plan.left.append(Left(path, line, finding.secret, why, None if why == TRACKED else snippet(path, name)))


def _is_in_text(origin: Origin, path: str) -> bool:
    return origin.path == path and origin.where in IN_FILES and origin.member is None


def _runs_python(path: str, data: bytes) -> bool:
    """Whether a file without a suffix says in its first line that Python runs it."""
    return "." not in path.rpartition("/")[2] and data.startswith(b"#!") and b"python" in data.split(b"\n", 1)[0]


def _text(held: Content | None) -> str:
    return held.data.decode("utf-8", "surrogateescape") if held else ""
