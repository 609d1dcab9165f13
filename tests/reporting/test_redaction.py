import base64
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.model import Secret, Where
from keyguard.reporting.redaction import Redactor
from tests.reporting.samples import place, secret

HIDDEN = secret()
REDACT = Redactor([HIDDEN, secret(1)])


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda text: quote(text, safe=""),
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(b"user:" + text.encode()).decode(),
        lambda text: base64.b64encode(b"u:" + text.encode() + b"\n").decode(),
        lambda text: base64.b64encode(b"\xff" + text.encode() + b"?").decode(),
    ],
)
def test_a_secret_is_masked_in_every_usual_form(form, number):
    hidden = secret(number)
    shown = REDACT(f"dir/{form(hidden.reveal())}.txt and {form(hidden.reveal())}")
    middle = form(hidden.reveal())[12:-12]
    assert middle not in shown
    assert hidden.masked in shown
    assert shown.startswith("dir/")


@given(st.text(max_size=60))
def test_other_text_stays(text):
    assert REDACT(text) == text


def test_of_two_secrets_with_one_beginning_each_is_found():
    one, other = Secret("k" * 8 + "1" * 20), Secret("k" * 8 + "2" * 20)
    assert Redactor([one, other])(other.reveal()) == other.masked


def test_secrets_that_overlap_leave_nothing_of_the_longer_one():
    short, long = Secret("abcdefgh12345678"), Secret("abcdefgh12345678-and-more-that-is-secret")
    for order in ([short, long], [long, short]):
        assert "secret" not in Redactor(order)(long.reveal())


def test_a_file_name_that_is_the_place_is_cut_where_the_secret_stood():
    name = place("keys/REVERSED-FORM.txt", where=Where.FILE_NAME, line=1, column=6, end_line=1, end_column=19)
    assert REDACT.path(name) == "keys/….txt"
    assert REDACT.path(place(None)) is None


def test_the_name_of_a_member_is_masked_in_the_same_way():
    named = place("a.zip", where=Where.FILE_NAME, line=1, column=6, end_line=1, end_column=19)
    name = replace(named, origin=replace(named.origin, member="keys/REVERSED-FORM.txt"))
    assert REDACT.member(name) == "keys/….txt"
    assert REDACT.path(name) == "a.zip"
    other = replace(name, origin=replace(name.origin, where=Where.BLOB, member=f"a/{HIDDEN.reveal()}"))
    assert REDACT.member(other) == f"a/{HIDDEN.masked}"
    assert REDACT.member(named) is None


def test_a_percent_encoded_secret_is_masked():
    hidden = Secret("p@ss/word+with=signs&more")
    assert Redactor([hidden])(f"x={quote(hidden.reveal(), safe='')}") == f"x={hidden.masked}"
