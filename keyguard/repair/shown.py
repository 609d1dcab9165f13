"""A file as it was and as it will be, and the difference as it may be shown: no key can be read in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from keyguard.detection.engine import Engine
from keyguard.model import ELLIPSIS, Chunk, Match, Origin, Where

CONTEXT = 2
"""Lines of Python around a change; of env files none are shown, since what stands there is not for the eye."""
HEADER = 2
"""So many lines of a diff name the file."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A line as findings count them."""


class UnfitError(Exception):
    """A file that is not rewritten; the text says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new content of a file, and how it was and will be, in texts in which the rewritten secrets are masked."""

    data: bytes
    before: str
    after: str


def difference(path: str, rewritten: Rewritten, engine: Engine, *, context: int = CONTEXT) -> list[str]:
    """Return the lines of a unified diff; other keys that stand near are masked, too."""
    before, after = (veiled(text, engine) for text in (rewritten.before, rewritten.after))
    return [line.rstrip("\r\n") for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", n=context)]


def veiled(text: str, engine: Engine) -> Sequence[str]:
    """Return the lines of a text in which no key can be read: one that is not there in one piece hides its lines."""
    chunk = Chunk(Origin(Where.STDIN), text.encode("utf-8", "surrogateescape"), encoding="utf-8")
    found = [each for each in engine.detect(chunk) if isinstance(each, Match)]
    lines: list[str] = _LINE.findall(text)
    for match in found:
        for number in range(match.place.line, match.place.end_line + 1):
            if number <= len(lines):
                lines[number - 1] = _masked(lines[number - 1], match)
    if behind := [match.place.line for match in found if match.further]:  # where more of them stand is not known
        lines[min(behind) :] = [f"{ELLIPSIS}\n"] * len(lines[min(behind) :])
    return lines


def _masked(line: str, match: Match) -> str:
    plain = match.secret.reveal()
    return line.replace(plain, match.secret.masked) if plain in line else f"{ELLIPSIS}\n"
