"""The words that people write where a key belongs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache

_LIST = """
your you me my mine our key keys apikey api here example examples sample demo dummy fake test tests testing unit
placeholder place holder secret secrets token tokens insert replace change changeme changethis update enter
paste put fill add set redacted removed hidden masked censored todo fixme tbd none null nil undefined empty
foo bar baz qux abc xyz lorem ipsum dolor not real invalid value string some random actual this that with the
from for and env config local dev prod production staging live mock stub default openai anthropic azure claude
gpt chatgpt project proj service account admin user password passwd pass hello world foobar deadbeef cafebabe
should goes will only never use used valid wrong bad good old new first second long short super please
"""
WORDS = tuple(sorted(set(_LIST.split()), key=lambda word: (-len(word), word)))
WORD_BITS = math.log2(len(WORDS))
HAN = re.compile(r"[\u3400-\u9fff]")
"""Chinese, as in the words for "your key": no key of any provider holds it."""
TEMPLATE = re.compile(
    r"\$\{[^}]*\}?|\{\{|\}\}|<[^<>]{1,80}>|\$\(|%[sd](?![0-9A-Za-z])|%\([a-z_]+\)s|\{[A-Za-z_][\w.]*\}|\*{3}",
    re.ASCII,
)
"""Where a program or a person puts the key in later."""
ELISION = re.compile(r"\.{3}|…")
"""Where the middle of a key was left out."""


def phrases(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where words of the list stand one behind the other in a text, in lower case, and how many they are."""
    word, phrase = _patterns()
    for found in phrase.finditer(text):
        yield *found.span(), len(word.findall(found[0]))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what matches a word, and what matches a row of them; to compile the two takes 4 ms, and few scans ask."""
    word = "|".join(WORDS)
    return re.compile(word), re.compile(f"(?:{word})[-_]?(?:(?:{word})[-_]?)*")  # twice as fast as `(…)+`
