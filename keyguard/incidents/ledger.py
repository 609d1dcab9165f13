"""The ledger that a repository carries along: its closed incidents, each in one line that branches can merge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from keyguard.config import layout
from keyguard.config.document import decoded, parse_text
from keyguard.config.layout import Layout
from keyguard.incidents import entry
from keyguard.model import Done, Event, Exposure, Incident

FILE = ".keyguard/incidents.toml"
LAYOUT = Layout(
    """\
# Incidents that are closed: keys that leaked, and that are revoked. Each line names one key by its fingerprint, from
# which the key cannot be recovered. The numbers keep lines of different branches apart. `keyguard incidents --help`
# says more.
""",
    "closed",
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Incidents by fingerprint."""

    entries: Mapping[str, Incident] = field(default_factory=dict)

    def get(self, fingerprint: str) -> Incident | None:
        """Return what is known of a key, None if nothing is."""
        return self.entries.get(fingerprint)

    def named(self, beginning: str) -> list[Incident]:
        """Return the incidents whose fingerprints begin so."""
        return [each for key, each in self.entries.items() if key.startswith(beginning)]

    def having(self, incidents: Iterable[Incident]) -> Ledger:
        """Return it with these incidents in the place of what was known of their keys."""
        return Ledger({**self.entries, **{each.fingerprint: each for each in incidents}})

    def without(self, fingerprints: Iterable[str]) -> Ledger:
        """Return it without these keys."""
        gone = set(fingerprints)
        return Ledger({key: each for key, each in self.entries.items() if key not in gone})

    @classmethod
    def parse(cls, data: bytes, name: str = FILE) -> Ledger:
        """Return what the content of a file has; a key that stands there twice after a merge counts once.

        Raises `ConfigError`, with the line, for anything else that `dumps` would not write.
        """
        text, again = LAYOUT.split(decoded(data, name))
        document = parse_text(text, name)
        document.only(document.table, [LAYOUT.table])
        table = document.table.get(LAYOUT.table, {})
        if not isinstance(table, dict):
            raise document.error(f"{LAYOUT.table} is not a table", LAYOUT.table, "write [closed] above the entries")
        entries = {key: entry.parsed(document, key, value, committed=True) for key, value in table.items()}
        for number, line in again:
            other = parse_text("\n" * (number - 1) + line, name)
            for key, value in other.table.items():
                incident = entry.parsed(other, key, value, committed=True)
                entries[key] = joined(entries[key], incident) if key in entries else incident
        return cls(entries)

    def dumps(self) -> str:
        """Return the text of the file: one line for each incident, in an order that others do not change."""
        return LAYOUT.text({key: entry.line(each) for key, each in self.entries.items()})

    def write(self, path: Path, inside: Path | None = None) -> None:
        """Put it into a file as a whole; the errors are those of `layout.write`."""
        layout.write(path, self.dumps(), inside)


def joined(one: Incident, other: Incident) -> Incident:
    """Return what two ledgers that were merged say of one key: all that happened, the first time that it did."""
    events = {
        event: _first(one.events.get(event), other.events.get(event))
        for event in Event
        if event in one.events or event in other.events
    }
    first = min((one, other), key=lambda each: (not each.since, each.since, each.rule))
    farthest = max(one.exposure, other.exposure, key=lambda each: Exposure(each).reach)
    return replace(first, exposure=farthest, events=events, traces=one.traces | other.traces)


def _first(one: Done | None, other: Done | None) -> Done:
    """Return the earlier of two, one with a note before one without."""
    said = [each for each in (one, other) if each is not None]
    return min(said, key=lambda each: (not each.note, each.at, each.by, each.note))
