from __future__ import annotations

import subprocess
import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyguard.errors import ConfigError
from keyguard.incidents.entry import LONGEST_BY, LONGEST_NOTE, fits
from keyguard.incidents.ledger import Ledger, joined
from keyguard.model import Done, Event, Exposure, Incident
from keyguard.pipeline.traces import MOST
from tests.support.anything import damaged, inline, tables, values

ONE = "kg1-" + "1" * 32
AT = "2026-01-02T03:04:05Z"
TIMES = st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z")


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts that fit; the longest ones, and such as have to be escaped, among them."""
    printable = st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="'")
    return st.text(printable, max_size=longest) | st.sampled_from(['"', "\\", ".", "密"]).map(lambda one: one * longest)


INCIDENTS = st.builds(
    Incident,
    fingerprint=st.integers(0, 2**128 - 1).map("kg1-{:032x}".format),
    rule=st.just("openai-project-key"),
    key=st.just("sk-proj-Ab…Yz"),
    exposure=st.sampled_from(Exposure),
    since=TIMES,
    commit=st.just("a" * 40),
    events=st.dictionaries(
        st.sampled_from(Event), st.builds(Done, TIMES, texts(LONGEST_BY), texts(LONGEST_NOTE)), max_size=7
    ),
    traces=st.frozensets(st.just("*") | st.integers(0, 2**32 - 1).map("{:08x}".format), max_size=150),
    committed=st.just(True),
)


def incident(**changed: object) -> Incident:
    known = {"events": {Event.REVOKED: Done(AT, "Ada", "ticket")}, "committed": True, **changed}
    return Incident(ONE, "openai-project-key", **known)  # type: ignore[arg-type]


def refusal(data: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        Ledger.parse(data.encode())
    return caught.value


def test_nothing_is_in_an_empty_ledger():
    assert Ledger.parse(b"") == Ledger.parse(b"[closed]") == Ledger()
    assert not incident(events={Event.REVOKED: Done(AT)}).proven


@settings(max_examples=60)
@given(st.lists(INCIDENTS, max_size=3))
def test_what_is_written_is_read_again(incidents):
    ledger = Ledger().having(incidents)
    assert Ledger.parse(ledger.dumps().encode()) == ledger
    assert tomllib.loads(ledger.dumps())["closed"].keys() == ledger.entries.keys()


def test_the_longest_line_is_read_again():
    done = {event: Done(AT, '"' * LONGEST_BY) for event in Event}
    done |= {event: Done(AT, '"' * LONGEST_BY, '"' * LONGEST_NOTE) for event in (Event.REVOKED, Event.USAGE)}
    traces = frozenset(f"{number:08x}" for number in range(MOST))
    longest = incident(events=done, traces=traces, since="2026-01-02T03:04:05+00:00", commit="a" * 64, key="k" * 80)
    ledger = Ledger().having([longest])
    assert Ledger.parse(ledger.dumps().encode()) == ledger


@pytest.mark.parametrize("text", ["a" * (LONGEST_NOTE + 1), "a'''b", "a\nb", "\x1b[2J", "\u202e"])
def test_what_would_not_be_read_again_does_not_fit(text):
    assert not fits(text, LONGEST_NOTE)


def test_two_that_a_merge_left_count_as_one():
    first = incident(traces=frozenset(["0" * 8]), exposure=Exposure.UNPUSHED)
    other = incident(events={Event.REVOKED: Done("2026-01-01T00:00:00Z"), Event.CLOSED: Done(AT)}, exposure="pushed")
    for one, two in ((first, other), (other, first)):
        text = Ledger().having([one]).dumps() + Ledger().having([two]).dumps()
        found = Ledger.parse(text.encode()).get(ONE)
        assert found == joined(one, two)
        assert found is not None
        assert (found.exposure, found.traces, found.proven, found.closed) == ("pushed", first.traces, True, True)


@settings(max_examples=15)
@given(st.lists(INCIDENTS, max_size=2), st.lists(INCIDENTS, max_size=2))
def test_branches_that_close_incidents_merge_without_conflicts(tmp_path_factory, ours, theirs):
    folder = tmp_path_factory.getbasetemp()
    for name, some in (("base", []), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(Ledger().having(some).dumps(), encoding="utf-8")
    command = ["git", "merge-file", "-p", "--union", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0
    assert Ledger.parse(done.stdout).entries.keys() == {each.fingerprint for each in (*ours, *theirs)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"kg1-1" = { rule = "a-a" }', "not a fingerprint"),
        (f'"{ONE}" = 1', "not an entry"),
        (f'"{ONE}" = {{ rule = "A A" }}', "rule"),
        (f'"{ONE}" = {{ }}', "no rule"),
        (f'"{ONE}" = {{ rule = "a-a", exposure = "near" }}', "exposure"),
        (f'"{ONE}" = {{ rule = "a-a", revoked = {{ at = "yesterday" }} }}', "revoked"),
        (f'"{ONE}" = {{ rule = "a-a", revoked = "{AT}" }}', "revoked"),
        (f'"{ONE}" = {{ rule = "a-a", revoked = {{ at = "{AT}", how = "x" }} }}', "unknown key"),
        (f'"{ONE}" = {{ rule = "a-a", traces = "x y" }}', "traces"),
        (f'"{ONE}" = {{ rule = "a-a", reason = "x" }}', "unknown key"),
    ],
)
def test_anything_else_is_an_error_that_says_where(line, said):
    message = refusal(f"[closed]\n{line}\n").message
    assert said in message
    assert message.startswith(".keyguard/incidents.toml:")


def test_only_one_table_is_known():
    assert "unknown key" in refusal("[open]\n").message
    assert "not a table" in refusal("closed = 1\n").message


WHOLE = [
    Ledger({ONE: incident(since=AT, commit="a" * 40, traces=frozenset(["0123abcd", "*"]))}).dumps().encode(),
    Ledger({ONE: incident()}).dumps().encode() + Ledger({ONE: incident(events={})}).dumps().encode().splitlines()[-1],
]


FIELDS = ["rule", "key", "exposure", "since", "commit", "traces", *Event]
WORDS = ["a-rule", AT, "2026-13-02T03:04:05Z", "pushed", "at", "by", "note", "a" * 40, "*"]
TABLED = st.lists(st.tuples(st.sampled_from([ONE, "kg1-1"]), tables(FIELDS, WORDS) | values()), max_size=3).map(
    lambda lines: "".join(
        ["[closed]\n", *(f'"{key}" = {inline(value)}\n' for key, value in lines if value is not None)]
    )
)


@given(damaged(WHOLE) | st.sampled_from(WHOLE) | TABLED.map(str.encode) | st.binary(max_size=60))
@settings(max_examples=100)
@example(f'[closed]\n"{ONE}" = {{ rule = "a", since = "2026-13-02T03:04:05Z" }}\n'.encode())
@example(b"closed = 3")
def test_any_bytes_are_a_ledger_or_refused(data: bytes):
    try:
        read = Ledger.parse(data)
    except ConfigError:
        assert data not in WHOLE
        return
    assert Ledger.parse(read.dumps().encode()) == read
