from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.git.packs import deltas
from keyguard.git.packs.deltas import DamagedError, apply_in_python, edges, header
from tests.support.packs import copy, delta, insert

SMALL = st.binary(max_size=40)


@st.composite
def made(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """A base, a delta, and what it makes."""
    base = draw(st.binary(max_size=60) | st.text("ab", max_size=60).map(str.encode))
    result, instructions = b"", []
    for _ in range(draw(st.integers(0, 8))):
        if base and draw(st.booleans()):
            offset = draw(st.integers(0, len(base) - 1))
            length = draw(st.integers(1, len(base) - offset))
            instructions.append(copy(offset, length))
            result += base[offset : offset + length]
        else:
            new = draw(st.binary(min_size=1, max_size=200))
            instructions.append(insert(new))
            result += new
    return base, delta(len(base), len(result), *instructions), result


def outcome(apply: Callable[[bytes, bytes], bytes], base: bytes, change: bytes) -> bytes | None:
    try:
        return apply(base, change)
    except DamagedError:
        return None


def test_the_compiled_form_is_used():
    assert deltas.apply is not apply_in_python


@given(made())
def test_both_forms_make_what_is_to_be_made(case):
    base, change, result = case
    assert deltas.apply(base, change) == apply_in_python(base, change) == result
    assert header(change)[0] == len(result)


@given(made(), st.data())
def test_both_forms_agree_on_damage(case, data):
    base, change, _ = case
    at = data.draw(st.integers(0, len(change) - 1))
    damaged = change[:at] + data.draw(SMALL) + change[at + data.draw(st.integers(0, 3)) :]
    try:
        size, _ = header(damaged)
    except DamagedError:
        return
    if size < 1 << 20:
        compiled = outcome(deltas.apply, base, damaged)
        exact = outcome(apply_in_python, base, damaged)
        # The compiled form takes one more instruction that cannot be followed, when all is made before it.
        spared = [outcome(apply_in_python, base, damaged[:-cut]) for cut in range(1, 9)] if exact is None else []
        assert compiled == exact or compiled in spared


@given(made())
def test_edges_are_equal(case):
    base, change, result = case
    low, high = edges(base, change, header(change)[1], result)
    assert 0 <= low <= high <= len(result)
    assert result[:low] == base[:low]
    tail = len(result) - high
    assert result[high:] == base[len(base) - tail :]


@pytest.mark.parametrize("base", [b"", b"a base"])
def test_an_instruction_that_was_passed_over_is_no_edge(base):
    """The compiled form makes the result without a last instruction that cannot be followed; the fuzzer found it."""
    change = delta(len(base), len(base), *([copy(0, len(base))] if base else []), copy(len(base), 0))
    result = deltas.apply(base, change)
    assert result == base
    low, high = edges(base, change, header(change)[1], result)
    assert 0 <= low <= high <= len(result)


@pytest.mark.parametrize("base_size", [0, 1, 100, 65_537, 300_000])
@pytest.mark.parametrize("at", [0, 50, 65_536, 300_000])
@pytest.mark.parametrize("new", [b"", b"new", b"\x91\x01\x02" * 50])
@pytest.mark.parametrize("removed", [0, 30])
def test_one_change_is_found_as_it_is(base_size, at, new, removed):
    base = random.Random(1).randbytes(base_size)
    at = min(at, base_size)
    result = base[:at] + new + base[at + removed :]
    change = delta(len(base), len(result), *copies(0, at), insert(new), *copies(at + removed, base_size))
    low, high = edges(base, change, header(change)[1], result)
    assert low == (at if new or removed else base_size)
    assert high - low <= len(new) + 65_536 * bool(base_size - at > 65_536)
    assert result[high:] == base[len(base) - len(result) + high :]


def copies(start: int, end: int) -> list[bytes]:
    return [copy(at, min(end - at, 65_536)) for at in range(start, end, 65_536)]


def test_insertion_that_looks_like_a_copy_of_the_end():
    base = b"x" * 10
    new = b"\x91\x05\x05"
    change = delta(len(base), 3, insert(new))
    assert edges(base, change, header(change)[1], new) == (0, 3)


@pytest.mark.parametrize("start", [150_000, 200_000])
def test_equal_ends_do_not_overlap_in_the_result(start):
    base = b"a" * 300_000
    change = delta(len(base), 400_000 - start, *copies(0, 100_000), *copies(start, 300_000))
    result = deltas.apply(base, change)
    low, high = edges(base, change, header(change)[1], result)
    assert 100_000 == low <= high <= low + 65_536
