"""Sizes that only an attacker or an accident makes: time has to grow with them, and no faster."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import regex

from keyguard.detection.candidates import MOST, Candidate, told
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Confidence, Match, Origin, Unread, Where
from keyguard.rules import loader
from tests.support import keys

CATALOGUE = loader.load()
ENGINE = Engine(CATALOGUE, bulk=True)
ORIGIN = Origin(Where.FILE, "a")
MEGABYTE = 1 << 20


def seconds(data: bytes) -> tuple[float, list[Match | Unread]]:
    started = time.process_time()
    found = list(ENGINE.detect(Chunk(ORIGIN, data)))
    return time.process_time() - started, found


@pytest.mark.parametrize(
    "unit", [b"a", b"\0", b" ", b"\n", b"\xff", b"sk-", b"T3BlbkFJ", b"openai", b"sk-proj-", b"api_key="]
)
def test_ten_megabytes_of_one_thing_are_searched_to_the_end(unit: bytes) -> None:
    _, found = seconds(unit * (10 * MEGABYTE // len(unit)))
    assert not found


def test_one_key_in_one_long_line_is_found_at_its_column() -> None:
    key = keys.project_key(keys.fresh())
    _, found = seconds(b"x" * (10 * MEGABYTE) + b" " + key.encode())
    (match,) = found
    assert isinstance(match, Match)
    assert match.place.column == 10 * MEGABYTE + 2


def test_many_different_keys_take_time_in_proportion() -> None:
    rng = keys.fresh()
    lines = [f"k={keys.legacy_key(rng)}\n" for _ in range(1200)]
    few, found_few = seconds("".join(lines[:300]).encode())
    many, found_many = seconds("".join(lines).encode())
    assert (len(found_few), len(found_many)) == (300, 1200)
    assert many < 12 * max(few, 0.05)


def test_many_sightings_of_one_key() -> None:
    key = keys.legacy_key(keys.fresh())
    _, found = seconds(f"{key} ".encode() * 20_000)
    assert len(found) == MOST
    assert [each.further for each in found if isinstance(each, Match) and each.further] == [20_000 - MOST]


def test_what_is_surer_is_told_however_often_it_stood_before() -> None:
    rule = CATALOGUE.rules[0]
    unsure = [Candidate(rule, at, at + 1, "k", Confidence.LOW) for at in range(MOST + 3)]
    sure = Candidate(rule, MOST + 9, MOST + 10, "k", Confidence.HIGH)
    assert told([*unsure, sure, *unsure]) == [
        *((each, 0) for each in unsure[: MOST - 1]), (unsure[MOST - 1], len(unsure) + 3), (sure, 0)
    ]  # fmt: skip
    named = [replace(each, within=regex.compile(b"x")) for each in unsure]
    assert [each.within is None for each, _ in told([*named, *unsure[:2]])] == [False] * MOST + [True] * 2
