"""Where a secret stands, in a few aligned lines: the earliest commit first, many versions of one file as one."""

from __future__ import annotations

from collections.abc import Iterator

from keyguard.model import NESTED, Finding, Place, Where
from keyguard.reporting.page import Page
from keyguard.reporting.terminal import display_width, fit, pad

MOST_ROWS = 5
COMMIT_DIGITS = 8
AUTHOR_COLUMNS = 20
GAP = "  "
AUTHOR = 3
"""Which column the author stands in."""
_WITH_PATH = (Where.FILE, Where.BLOB, Where.GIT_CONFIG, Where.REFLOG, Where.STDIN)
"""What has lines, which are told behind its path or what stands for it."""


def rows(page: Page, finding: Finding, width: int) -> list[str]:
    """Return at most five rows of at most `width` columns, and how many places they leave out."""
    grouped = _grouped(finding)
    cells = [(spot(page, many[0]), *_history(page, many)) for many in grouped[:MOST_ROWS]]
    return [*_aligned(cells, width), *_rest(page, grouped, MOST_ROWS)]


def listed(page: Page, finding: Finding, most: int = MOST_ROWS) -> list[str]:
    """Return at most `most` places, each with its commit, date and author, and how many more there are."""
    grouped = _grouped(finding)
    cells = [(spot(page, many[0]), *_history(page, many)) for many in grouped[:most]]
    return [*(GAP.join(filter(None, row)) for row in cells), *_rest(page, grouped, most)]


def current(finding: Finding) -> list[Place]:
    """Return one place for each thing it stands in, first those that a checkout of the newest commit shows.

    Of a file as it lies in the work tree the first one is taken, else where the latest commit put it.
    """
    on_disk = [place for place in finding.places if place.origin.where is Where.FILE]
    rest = [place for place in finding.places if place.origin.where is not Where.FILE]
    latest_first = [*reversed([each for each in rest if each.date]), *(each for each in rest if not each.date)]
    files_first = sorted([*on_disk, *latest_first], key=lambda each: not is_of_a_file(each))
    chosen: dict[tuple[object, ...], Place] = {}
    for place in files_first:
        chosen.setdefault(_group(place), place)
    return list(chosen.values())


def is_of_a_file(place: Place) -> bool:
    """Whether the path of a place is that of a file, and not of a ref."""
    return place.origin.path is not None and place.origin.where is not Where.REF_NAME


def has_lines_of_its_path(place: Place) -> bool:
    """Whether line and column are those of the file that the path names, not of something inside or about it."""
    origin = place.origin
    return origin.where in _WITH_PATH and origin.member is None and origin.cell is None


def _grouped(finding: Finding) -> list[list[Place]]:
    """Return the places, many versions of one file as one."""
    grouped: dict[tuple[object, ...], list[Place]] = {}
    distinct = {
        (_group(place), place.origin.cell, place.origin.output, place.commit, place.line, place.column): place
        for place in reversed(finding.places)
    }
    for place in reversed(distinct.values()):  # a file and the commit that has it are one place, the first of the two
        grouped.setdefault(_group(place), []).append(place)
    return list(grouped.values())


def _rest(page: Page, grouped: list[list[Place]], most: int) -> list[str]:
    rest = sum(len(many) for many in grouped[most:])
    return [page.plain(page.say("place.more", n=rest))] if rest else []


def _group(place: Place) -> tuple[object, ...]:
    origin = place.origin
    if origin.path is not None:
        return (origin.path, origin.member, origin.where in _WITH_PATH)
    return (place.repository, origin.where, origin.blob, origin.member, place.commit)


def spot(page: Page, place: Place) -> str:
    """Return the place itself; a file as `path:line:column`, which editors and terminals can follow."""
    path, where = page.redact.path(place), place.origin.where
    shown = page.data(path) if path is not None else _without_path(page, place)
    if place.origin.member is not None:
        shown = f"{shown}{NESTED}{page.data(page.redact.member(place) or '')}"
    named: dict[str, str | int] = {
        "path": shown,
        "line": place.line,
        "column": place.column,
        "commit": page.data((place.commit or place.origin.commit or "")[:COMMIT_DIGITS]),
        "ref": page.data(place.refs[0]) if place.refs else "",
        "cell": place.origin.cell or 0,
        "output": place.origin.output or 0,
    }
    within = f"{page.data(place.repository)}: " if place.repository and path is None else ""
    if where is Where.COMMIT_MESSAGE and not named["commit"]:
        return page.plain(page.say("place.new-message", **named))
    if where not in _WITH_PATH:
        return within + page.plain(page.say(f"place.{where.value}", **named))
    if place.origin.cell is not None:
        return page.plain(page.say("place.cell" if place.origin.output is None else "place.output", **named))
    return f"{within}{shown}:{place.line}:{place.column}"


def _without_path(page: Page, place: Place) -> str:
    """Return what a place without a path is in: an object that no commit names, or standard input."""
    blob = place.origin.blob
    if place.origin.where is Where.STDIN or blob is None:
        return page.plain(page.say("place.stdin"))
    return page.plain(page.say("place.blob", blob=blob[:COMMIT_DIGITS]))


def _history(page: Page, many: list[Place]) -> tuple[str, ...]:
    """Return commit, date and author of the first of several places, and how many more there are."""
    place = many[0]
    commit = page.data((place.commit or "")[:COMMIT_DIGITS])
    if place.origin.where is Where.COMMIT_MESSAGE:
        commit = ""  # its message was named by it
    elif place.origin.where is Where.BLOB and place.origin.path is not None and not commit:
        commit = page.plain(page.say("place.staged"))
    author = page.data(place.author or "", AUTHOR_COLUMNS)
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
