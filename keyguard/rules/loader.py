"""Reads the provider files, and refuses what breaks the schema of docs/rules.md."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keyguard.errors import RuleError
from keyguard.rules import guide
from keyguard.rules.api.sections import TABLES, Apis, without
from keyguard.rules.built import OWN, SUFFIX
from keyguard.rules.catalogue import Catalogue, Kind, Provider, Rule
from keyguard.rules.fields import Fields
from keyguard.rules.rule import ID, read_rule

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from keyguard.rules.api.values import Api

FINGERPRINT = re.compile(r"kg1-[0-9a-f]{32}")
_FIELDS = ("id", "name", "console", "docs", "checked", "rule", "guide", "samples", *TABLES)


def load(folder: Traversable | Path | None = None) -> Catalogue:
    """Return what the files of a folder say; raises `RuleError` for an unfit one.

    Without a folder these are KeyGuard's own. They are believed to be sound, since the tests and `rules check` load
    them by their folder: patterns are compiled, examples made up, and calls of the API read, when they are first asked
    for.
    """
    return _own() if folder is None else _read(folder)


def load_file(file: Traversable | Path, *, believed: bool = False) -> Provider:
    """Return what one file says of its provider; raises `RuleError` if it breaks the schema."""
    table = Fields(_parsed(file, whole=not believed), file.name)
    table.only(_FIELDS)
    own = table.text("id")
    if f"{own}{SUFFIX}" != file.name or not ID.fullmatch(own):
        raise table.error("id", "is not the file's name in kebab-case", f"name the file <id>{SUFFIX}")
    return Provider(
        id=own,
        name=table.both("name"),
        console=table.link("console"),
        docs=table.link("docs"),
        checked=_day(table),
        rules=_rules(table, own, believed=believed),
        advice=guide.of_provider(table),
        apis=_apis(file, table, believed=believed),
    )


@cache
def _own() -> Catalogue:
    from keyguard.rules import compiled  # late, as it knows this module

    return compiled.load(OWN) or believed(OWN)


def believed(folder: Traversable | Path) -> Catalogue:
    """Return what the files of a folder say, which are believed to be sound."""
    return _read(folder, believed=True)


def _read(folder: Traversable | Path, *, believed: bool = False) -> Catalogue:
    if not folder.is_dir():
        raise RuleError(f"{folder}: there is no such folder of provider files")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
    catalogue = Catalogue(tuple(load_file(file, believed=believed) for file in files))
    if len(catalogue.by_id) != len(catalogue.rules):
        raise _twice(catalogue.rules)
    return with_shapes(catalogue)


def with_shapes(catalogue: Catalogue) -> Catalogue:
    """Give each rule of a shared shape what stands in the file of the shape: where to look, and what the key is."""
    return Catalogue(
        tuple(
            replace(provider, rules=tuple(_with_shape(rule, catalogue) for rule in provider.rules))
            for provider in catalogue.providers
        )
    )


def _with_shape(rule: Rule, catalogue: Catalogue) -> Rule:
    if rule.kind is not Kind.SHARED:
        return rule
    shape = catalogue.by_id.get(rule.shape_id)
    if shape is None or shape.kind is not Kind.PATTERN:
        raise RuleError(
            f"{rule.provider}{SUFFIX}: rule {rule.id}: shape: is no rule with a pattern",
            "name the rule of the shape by its id, for example shared-sk-hex-key",
        )
    return replace(rule, shape=shape, gate=shape.gate, span=shape.span, prefix=rule.prefix or shape.prefix)


def _twice(rules: Collection[Rule]) -> RuleError:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            files = " and ".join(dict.fromkeys(f"{name}{SUFFIX}" for name in (seen[rule.id], rule.provider)))
            return RuleError(f"{files}: rule {rule.id}: id: stands there twice", "give one of the two another id")
        seen[rule.id] = rule.provider
    raise AssertionError("no id stands twice")


def _parsed(file: Traversable | Path, *, whole: bool) -> Mapping[str, Any]:
    import tomllib

    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text if whole else without(text))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file.name}: is no TOML: {error}") from None
    except (UnicodeDecodeError, RecursionError):
        raise RuleError(f"{file.name}: is no UTF-8 text that TOML can be read from") from None
    except OSError as error:
        raise RuleError(f"{file.name}: cannot be read: {error.strerror}") from None


def _day(table: Fields) -> str:
    from datetime import date, datetime

    day = table.values.get("checked")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise table.error("checked", "has to be a day", "write it without quotes: checked = 2026-11-23")
    return day.isoformat()


def _rules(table: Fields, provider: str, *, believed: bool) -> tuple[Rule, ...]:
    samples = frozenset(table.texts("samples"))
    if not all(FINGERPRINT.fullmatch(each) for each in samples):
        raise table.error("samples", "are not all fingerprints", "write kg1- and 32 hex digits, never the key itself")
    rules = tuple(
        replace(read_rule(own.without(TABLES), table.place, provider, believed=believed), samples=samples)
        for own in table.tables("rule")
    )
    if not rules:
        raise table.error("rule", "is missing", "a provider has at least one [[rule]]")
    return rules


def _apis(file: Traversable | Path, table: Fields, *, believed: bool) -> Mapping[str, Api]:
    read = partial(_apis_of, file, None if believed else table)
    return Apis(read) if believed else read()


def _apis_of(file: Traversable | Path, table: Fields | None) -> Mapping[str, Api]:
    from keyguard.rules.api.tables import read_apis

    return read_apis(Fields(_parsed(file, whole=True), file.name) if table is None else table)
