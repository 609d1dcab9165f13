"""The structure of JSON is the one that the standard library reads; what is none is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.sources.containers.json_spans import Excessive, Malformed, Value, parse, text
from tests.support.anything import damaged, spelled, values

HOLDING = st.lists(values(), max_size=4) | st.dictionaries(st.text(max_size=5), values(), max_size=4)
LAYOUT = st.sampled_from([None, 0, 1, "\t"])
WHOLE = [b'{"a": ["b\\"\\\\", {"c": 1.5, "d": [null]}], "a": "\xe5\xaf\x86"}', b'[{"x": {}}, "y", [[]]]']


def shape(value: object) -> object:
    """Return what of a value the structure has: strings, lists and objects."""
    if isinstance(value, list):
        return [shape(each) for each in value if isinstance(each, (str, list, dict))]
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if isinstance(each, (str, list, dict))}
    return value


def told(data: bytes, value: Value) -> object:
    """Return the same of what was read, every string by the place that it was found at."""
    if value.kind == '"':
        return text(data, value.start, value.end)
    assert data[value.start : value.start + 1] == value.kind.encode()
    if value.kind == "[":
        return [told(data, each) for each in value.items]
    return {name: told(data, each) for name, each in value.fields}


@given(HOLDING, LAYOUT)
@settings(max_examples=100)
def test_it_is_the_structure_that_everybody_reads(value: Any, indent: Any):
    data = spelled(value)
    with suppress(UnicodeEncodeError):  # half a surrogate pair has no other spelling
        data = json.dumps(value, indent=indent, ensure_ascii=False).encode()
    assert told(data, parse(data)) == shape(json.loads(data))


@given(damaged(WHOLE) | st.binary(max_size=40) | st.text('[]{}":,\\ a1', max_size=30).map(str.encode))
@settings(max_examples=100)
def test_other_bytes_are_refused_or_read_as_everybody_reads_them(data: bytes):
    try:
        read = parse(data)
        said = told(data, read)
    except (Malformed, Excessive):
        said = None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(value, (list, dict)):
        assert said == shape(value)


def test_a_control_character_may_stand_in_a_string_as_it_is():
    assert text(b'"a\tb\\n"', 0, 7) == "a\tb\n"
