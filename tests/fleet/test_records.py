"""What is kept of a verdict gives the same verdict again, but for the secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.fleet.records import recorded, result_of
from keyguard.model import (
    Confidence,
    Exposure,
    Finding,
    Omitted,
    Opaque,
    Origin,
    Place,
    Severity,
    Status,
    Unread,
    Where,
)
from keyguard.reporting.redaction import Redactor
from tests.reporting.samples import finding, result, secret

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
MAYBE = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
ORIGINS = st.builds(
    Origin,
    st.sampled_from(Where),
    MAYBE,
    MAYBE,
    MAYBE,
    MAYBE,
    st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 9),
)
LINES = st.integers(1, 10**6)
PLACES = st.builds(
    Place, ORIGINS, LINES, LINES, LINES, LINES, MAYBE, MAYBE, MAYBE, st.lists(TEXTS, max_size=2).map(tuple)
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    return finding(
        *draw(st.lists(PLACES, min_size=1, max_size=3)),
        secret=secret(draw(st.integers(0, 3))),
        title=draw(TEXTS),
        confidence=draw(st.sampled_from(Confidence)),
        severity=draw(st.sampled_from(Severity)),
        exposure=draw(st.sampled_from(Exposure)),
        status=draw(st.sampled_from(Status)),
        evidence=tuple(draw(st.lists(TEXTS, max_size=2))),
        decoded_via=tuple(draw(st.lists(TEXTS, max_size=2))),
        further=draw(st.integers(0, 9)),
    )


def moved(place: Place, redact: Redactor) -> Place:
    """Return a place as it is known again: by its repository, with what may be told of it."""
    origin = replace(place.origin, path=redact.path(place), member=redact.member(place), commit=place.commit)
    origin = replace(origin, path=f"r/{origin.path}") if origin.path is not None else origin
    author = redact(place.author) if place.author else None
    return replace(place, origin=origin, author=author, refs=tuple(map(redact, place.refs)), repository="r")


@given(st.lists(findings(), max_size=2), st.lists(st.builds(Unread, TEXTS, TEXTS, MAYBE, MAYBE), max_size=2))
@settings(max_examples=60)
def test_what_is_recorded_is_read_again(found: list[Finding], unread: list[Unread]):
    given = result(
        *found, unread=tuple(unread), opaque=(Opaque("a", "b"),), omitted=(Omitted("c", "d", True),), weaker=2
    )
    redact = Redactor.of(given.findings)
    record: dict[str, Any] = json.loads(json.dumps(recorded(given)))
    read = result_of(record, "r")
    assert [(each.fingerprint, each.places) for each in read.findings] == [
        (each.fingerprint, tuple(moved(place, redact) for place in each.places)) for each in found
    ]
    for name in ("rule", "provider", "title", "confidence", "severity", "exposure", "status", "decoded_via", "further"):
        assert [getattr(each, name) for each in read.findings] == [getattr(each, name) for each in found]
    assert read.unread == tuple(
        Unread(f"r: {redact(each.what)}", redact(each.why), redact(each.mend) if each.mend else None, each.accept)
        for each in unread
    )
    assert (read.stats, read.weaker) == (given.stats, 2)
    assert (read.opaque, read.omitted) == ((Opaque("r: a", "b"),), (Omitted("r: c", "d", True),))
