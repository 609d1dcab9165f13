"""Lines and columns, to the character; and how much of the text around a secret goes with it."""

from __future__ import annotations

import pytest

from keyguard.detection.places import AROUND, Cursor, lines_around


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b"abc", {0: (1, 1), 1: (1, 2), 3: (1, 4)}),
        (b"a\nb", {0: (1, 1), 1: (1, 2), 2: (2, 1), 3: (2, 2)}),
        (b"a\r\nb\rc\n\nd", {1: (1, 2), 3: (2, 1), 5: (3, 1), 8: (5, 1), 9: (5, 2)}),
        (b"a\r\nb\r\nc", {2: (1, 3), 3: (2, 1), 5: (2, 3), 7: (3, 2)}),  # it may end within a line end
        (b"\r\n\r\nc", {1: (1, 2), 3: (2, 2), 4: (3, 1)}),
        (b"a\n\rb", {2: (2, 1), 3: (3, 1), 4: (3, 2)}),
        ("密钥\né🔑x".encode(), {6: (1, 3), 7: (2, 1), 9: (2, 2), 13: (2, 3), 14: (2, 4)}),
        (b"\xff\xfea", {2: (1, 3), 3: (1, 4)}),
        (b"\xef\xbb\xbfab", {3: (1, 1), 4: (1, 2)}),
    ],
)
def test_places_go_by_lines_and_characters(data: bytes, places: dict[int, tuple[int, int]]) -> None:
    cursor = Cursor(data, 1, 1)
    for offset, place in places.items():
        assert cursor.position(offset) == place == cursor.position(offset)
        assert Cursor(data, 1, 1).position(offset) == place


def test_a_mark_counts_where_it_begins_no_file() -> None:
    data = b"\xef\xbb\xbfab"
    assert Cursor(data, 1, 2).position(4) == (1, 4)
    assert Cursor(data, 2, 1).position(4) == (2, 3)
    assert Cursor(b"\n" + data, 5, 9).position(5) == (6, 3)


def around(before: str, after: str, secret: str = "SECRET") -> str:
    start = len(before.encode())
    return lines_around((before + secret + after).encode(), start, start + len(secret.encode()))


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("", "", "SECRET"),
        ("a = ", " # end", "a = SECRET # end"),
        ("a = ", "\nb\n", "a = SECRET"),
        ("one\ntwo\na ", "\nthree", "two\na SECRET"),
        ("one\rtwo\ra ", "\rthree", "two\na SECRET"),
        ("one\r\ntwo\r\na ", "\r\nthree", "two\na SECRET"),
        ("one\n", " b\rthree\nfour", "one\nSECRET b"),
        ("one\n", " b\nthree\rfour", "one\nSECRET b"),
        ("\n", "", "\nSECRET"),
        ("\r\n", "", "\nSECRET"),
        ("\n\n", "\n", "\nSECRET"),
        ("one\n\n", "\n", "\nSECRET"),
        ("a\n\r", "", "\nSECRET"),
    ],
)
def test_the_line_and_the_one_before_are_around_a_secret(before: str, after: str, text: str) -> None:
    assert around(before, after) == text


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_secret_of_several_lines_is_told_in_one(end: str) -> None:
    assert around(f"one{end}a ", f" b{end}two", f"BEGIN{end}END") == "one\na BEGIN END b"


def test_no_more_is_around_a_secret_than_is_near_it() -> None:
    assert around("x" * AROUND, "y" * AROUND) == "x" * AROUND + "SECRET" + "y" * AROUND
    assert around("x" * (AROUND + 1), "y" * (AROUND + 1)) == "x" * AROUND + "SECRET" + "y" * AROUND
    near = "x" * (AROUND - 1)
    assert around(f"one\n{near}", "") == f"one\n{near}SECRET"
    assert around(f"one\nx{near}", "") == f"one\nx{near}SECRET"  # the line begins just where it is cut
    assert around(f"one\nxx{near}", "") == f"x{near}SECRET"
    for size, end in ((AROUND, ""), (AROUND, "\n"), (AROUND + 1, "\n")):
        assert around("z" * size + "\n", f"{near}y{end}") == "z" * AROUND + f"\nSECRET{near}y"
