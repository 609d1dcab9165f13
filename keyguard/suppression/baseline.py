"""The baseline: keys that somebody decided on, each in one line of a file that is kept in the repository."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keyguard.config import layout
from keyguard.config.document import Document, decoded, parse_text, read
from keyguard.config.layout import Layout
from keyguard.model import Finding, Status

FILE = ".keyguard/baseline.toml"
"""Where a repository has it unless its configuration says otherwise."""
LAYOUT = Layout(
    """\
# Keys that were decided on: KeyGuard reports those that were accepted no more. Each line names one key by its
# fingerprint, from which the key cannot be recovered; write between the last quotes why it may stay. The numbers keep
# lines of different branches apart. See `keyguard baseline --help`.
""",
    "accepted",
)
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_REASON = 500
MOST_DOTS_IN_REASON = 50
"""So long a reason stays within what `document` reads as one line, however it has to be escaped."""


class Decision(enum.StrEnum):
    """What somebody found a key to be; all but a real one are accepted."""

    FALSE_ALARM = "false-alarm"
    TEST_KEY = "test-key"
    REVOKED = "revoked"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Entry:
    """The rule that had found a key, why it may stay (may be empty), and what it was found to be, if anybody looked."""

    rule: str
    reason: str = ""
    decision: Decision | None = None

    @property
    def accepts(self) -> bool:
        """Whether the key is reported no more."""
        return self.decision is not Decision.REAL

    def joined(self, other: Entry) -> Entry:
        """Return what two branches that were merged say of one key: the stricter, and both reasons."""
        decisions = {self.decision, other.decision}
        decision = self.decision if len(decisions) == 1 else Decision.REAL if Decision.REAL in decisions else None
        reason = "; ".join(sorted({each.reason for each in (self, other) if each.reason}))
        return Entry(min(self.rule, other.rule), reason if fits(reason) else self.reason, decision)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The keys that were decided on, by fingerprint."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def __contains__(self, fingerprint: object) -> bool:
        """Say whether a key is accepted."""
        entry = self.entries.get(fingerprint) if isinstance(fingerprint, str) else None
        return entry is not None and entry.accepts

    def __len__(self) -> int:
        return sum(entry.accepts for entry in self.entries.values())

    @classmethod
    def load(cls, path: Path, inside: Path | None = None) -> Baseline:
        """Return what a file accepts; `inside` and the errors are those of `document.read`."""
        return cls.parse(read(path, inside), str(path))

    @classmethod
    def parse(cls, data: bytes, name: str = FILE) -> Baseline:
        """Return what the content of a file accepts; a key that stands there twice after a merge counts once.

        Raises `ConfigError`, with the line, for anything else that `dumps` would not write.
        """
        text, again = LAYOUT.split(decoded(data, name))
        document = parse_text(text, name)
        document.only(document.table, ["accepted"])
        accepted = document.table.get("accepted", {})
        if not isinstance(accepted, dict):
            raise document.error("accepted is not a table", "accepted", "write [accepted] above the entries")
        entries = {key: _entry(document, key, value) for key, value in accepted.items()}
        for number, line in again:
            other = parse_text("\n" * (number - 1) + line, name)
            for key, value in other.table.items():
                entry = _entry(other, key, value)
                entries[key] = entries[key].joined(entry) if key in entries else entry
        return cls(entries)

    @classmethod
    def created(cls, findings: Iterable[Finding]) -> Baseline:
        """Return a baseline of these findings; those that an allow comment accepts need no entry."""
        return cls().updated(findings)

    def updated(self, findings: Iterable[Finding]) -> Baseline:
        """Return it with these findings added; what was decided, and why, stays."""
        new = {each.fingerprint: Entry(each.rule) for each in findings if each.status is not Status.ALLOWED}
        return Baseline(new | dict(self.entries))

    def unmatched(self, findings: Iterable[Finding]) -> Baseline:
        """Return the entries that are none of these: all that a complete scan of everything found."""
        found = {each.fingerprint for each in findings}
        return Baseline({key: entry for key, entry in self.entries.items() if key not in found})

    def without(self, other: Baseline) -> Baseline:
        """Return it without the keys of another one."""
        return Baseline({key: entry for key, entry in self.entries.items() if key not in other.entries})

    def decided(self, fingerprint: str, entry: Entry | None) -> Baseline:
        """Return it with what is said of one key now; None takes it out."""
        rest = {key: value for key, value in self.entries.items() if key != fingerprint}
        return Baseline(rest | {fingerprint: entry} if entry else rest)

    def dumps(self) -> str:
        """Return the text of the file: one line for each entry, in an order that other entries do not change."""
        return LAYOUT.text({key: _line(key, entry) for key, entry in self.entries.items()})

    def write(self, path: Path, inside: Path | None = None) -> None:
        """Put it into a file as a whole; the errors are those of `layout.write`."""
        layout.write(path, self.dumps(), inside)


def _entry(document: Document, key: str, value: object) -> Entry:
    if not re.fullmatch(layout.FINGERPRINT, key):
        raise document.error("not a fingerprint: they begin with kg1- and have 32 hexadecimal digits", key)
    if not isinstance(value, dict):
        raise document.error("not an entry", key, 'write { rule = "…", reason = "…" }')
    document.only(value, ["rule", "reason", "decision"], f" in the entry {key}")
    rule, reason, decision = value.get("rule"), value.get("reason", ""), value.get("decision")
    if not isinstance(rule, str) or not _RULE.fullmatch(rule):
        raise document.error("the entry has no rule id as its rule", key)
    if not isinstance(reason, str):
        raise document.error("the entry's reason is not a text", key)
    if not fits(reason):
        raise document.error(f"the entry's reason has more than {LONGEST_REASON} characters", key)
    if decision is not None and decision not in list(Decision):
        raise document.error(f"the entry's decision is one of {', '.join(Decision)}", key)
    return Entry(rule, reason, Decision(decision) if decision is not None else None)


def fits(reason: str) -> bool:
    """Say whether a reason is short enough to be read again."""
    return len(reason) <= LONGEST_REASON and reason.count(".") <= MOST_DOTS_IN_REASON


def _line(key: str, entry: Entry) -> str:
    decision = f', decision = "{entry.decision}"' if entry.decision else ""
    return f'"{key}" = {{ rule = "{entry.rule}"{decision}, reason = {layout.quoted(entry.reason)} }}'
