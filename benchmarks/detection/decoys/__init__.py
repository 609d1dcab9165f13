"""Texts that are no secret and look like one: placeholders that people write, and ids, digests and names.

Each is written in three forms: in quotation marks, assigned to a name that users give it, and bare in a sentence. What
stands in the place of a key was composed by hand from what documentation, tests and templates hold; what has a shape of
its own (digests, ids, public keys) is made from it at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.detection.decoys.identifiers import IDENTIFIERS
from benchmarks.detection.decoys.lookalikes import LOOKALIKES
from benchmarks.detection.decoys.placeholders import placeholders

TWICE = 2
"""How many of each random look-alike are made, so that chance shows."""


PLACEHOLDERS, IDS, LOOKS = "placeholders", "ids and names", "digests, public keys, ciphertexts"


@dataclass(frozen=True, slots=True)
class Text:
    """One text that is no secret: what sort it is, the variable that users assign it to, and the text itself."""

    sort: str
    name: str
    variable: str
    text: str


@dataclass(frozen=True, slots=True)
class Decoy:
    """One text in one form."""

    text: Text
    form: str
    path: str
    content: str


def decoys(seed: int) -> Iterator[Decoy]:
    """Yield every text in every form."""
    for number, text in enumerate(texts(seed)):
        for form, file, content in forms(text.variable, text.text):
            yield Decoy(text, form, f"{number:04d}/{form}/{file}", content)


def texts(seed: int) -> list[Text]:
    """Return the distinct texts."""
    found: dict[str, Text] = {}
    for name, variable, text in placeholders():
        found.setdefault(text, Text(PLACEHOLDERS, name, variable, text))
    for sort, makers in ((IDS, IDENTIFIERS), (LOOKS, LOOKALIKES)):
        for (name, variable), make in makers.items():
            for number in range(TWICE):
                text = make(Random(f"{seed}/{name}/{number}"))
                found.setdefault(text, Text(sort, name, variable, text))
    return list(found.values())


def forms(variable: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the three forms: their names, the files they stand in, and what these hold."""
    mark = "'" if '"' in text else '"'
    yield "quoted", "readme.md", f"see {mark}{text}{mark} for the rest\n"
    yield "assigned", ".env", f"DEBUG=false\n{variable}={text}\nPORT=8080\n"
    yield "bare", "notes.txt", f"the one in question is {text} as of Monday\n"
