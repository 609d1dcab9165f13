"""Around which places nothing was found is remembered, if what stands around them decides alone."""

from __future__ import annotations

import base64
import gzip
import random
import sys

import pytest

from keyguard.detection import versions
from keyguard.detection.decoding.triggers import BETWEEN, DASH, ESCAPED, NUMBER
from keyguard.detection.first_look import NEAR, FirstLook
from keyguard.detection.gate import distinct
from keyguard.detection.search import Search
from keyguard.detection.shaped import MARGIN
from keyguard.detection.versions import LINGERING, LONGEST, Versions, _digest, _is_cut, _touching
from keyguard.rules import loader
from keyguard.rules.gate import FURTHEST
from tests.support import keys
from tests.support.matching import matching, tree_of

CATALOGUE = loader.load()
ENTRIES = distinct(rule.gate for rule in CATALOGUE.rules)
FAR = 3000
HEX = keys.text(random.Random(4), keys.ALNUM, 40).encode().hex().encode()
"""What shows that it is encoded; the line ends of hexadecimal text do not."""


def made(asked: list[bytes], wanted: bytes = b"not there") -> Versions:
    """Versions to which this alone is something to find; what they ask about is noted."""

    def detects(data: bytes) -> bool:
        asked.append(data)
        return wanted in data

    return Versions(ENTRIES, Search(CATALOGUE, ENTRIES), FirstLook(ENTRIES, bulk=True), detects)


@pytest.mark.parametrize(("between", "times"), [(b"# line\n" * 600, 1), (b"0a" * 2100, 2)])
def test_a_place_is_remembered_unless_something_goes_on_beyond_it(between: bytes, times: int) -> None:
    asked: list[bytes] = []
    known = made(asked)
    first = b"# line\n" * 1000 + HEX
    data = first + between + HEX + b"\n" + b"# line\n" * 1000
    runs = [(len(first) - len(HEX), len(first)), (len(first + between), len(first + between + HEX))]
    assert not known.any_near(data, runs, FAR)
    assert len(asked) == 1, "both are near each other, and looked at together"
    assert not known.any_near(data[: len(first) + FAR] + b"\n" * 4000, runs[:1], FAR)
    assert len(asked) == times


@pytest.mark.parametrize(
    ("region", "stretch", "touches"),
    [
        ((0, 100), (95, 99), True),  # nothing was left out at either end
        ((0, 100), (0, 1), True),
        ((20, 100), (0, 29), False),  # the runs begin at 30
        ((20, 100), (0, 30), True),
        ((0, 80), (70, 90), True),
        ((0, 80), (71, 90), False),  # and end at 70
    ],
)
def test_a_stretch_has_to_do_with_the_runs_of_a_region_if_it_touches_them(
    region: tuple[int, int], stretch: tuple[int, int], touches: bool
) -> None:
    assert _touching(region, 10, 100, [stretch]) == ([stretch] if touches else [])


@pytest.mark.parametrize(
    ("stretch", "is_cut"),
    [
        ((40, 70), False), ((39, 70), True), ((40, 71), True),  # 10 bytes around the run
        ((0, 49), False), ((0, 50), True), ((61, 100), False), ((60, 100), True),  # it has to touch the run
    ],
)  # fmt: skip
def test_what_touches_a_run_and_goes_on_beyond_what_is_around_it_cuts_it(
    stretch: tuple[int, int], is_cut: bool
) -> None:
    assert _is_cut((50, 60), 10, 100, [(1, 2), stretch]) is is_cut


def test_nothing_is_cut_at_the_ends_of_an_object() -> None:
    assert not _is_cut((5, 95), 10, 100, [(0, 100)])


def test_what_is_around_a_run_is_remembered_up_to_a_length() -> None:
    data = b"x" * (LONGEST + 200)
    assert _digest(data, (100, 80 + LONGEST), 10)
    assert not _digest(data, (100, 81 + LONGEST), 10)
    assert _digest(data[:LONGEST], (5, 6), LONGEST)  # it is no longer than the object


def test_the_same_around_a_run_is_the_same_wherever_it_stands() -> None:
    assert _digest(b"abcdef", (2, 3), 1) == _digest(b"--bcd-", (3, 4), 1)
    assert _digest(b"abcdef", (2, 3), 2) != _digest(b"--bcd-", (3, 4), 2)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST", 3)
    known = made([])
    for digests, kept in (([b"a", b"", b"b"], {b"a", b"b"}), ([b"c"], {b"a", b"b", b"c"}), ([b"d"], {b"d"})):
        known._remember(digests)
        assert known._known == kept


@pytest.mark.parametrize(("at", "most"), [(0, 25_000), (8000, 57_000), (15920, 25_000)])
def test_encoded_text_is_looked_at_as_far_as_it_goes_on(at: int, most: int) -> None:
    asked: list[bytes] = []
    digits = HEX * 200
    before = b"# line\n" * 5000
    assert not made(asked).any_near(before + digits + b"\n" + before, [(len(before) + at, len(before) + at + 80)], 1000)
    (window,) = asked
    assert digits in window
    assert len(window) < most < len(before + digits + before)  # and not much farther


