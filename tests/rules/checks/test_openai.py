"""How long OpenAI's keys are, and where their body begins."""

from __future__ import annotations

import pytest

from tests.support import keys
from tests.support.checks import said


@pytest.mark.parametrize("halves", [(57, 57), (59, 58), (58, 60), (20, 21), (46, 47), (45, 46), (74, 75), (73, 74)])
def test_other_lengths_of_halves_have_not_been_seen(halves: tuple[int, int]):
    left, right = halves
    assert said("openai-known-length", "sk-proj-" + "a" * left + keys.MARKER + "b" * right) is None


@pytest.mark.parametrize(("name", "expected"), [("", None), ("-", None), ("a-", True), ("a-b-", True), ("a_", None)])
def test_the_body_begins_behind_the_dash_of_a_name(name: str, expected: bool | None):
    whole = f"sk-{name}{'a' * 20}{keys.MARKER}{'b' * 20}"
    assert said("openai-known-length", whole) is (True if not name or name == "-" else expected)
    assert said("openai-known-length", f"sk-{name}_{'a' * 19}{keys.MARKER}{'b' * 20}") is (None if name else True)


@pytest.mark.parametrize(("size", "expected"), [(31, None), (32, True), (1024, True), (1025, None), (1026, None)])
def test_a_body_has_a_length_that_keys_have(size: int, expected: bool | None):
    body = keys.MARKER.ljust(size, "A")
    assert said("openai-issued-tail", f"sk-{body}") is expected


@pytest.mark.parametrize("length", [60, 62, 63])
def test_a_body_without_its_padding_is_read(length: int) -> None:
    body = "b" * 40 + keys.MARKER + "b" * (length - 50)
    assert said("openai-issued-tail", f"sk-proj-{body}AA") is True
    assert said("openai-issued-tail", f"sk-proj-{body}bb") is False


@pytest.mark.parametrize("left", ["sk-", "sk-a", "sk-" + "a" * 16, "sk-" + "a" * 17, "sk-proj-"])
def test_a_body_that_is_too_short_has_no_known_length(left: str) -> None:
    for right in (20, 46, 74):
        assert said("openai-known-length", left + keys.MARKER + "b" * right) is None
