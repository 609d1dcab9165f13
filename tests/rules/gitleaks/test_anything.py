"""Any configuration of gitleaks becomes rules that can be used, written and read; the rest of it is told."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyguard.rules import loader
from keyguard.rules.gitleaks.document import imported
from keyguard.rules.gitleaks.toml import text_of
from tests.rules.users.sample import catalogue
from tests.support.anything import values

PATTERNS = [
    r"acme_[a-z0-9]{20}",
    r"(?i)acme(?:=|:)([a-f0-9]{32})\b",
    "(",
    "a{9}{9}{9}",
    r"\pL{20}",
    "acme-(.*)",
    "[a-",
    r"(?P<x>a)b",
]
WORDS = [
    *PATTERNS,
    "acme",
    "AND",
    "OR",
    "line",
    "match",
    "secret",
    "Acme_Key",
    "openai-project-key",
    '"""',
    "a\nb",
    "\u0085",
    "'" * 3,
    'entropy(finding["secret"]) <= 3.5',
    'containsAny(finding["secret"], ["x"]) || matchesAny(finding["line"], [`(`])',
]
TIME = datetime(2026, 1, 2, tzinfo=UTC)
ANY = values(WORDS).filter(lambda value: value is not None) | st.just(TIME)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=3)


def table(*needed: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return tables that have some of these fields, a few of them of a kind that is not meant."""
    each = {name: st.one_of(*[fit.map(lambda value: value) for _ in range(7)], ANY) for name, fit in fields.items()}
    return st.fixed_dictionaries(
        {name: each[name] for name in needed}, optional={name: each[name] for name in fields if name not in needed}
    )


ALLOWLISTS = table(
    regexes=TEXTS,
    paths=TEXTS,
    stopwords=TEXTS,
    commits=TEXTS,
    condition=st.sampled_from(WORDS),
    regexTarget=st.sampled_from(WORDS),
    targetRules=TEXTS,
    more=ANY,
)
RULES = table(
    "id",
    "regex",
    id=st.sampled_from(["acme", "Acme_Key", "openai-project-key", "a\nb", "\u0085"]),
    description=st.sampled_from(WORDS),
    regex=st.sampled_from(PATTERNS),
    keywords=TEXTS,
    entropy=st.floats(),
    secretGroup=st.integers(-1, 3),
    path=st.sampled_from(PATTERNS),
    filter=st.sampled_from(WORDS),
    allowlist=ALLOWLISTS,
    allowlists=st.lists(ALLOWLISTS, max_size=2),
    tags=TEXTS,
    skipReport=st.booleans(),
)
DOCUMENTS = table(
    "rules",
    rules=st.lists(RULES, min_size=1, max_size=3),
    allowlist=ALLOWLISTS,
    allowlists=st.lists(ALLOWLISTS, max_size=2),
    extend=table(useDefault=st.booleans(), path=st.sampled_from(WORDS), disabledRules=TEXTS),
    filter=st.sampled_from(WORDS),
)


LONG = {"regexes": ['entropy(finding["secret"]) <= 3.5']}


def in_one_line(tables: Sequence[object]) -> str:
    """Tables without the lines that long patterns are broken into, which mean nothing in them."""
    return json.dumps(list(tables)).replace("\\n", "")


@given(DOCUMENTS)
@settings(max_examples=60)
@example({"allowlist": LONG})
@example({"rules": [{"id": "Acme_Key", "regex": "acme_[a-z]{20}", "keywords": [" "]}]})
@example({"allowlists": [{"stopwords": [" "], "regexes": [" "], "paths": ["\t"]}]})
@example({"allowlists": 3})
@example({"allowlists": [{"targetRules": 3}]})
@example({"allowlists": [{"targetRules": [["a"]]}]})
@example({"rules": [{"id": "a", "regex": "acme_[a-z]{20}", "entropy": 10**400}]})
def test_any_document_becomes_rules_that_are_fit(document: dict[str, Any]):
    made = imported(document, loader.load().by_id)
    assert len(made.rules) <= made.count
    catalogue(*made.rules, refuse=made.refuse)
    written = tomllib.loads(text_of(made, "a\nname"))
    assert in_one_line(written.get("rule", [])) == in_one_line(made.rules)
    assert in_one_line(written.get("refuse", [])) == in_one_line(made.refuse)
