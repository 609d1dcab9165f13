"""Compares what was said in English with the same in Chinese, line by line."""

from __future__ import annotations

import re

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PROSE = re.compile(r"(?<![\w/.-])[a-z]+(?: [a-z]+){3,}")
"""Four English words in a row; commands and what a provider or git says have none."""


def same_steps(english: str, chinese: str) -> None:
    """See that both say as many lines, each in its own language or in none."""
    lines = list(zip(english.splitlines(), chinese.splitlines(), strict=True))
    for here, there in lines:
        assert not CHINESE.search(here), here
        assert here == there or CHINESE.search(there), f"{here!r} is {there!r}"
        assert not PROSE.search(there), there
    assert any(here != there for here, there in lines)
