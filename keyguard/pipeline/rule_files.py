"""Reads the files that bring rules of users: the configuration's own, and those named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keyguard import config as configuration
from keyguard.config import Config, RuleTable
from keyguard.config.document import Document, parse, read
from keyguard.pipeline.rulebook import Rulebook
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue
from keyguard.rules.gitleaks import document as gitleaks
from keyguard.rules.gitleaks.document import Imported
from keyguard.rules.gitleaks.notes import lines
from keyguard.rules.users.joined import RuleFile, with_rules
from keyguard.rules.users.tables import Table


def rulebook(known: Catalogue, config: Config, paths: Sequence[Path]) -> Rulebook:
    """Return KeyGuard's own rules with those of a configuration and of files; raises `ConfigError` for unfit ones."""
    files, notes = [], list[str]()
    if own := (*config.rule, *config.refuse):
        files.append(RuleFile(own[0].file, _tables(config.rule), _tables(config.refuse)))
    taken = {*known.by_id, *(str(table.values.get("id")) for table in config.rule)}
    for path in paths:
        document = opened(path)
        if gitleaks.is_one(document.table):
            imported = gitleaks.imported(document.table, taken)
            notes += _told(path, imported)
            file = RuleFile(str(path), _made(path, imported.rules), _made(path, imported.refuse))
        else:
            file = _own(path, document)
        taken |= {str(table.values.get("id")) for table in file.rules}
        files.append(file)
    return Rulebook(with_rules(known, files), tuple(notes))


def opened(path: Path) -> Document:
    """Return the document that a file holds; raises `ConfigError` for what is none."""
    return parse(read(path), str(path))


def imported(path: Path) -> Imported:
    """Return what a configuration of gitleaks has; raises `ConfigError` for anything else, or for unfit rules."""
    document = opened(path)
    if not gitleaks.is_one(document.table):
        raise document.error(
            "no configuration of gitleaks or betterleaks: it has no [[rules]]",
            hint="rules of KeyGuard, [[rule]], are used as they are: keyguard scan --rules FILE",
        )
    known = loader.load()
    made = gitleaks.imported(document.table, known.by_id)
    with_rules(known, [RuleFile(str(path), _made(path, made.rules), _made(path, made.refuse))])
    return made


def _own(path: Path, document: Document) -> RuleFile:
    if "rule" not in document.table:
        raise document.error(
            "no rules: neither [[rule]], as KeyGuard has them, nor [[rules]], as gitleaks does",
            hint="docs/rules.md says how a rule is written",
        )
    document.only(document.table, configuration.TABLES, " in a file of rules")
    rules, refuse = (configuration.tables(document, key, str(path)) for key in configuration.TABLES)
    return RuleFile(str(path), _tables(rules), _tables(refuse))


def _tables(tables: Sequence[RuleTable]) -> list[Table]:
    return [Table(each.file, each.values, each.line) for each in tables]


def _made(path: Path, tables: Sequence[dict[str, object]]) -> list[Table]:
    return [Table(str(path), each) for each in tables]


def _told(path: Path, imported: Imported) -> list[str]:
    """Return what a scan says of a file of gitleaks: what is missing, and that more was changed."""
    lost = lines([note for note in imported.notes if note.lost])
    changed = {note.subject for note in imported.notes if not note.lost}
    told = [f"{path}: {len(imported.rules)} of {imported.count} rules carried over"]
    told += [f"{path}: not carried over: {line}" for line in lost]
    if changed:
        told.append(f"{path}: {len(changed)} rules changed in being carried over; keyguard rules import shows how")
    return told
