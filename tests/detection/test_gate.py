from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.detection import gate
from keyguard.detection.engine import Engine
from keyguard.detection.first_look import SOON, gate_for
from keyguard.detection.gate import GAP, Anchored, Gate, Hits, PlainGate, distinct, longest, merged, runs_of, wide
from keyguard.detection.hyperscan_gate import HyperscanGate, escaped
from keyguard.model import Chunk, Origin, Where
from keyguard.rules import loader
from keyguard.rules.entries import GateEntry

ENTRIES = (
    GateEntry(b"T3Blbk"),
    GateEntry(b"aa"),
    GateEntry(b"openai", ignore_case=True),
    GateEntry(b"ek_", anchor=rb"ek_[0-9a-f]{4}"),
    GateEntry(b"azure", ignore_case=True, anchor=rb"azure[ _.-]{0,2}openai[a-z_]{0,8}(?:key|token)"),
    GateEntry(b"\\.[*"),
    GateEntry(b"exa", ignore_case=True, anchor=rb"exa[a-z =]{0,8}key", wider=rb"exa[a-z =]*key"),
    GateEntry(b"acme", ignore_case=True, beside=rb"S K [0-9]{3} | AC", within=30),
)
ALL = distinct(rule.gate for rule in loader.load().rules)
PIECES = st.sampled_from(
    [b"T3Blbk", b"aaa", b"OpenAI", b"ek_", b"ek_12ab", b"AZURE_openai_key", b"azureOpenAIapitoken", b"\\.[*", b"\0",
     b"\n", "密".encode(), b"\xff", b"x" * GAP, wide(b"T3Blbk"), wide(b"OPENAI"), b"Azure ",
     b"EXA", b"exa = key", b"key", b" is a = ", b"acme", b"SK123", b"SK12", b"AC", b"." * 12]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=30).map(b"".join)


@pytest.mark.parametrize("make", [PlainGate, HyperscanGate])
@pytest.mark.parametrize("data", [b"", b"T3blbk", b"ek_xyz", b"ek_12a", b"azure", b"azure openai", b"\0" * 9])
def test_nothing_is_hit(make: type[PlainGate], data: bytes) -> None:
    hits = make(ENTRIES).hits(data)
    assert not {number: runs for number, runs in hits.items() if ENTRIES[number % len(ENTRIES)].literal != b"openai"}


def test_an_anchor_is_where_its_literal_begins() -> None:
    text = b"..ek_0000 ek_ Azure openai_key"
    assert PlainGate(ENTRIES).hits(text) == {2: [(20, 26)], 3: [(2, 5)], 4: [(14, 19)]}


def test_hyperscan_tells_no_more_than_the_end_of_an_anchor() -> None:
    text = b"." * 50 + b"ek_0000 ek_ Azure openai_key"
    assert HyperscanGate(ENTRIES).hits(text) == {2: [(68, 74)], 3: [(50, 57)], 4: [(52, 78)]}


@pytest.mark.parametrize("make", [PlainGate, HyperscanGate])
def test_the_wider_form_of_an_anchor_hits_no_more_than_the_anchor(make: type[PlainGate]) -> None:
    near, far = b"exa" + b" " * 8 + b"key", b"EXA" + b" " * 9 + b"key"
    assert not make(ENTRIES).hits(far)
    assert set(make(ENTRIES).hits(near)) == set(make(ENTRIES).hits(far + b"\n" + near)) == {6}


@pytest.mark.parametrize("make", [PlainGate, HyperscanGate])
@pytest.mark.parametrize("before", [b"", b"acme" + b"." * 400, b"." * 50])
@pytest.mark.parametrize(
    ("text", "is_hit"),
    [
        (b"Acme", False),
        (b"acme SK12", False),
        (b"acme SK123", True),
        (b"ac acme", False),
        (b"AC" + b"." * 28 + b"acme", True),
        (b"AC" + b"." * 29 + b"acme", False),
        (b"acme" + b"." * 25 + b"SK123", True),
        (b"acme" + b"." * 26 + b"SK123", False),
        (b"acme" + b"." * 300 + b"acme AC", True),
    ],
)
def test_a_name_is_hit_where_something_stands_beside_it(
    make: type[PlainGate], before: bytes, text: bytes, is_hit: bool
) -> None:
    last = len(before) + text.lower().rindex(b"acme")
    assert make(ENTRIES).hits(before + text) == ({7: [(last, last + 4)]} if is_hit else {})


