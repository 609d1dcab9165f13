"""Shows the lines around a finding with every secret in them taken out, for people who have to decide on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keyguard.config.document import LARGEST, read
from keyguard.detection.engine import Engine
from keyguard.errors import KeyGuardError
from keyguard.git import objects
from keyguard.git.repository import Repository
from keyguard.model import ELLIPSIS, Chunk, Finding, Match, Place, Where

AROUND = 2
"""How many lines are shown on each side."""
LONGEST_LINE = 500


def around(finding: Finding, repository: Repository, engine: Engine) -> list[tuple[int, str]]:
    """Return some numbered lines around the first place that has such; none where nothing harmless can be shown."""
    for place in finding.places:
        if place.origin.where in (Where.FILE, Where.BLOB) and place.origin.member is None and place.origin.cell is None:
            return _shown(finding, place, _content(place, repository), engine)
    return []


def _content(place: Place, repository: Repository) -> bytes:
    """Return the first part of what holds it; nothing where that cannot be had."""
    if place.origin.blob is not None:
        found = objects.read(repository.git, [place.origin.blob])
        return b"".join(body.read(LARGEST) for _, body in found if body is not None)
    try:
        return read(Path(repository.top or "", place.origin.path or ""), repository.top)
    except KeyGuardError:
        return b""


def _shown(finding: Finding, place: Place, data: bytes, engine: Engine) -> list[tuple[int, str]]:
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    first = max(place.line - AROUND, 1)
    some = [line.rstrip("\r") for line in lines[first - 1 : place.end_line + AROUND]]
    if "\0" in "".join(some) or any(len(line) > LONGEST_LINE for line in some) or place.end_line > len(lines):
        return []
    chunk = Chunk(place.origin, "\n".join(some).encode("utf-8", "surrogateescape"), line=first)
    places = [match.place for match in engine.detect(chunk) if isinstance(match, Match)]
    for number, line in enumerate(some, first):
        some[number - first] = _without(line, [_columns(each, number, line) for each in (place, *places)])
    pieces = finding.secret.reveal().split("\n")
    if any(len(piece) > 3 and piece in line for piece in pieces for line in some):
        return []
    return list(enumerate(some, first))


def _columns(place: Place, number: int, line: str) -> range:
    """Return which characters of a line belong to a secret."""
    if not place.line <= number <= place.end_line:
        return range(0)
    start = place.column - 1 if number == place.line else 0
    return range(start, place.end_column - 1 if number == place.end_line else len(line))


def _without(line: str, taken: Sequence[range]) -> str:
    """Return a line with an ellipsis for each stretch of characters that is taken out."""
    shown = ""
    for at, character in enumerate(line):
        if not any(at in each for each in taken):
            shown += character
        elif not shown.endswith(ELLIPSIS):
            shown += ELLIPSIS
    return shown
