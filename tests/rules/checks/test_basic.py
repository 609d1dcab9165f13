"""Credentials of basic authentication."""

from __future__ import annotations

import base64

import pytest

from tests.support.checks import reason, said

CHECK = "basic-auth"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text", ["ada:s3cret-one", "ada@acme.io:7tr.ees", "x-token:" + "a1" * 40, "ada:what-a-password"]
)
def test_whose_password_it_is(text: str):
    assert reason(CHECK, encoded(text)) == f"password of {text.partition(':')[0]}"


@pytest.mark.parametrize("text", [":s3cret-one", "a b:s3cret-one", "密:s3cret-one", "ada:口令s3cret"])
def test_a_name_that_is_unusual_is_not_repeated(text: str):
    assert said(CHECK, encoded(text)) is True
    assert "密" not in reason(CHECK, encoded(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada:",
        "ada:a1",
        "user:password",
        "user:12345678",
        "ada:s3cret\n",
        "ada\x00:s3cret-one",
        "Aladdin:open sesame",
        "CLIENT_ID:CLIENT_SECRET",
        "ada:your-password",
    ],
)
def test_what_holds_no_password(text: str):
    assert said(CHECK, encoded(text)) is False


@pytest.mark.parametrize(("size", "expected"), [(8192, True), (8196, False)])
def test_no_more_than_headers_have_is_decoded(size: int, expected: bool):
    text = encoded("ada:" + "s3" * ((size // 4 * 3 - 4) // 2))
    assert (len(text), said(CHECK, text)) == (size, expected)


@pytest.mark.parametrize("text", ["", "é", "/w==", "a" * 9000, "YWRh"])
def test_what_is_no_base64_of_text(text: str):
    assert said(CHECK, text) is False