@given(TEXTS)
def test_names_without_anything_beside_them_are_all_that_is_left_out(data: bytes) -> None:
    entry = ENTRIES[-1]
    runs = PlainGate((entry._replace(beside=None),)).hits(data).get(0, [])
    near = [run for run in runs if re.search(rb"SK[0-9]{3}|AC", data[max(0, run[0] - 30) : run[1] + 30])]
    assert PlainGate((entry,)).hits(data).get(0, []) == near


@pytest.mark.parametrize("make", [PlainGate, HyperscanGate])
def test_hits_close_together_are_one_run(make: type[PlainGate]) -> None:
    data = b"T3Blbk" * 100_000 + b"." * GAP + b"T3Blbk"
    assert make(ENTRIES).hits(data) == {0: [(0, 600_000), (600_000 + GAP, 600_006 + GAP)]}


@pytest.mark.parametrize("make", [PlainGate, HyperscanGate])
def test_the_gap_between_runs_is_counted_from_start_to_start(make: type[PlainGate]) -> None:
    for distance, runs in ((GAP - 1, [(0, GAP + 5)]), (GAP, [(0, 6), (GAP, GAP + 6)])):
        assert make(ENTRIES).hits(b"T3Blbk".ljust(distance, b".") + b"T3Blbk") == {0: runs}


def test_regions_that_touch_are_one() -> None:
    assert merged([], 5, 100) == []
    assert merged([(50, 60), (2, 4), (70, 71), (90, 99)], 5, 100) == [(0, 9), (45, 76), (85, 100)]


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("make", [PlainGate, HyperscanGate])
def test_wide_forms_are_found_in_either_byte_order(make: type[PlainGate], order: str) -> None:
    assert set(make(ENTRIES).hits(b"\x01" + "OpenAI".encode(order))) == {2 + len(ENTRIES)}


def agree(plain: Hits, bulk: Hits, entries: Sequence[GateEntry]) -> bool:
    """Whether both gates hit the same, and Hyperscan's runs hold what the plain gate's are (see `Gate`)."""
    anchored = {number for number, entry in enumerate(entries) if entry.anchor is not None}
    held = all(
        any(low <= first and last <= high for low, high in bulk[at]) for at in plain for first, last in plain[at]
    )
    return set(plain) == set(bulk) and held and all(plain[at] == bulk[at] for at in plain if at not in anchored)


@given(TEXTS)
def test_both_gates_agree(data: bytes) -> None:
    assert agree(GATES[0].hits(data), GATES[1].hits(data), ENTRIES)


@given(data=TEXTS, at_once=st.integers(1, 40))
def test_to_rule_literals_out_hides_none(data: bytes, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "FEW", 1 << 40)
        hits = PlainGate(ENTRIES).hits(data)
        patch.setattr(gate, "FEW", 0)
        patch.setattr(gate, "AT_ONCE", at_once)
        assert list(PlainGate(ENTRIES).hits(data).items()) == list(hits.items())


def test_a_literal_is_ruled_out_in_much_content_without_a_search() -> None:
    class Watched(bytes):
        searched = 0

        def __contains__(self, literal: Any) -> bool:
            Watched.searched += 1
            return super().__contains__(literal)

        def lower(self) -> bytes:
            return self

    assert PlainGate(ALL).hits(Watched(b"nothing of a key here\n" * gate.FEW)) == {}
    assert Watched.searched < len(ALL) / 10


@given(st.data())
def test_both_gates_agree_about_the_literals_of_all_rules(data: st.DataObject) -> None:
    entries = data.draw(st.lists(st.sampled_from(ALL), min_size=1, max_size=6))
    literals = [entry.anchor or entry.literal for entry in entries] + [wide(entry.literal) for entry in entries]
    text = b" ".join(data.draw(st.permutations(literals)))
    assert agree(OF_ALL[0].hits(text), OF_ALL[1].hits(text), ALL)


