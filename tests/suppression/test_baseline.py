from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyguard.errors import ConfigError, ExitCode, UsageError
from keyguard.model import Confidence, Finding, Secret, Severity, Status
from keyguard.suppression.baseline import FILE, Baseline, Decision, Entry
from tests.support.anything import damaged, inline, tables, values

ONE, TWO = "kg1-" + "1" * 32, "kg1-" + "2" * 32
LINE = '"{}" = {{ rule = "{}", reason = "{}" }}\n'


def finding(text: str, rule: str = "openai-project-key", status: Status = Status.OPEN) -> Finding:
    return Finding(rule, "openai", "A key", Confidence.HIGH, Severity.HIGH, Secret(text), (), status=status)


def text_of(*lines: str) -> bytes:
    return ("[accepted]\n" + "".join(lines)).encode()


def refusal(data: bytes) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        Baseline.parse(data)
    return caught.value


def test_nothing_is_in_an_empty_baseline():
    for baseline in (Baseline(), Baseline.parse(b""), Baseline.parse(b"[accepted]"), Baseline.created([])):
        assert finding("a").fingerprint not in baseline
        assert len(baseline) == 0


def test_created_baseline_leaves_out_what_a_comment_allows():
    baseline = Baseline.created([finding("a"), finding("b", status=Status.ALLOWED)])
    assert finding("a").fingerprint in baseline
    assert finding("b").fingerprint not in baseline


def test_update_keeps_reasons_and_what_was_not_found():
    before = Baseline({ONE: Entry("generic-password", "a sample"), finding("a").fingerprint: Entry("old-id", "why")})
    after = before.updated([finding("a", status=Status.BASELINE), finding("b")])
    assert after.entries == {**before.entries, finding("b").fingerprint: Entry("openai-project-key")}


def test_entries_that_match_nothing_are_told_and_can_be_dropped():
    before = Baseline({ONE: Entry("generic-password"), finding("a").fingerprint: Entry("old-id", "why")})
    unmatched = before.unmatched([finding("a", status=Status.ALLOWED)])
    assert unmatched.entries.keys() == {ONE}
    assert before.without(unmatched).entries == {finding("a").fingerprint: Entry("old-id", "why")}


def test_real_key_is_not_accepted_and_an_update_does_not_change_that():
    real = Baseline({finding("a").fingerprint: Entry("a-a", "ours", Decision.REAL)})
    assert finding("a").fingerprint not in real
    assert len(real) == 0
    assert real.updated([finding("a")]) == real
    assert Baseline.parse(real.dumps().encode()) == real


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Entry("a-a"), Entry("a-a"), Entry("a-a")),
        (Entry("a-a", "x"), Entry("a-a"), Entry("a-a", "x")),
        (Entry("a-a", "x"), Entry("a-a", "y"), Entry("a-a", "x; y")),
        (Entry("a-a", "", Decision.TEST_KEY), Entry("a-a", "", Decision.REAL), Entry("a-a", "", Decision.REAL)),
        (Entry("a-a", "", Decision.TEST_KEY), Entry("a-a", "", Decision.REVOKED), Entry("a-a")),
        (Entry("a-a", "", Decision.TEST_KEY), Entry("a-a"), Entry("a-a")),
    ],
)
def test_key_that_a_merge_left_twice_counts_by_the_stricter(one, other, expected):
    lines = [Baseline({ONE: each}).dumps() for each in (one, other)]
    for text in (lines[0] + lines[1], lines[1] + lines[0]):
        assert Baseline.parse(text.encode()).entries == {ONE: expected}


def test_text_has_one_sorted_line_for_each_key_and_nothing_that_changes_by_itself():
    baseline = Baseline({TWO: Entry("b-b", 'say "why" \\ 密'), ONE: Entry("a-a")})
    lines = [line for line in baseline.dumps().splitlines() if line and not line.startswith(("#", "["))]
    assert lines == [LINE.format(ONE, "a-a", "").strip(), LINE.format(TWO, "b-b", r"say \"why\" \\ 密").strip()]
    assert baseline.dumps() == Baseline(dict(reversed(list(baseline.entries.items())))).dumps()


def test_text_says_nothing_of_the_key():
    assert "hidden-text" not in Baseline.created([finding("hidden-text")]).dumps()


