"""The journal is for its user's eyes, holds no secret, and is whole or not there."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import SourceError
from keyguard.rotation import journal
from keyguard.rotation.journal import Attempt, State, Step
from keyguard.rotation.values import Held, Way, fits
from tests.support.anything import damaged, spelled, values

MARK = "kg1-" + 32 * "0"
STATE = State(MARK, "r", "p", "sk-…", Held("key_1"), Way.SAME_OWNER, ("a:B",), revoke_first=False)


def test_what_is_kept_is_on_the_disk_before_it_goes_on(monkeypatch: pytest.MonkeyPatch):
    done: list[str] = []
    really = Path.replace
    monkeypatch.setattr(os, "fsync", lambda _file: done.append("synced"))

    def replaced(path: Path, to: Path) -> Path:
        done.append("named")
        return really(path, to)

    monkeypatch.setattr(Path, "replace", replaced)
    with journal.opened(MARK) as book:
        book.keep(STATE)
    assert done == ["synced", "named", "synced"]


def test_what_was_kept_is_read_again():
    state = replace(STATE, scopes=("a",), attempts=(Attempt("n", touched=("a:B",)),)).after(Step.FOUND)
    with journal.opened(MARK) as book:
        assert book.state is None
        book.keep(state)
    with journal.opened(MARK) as book:
        assert book.state == state
        assert book.path.stat().st_mode & 0o777 == 0o600
        assert book.path.parent.stat().st_mode & 0o777 == 0o700
    assert journal.kept("kg1-00") == MARK
    assert journal.kept("kg1-01") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": "keyguard.rotation.v9"}'])
def test_a_journal_that_is_not_understood_is_left_alone(text: str):
    (journal.folder() / f"{MARK}.json").write_text(text)
    with pytest.raises(SourceError), journal.opened(MARK):
        """Never reached."""
    assert (journal.folder() / f"{MARK}.json").read_text() == text


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no such permissions")
def test_a_folder_that_others_may_enter_is_not_used():
    Path(journal.folder()).chmod(0o755)
    with pytest.raises(SourceError):
        journal.folder()


@pytest.mark.parametrize(
    ("redacted", "same"),
    [
        ("sk-ab...yz", True), ("sk-ab***yz", True), ("sk-ab…yz", True), ("sk-ab...y", False), ("sk-ab", False),
        ("...yz", False), ("sk-ab...", False), ("", False), ("sk-abcd...bcdyz", False), ("sk-abcdyz", False),
    ],
)  # fmt: skip
def test_a_key_is_told_by_both_of_its_ends(redacted: str, same: bool):
    assert fits(redacted, "sk-abcdyz") is same


TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
SEVERAL = st.lists(TEXTS, max_size=2).map(tuple)
MAYBE = st.none() | TEXTS
NUMBERS = st.none() | st.integers(0, 1 << 40)
ATTEMPTS = st.builds(Attempt, TEXTS, MAYBE, MAYBE, MAYBE, SEVERAL, SEVERAL, st.booleans())
STATES = st.builds(
    State, st.just(MARK), TEXTS, TEXTS, TEXTS, st.builds(Held, TEXTS, account=MAYBE, created=NUMBERS, used=NUMBERS),
    st.sampled_from(Way), SEVERAL, revoke_first=st.booleans(), since=NUMBERS, scopes=st.none() | SEVERAL,
    expires_in=NUMBERS, attempts=st.lists(ATTEMPTS, max_size=2).map(tuple),
    times=st.lists(st.tuples(st.sampled_from([each.value for each in Step]), TEXTS), max_size=2).map(tuple),
    proof=TEXTS, folder=TEXTS, spent=TEXTS,
)  # fmt: skip


@given(STATES)
@settings(max_examples=40)
def test_any_state_is_read_as_it_was_kept(state: State):
    with journal.opened(MARK) as book:
        book.keep(state)
    with journal.opened(MARK) as book:
        assert book.state == state


@given(st.data())
@settings(max_examples=60)
def test_any_file_is_a_state_or_not_understood(data: st.DataObject):
    with journal.opened(MARK) as book:
        book.keep(replace(STATE, attempts=(Attempt("n", touched=("a:B",)),)).after(Step.FOUND))
        whole = book.path.read_bytes()
    field = data.draw(st.sampled_from(sorted(json.loads(whole))))
    wrong = data.draw(values(["schema", "times", MARK]))
    either = damaged([whole]) | st.binary(max_size=9) | st.just(spelled({**json.loads(whole), field: wrong}))
    book.path.write_bytes(data.draw(either))
    try:
        with journal.opened(MARK) as book:
            assert isinstance(book.state, State)
    except SourceError:
        pass
    finally:
        book.path.unlink()
