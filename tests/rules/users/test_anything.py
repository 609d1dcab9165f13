"""Whatever stands in a table of a user's rule, it is a rule or is refused with a place."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import RuleError
from keyguard.rules.catalogue import Kind
from keyguard.rules.rule import known_fields
from tests.rules.users.sample import ACME, FILE, STEP, catalogue
from tests.support.anything import values

NAMES = sorted({*(name for kind in Kind for name in known_fields(kind)), "provider", "alone", "verify", "nothing"})
WORDS = [
    "acme-key",
    "acme_[a-z]{20}",
    "(",
    "(?P<secret>a{9})b",
    "acme",
    "openai",
    "pattern",
    "entropy",
    "shared",
    "high",
    "low",
    "shared-sk-hex-key",
    "https://a.example/",
    "en",
    "zh",
    "title",
    "text",
    "patterns",
    "words",
    "all",
    "line",
    "revoke",
]
REFUSALS = st.dictionaries(
    st.sampled_from(["patterns", "words", "paths"]), st.lists(st.sampled_from(WORDS), max_size=2)
)
FIT: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from(WORDS),
    "pattern": st.sampled_from(WORDS),
    "detector": st.sampled_from([*Kind]),
    "literals": st.lists(st.sampled_from(WORDS), max_size=2),
    "near": st.lists(st.sampled_from(WORDS), max_size=2),
    "names": st.lists(st.sampled_from(WORDS), max_size=2),
    "shape": st.sampled_from(WORDS),
    "context": st.integers(0, 99),
    "min-entropy": st.floats(),
    "confidence": st.sampled_from(["high", "medium", "low"]),
    "guide": st.just({"revoke": STEP}),
    "refuse": st.lists(
        st.dictionaries(st.sampled_from(["patterns", "words", "paths"]), st.lists(st.sampled_from(WORDS)))
    ),
}
FIELDS = {name: FIT[name] | FIT[name] | values(WORDS) if name in FIT else values(WORDS) for name in NAMES}
TABLES = st.sets(st.sampled_from([*NAMES, *FIT, *FIT]), max_size=9).flatmap(
    lambda names: st.fixed_dictionaries({name: FIELDS[name] for name in sorted(names)})
)


@given(TABLES, st.sets(st.integers(0, 8), max_size=5))
@settings(max_examples=100)
def test_any_table_is_a_rule_or_refused(table: dict[str, Any], kept: set[int]):
    """Most tables have one odd field or two: what is wrong with the first would hide the others."""
    few = {**ACME, **{name: value for number, (name, value) in enumerate(table.items()) if number in kept}}
    for each in (table, few):
        try:
            known = catalogue(each)
        except RuleError as error:
            told = error.message
        else:
            told = FILE
            assert known.by_id[each["id"]].file == FILE
        assert told.startswith(FILE)
