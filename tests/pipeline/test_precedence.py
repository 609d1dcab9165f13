"""Which rule names a finding, and at which places it counts."""

from __future__ import annotations

from typing import Any

import pytest

from keyguard.model import Confidence, Exposure, Match, Origin, PathLimits, Place, Secret, Severity, Where
from keyguard.pipeline.precedence import counted, named, severity
from keyguard.rules.catalogue import Catalogue
from keyguard.sources.attribution import Traced
from tests.rules.users.sample import ACME, catalogue

RULES: Catalogue = catalogue({**ACME, "severity": "low"})
OWN = "openai-project-key"


def match(rule: str, confidence: Confidence, **more: Any) -> Match:
    return Match(rule, Secret("x" * 20), Place(Origin(Where.FILE, "a"), 1, 1, 1, 21), confidence, **more)


@pytest.mark.parametrize(
    ("own", "users", "by"),
    [
        (Confidence.MEDIUM, Confidence.HIGH, OWN),
        (Confidence.HIGH, Confidence.LOW, OWN),
        (Confidence.LOW, Confidence.MEDIUM, "acme-key"),
        (Confidence.LOW, Confidence.LOW, OWN),
    ],
)
def test_a_rule_of_a_user_names_only_what_would_not_be_reported(own: Confidence, users: Confidence, by: str) -> None:
    matches = [match("acme-key", users), match(OWN, own)]
    assert {each.rule for each in named(matches, RULES)} == {by}


def test_without_another_it_names_it() -> None:
    assert [each.rule for each in named([match("acme-key", Confidence.LOW)], RULES)] == ["acme-key"]


def test_severity_is_not_lost() -> None:
    matches = [match("acme-key", Confidence.HIGH), match(OWN, Confidence.LOW)]
    assert severity(RULES.by_id["acme-key"], matches, RULES) is Severity.CRITICAL
    assert severity(RULES.by_id["acme-key"], matches[:1], RULES) is Severity.LOW
    assert severity(RULES.by_id[OWN], matches, RULES) is Severity.CRITICAL


def test_places_count_by_their_paths() -> None:
    limits = PathLimits(rb"\.tf$", (b"^old/",))
    traced = [
        Traced(Place(Origin(Where.BLOB, path, "0" * 40), 1, 1, 1, 21), Exposure.PUSHED)
        for path in ("a.tf", "a.py", "old/a.tf", None)
    ]
    sure, unsure = match("acme-key", Confidence.HIGH), match("acme-key", Confidence.HIGH, limits=limits)
    assert [each.place.origin.path for each in counted([unsure], traced)] == ["a.tf", None]
    assert counted([sure, unsure], traced) == traced
