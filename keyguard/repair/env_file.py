"""Reads and writes env files: `NAME=value` lines as shells, Docker and the dotenv libraries take them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from keyguard.remediation.situation import is_example

_ENTRY = re.compile(
    r"""
    ^(?:\A\ufeff)?[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*
    (?P<raw> "(?:[^"\\]|\\.)*" | '[^']*' | [^\r\n]*? )
    (?=[ \t]*(?:[ \t]\#[^\r\n]*)?\r?$)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""A name that every shell takes for a variable."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A variable, its value, and the characters of the value as it is written, quotes included."""

    name: str
    value: str
    start: int
    end: int


def entries(text: str) -> list[Entry]:
    """Return the variables of an env file in their order."""
    return [Entry(found["name"], _value(found["raw"]), *found.span("raw")) for found in _ENTRY.finditer(text)]


def _value(raw: str) -> str:
    if len(raw) > 1 and raw[0] == raw[-1] == "'":
        return raw[1:-1]
    if len(raw) > 1 and raw[0] == raw[-1] == '"':
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), raw[1:-1], flags=re.DOTALL)
    return raw


def quoted(value: str) -> str:
    """Return a value as it is written: without quotes where it needs none, else in single ones, else escaped."""
    if _PLAIN.fullmatch(value):
        return value
    if not re.search(r"['\r\n]", value):
        return f"'{value}'"
    escaped = re.sub(r'[\\"$`]', lambda found: f"\\{found[0]}", value)
    return '"{}"'.format(escaped.replace("\n", "\\n").replace("\r", "\\r"))


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return an env file with more variables at its end, values as they are written; those that are there stay."""
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = newline if text and not text.endswith(("\n", "\r")) else ""
    return text + gap + "".join(f"{name}={value}{newline}" for name, value in values.items())


def without_value(text: str, entry: Entry, path: str) -> str:
    """Return an env file in which a variable is read from the environment, or has no value where it is an example."""
    own = text[entry.start : entry.end]
    quote = own[0] if own[:1] in ("'", '"') and len(own) > 1 else ""
    read = quote * 2 if is_example(path) else f"${{{entry.name}}}"
    value = f'"{read}"' if quote and not is_example(path) else read  # in single quotes nothing is read
    return text[: entry.start] + value + text[entry.end :]


def example(text: str) -> str:
    """Return the names of an env file's variables, without any value."""
    return "".join(f"{name}=\n" for name in dict.fromkeys(each.name for each in entries(text)))
