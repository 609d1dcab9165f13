"""The report on many repositories for people: the verdict, the groups, the keys line by line, and what was not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keyguard.model import ScanResult
from keyguard.model.fleet import Fleet
from keyguard.reporting import fleet_tables, markup, summary
from keyguard.reporting.fleet_tables import Table
from keyguard.reporting.page import Page
from keyguard.reporting.terminal import display_width, fit, pad, pad_left

MOST_ON_SCREEN = 20
MOST_IN_TEXT = 100
"""Rows of a table, on a terminal and in Markdown."""
_GAP = "  "
_LEAST = 12
"""Columns that what tells a place keeps at least."""


def render(
    result: ScanResult,
    fleet: Fleet,
    *,
    providers: Mapping[str, str],
    page: Page,
) -> str:
    """Return the report; `providers` are their names by their ids."""
    lines = [line for table in tables(page, fleet, providers, MOST_ON_SCREEN) for line in _lines(page, table)]
    style = "bold red" if result.open else "bold yellow" if result.unread else "bold green"
    lines += [page.paint(line, style) for line in page.hang("", page.plain(fleet_tables.verdict(page, fleet)))]
    lines += page.hang("", page.plain(fleet_tables.origin(page, fleet)))
    if not summary.is_empty(result.stats):
        lines += page.hang("", page.plain(page.say("total.read", read=summary.read(page, result.stats))))
    lines += summary.rest(page, result)
    return "\n".join(page.plain(line.rstrip()) for line in lines) + "\n"


def tables(page: Page, fleet: Fleet, providers: Mapping[str, str], most: int) -> Iterator[Table]:
    """Yield the tables that there is something in, each of at most so many rows."""
    say = page.say
    title = say("fleet.listed", by=say(f"fleet.by-{fleet.by}"))
    if fleet.shown is not None:
        found = [fleet_tables.listed(page, say("html.findings"), fleet.shown, most)]
    else:
        found = [
            *fleet_tables.grouped(page, fleet, providers),
            fleet_tables.repositories(page, fleet, most),
            fleet_tables.listed(page, title, fleet_tables.ordered(fleet, fleet.by), most),
            fleet_tables.listed(page, say("fleet.new"), fleet.new if fleet.before else (), most),
            fleet_tables.listed(page, say("fleet.gone"), fleet.gone_now, most),
        ]
    yield from (each for each in found if each.rows)


def _lines(page: Page, table: Table) -> Iterator[str]:
    yield page.paint(page.plain(table.title), "bold")
    rows = [tuple(page.plain(cell) for cell in row) for row in (table.columns, *table.rows)]
    widths = [max(display_width(row[column]) for row in rows) for column in range(len(table.columns))]
    over = sum(widths) + len(_GAP) * len(widths) - page.width
    for column in (len(widths) - 1, 0):  # the place, and then the name of the key
        cut = min(max(over, 0), max(widths[column] - _LEAST, 0))
        widths[column] -= cut
        over -= cut
    for number, row in enumerate(rows):
        cells = [
            (pad_left if column in table.numbers else pad)(fit(cell, wide), wide)
            for column, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ]
        line = _GAP + _GAP.join(cells)
        yield page.paint(line, "dim") if number == 0 else line
    if table.left_out:
        yield _GAP + page.plain(page.say("fleet.more", n=table.left_out))
    yield ""


def markdown(page: Page, fleet: Fleet, providers: Mapping[str, str]) -> Iterator[str]:
    """Yield the same as tables of Markdown; the page has to be one for Markdown."""
    yield from (f"# {page.say('fleet.title')}", "", f"**{fleet_tables.verdict(page, fleet)}**", "")
    yield from (fleet_tables.origin(page, fleet), "")
    for table in tables(page, fleet, providers, MOST_IN_TEXT):
        yield from (f"## {table.title}", "")
        for row in (table.columns, tuple("---" for _ in table.columns), *table.rows):
            yield f"| {' | '.join(cell.replace('|', markup.literal('|')) for cell in row)} |"
        if table.left_out:
            yield from ("", page.say("fleet.more", n=table.left_out))
        yield ""
