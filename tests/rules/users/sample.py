"""A rule of a user, and what comes of it."""

from __future__ import annotations

from typing import Any

from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue, Rule
from keyguard.rules.users.joined import RuleFile, with_rules
from keyguard.rules.users.tables import Table

FILE = ".keyguard.toml"
ACME: dict[str, Any] = {"id": "acme-key", "pattern": "acme_[A-Za-z0-9]{20,40}"}
STEP = {language: {"title": "Do it", "text": "Do it now."} for language in ("en", "zh")}


def catalogue(*rules: dict[str, Any], refuse: tuple[dict[str, Any], ...] = (), file: str = FILE) -> Catalogue:
    """Return KeyGuard's own rules with these."""
    tables = [Table(file, values, line) for line, values in enumerate(rules, 1)]
    return with_rules(loader.load(), [RuleFile(file, tables, [Table(file, each) for each in refuse])])


def rule(**values: Any) -> Rule:
    """Return the rule `ACME` with some values changed; None takes one out."""
    table = {name: value for name, value in {**ACME, **values}.items() if value is not None}
    return catalogue(table).by_id[table["id"]]
