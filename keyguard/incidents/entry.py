"""One incident as one line of TOML, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from keyguard.config.document import Document
from keyguard.config.layout import FINGERPRINT, quoted
from keyguard.git.objects import ID
from keyguard.model import Done, Event, Exposure, Incident

LONGEST_BY = 60
LONGEST_NOTE = 200
"""So long texts, however they have to be escaped, leave a line within what `document` reads as one."""
LONGEST_KEY = 80
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TRACES = re.compile(r"(?:[0-9a-f]{8}|\*)(?: (?:[0-9a-f]{8}|\*))*")
_KNOWN = ("rule", "key", "exposure", "since", "commit", "traces", *Event)


def fits(text: str, longest: int) -> bool:
    """Say whether a text is one line that is short enough to be read again."""
    return len(text) <= longest and text.isprintable() and "'''" not in text  # where `document` counts all dots


def line(incident: Incident) -> str:
    """Return the line of an incident."""
    parts = [f'rule = "{incident.rule}"', f"key = {quoted(incident.key)}", f'exposure = "{incident.exposure}"']
    parts += [f'{name} = "{value}"' for name in ("since", "commit") if (value := getattr(incident, name))]
    parts += [f"{event} = {_table(incident.events[event])}" for event in Event if event in incident.events]
    if incident.traces:
        parts.append(f'traces = "{" ".join(sorted(incident.traces))}"')
    return f'"{incident.fingerprint}" = {{ {", ".join(parts)} }}'


def _table(done: Done) -> str:
    said = {"at": done.at, "by": done.by, "note": done.note}
    return "{ " + ", ".join(f"{name} = {quoted(value)}" for name, value in said.items() if value) + " }"


def parsed(document: Document, key: str, value: object, *, committed: bool) -> Incident:
    """Return the incident of an entry; raises `ConfigError` for anything that `line` would not write."""
    if not re.fullmatch(FINGERPRINT, key):
        raise document.error("not a fingerprint: they begin with kg1- and have 32 hexadecimal digits", key)
    if not isinstance(value, dict):
        raise document.error("not an entry", key, "keyguard incidents resolve writes them")
    document.only(value, _KNOWN, f" in the entry {key}")
    fields = {name: value.get(name, "") for name in ("rule", "key", "exposure", "since", "commit", "traces")}
    for name, fit in _CHECKS.items():
        if not isinstance(fields[name], str) or (fields[name] and not fit(fields[name])):
            raise document.error(f"the entry's {name} is not as KeyGuard writes it", key)
    if not fields["rule"]:
        raise document.error("the entry has no rule", key)
    return Incident(
        fingerprint=key,
        rule=fields["rule"],
        key=fields["key"],
        exposure=Exposure(fields["exposure"] or Exposure.UNKNOWN),
        since=fields["since"],
        commit=fields["commit"],
        events={event: _done(document, key, event, value[event]) for event in Event if event in value},
        traces=frozenset(fields["traces"].split()),
        committed=committed,
    )


def _done(document: Document, key: str, event: Event, value: object) -> Done:
    table: Mapping[str, Any] = value if isinstance(value, dict) else {}
    document.only(dict(table), ["at", "by", "note"], f" in {event} of the entry {key}")
    at, by, note = (table.get(name, "") for name in ("at", "by", "note"))
    texts = all(isinstance(each, str) for each in (at, by, note))
    if not texts or not _is_time(at) or not fits(by, LONGEST_BY) or not fits(note, LONGEST_NOTE):
        hint = 'write { at = "2026-01-02T03:04:05Z", by = "…", note = "…" }, each of one short line'
        raise document.error(f"the entry's {event} says not when, or more than fits", key, hint)
    return Done(at, by, note)


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


_CHECKS: Mapping[str, Callable[[str], object]] = {
    "rule": _RULE.fullmatch,
    "key": lambda text: fits(text, LONGEST_KEY),
    "exposure": lambda text: text in list(Exposure),
    "since": _is_time,
    "commit": ID.fullmatch,
    "traces": _TRACES.fullmatch,
}