@pytest.mark.parametrize(
    ("wanted", "far", "found"), [(b"first#", 10, True), (b"second#", 10, True), (b"second#", 0, False)]
)
def test_each_place_is_looked_at_with_what_is_near_it(wanted: bytes, far: int, found: bool) -> None:
    lines = b"# line\n" * 1000
    data = lines + b"first" + lines + b"second" + lines
    runs = [(len(lines), len(lines) + 5), (2 * len(lines) + 5, 2 * len(lines) + 11)]
    known = made([], wanted)
    for _ in range(2):  # where something was found is not remembered as a place where nothing is
        assert known.any_near(data, runs, far) is found


def packed(data: bytes) -> bytes:
    return base64.b64encode(gzip.compress(data, mtime=0))


@pytest.mark.parametrize(
    ("data", "far"),
    [
        (keys.MARKER.encode(), "around"),
        (b", ".join(b"%d" % each for each in keys.MARKER.encode() * 2), "around"),
        (HEX, "encoded"),
        (b"".join(b"\\x%02x" % each for each in keys.MARKER.encode()), "encoded"),
        (base64.b64encode(HEX), "encoded"),
        (packed(HEX * 2), "everywhere"),
        (b"s\0k\0-\0p\0r\0o\0j\0-\0", "everywhere"),
    ],
)
def test_how_far_what_stands_in_a_content_decides(data: bytes, far: str) -> None:
    known = made([])
    expected = {"around": known.around, "encoded": known._far_encoded, "everywhere": sys.maxsize}
    standing = known.worth([b"nothing", b"ab " + data + b" cd", b""])
    assert list(standing) == [1]
    assert standing[1][0] == expected[far]
    assert all(0 <= low < high <= len(data) + 6 for low, high in standing[1][1])
    assert LINGERING < known.around < known._far_encoded
    assert known._far_encoded > len("a".encode("utf-16-le").hex()) * NEAR


def test_what_a_name_demands_is_looked_at_with_it_in_any_version() -> None:
    assert FURTHEST + MARGIN <= LINGERING


def test_the_farthest_of_all_that_stands_in_a_content_counts() -> None:
    known = made([])
    for parts in ((HEX, keys.MARKER.encode()), (keys.MARKER.encode(), HEX)):
        far, runs = known.worth([b"\n".join(parts)])[0]
        assert far == known._far_encoded
        assert len(runs) >= 2
    assert known.worth([]) == {}


def test_where_no_literal_is_looked_for_everything_decides() -> None:
    known = Versions(ENTRIES, Search(CATALOGUE, ENTRIES), FirstLook(ENTRIES, gated=False), lambda _: False)
    assert known.worth([b"ab", b"cde"]) == {0: (sys.maxsize, [(0, 2)]), 1: (sys.maxsize, [(0, 3)])}


WRITTEN = {
    "pieces": rb'"' + BETWEEN + rb'"', "escapes": rb"(?:" + ESCAPED + rb"){1,9}", "dash": DASH,
    "numbers": rb"(?:" + NUMBER + rb"){12,30}", "hex": rb"(?:[2-7][0-9a-f]){16,40}", "name": rb"openai_key ?= ?",
    "letters": rb"', {1,4}'",
}  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_near_a_change_stands_whatever_it_made_worth_a_look(written: str) -> None:
    """If nothing in the base was worth a look, what is now is seen in the change with so many bytes around it."""
    known, rng, tree, shown = made([]), random.Random(written), tree_of(WRITTEN[written]), 0
    for _ in range(150):
        key = keys.text(rng, keys.ALNUM, 40)
        data = b"x = ['" + key[:20].encode() + matching(tree, rng) + key[20:].encode() + b"']"
        data = b"# line\n" * 500 + data + rng.choice([b"", b".join('')"]) + b"\n# line" * 500
        at = rng.randrange(3500, len(data) - 3500)
        gone = data[at : at + rng.randrange(1, 100)]
        base = data[:at] + data[at + len(gone) :]
        if known.worth([data]) and not known.worth([base]):
            shown += 1
            assert known.worth([data[max(0, at - known.around) : at + len(gone) + known.around]])
    assert shown > 5


@pytest.mark.parametrize("end", [0, -1])
def test_the_widest_seam_is_seen_from_either_end(end: int) -> None:
    known, key = made([]), keys.text(random.Random(5), keys.ALNUM, 40).encode()
    seam = b'"' + b" " * 80 + b"||" + b" " * 80 + (b"_#" + b"c" * 120 + b"\r\n" + b" " * 200) * 2 + b'"'
    data = b"# line\n" * 500 + b'"' + key[:20] + seam + key[20:] + b'"' + b"\n# line" * 500
    at = data.index(seam) + (len(seam) - 1 if end else 0)
    assert known.worth([data, data[:at] + data[at + 1 :], data[at - known.around : at + known.around]]).keys() == {0, 2}
