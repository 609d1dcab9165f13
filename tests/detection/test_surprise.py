"""What a description takes is what its reader has to be told, bit by bit; else it would refuse keys by chance."""

from __future__ import annotations

import math

import pytest

from keyguard.detection.bigrams import bits_of
from keyguard.detection.surprise import Part, _best, described
from keyguard.detection.words import WORDS
from tests.support import keys

HEX, LOWER, ALNUM, NAMES = (math.log2(size) for size in (16, 36, 62, 64))
"""What one character takes, in the alphabets of the texts below."""
WHOLE = math.log2(10) + 1
"""Which of ten alphabets it is, and whether letters and digits are told apart."""
SPELLED = math.log2(16 / 15)
"""That no part begins at a character."""
PART = math.log2(16) + math.log2(6)
"""That one does, and of which of six kinds."""
ROW = 4
"""Which row of keys, or the alphabet, forwards or backwards."""
STRIDE = 3
CASE = math.log2(3)
"""Whether it is all in lower case, all in capitals, or begins with one."""
WORD = math.log2(len(WORDS)) + 2
"""Which word, and how it goes on."""


def length(number: int) -> int:
    """A number in Elias's gamma code: as many zeros as it has further digits, and its digits."""
    digits = f"{number:b}"
    return len("0" * (len(digits) - 1) + digits)


def sequence(characters: int, each: float, case: float = CASE) -> float:
    return PART + ROW + each + length(characters) + case


def stride(characters: int, each: float) -> float:
    return PART + STRIDE + 2 * each + length(characters) + CASE


def repeat(at: int, characters: int) -> float:
    return PART + math.log2(at + 1) + length(characters)


@pytest.mark.parametrize(
    ("text", "each", "parts", "characters"),
    [
        ("abcdefghijklmnop", LOWER, sequence(16, LOWER), 16),
        ("PONMLKJIHGFEDCBA", LOWER, sequence(16, LOWER), 16),
        ("aBcDeFgHiJkLmNoP", ALNUM, sequence(16, ALNUM, case=16 + 1), 16),
        ("xQ9efghijklmnZ7k", ALNUM, sequence(10, ALNUM), 10),
        ("qwertyuiopasdfgh", LOWER, sequence(10, LOWER) + sequence(6, LOWER), 16),
        ("lkjhgfdsa0987654321mnbvcxz", LOWER, sum(sequence(size, LOWER) for size in (9, 10, 7)), 26),
        ("zaq1xsw2cde3vfr4", LOWER, sequence(16, LOWER), 16),
        ("1qazxsw23edcvfr4", LOWER, sequence(16, LOWER), 16),
        ("4rfv3edc2wsx1qaz", LOWER, sequence(16, LOWER), 16),
        ("zaq12wsxcde34rfv", LOWER, sequence(16, LOWER), 16),
        ("Kx3vQaaaa9mBw5Tz", ALNUM, sequence(4, ALNUM), 4),
        ("azbzczdzezfzgzhz", LOWER, stride(12, LOWER), 12),
        ("a1b2c3d4e5f6g7h8", LOWER, stride(16, LOWER), 16),
        ("000102030405060708090a0b0c", HEX, stride(26, HEX), 26),
        ("0f0e0d0c0b0a0908", HEX, stride(16, HEX), 16),
        ("Kx3vQ9mBKx3vQ9mB", ALNUM, repeat(8, 8), 8),
        ("Kx3vQ9mBw5Q9mBw5Q9mBw5T", ALNUM, repeat(10, 12), 12),
        ("bcxKQ7vZKQ7vZmxbcx", ALNUM, repeat(8, 5), 5),
        ("KQ7vZmKQ7vZ", ALNUM, repeat(6, 5), 5),
        ("KQ7vmzXyKQ7v", ALNUM, repeat(8, 4), 4),
        ("your-api-key-here", NAMES, 4 * WORD + PART + CASE, 14),
        ("Q7xk9exampleZ3vw", ALNUM, WORD + PART + CASE, 7),
        ("thingsthatthink", LOWER, PART + CASE + length(15) + bits_of("thingsthatthink"), 15),
    ],
)
def test_what_the_parts_of_a_text_take(text: str, each: float, parts: float, characters: int) -> None:
    inside = characters + sum(not each.isalnum() for each in text)
    found = described(text)
    assert found.characters == characters
    assert found.saved == pytest.approx(inside * each - parts - (len(text) - inside) * SPELLED - WHOLE)
    assert found.reason


def test_what_stands_several_times_takes_one_of_each_and_how_often() -> None:
    assert described("aaabbbcccddd").saved == pytest.approx(8 * HEX - length(3) - 1)
    assert described("aaabbbcccddd").characters == 12
    assert described("xxyyxxyyzz").saved == pytest.approx(5 * LOWER - length(2) - 1)
    assert described("aaabbbcccdd").saved < described("aaabbbcccddd").saved - 4 * HEX  # not all equally often


def test_it_takes_four_characters_to_be_told_that_each_stands_several_times() -> None:
    assert described("aaabbbccc").characters == 0
    assert described("aabbccdd").characters == 8


def test_letters_and_digits_told_apart_take_the_order_of_the_two() -> None:
    letters, digits = ("abcdefghij", LOWER), ("1234567890", math.log2(10))
    saved = [len(part) * each - sequence(len(part), each) - WHOLE for part, each in (letters, digits)]
    woven = "ab1c2345de67fgh89ij0"
    apart = len(woven) * LOWER - sum(len(part) * each for part, each in (letters, digits)) - len(woven)
    assert described(woven).saved == pytest.approx(apart + sum(saved) - 1)
    assert described(woven).characters == len(woven)


def test_what_no_part_explains_takes_more_than_its_characters() -> None:
    text = "Kx3vQ9mBw5TzL2pJ"
    assert described(text).saved == pytest.approx(-len(text) * SPELLED - WHOLE)
    assert described(text).characters == 0
    assert not described(text).reason
    assert described("Kx3vQaaaa9mBw5Tz").reason == "it is one character again and again"


@pytest.mark.parametrize(
    ("spans", "chosen"),
    [
        ([(0, 10, 0.0), (8, 13, 0.0)], [0]),
        ([(0, 10, 6.0), (8, 13, 0.0)], [1]),
        ([(0, 10, 0.0), (10, 13, 0.0), (15, 20, 0.0)], [0, 1, 2]),  # next to each other is apart
        ([(0, 10, 0.0), (9, 13, 0.0), (0, 13, 2.0)], [2]),
        ([(3, 6, 3.0), (7, 10, 4.0)], []),  # what saves nothing
    ],
)
def test_those_parts_count_that_save_most_together(spans: list[tuple[int, int, float]], chosen: list[int]) -> None:
    parts = [Part(*span, "") for span in spans]
    assert sorted(_best("x" * 20, parts, 1.0), key=parts.index) == [parts[at] for at in chosen]


def test_the_reason_is_that_of_the_longest_part() -> None:
    assert described("Kx3aaaaQ9mefghijklmnBw").reason == "it is a sequence"
    assert described("Kx3efghijklmnQ9maaaaBw").reason == "it is a sequence"


def test_lengths_are_a_code() -> None:
    assert sum(2.0 ** -length(number) for number in range(1, 1 << 12)) <= 1


@pytest.mark.parametrize("size", [8, 12, 16, 24])
def test_no_part_is_longer_than_what_it_explains(size: int) -> None:
    rng = keys.fresh()
    for _ in range(200):
        text = keys.text(rng, "abc12", size)
        assert 0 <= described(text).characters <= size
