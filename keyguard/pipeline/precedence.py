"""Which of the rules that found the same secret names the finding, and at which places it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keyguard.detection.conditions import Places
from keyguard.model import Confidence, Match, Severity
from keyguard.rules.catalogue import Catalogue, Rule

if TYPE_CHECKING:
    from keyguard.sources.attribution import Traced


def named(matches: Sequence[Match], catalogue: Catalogue) -> Sequence[Match]:
    """Return the matches that decide what the finding is called, whose it is and which guide it gets.

    Where one of KeyGuard's own rules would report the secret, the rules of users only add to that: a repository could
    else give a key a harmless name.
    """
    own = [match for match in matches if catalogue.by_id[match.rule].file is None]
    if any(match.confidence > Confidence.LOW for match in own):
        return own
    users = [match for match in matches if catalogue.by_id[match.rule].file is not None]
    return users if any(match.confidence > Confidence.LOW for match in users) else own or users


def severity(rule: Rule, matches: Sequence[Match], catalogue: Catalogue) -> Severity:
    """Return the severity of a finding that a rule names: that of a user is no less severe than KeyGuard's own."""
    own = [catalogue.by_id[match.rule] for match in matches] if rule.file is not None else []
    return max([rule.severity, *(each.severity for each in own if each.file is None)])


def counted(matches: Sequence[Match], traced: list[Traced]) -> list[Traced]:
    """Return the places that count, where all rules that found the secret are about certain files only."""
    limits = {match.limits for match in matches}
    if None in limits:
        return traced
    places = Places()
    return [
        each
        for each in traced
        if (path := each.place.origin.path) is None or any(places.fit(one, path) for one in limits if one)
    ]