GATES = (PlainGate(ENTRIES), HyperscanGate(ENTRIES))
OF_ALL = (PlainGate(ALL), HyperscanGate(ALL))


def test_without_hyperscan_much_content_takes_the_plain_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    gate_for.cache_clear()
    assert isinstance(gate_for(ENTRIES, bulk=True), PlainGate)


def test_a_hook_loads_no_hyperscan() -> None:
    program = (
        "import sys; from keyguard.detection.engine import Engine; from keyguard.rules.loader import load;"
        "Engine(load(), bulk=False); sys.exit('hyperscan' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_stored_database_finds_what_a_new_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"..ek_0000 T3Blbk OPENAI exa=key"
    kept: dict[str, bytes] = {}
    monkeypatch.setattr("keyguard.cache.read", kept.get)
    monkeypatch.setattr("keyguard.cache.write", kept.__setitem__)
    new = HyperscanGate(ENTRIES).hits(text)
    assert len(new) == 4
    assert len(kept) == 2  # the wider forms of anchors are by themselves
    assert HyperscanGate(ENTRIES).hits(text) == new
    for name in list(kept):
        for damaged in (b"", b"no database", kept[name][:1000]):
            kept[name] = damaged
            assert HyperscanGate(ENTRIES).hits(text) == new
            assert kept[name] != damaged
    HyperscanGate(ENTRIES[:-1])
    assert len(kept) == 3


def test_what_was_compiled_before_is_loaded_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    catalogue = loader.load()
    some = Chunk(Origin(Where.FILE, "a"), b"x" * (SOON + 1))

    def gate_after_some() -> Gate | None:
        gate_for.cache_clear()
        engine = Engine(catalogue)
        list(engine.detect(some))
        return engine._look._gate

    assert isinstance(gate_after_some(), PlainGate)
    Engine(catalogue, bulk=True)
    assert isinstance(gate_after_some(), HyperscanGate)


@pytest.mark.parametrize(
    ("low", "high", "starts"),
    [(0, 9, [0, 1, 5]), (-3, 9, [0, 1, 5]), (1, 9, [1, 5]), (2, 9, [5]), (0, 7, [0, 1, 5]), (0, 6, [0, 1]), (6, 9, [])],
)
def test_a_literal_stands_wholly_between_two_offsets(low: int, high: int, starts: list[int]) -> None:
    data = b"aaa--aa--"
    assert list(Anchored(GateEntry(b"aa")).starts(data, data, low, high)) == starts
    assert list(Anchored(GateEntry(b"AA", ignore_case=True)).starts(data.upper(), data, low, high)) == starts


def test_how_many_bytes_before_its_end_a_match_begins() -> None:
    assert [longest(each) for each in ENTRIES] == [6, 2, 6, 7, 26, 4, 14, 4]


@pytest.mark.parametrize(
    ("starts", "runs"),
    [
        ([], []), ([0], [(0, 3)]), ([0, GAP - 1], [(0, GAP + 2)]), ([0, GAP], [(0, 3), (GAP, GAP + 3)]),
        ([5, 6, 900, 901], [(5, 9), (900, 904)]), ([5, GAP, 2 * GAP - 1], [(5, 2 * GAP + 2)]),
    ],
)  # fmt: skip
def test_hits_are_joined_to_runs(starts: list[int], runs: list[tuple[int, int]]) -> None:
    assert runs_of(starts, 3) == runs


@pytest.mark.parametrize(
    ("runs", "reach", "regions"),
    [
        ([(10, 12), (16, 20)], 2, [(8, 22)]), ([(10, 12), (17, 20)], 2, [(8, 14), (15, 22)]),
        ([(10, 30), (12, 14)], 2, [(8, 32)]), ([(1, 99)], 5, [(0, 100)]),
        ([(0, 1), (1, 2), (99, 100)], 0, [(0, 2), (99, 100)]),
    ],
)  # fmt: skip
def test_regions_go_as_far_as_the_text(runs: list[tuple[int, int]], reach: int, regions: list[tuple[int, int]]) -> None:
    assert merged(runs, reach, 100) == regions


def test_an_escaped_literal_matches_itself() -> None:
    assert escaped(b"a.\xff") == b"\\x61\\x2e\\xff"
