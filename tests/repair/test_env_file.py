"""Env files are read as the dotenv libraries read them, and what is written reads back the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.repair.env_file import entries, quoted, with_values, without_value


@pytest.mark.parametrize("text", ["", "# A=1\n", "A\n", "=1\n", "1A=2\n", " - A: 1\n"])
def test_what_is_no_variable(text: str):
    assert entries(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", "1"),
        ("\ufeffA=1", "1"),
        ("export A = 1 # c\r\n", "1"),
        ("A='x # y' # c\n", "x # y"),
        ('A="x\\ny\\"" \n', 'x\ny"'),
        ('A="two\nlines"\n', "two\nlines"),
        ("A=x#y\n", "x#y"),
        ("A=\n", ""),
        ('A="open\n', '"open'),
    ],
)
def test_a_value(text: str, value: str):
    assert [(each.name, each.value) for each in entries(text)] == [("A", value)]


NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,5}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from(["", "# c", "B=1\r\n"]))
@settings(max_examples=50)
def test_what_is_written_is_read(values: dict[str, str], before: str):
    written = {name: quoted(value) for name, value in values.items()}
    read = {each.name: each.value for each in entries(with_values(before, written))}
    assert read | values == read


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("prod.env", "A='k' # c\nB=2\n", 'A="${A}" # c\nB=2\n'),
        ("prod.env", "export A=k\r\nB=2\r\n", "export A=${A}\r\nB=2\r\n"),
        (".env.example", 'A="k"\n', 'A=""\n'),
        (".env.sample", "A=k\n", "A=\n"),
    ],
)
def test_a_value_that_is_taken_out(path: str, before: str, after: str):
    assert without_value(before, entries(before)[0], path) == after


def test_quotes_only_where_needed():
    assert [quoted(each) for each in ("sk-a_b", "a b", "it's $x", "a\nb")] == [
        "sk-a_b", "'a b'", '"it\'s \\$x"', '"a\\nb"',
    ]  # fmt: skip
