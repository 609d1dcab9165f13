"""The baseline: keys that somebody accepted, each in one line of a file that is kept in the repository."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keyguard.config.document import Document, parse, read, refuse_links
from keyguard.errors import UsageError
from keyguard.model import Finding, Status

FILE = ".keyguard/baseline.toml"
"""Where a repository has it unless its configuration says otherwise."""
HEADING = """\
# Keys that were accepted: KeyGuard reports them no more. Each line names one key by its fingerprint, from which
# the key cannot be recovered; write between the last quotes why it may stay. See `keyguard baseline --help`.

[accepted]
"""
_FINGERPRINT = re.compile(r"kg1-[0-9a-f]{32}")
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ESCAPES = {each: f"\\u{each:04x}" for each in (*range(32), 127)} | {ord('"'): '\\"', ord("\\"): "\\\\"}
LONGEST_REASON = 500
MOST_DOTS_IN_REASON = 50
"""So long a reason stays within what `document` reads as one line, however it has to be escaped."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Why a key was accepted (may be empty), and the rule that had found it."""

    rule: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted keys by fingerprint."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def __contains__(self, fingerprint: object) -> bool:
        return fingerprint in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def load(cls, path: Path, inside: Path | None = None) -> Baseline:
        """Return what a file accepts; `inside` and the errors are those of `document.read`."""
        return cls.parse(read(path, inside), str(path))

    @classmethod
    def parse(cls, data: bytes, name: str = FILE) -> Baseline:
        """Return what the content of a file accepts.

        Raises `ConfigError`, with the line, for anything that `dumps` would not write.
        """
        document = parse(data, name)
        document.only(document.table, ["accepted"])
        accepted = document.table.get("accepted", {})
        if not isinstance(accepted, dict):
            raise document.error("accepted is not a table", "accepted", "write [accepted] above the entries")
        return cls({key: _entry(document, key, value) for key, value in accepted.items()})

    @classmethod
    def created(cls, findings: Iterable[Finding]) -> Baseline:
        """Return a baseline of these findings; those that an allow comment accepts need no entry."""
        return cls().updated(findings)

    def updated(self, findings: Iterable[Finding], *, drop: bool = False) -> Baseline:
        """Return it with these findings added and the reasons kept.

        `drop` leaves out what is not among them: they are to be all that a complete scan of everything found.
        """
        found = {each.fingerprint: each for each in findings}
        kept = {key: entry for key, entry in self.entries.items() if key in found or not drop}
        new = {key: Entry(each.rule) for key, each in found.items() if each.status is not Status.ALLOWED}
        return Baseline(new | kept)

    def dumps(self) -> str:
        """Return the text of the file: one line for each entry, in an order that other entries do not change."""
        return HEADING + "".join(
            f'"{key}" = {{ rule = "{entry.rule}", reason = "{entry.reason.translate(_ESCAPES)}" }}\n'
            for key, entry in sorted(self.entries.items())
        )

    def write(self, path: Path, inside: Path | None = None) -> None:
        """Put it into a file, whose folder is made if needed; the file before stays whole until it is replaced.

        Raises `ConfigError` where a symbolic link is in the way, `UsageError` where the file cannot be written.
        """
        refuse_links(path, inside or path.parent)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, self.dumps().encode())
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _entry(document: Document, key: str, value: object) -> Entry:
    if not _FINGERPRINT.fullmatch(key):
        raise document.error("not a fingerprint: they begin with kg1- and have 32 hexadecimal digits", key)
    if not isinstance(value, dict):
        raise document.error("not an entry", key, 'write { rule = "…", reason = "…" }')
    document.only(value, ["rule", "reason"], f" in the entry {key}")
    rule, reason = value.get("rule"), value.get("reason", "")
    if not isinstance(rule, str) or not _RULE.fullmatch(rule):
        raise document.error("the entry has no rule id as its rule", key)
    if not isinstance(reason, str):
        raise document.error("the entry's reason is not a text", key)
    if len(reason) > LONGEST_REASON or reason.count(".") > MOST_DOTS_IN_REASON:
        raise document.error(f"the entry's reason has more than {LONGEST_REASON} characters", key)
    return Entry(rule, reason)
