"""A beginning that may be missing is taken off a pattern."""

from __future__ import annotations

import pytest
import regex

from keyguard.rules.syntax.dialect import KEYGUARD
from keyguard.rules.syntax.lead import without_lead
from keyguard.rules.syntax.reader import read

TEXT = b"my.acme-key=abc, x.y.acme_key = def; acmekey=(abc) ACME key:xyz"


@pytest.mark.parametrize(
    "source",
    [
        r"[\w.-]{0,9}? acme [ _-]? key \s?[=:]\s? (?P<secret>[a-z]{3})",
        r"(?i: [a-z.]{0,9} [xy]? acme [ _-]? key ) [\s=:]{1,4} (?P<secret>[a-z]{3})",
    ],
)
def test_the_same_secrets_are_found(source: str) -> None:
    found = without_lead(read(source, KEYGUARD))
    assert found is not None
    before, after = (
        {match.span("secret") for match in regex.finditer(each.encode(), TEXT, regex.VERBOSE, overlapped=True)}
        for each in (source, found[0])
    )
    assert after >= before
    assert len(after) == len(before) > 0
    lead = regex.search(found[1].encode(), TEXT[: TEXT.index(b"acme_key")], regex.VERBOSE)
    assert lead is not None


@pytest.mark.parametrize(
    "source",
    [
        "acme[a-z]{3}",
        "[a-z]{0,3}acme",
        "[a-z]{1,3}(?P<secret>acme)",
        "(?:ab){0,3}(?P<secret>acme)",
        "[a-z]{0,3}+(?P<secret>acme)",
    ],
)
def test_what_is_part_of_the_secret_or_has_to_be_there_stays(source: str) -> None:
    assert without_lead(read(source, KEYGUARD)) is None
