"""The copies of the rules look for other literals, of the same form, and cost a scan what rules cost."""

from __future__ import annotations

import re

import pytest

from benchmarks.rules import EACH, Stranger, doubled, sample_of, seconds, twin
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.pipeline.request import Request
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue, Kind
from tests.support import keys


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load()


def test_every_rule_stands_there_twice(catalogue):
    twice = doubled(catalogue, Stranger(b""))
    assert len(twice.by_id) == len(twice.rules) == 2 * len(catalogue.rules)


def test_literals_are_others_of_the_same_form(catalogue):
    stranger = Stranger(b"")
    for rule in catalogue.rules:
        for one, other in zip(rule.gate, twin(rule, stranger).gate, strict=False):
            assert one.ignore_case == other.ignore_case
            if rule.kind is Kind.PATTERN:
                assert one.literal != other.literal or not re.search(rb"[A-Za-z0-9]", one.literal)
                assert form(one.literal) == form(other.literal)
                assert (one.anchor is None) == (other.anchor is None)
            assert other.anchor is None or re.compile(other.anchor).groups == 0


def form(literal: bytes) -> bytes:
    return re.sub(rb"[a-z]", b"a", re.sub(rb"[A-Z]", b"A", re.sub(rb"[0-9]", b"0", literal)))


def test_a_literal_that_is_frequent_gets_one_that_is_at_least_as_frequent():
    sample = b"open " * 5 + b"name " * 9 + b"rare " * 2 + b"less " * 90
    assert Stranger(sample).of("open", ignore_case=True) == "name"


def test_wide_text_counts_too():
    sample = b"open " * 5 + b"wide " * 5 + b"w\0i\0d\0e" + b"name " * 9
    assert Stranger(sample).of("open", ignore_case=True) == "name"


def test_a_literal_that_is_absent_gets_one_that_is_absent():
    stranger = Stranger(b"abc " * 100)
    other = stranger.of("T3x-", ignore_case=False)
    assert re.fullmatch(r"[A-Z][0-9][a-z]-", other)
    assert other != "T3x-"
    assert other.encode() not in stranger.sample
    assert stranger.of("T3x-", ignore_case=False) == other


def test_a_literal_that_has_no_other_of_its_form_stays():
    assert Stranger(b"").of("://", ignore_case=False) == "://"


def test_a_copy_finds_keys_with_its_own_literal(catalogue):
    stranger = Stranger(b"")
    rule = twin(catalogue.by_id["openai-project-key"], stranger)
    key = keys.project_key(keys.fresh())
    own = key.replace(keys.MARKER, stranger.of(keys.MARKER, ignore_case=False))
    engine = Engine(doubled(catalogue, stranger))
    chunk = Chunk(Origin(Where.STDIN), f'KEY = "{own}"'.encode())
    assert any(isinstance(each, Match) and each.rule == rule.id for each in engine.detect(chunk))


def test_a_sample_is_of_many_files(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * (EACH + 1))
    (tmp_path / "small").write_bytes(b"needle")
    sample = sample_of(tmp_path)
    assert len(sample) < EACH + 20
    assert b"needle" in sample


def test_time_of_a_scan(catalogue, tmp_path):
    (tmp_path / "a.txt").write_text("text\n" * (1 << 20))  # what counts has steps of 10 ms
    assert seconds(catalogue, Request(paths=(tmp_path,))) > 0
