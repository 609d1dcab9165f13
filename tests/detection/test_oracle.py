"""The gate may save work and nothing else: what it lets through is what the patterns find in everything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.detection.gate import wide
from keyguard.detection.shaped import MARGIN
from keyguard.model import Chunk, Match, Origin, Unread, Where
from keyguard.rules import loader

CATALOGUE = loader.load()
ORACLE = Engine(CATALOGUE, bulk=False, gated=False)
GATED = {"bulk": Engine(CATALOGUE, bulk=True), "plain": Engine(CATALOGUE, bulk=False)}
EXAMPLES = [example.text for rule in CATALOGUE.rules for example in rule.examples]
SECRETS = [example.secret or "" for rule in CATALOGUE.rules for example in rule.examples]
LITERALS = sorted({entry.literal for rule in CATALOGUE.rules for entry in rule.gate})
CONTEXTS = sorted({rule.context for rule in CATALOGUE.rules})
PARTS = 4
ORIGIN = Origin(Where.FILE, "a")

DISTANCES = st.sampled_from([0, 1, 2, 40, 255, 256, 257, *CONTEXTS, *(each + MARGIN for each in CONTEXTS)])
FILLERS = DISTANCES.flatmap(
    lambda size: st.sampled_from([b".", b" ", b"\n", b"a", b"\0", "密".encode()]).map(lambda one: one * size)
)
PIECES = st.one_of(
    st.sampled_from(EXAMPLES).map(str.encode),
    st.sampled_from(SECRETS).map(str.encode),
    st.sampled_from(SECRETS).flatmap(lambda key: st.integers(0, len(key)).map(lambda cut: key[:cut].encode())),
    st.sampled_from(SECRETS).map(lambda key: key.encode("utf-16-le")),
    st.sampled_from(LITERALS),
    st.sampled_from(LITERALS).map(wide),
    FILLERS,
    st.binary(max_size=12),
    st.sampled_from([b"=", b'"', b": ", b"api_key=", b"\r\n", b"-", b"_", b"sk-"]),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map(b"".join)


def found(engine: Engine, chunk: Chunk) -> list[tuple[object, ...]]:
    return sorted(
        (each.rule, each.secret.reveal(), each.place.sort_key, each.place.end_column, each.confidence, each.evidence,
         each.candidates, each.decoded_via)
        if isinstance(each, Match) else (each.what, each.why)
        for each in engine.detect(chunk)
    )  # fmt: skip


@pytest.mark.parametrize("engine", GATED.values(), ids=GATED)
@settings(max_examples=60)
@given(data=TEXTS, more=st.booleans())
def test_the_gate_hides_nothing(engine: Engine, data: bytes, more: bool) -> None:
    chunk = Chunk(ORIGIN, data, more=more)
    assert found(engine, chunk) == found(ORACLE, chunk)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_gate_hides_no_example_in_wide_text(part: int) -> None:
    for rule in CATALOGUE.rules[part::PARTS]:
        for example in rule.examples[:2]:
            chunk = Chunk(ORIGIN, b"\x01" + example.text.encode("utf-16-be") + b"\x01\x01")
            assert found(GATED["bulk"], chunk) == found(GATED["plain"], chunk) == found(ORACLE, chunk), rule.id


@settings(max_examples=40)
@given(secret=st.sampled_from(range(len(EXAMPLES))), cut=st.integers(-600, 600))
def test_windows_find_what_one_chunk_has(secret: int, cut: int) -> None:
    engine = GATED["bulk"]
    text = b"." * engine.reach + b"\n" + EXAMPLES[secret].encode() + b"\n" + b"." * engine.reach
    end = engine.reach + cut
    windows = [Chunk(ORIGIN, text[:end], more=True), Chunk(ORIGIN, text[max(0, end - engine.reach) :], 1, 2)]
    together = {each.secret for window in windows for each in engine.detect(window) if not isinstance(each, Unread)}
    assert together == {each.secret for each in engine.detect(Chunk(ORIGIN, text)) if not isinstance(each, Unread)}
