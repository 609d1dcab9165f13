"""Both finders say the same of any bytes: where each codec's triggers stand."""

from __future__ import annotations

import random
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.detection.decoding.finder import finder
from keyguard.detection.decoding.triggers import (
    BEFORE_VALUE,
    BEHIND,
    BETWEEN,
    CHARACTER,
    COLON,
    DASH,
    ESCAPED,
    HEX_NUMBER,
    NUMBER,
    PASSES,
    SLASH,
    SLASHES,
    TRIGGERS,
    WIDEST,
    Codec,
)
from keyguard.rules.patterns import PatternError, reach_of
from tests.detection.decoding.test_decoding import ENCODINGS, SOME_ESCAPED, SPLIT
from tests.support import keys
from tests.support.matching import matching, tree_of

BULK, PLAIN = finder(bulk=True), finder(bulk=False)
KEY = keys.project_key(random.Random(1))
WRITTEN = [
    *(encode(KEY) for encode, _ in ENCODINGS.values()),
    *(encode(KEY) for encode in SOME_ESCAPED.values()),
    *(split(KEY[:30], KEY[30:]) for split in SPLIT.values()),
    ", ".join(str(each) for each in KEY.encode()),
]
PIECES = st.one_of(
    st.sampled_from(WRITTEN).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
            lambda ends: text.encode("utf-8", "surrogatepass")[min(ends) : max(ends)]
        )
    ),
    st.binary(max_size=5),
    st.sampled_from([b" ", b"\n", b"." * 90, b"0", b"a"]),
)


@given(pieces=st.lists(PIECES, max_size=6))
def test_both_find_the_same(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert BULK(data) == PLAIN(data)


@pytest.mark.parametrize("number", range(len(WRITTEN)))
def test_both_see_a_key_however_it_is_written(number: int) -> None:
    for before in (b"", b"x", b"= ", b"one two "):
        data = before + WRITTEN[number].encode("utf-8", "surrogatepass") + b" end"
        assert PLAIN(data)
        assert BULK(data) == PLAIN(data)


@pytest.mark.parametrize(("bulk", "other"), [(BULK, PLAIN), (PLAIN, BULK)], ids=["bulk", "plain"])
def test_digits_that_go_on_are_one_stretch_for_each_alignment(bulk, other) -> None:
    text = (b"a printable text of some length, " * 9).hex().encode()
    runs = bulk(b". " + text + b" .")[Codec.HEX]
    assert runs == other(b". " + text + b" .")[Codec.HEX]
    assert len(runs) <= 2
    assert (min(low for low, _ in runs), max(high for _, high in runs)) == (2, 2 + len(text))
    for blanks in (98, 99):  # the second at the same alignment, and at the other one
        apart = bulk(b". " + text + b" " * blanks + text + b" .")[Codec.HEX]
        assert len(apart) == 2 * len(runs)


def test_without_hyperscan_the_plain_one_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyguard.detection.hyperscan_gate", None)
    assert finder.__wrapped__(bulk=True) is PLAIN


@pytest.mark.parametrize("codec", WIDEST)
def test_no_trigger_is_wider_than_the_stretch_in_which_it_is_looked_for(codec: Codec) -> None:
    bounded = 0
    for each in TRIGGERS:
        with suppress(PatternError):  # of those without a bound, what stands between two pieces has one
            if each.codec is codec:
                assert reach_of(each.pattern.decode("ascii"), verbose=False).width < WIDEST[codec]
                bounded += 1
    assert bounded or codec is Codec.NUMBERS
    assert reach_of(BETWEEN.decode("ascii"), verbose=False).width + 10 < WIDEST[Codec.SEAMS]


def test_a_seam_as_wide_as_any_is_found_by_either() -> None:
    break_ = b"_" + b"#" + b"c" * 120 + b"\r\n" + b" " * 200
    seam = b'"' + b" " * 80 + b"||" + b" " * 80 + break_ * 2 + b'@$"'
    for behind in (b"", b"x" * 2 * BEHIND):
        data = b"." * 3000 + b'"' + KEY[:40].encode() + seam + KEY[40:].encode() + b'"' + behind
        assert BULK(data) == PLAIN(data)
        assert BULK(data)[Codec.SEAMS] == [(3041, 3041 + len(seam))]


MARKS = {
    "between": (b'"%b"', BETWEEN), "escaped": (b"%b", rb"(?:" + ESCAPED + rb"){1,9}"), "dash": (b"%b", DASH),
    "slash": (b"%b", SLASH), "colon": (b"amqp%b//", COLON), "slashes": (b"amqp:%b", SLASHES),
    "before": (b"%b", BEFORE_VALUE), "hex": (b"%b", rb"(?:" + HEX_NUMBER + rb"){12,40}"),
    "number": (b"%b", rb"(?:" + NUMBER + rb"){12,40}"), "character": (b"%b", rb"(?:" + CHARACTER + rb"){12,40}"),
}  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_both_find_the_same_of_whatever_may_be_written_in_a_key(mark: str) -> None:
    form, pattern = MARKS[mark]
    tree, rng, seen = tree_of(pattern), random.Random(mark), 0
    for _ in range(200):
        quote, at = rng.choice((b'"', b"'", b"`", b'\\"', b"")), rng.randint(8, 80)
        written = form.replace(b'"', quote) % matching(tree, rng)
        key = KEY.encode()
        data = b"key = " + quote + key[:at] + written + key[at:] + quote + rng.choice((b"", b"\n" * 40))
        assert BULK(data) == PLAIN(data)
        seen += bool(PLAIN(data))
    assert seen > 30


def test_passes_are_of_all_triggers() -> None:
    assert sorted(at for each in PASSES for at in each) == list(range(len(TRIGGERS)))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "between", [" +{}", " + # one{}", " # one{}", " // one{}  || ", " # one{}  # two{}  ", " \\{}"]
)
def test_what_stands_in_two_lines_is_found_with_comments_and_either_line_end(between: str, end: str) -> None:
    data = f"key = ('{KEY[:40]}'{between.format(end, end)}'{KEY[40:]}')".encode()
    assert PLAIN(data)[Codec.SEAMS]
    assert BULK(data) == PLAIN(data)


@pytest.mark.parametrize("length", [BEHIND - 120, 400])
def test_what_stands_far_behind_a_trigger_decides_as_well(length: int) -> None:
    data = b"." * 3000 + b"'" + KEY[:40].encode() + b"'\"" + b"x" * length + b'"' + b"." * 3000
    assert BULK(data) == PLAIN(data)
    assert bool(BULK(data)) is (length <= 400)
