"""Both finders say the same of any bytes: where each codec's triggers stand."""

from __future__ import annotations

import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.detection.decoding.finder import finder
from keyguard.detection.decoding.triggers import Codec
from tests.detection.decoding.test_decoding import ENCODINGS, SOME_ESCAPED, SPLIT
from tests.support import keys

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
