"""The options of `.keyguard.toml`, in one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keyguard.config import globs
from keyguard.config.document import Document, parse, read
from keyguard.config.words import NotThatError, word
from keyguard.git.objects import ID
from keyguard.language import Language
from keyguard.model import Confidence

if TYPE_CHECKING:
    from keyguard.config.contact import Contact

FILE = ".keyguard.toml"
"""Where a repository has it, at its top."""
TABLES = ("rule", "refuse")
"""What a file of rules has; such files are read here as well, so that none of them can do harm."""
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A rule as the file has it, unread; `line` is where it begins, if that can be told."""

    file: str
    values: Mapping[str, Any]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """What is set; None or empty where it is not.

    `exclude_paths` are patterns as in `globs`, `baseline` a path from the top of the repository. `accept_unread` are
    ids of blobs (of standard input: its SHA-256) which may hold more than is decoded. `rule` are the tables of rules,
    which `keyguard.rules` reads, and `refuse` what none of them takes for a secret. `contact` is whom to tell of a
    finding. `document` is what all of this was read from, for messages.
    """

    min_confidence: Confidence | None = None
    exclude_rules: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    baseline: str | None = None
    lang: Language | None = None
    rule: tuple[RuleTable, ...] = ()
    refuse: tuple[RuleTable, ...] = ()
    accept_unread: tuple[str, ...] = ()
    contact: Contact | None = None
    document: Document | None = field(default=None, compare=False, repr=False)

    def excludes(self, path: str) -> bool:
        """Say whether a path (from the top of the repository, with `/`) is excluded."""
        return bool(self.exclude_paths) and globs.matcher(self.exclude_paths).match(path) is not None


def load(path: Path, *, text: bytes | None = None, inside: Path | None = None) -> Config:
    """Return what a configuration file sets; `text` is its content where that is known already.

    `inside` as in `document.read`. Raises `ConfigError` for whatever is not as documented, never half of it.
    """
    document = parse(read(path, inside) if text is None else text, str(path))
    return made(document, FILE if inside is not None else str(path))


def made(document: Document, file: str) -> Config:
    """Return what a document sets; `file` is how reports call it. Raises `ConfigError` as `load` does."""
    document.only(document.table, READERS)
    values: dict[str, Any] = {}
    for key, value in document.table.items():
        try:
            values[key.replace("-", "_")] = READERS[key](value)
        except NotThatError as error:
            raise document.error(f"{key} {error}", error.inner or key) from None
    for key in TABLES:
        values[key] = tables(document, key, file)
    if "contact" in values:
        values["contact"] = replace(values["contact"], file=file)
    return Config(**values, document=document)


def tables(document: Document, key: str, file: str) -> tuple[RuleTable, ...]:
    """Return the tables of a document below a key of `TABLES`; `file` is how messages and reports call it."""
    tables = document.table.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise document.error(f"{key} is a list of tables", key, f"begin each with [[{key}]]")
    lines = chain(document.lines_of(key), repeat(None))
    return tuple(RuleTable(file, values, line) for values, line in zip(tables, lines, strict=False))


def _confidence(value: object) -> Confidence:
    return word(value, {each.label: each for each in Confidence})


def _language(value: object) -> Language:
    return word(value, {each.value: each for each in Language})


def _rules(value: object) -> tuple[str, ...]:
    rules = _texts(value)
    for number, rule in enumerate(rules, 1):
        if not _RULE.fullmatch(rule):
            raise NotThatError(f"is a list of rule ids, which entry {number} is not")
    return rules


def _patterns(value: object) -> tuple[str, ...]:
    patterns = _texts(value)
    for number, pattern in enumerate(patterns, 1):
        try:
            globs.check(pattern)
        except globs.GlobError as error:
            raise NotThatError(f"has no usable pattern as entry {number}: {error}") from None
    return patterns


def _ids(value: object) -> tuple[str, ...]:
    ids = _texts(value)
    for number, each in enumerate(ids, 1):
        if not ID.fullmatch(each):
            raise NotThatError(f"is a list of ids of 40 or 64 hexadecimal digits, which entry {number} is not")
    return ids


def _contact(value: object) -> Contact:
    from keyguard.config.contact import read_contact

    return read_contact(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise NotThatError("is a list of texts")
    return tuple(dict.fromkeys(value))


def _inner_path(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^/\\:\0]+(?:/[^/\\:\0]+)*", value):
        raise NotThatError("is a path from the top of the repository, with / between its parts")
    if {".", "..", ".git"} & set(value.lower().split("/")):
        raise NotThatError("is a path without . and .. and not inside .git")
    return value


READERS: Mapping[str, Callable[[object], object]] = {
    "min-confidence": _confidence,
    "exclude-rules": _rules,
    "exclude-paths": _patterns,
    "baseline": _inner_path,
    "lang": _language,
    "rule": lambda value: value,
    "refuse": lambda value: value,
    "accept-unread": _ids,
    "contact": _contact,
}
"""What reads the value of each option."""
