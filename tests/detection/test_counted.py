"""Keys in files of programs, where nothing but a length says where a string ends."""

from __future__ import annotations

import importlib.util
import io
import marshal
import pickle
import plistlib
import zipfile
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.detection.counted import LONGEST, apart
from keyguard.detection.engine import Engine
from keyguard.detection.first_look import FirstLook
from keyguard.detection.gate import distinct
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from tests.support import keys

CATALOGUE = loader.load()
ENGINE = Engine(CATALOGUE, bulk=True)


def found(data: bytes) -> list[tuple[str, str]]:
    sightings = ENGINE.detect(Chunk(Origin(Where.FILE, "a"), data))
    return [(each.rule, each.secret.reveal()) for each in sightings if isinstance(each, Match)]


def issued(seed: int) -> dict[str, str]:
    rng = Random(seed)
    return {
        "openai-project-key": keys.project_key(rng),
        "openai-legacy-key": keys.legacy_key(rng),
        "huggingface-token": "hf_" + keys.text(rng, keys.UPPER + keys.LOWER, 34),
        "replicate-token": "r8_" + keys.text(rng, keys.ALNUM, 37),
    }


def compiled_python(source: str) -> bytes:
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(compile(source, "a.py", "exec"))


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])


@pytest.mark.parametrize("protocol", range(1, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("rule", sorted(issued(0)))
def test_keys_in_pickles_end_where_their_lengths_say(protocol: int, rule: str) -> None:
    key = issued(protocol)[rule]
    assert found(pickle.dumps([("model", "small"), ("name", key), ("next", 1)], protocol)) == [(rule, key)]


@pytest.mark.parametrize("rule", sorted(issued(0)))
@pytest.mark.parametrize(
    "source", ["x = '{}'", "def f(a):\n    return g('{}', a)", "class A:\n    x = g('ab', '{}', 'next', None)\n"]
)
def test_keys_in_compiled_python_end_where_their_lengths_say(source: str, rule: str) -> None:
    key = issued(len(source))[rule]
    assert set(found(compiled_python(source.format(key)))) == {(rule, key)}


@pytest.mark.parametrize("rule", sorted(issued(0)))
def test_keys_in_property_lists_and_messages_end_where_their_lengths_say(rule: str) -> None:
    key = issued(1)[rule]
    assert found(plistlib.dumps({"a": key, "b": "next", "c": ["d"]}, fmt=plistlib.FMT_BINARY)) == [(rule, key)]
    packed = b"\x92\xd9" + bytes([len(key)]) + key.encode() + b"\xa4next"
    assert found(packed) == [(rule, key)]
    assert found(b"\x0a\x02ab\x12" + varint(len(key)) + key.encode() + b"\x1a\x04next") == [(rule, key)]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_names_beside_values_say_whose_they_are(protocol: int) -> None:
    key = keys.text(Random(protocol), keys.ALNUM, 32)
    state = pickle.dumps({"model": "small", "mistral_api_key": key, "steps": 3}, protocol)
    assert found(state) == [("mistral-key", key)]
    assert found(pickle.dumps({"mistral_model": key, "steps": 3}, protocol)) == []
    weights = io.BytesIO()
    with zipfile.ZipFile(weights, "w") as archive:
        archive.writestr("archive/data.pkl", state)
    assert found(weights.getvalue()) == [("mistral-key", key)]


@pytest.mark.parametrize("protocol", [2, 4])
def test_the_first_look_sees_them_too(protocol: int) -> None:
    entries = distinct(rule.gate for rule in CATALOGUE.rules)
    look = FirstLook(entries, frozenset(range(len(entries))))
    state = {"model": "small", "mistral_api_key": keys.text(Random(protocol), keys.ALNUM, 32)}
    assert look.anything(pickle.dumps(state, protocol)) != []


def test_where_strings_stand_apart() -> None:
    assert apart(b"\x80\x04\x8c\x04name\x94\x8c\x05value\x94.") == b"\x80\x04 =name  =value\0."
    assert apart(b"\x01X\x03\0\0\0abcq\x01") == b"\x01X   =abc\0\x01"
    assert apart(b"\x02)\x02NNz\x03abcz\x03defi") == b"\x02)\x02NN =abc =def\0"
    assert apart(b"\0_\x10\x03abcQ") == b"\0_ =abc\0"
    assert apart(b"\0\x8c\x03abc\x94" + b"-" * 13 + b"\x8c\x03def\x94") == b"\0 =abc\0" + b"-" * 13 + b" =def\0"


@pytest.mark.parametrize(
    "data",
    [
        b"\0kz\x03abcN",  # the letter is one of a word
        b"\0z\x03abcd",  # no string ends there
        b"\0\x8c\x03abcd",
        b"k\x8cs" + b"k-" * 80 + b"\0",
        b"\0\x8c\x04ab\0d",  # a string of text has no zero
        b"\0\x8c\x09abc",  # it goes on beyond the end
        b"\0\x10\x03abcd",
        b"\0\xfa\xfb" + b"a" * 251 + b"b",
        "\x01匌=".encode() + b"a" * 70,  # the last byte of a character, and what stands before a value
        "ل=".encode() + b"a" * 70,
        "密钥匌=".encode() + b"a" * 70,
    ],
)
def test_what_is_no_length_parts_nothing(data: bytes) -> None:
    assert apart(data) == data


def test_a_string_that_is_too_long_is_left_as_it_is() -> None:
    longest = b"\0\xfa" + bytes([LONGEST]) + b"a" * LONGEST
    assert apart(longest + b"N") == b"\0 =" + b"a" * LONGEST + b"\0"
    too_long = b"\0\xfa" + bytes([LONGEST + 1]) + b"a" * (LONGEST + 1) + b"N"
    assert apart(too_long) == too_long
    assert apart(b"\1" + too_long[2:3] + b"\0\0\0" + too_long[3:]) == b"\1" + too_long[2:3] + b"\0\0\0" + too_long[3:]


@given(st.text())
def test_text_is_returned_as_it_is(text: str) -> None:
    data = "".join(each for each in text if each >= " " or each in "\t\n\r").encode()
    assert apart(data) is data


@given(st.lists(st.sampled_from([b"\x8c", b"\x03", b"X", b"z", b"abc", b"\0\0\0", b"\xfa", b"_\x10", b"\xda"])))
def test_everything_stays_where_it_is(parts: list[bytes]) -> None:
    assert len(apart(b"".join(parts))) == len(b"".join(parts))
