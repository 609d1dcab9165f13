"""Where the first look sees nothing, the engine finds nothing: also where names alone are left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.detection.first_look import EACH, NEAR, SWITCH, FirstLook, Joined, hit, may_be_wide
from keyguard.detection.gate import PlainGate, Run
from keyguard.detection.hyperscan_gate import HyperscanGate
from keyguard.model import Chunk, Origin, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Kind
from keyguard.rules.compiled import gate_of
from keyguard.rules.entries import GateEntry
from tests.detection.test_oracle import EXAMPLES, FILLERS, SECRETS, TEXTS
from tests.support import keys

CATALOGUE = loader.load()
GATE = gate_of(CATALOGUE)
LOOK = FirstLook(*GATE, bulk=False)
ENGINE = Engine(CATALOGUE, bulk=False)
ASSIGNED = [example.text for rule in CATALOGUE.rules if rule.kind is Kind.ENTROPY for example in rule.examples]
NAMES = [name.replace(" ", "_") for rule in CATALOGUE.rules for name in rule.names]
HOSTS = [host for rule in CATALOGUE.rules for host in rule.hosts]
PIECES = st.one_of(
    st.sampled_from([*ASSIGNED, *NAMES, *HOSTS, *EXAMPLES]).map(str.encode),
    st.sampled_from(SECRETS).flatmap(lambda key: st.integers(0, len(key)).map(lambda cut: key[cut:].encode())),
    FILLERS,
    st.sampled_from([b"_key = '", b'"', b"=", b": ", b"\n", b"_API_KEY=", b"-", b"0123456789abcdef"]),
)
NAMED = st.lists(PIECES, min_size=1, max_size=10).map(b"".join)


@settings(max_examples=60)
@given(data=st.one_of(NAMED, TEXTS))
def test_it_hides_nothing(data: bytes) -> None:
    if not LOOK.anything(data) and not may_be_wide(data):
        assert list(ENGINE.detect(Chunk(Origin(Where.FILE, "a"), data))) == []


def test_names_alone_are_nothing() -> None:
    for text in (b"openai_api_key = os.environ['OPENAI_API_KEY']", b"Azure OpenAI key: read from the_secret_manager"):
        assert LOOK.hits(text)
        assert not LOOK.anything(text)


@pytest.mark.parametrize(("chunks", "size"), [(1, SWITCH), (2, SWITCH // 2), (SWITCH // (EACH + 1) + 1, 1)])
def test_much_content_or_many_pieces_are_worth_hyperscan(chunks: int, size: int) -> None:
    look = FirstLook(*GATE)
    for number in range(chunks):
        assert isinstance(look._gate, PlainGate), number
        look.take_account(size)
    assert isinstance(look._gate, HyperscanGate)


def test_every_example_of_a_key_is_something() -> None:
    for rule in CATALOGUE.rules:
        for example in rule.examples:
            assert LOOK.anything(example.text.encode()), rule.id


def test_values_stand_within_the_distance() -> None:
    search = ENGINE._search
    assert max(max(search._reaches[number]) for number in GATE.assigned) <= NEAR


@given(
    contents=st.lists(st.binary(max_size=5).filter(lambda each: b"\n" not in each), min_size=1, max_size=6),
    ends=st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_what_runs_over_several_contents_is_in_each_of_them(contents: list[bytes], ends: tuple[int, int]) -> None:
    whole = b"\n".join(contents)
    first, last = sorted(min(each, len(whole)) for each in ends)

    def anything(data: bytes) -> list[Run]:
        assert data == whole
        return [(first, last)] if first < last else []

    starts = [sum(len(each) + 1 for each in contents[:at]) for at in range(len(contents) + 1)]
    touched = {at for at in range(len(contents)) if max(first, starts[at]) < min(last, starts[at + 1])}
    assert hit(contents, anything) == touched
    assert hit([], anything) == set()


@pytest.mark.parametrize(
    ("run", "within"),
    [
        ((0, 3), [(0, (0, 3))]),
        ((1, 2), [(0, (1, 2))]),
        ((5, 9), [(2, (0, 4))]),
        ((6, 8), [(2, (1, 3))]),
        ((2, 7), [(0, (2, 3)), (1, (0, 0)), (2, (0, 2))]),
        ((9, 12), [(2, (4, 4)), (3, (0, 2))]),
    ],
)
def test_where_in_each_content_a_run_lies(run: Run, within: list[tuple[int, Run]]) -> None:
    joined = Joined([b"abc", b"", b"defg", b"hi"])
    assert joined.data == b"abc\n\ndefg\nhi"
    assert list(joined.within(run)) == within


@pytest.mark.parametrize(("gap", "counts"), [(0, True), (NEAR - 22, True), (NEAR - 21, False)])
def test_a_name_counts_where_a_value_stands_near_it(gap: int, counts: bool) -> None:
    value = b"'" + keys.text(keys.fresh(), keys.ALNUM, 20).encode() + b"'"
    look = FirstLook((GateEntry(b"the_name"), GateEntry(b"other")), frozenset({0}), bulk=False)
    filler = b"#" * 5000
    before = filler + value + b"#" * gap + b"the_name" + filler
    after = filler + b"the_name" + b"#" * gap + value + filler
    for data in (before, after):
        assert bool(look.anything(data)) is counts
        assert look.anything(data + b"other")  # which is something by itself


@pytest.mark.parametrize(
    ("data", "wide"),
    [(b"", False), (b"abc", False), (b"\xff", True), (b"\xfe", True), (b"a\xff", False), (b"a\0", True),
     (b"a" * 4095 + b"\0", True), (b"a" * 4096 + b"\0", False)],
)  # fmt: skip
def test_what_may_be_wide_text(data: bytes, wide: bool) -> None:
    assert may_be_wide(data) is wide
