"""Where a secret stands, in a few aligned lines: the earliest commit first, many versions of one file as one."""

from __future__ import annotations

from collections.abc import Iterator

from keyguard.model import Finding, Place, Where
from keyguard.reporting.page import Page
from keyguard.reporting.terminal import display_width, fit, pad

MOST_ROWS = 5
COMMIT_DIGITS = 8
AUTHOR_COLUMNS = 20
GAP = "  "
AUTHOR = 3
"""Which column the author stands in."""
_WITH_PATH = (Where.FILE, Where.BLOB, Where.GIT_CONFIG)


def rows(page: Page, finding: Finding, width: int) -> list[str]:
    """Return at most five rows of at most `width` columns, and how many places they leave out."""
    grouped: dict[tuple[object, ...], list[Place]] = {}
    distinct = {(_group(place), place.commit, place.line, place.column): place for place in reversed(finding.places)}
    for place in reversed(distinct.values()):  # a file and the commit that has it are one place, the first of the two
        grouped.setdefault(_group(place), []).append(place)
    shown = list(grouped.values())[:MOST_ROWS]
    cells = [(_spot(page, many[0]), *_history(page, many)) for many in shown]
    lines = list(_aligned(cells, width))
    rest = sum(len(many) for many in list(grouped.values())[MOST_ROWS:])
    return [*lines, page.plain(page.say("place.more", n=rest))] if rest else lines


def _group(place: Place) -> tuple[object, ...]:
    if place.origin.path is not None:
        return (place.origin.path, place.origin.where in _WITH_PATH)
    return (place.origin.where, place.origin.blob, place.commit)


def _spot(page: Page, place: Place) -> str:
    """Return the place itself; a file as `path:line:column`, which editors and terminals can follow."""
    path = page.redact.path(place)
    shown = page.data(path) if path is not None else ""
    where = place.origin.where
    if path is not None and where in _WITH_PATH:
        return f"{shown}:{place.line}:{place.column}"
    named: dict[str, str | int] = {
        "path": shown,
        "line": place.line,
        "column": place.column,
        "commit": page.data((place.commit or place.origin.commit or "")[:COMMIT_DIGITS]),
        "blob": (place.origin.blob or "")[:COMMIT_DIGITS],
        "ref": page.data(place.refs[0]) if place.refs else "",
    }
    key = "blob" if where in _WITH_PATH else where.value
    return page.plain(page.say(f"place.{key}", **named))


def _history(page: Page, many: list[Place]) -> tuple[str, ...]:
    """Return commit, date and author of the first of several places, and how many more there are."""
    place = many[0]
    commit = page.data((place.commit or "")[:COMMIT_DIGITS])
    if place.origin.where is Where.COMMIT_MESSAGE:
        commit = ""  # its message was named by it
    elif place.origin.where is Where.BLOB and place.origin.path is not None and not commit:
        commit = page.plain(page.say("place.staged"))
    author = fit(page.data(place.author or ""), AUTHOR_COLUMNS)
    again = page.plain(page.say("place.again", n=len(many) - 1)) if len(many) > 1 else ""
    return (commit, page.data((place.date or "")[:10]), author, again)


def _aligned(cells: list[tuple[str, ...]], width: int) -> Iterator[str]:
    widths = [max((display_width(row[column]) for row in cells), default=0) for column in range(5)]
    if sum(each + len(GAP) for each in widths if each) > width + len(GAP):
        widths[AUTHOR] = 0  # the verdict names the first author
    others = sum(each + len(GAP) for each in widths[1:] if each)
    widths[0] = min(widths[0], max(width - others, width // 3))
    for row in cells:
        shown = [pad(fit(cell, wide), wide) for cell, wide in zip(row, widths, strict=True) if wide]
        yield GAP.join(shown).rstrip()