@given(
    st.dictionaries(
        st.integers(0, 2**128 - 1).map("kg1-{:032x}".format),
        st.builds(Entry, st.just("some-rule"), st.text(st.characters(codec="utf-8"), max_size=500)),
        max_size=5,
    )
)
def test_what_is_written_is_read_again(entries):
    entries = {key: entry for key, entry in entries.items() if entry.reason.count(".") <= 50}
    baseline = Baseline(entries)
    assert Baseline.parse(baseline.dumps().encode()) == baseline
    assert tomllib.loads(baseline.dumps())["accepted"].keys() == entries.keys()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_other_tools_are_read(encoding):
    baseline = Baseline({ONE: Entry("a-a", "原因")})
    assert Baseline.parse(baseline.dumps().replace("\n", "\r\n").encode(encoding)) == baseline


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (text_of(LINE.format("kg1-12", "a-a", "")), ":2: not a fingerprint"),
        (text_of(LINE.format(ONE.upper(), "a-a", "")), ":2: not a fingerprint"),
        (text_of(LINE.format(ONE, "a-a", ""), LINE.format(ONE, "A", "x")), ":3: the entry has no rule id"),
        (text_of(f'"{ONE}" = {{ rule = "a-a", rule = "b-b" }}'), "the same key is set twice"),
        (
            text_of(f'"{ONE}" = {{ rule = "a-a", decision = "maybe" }}'),
            ":2: the entry's decision is one of false-alarm",
        ),
        (text_of(LINE.format(ONE, "A b", "")), ":2: the entry has no rule id"),
        (text_of(f'"{ONE}" = {{ reason = "" }}'), ":2: the entry has no rule id"),
        (text_of(f'"{ONE}" = "a-a"'), ":2: not an entry"),
        (text_of(f'"{ONE}" = {{ rule = "a-a", reason = 1 }}'), ":2: the entry's reason is not a text"),
        (text_of(LINE.format(ONE, "a-a", "x" * 501)), ":2: the entry's reason has more than 500"),
        (text_of(f'\n[accepted.{ONE}]\nrule = "a-a"\nline = 3\n'), ":5: unknown key line"),
        (b"[acepted]\n", ":1: unknown key acepted"),
        (b"\naccepted = 1\n", ":2: accepted is not a table"),
        (text_of("<<<<<<< HEAD\n", LINE.format(ONE, "a-a", "")), "merge conflict markers at line 2"),
        (text_of(LINE.format(ONE, "a-a", ""), ">>>>>>> side\r\n"), "merge conflict markers at line 3"),
    ],
)
def test_malformed_baseline_is_refused_by_line(data, message):
    error = refusal(data)
    assert message in error.message
    assert FILE in error.message


def test_misspelt_key_gets_a_suggestion():
    assert refusal(b"[acepted]\n").hint == "did you mean accepted?"
    assert refusal(text_of(f'"{ONE}" = {{ rule = "a-a", resaon = "x" }}')).hint == "did you mean reason?"


def test_file_is_written_whole_in_a_new_folder(tmp_path):
    baseline = Baseline({ONE: Entry("a-a", "why")})
    baseline.write(tmp_path / FILE, tmp_path)
    assert Baseline.load(tmp_path / FILE, tmp_path) == baseline
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o644
    assert [each.name for each in (tmp_path / FILE).parent.iterdir() if each.suffix == ".toml"] == ["baseline.toml"]
    beside = (tmp_path / FILE).with_name(".gitattributes")
    assert beside.read_text() == "/baseline.toml merge=union\n"
    beside.write_text("mine")
    baseline.write(tmp_path / FILE, tmp_path)
    assert beside.read_text() == "mine"


def test_file_is_replaced_and_relative_paths_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Baseline({ONE: Entry("a-a")}).write(Path("b.toml"))
    Baseline({TWO: Entry("a-a")}).write(Path("b.toml"))
    assert Baseline.load(Path("b.toml")).entries.keys() == {TWO}


def test_nothing_is_written_through_a_link(tmp_path):
    top = tmp_path / "top"
    top.mkdir()
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "baseline.toml"
    target.write_text("mine")
    (top / "linked").symlink_to(target.parent)
    (top / "link.toml").symlink_to(target)
    for path, inside in ((top / "link.toml", None), (top / "link.toml", top), (top / "linked/baseline.toml", top)):
        with pytest.raises(ConfigError, match="a symbolic link"):
            Baseline().write(path, inside)
    assert target.read_text() == "mine"


def test_failed_write_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "b.toml"
    Baseline({ONE: Entry("a-a")}).write(path)

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match=r"b\.toml cannot be written: No space left"):
        Baseline().write(path)
    assert Baseline.load(path).entries.keys() == {ONE}
    assert [each.name for each in tmp_path.iterdir()] == ["b.toml"]


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written") as caught:
        Baseline().write(tmp_path / "file" / "b.toml")
    assert caught.value.exit_code is ExitCode.USAGE


WHOLE = [
    text_of(LINE.format(ONE, "a-a", "x"), LINE.format(TWO, "b-b", "y")),
    text_of(LINE.format(ONE, "a-a", "x"), LINE.format(ONE, "a-a", "密钥")),
    text_of(f'"{ONE}" = {{ rule = "a", decision = "real", reason = "" }}\n').decode().encode("utf-16"),
]


ENTRIES = tables(["rule", "reason", "decision"], ["a-a", "real", "test-key", "x"]) | values()
TABLED = st.lists(st.tuples(st.sampled_from([ONE, TWO, "kg1-1"]), ENTRIES), max_size=3).map(
    lambda lines: text_of(*(f'"{key}" = {inline(value)}\n' for key, value in lines if value is not None))
)


@given(damaged(WHOLE) | st.sampled_from(WHOLE) | TABLED | st.binary(max_size=60))
@settings(max_examples=100)
@example(b"accepted = 3")
@example(b"[accepted]\na = " + b"[\n" * 5000)
@example(b"[accepted]\na = " + b"9" * 5000)
@example(text_of(f'"{ONE}" = {{ rule = "a", reason = 5 }}\n'))
def test_any_bytes_are_a_baseline_or_refused(data: bytes):
    try:
        read = Baseline.parse(data)
    except ConfigError:
        assert data not in WHOLE
        return
    assert Baseline.parse(read.dumps().encode()) == read
