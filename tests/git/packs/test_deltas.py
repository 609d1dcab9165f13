from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.git.packs import deltas
from keyguard.git.packs.deltas import DamagedError, apply_in_python, changes, header
from tests.git.packs.reader import check_new
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


def changed(base: bytes, change: bytes, result: bytes) -> list[tuple[int, int]]:
    """Return what may be new in a result, once what is said not to be was found in the base."""
    new = changes(base, change, header(change)[1], result)
    check_new(base, result, new)
    return new


@given(made())
def test_all_else_is_in_the_base(case):
    changed(*case)


@given(made(), st.integers(0, 2), st.integers(1, 40))
def test_it_is_in_the_base_however_many_changes_are_told_apart(case, worth, long):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deltas, "_WORTH", worth)
        patch.setattr(deltas, "_LONG", long)
        changed(*case)


def test_changes_far_from_each_other_are_told_apart():
    base = random.Random(2).randbytes(200_000)
    result = base[:70_000] + b"one" + base[70_000:140_000] + base[140_010:]
    change = delta(
        200_000, len(result), *copies(0, 70_000), insert(b"one"), *copies(70_000, 140_000), *copies(140_010, 200_000)
    )
    assert changed(base, change, result) == [(70_000, 70_003), (135_539, 135_539), (140_003, 140_003)]


@pytest.mark.parametrize("size", [b"\x90\0", b"\xa0\0", b"\xb0\0\0", b"\xc0\0", b"\xf0\0\0\0", b"\x80"])
def test_a_size_of_zero_is_64_kib_also_where_it_is_written_out(size):
    base = random.Random(6).randbytes(300_000)
    result = base[:65_536] + b"new" + base[65_536:98_304] + b"x" + base[65_536:]
    change = delta(
        300_000, len(result), size, insert(b"new"), copy(65_536, 32_768), insert(b"x"), *copies(65_536, 300_000)
    )
    assert deltas.apply(base, change) == apply_in_python(base, change) == result
    new = changed(base, change, result)
    assert (65_536, 65_539) in new
    assert any(low <= 98_307 and high >= 98_308 for low, high in new)


def test_what_was_moved_is_no_change_but_where_it_meets_something_else():
    base = random.Random(3).randbytes(90_000)
    result = base[60_000:] + base[30_000:60_000] + base[:30_000]
    change = delta(90_000, 90_000, copy(60_000, 30_000), copy(30_000, 30_000), copy(0, 30_000))
    assert changed(base, change, result) == [(0, 0), (30_000, 30_000), (60_000, 60_000), (90_000, 90_000)]


def test_where_a_copy_reaches_into_the_common_end_bytes_may_meet_that_do_not_in_the_base():
    """It is as in the base from within a copy on, and up to the end of that copy, but not both together."""
    draw = random.Random(4)
    end, before, other = draw.randbytes(70_000), draw.randbytes(5000), draw.randbytes(5000)
    base = before + end[:65_636] + other + end[10:]
    result = b"new" + before + end
    change = delta(
        len(base), len(result), insert(b"new"), copy(0, 5000), copy(5000, 65_600), copy(len(base) - 4400, 4400)
    )
    assert deltas.apply(base, change) == result
    assert changed(base, change, result) == [(0, 3), (5003, 5003), (5067, 5067)]


def test_what_has_many_changes_is_new_from_the_first_to_the_last():
    base = bytes(range(256)) * 4
    result = b"".join(base[at : at + 4] + b"-" for at in range(0, 1024, 8))
    change = delta(1024, len(result), *(part for at in range(0, 1024, 8) for part in (copy(at, 4), insert(b"-"))))
    assert changed(base, change, result) == [(4, len(result))]


@pytest.mark.parametrize("base", [b"", b"a base"])
def test_an_instruction_that_was_passed_over_is_no_edge(base):
    """The compiled form makes the result without a last instruction that cannot be followed; the fuzzer found it."""
    change = delta(len(base), len(base), *([copy(0, len(base))] if base else []), copy(len(base), 0))
    result = deltas.apply(base, change)
    assert result == base
    changed(base, change, result)


@pytest.mark.parametrize("base_size", [0, 1, 100, 65_537, 300_000])
@pytest.mark.parametrize("at", [0, 50, 65_536, 300_000])
@pytest.mark.parametrize("new", [b"", b"new", b"\x91\x01\x02" * 50])
@pytest.mark.parametrize("removed", [0, 30])
def test_one_change_is_found_as_it_is(base_size, at, new, removed):
    base = random.Random(1).randbytes(base_size)
    at = min(at, base_size)
    result = base[:at] + new + base[at + removed :]
    change = delta(len(base), len(result), *copies(0, at), insert(new), *copies(at + removed, base_size))
    told = changed(base, change, result)
    assert told[0][0] == (at if new or removed else base_size)
    assert sum(high - low for low, high in told) <= len(new)
    assert len(told) <= 1 + (base_size - at) // 65_536


def copies(start: int, end: int) -> list[bytes]:
    return [copy(at, min(end - at, 65_536)) for at in range(start, end, 65_536)]


def test_insertion_that_looks_like_a_copy_of_the_end():
    base = b"x" * 10
    new = b"\x91\x05\x05"
    change = delta(len(base), 3, insert(new))
    assert changed(base, change, new) == [(0, 3)]


@pytest.mark.parametrize("start", [150_000, 200_000])
def test_equal_ends_do_not_overlap_in_the_result(start):
    base = b"a" * 300_000
    change = delta(len(base), 400_000 - start, *copies(0, 100_000), *copies(start, 300_000))
    result = deltas.apply(base, change)
    told = changed(base, change, result)
    assert 100_000 == told[0][0] <= told[-1][1] <= told[0][0] + 65_536
