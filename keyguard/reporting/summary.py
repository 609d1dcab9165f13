"""The last lines of the text report: what was found, what was read, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from keyguard.model import Exposure, Opaque, ScanResult, Stats, Unread
from keyguard.reporting import live_text
from keyguard.reporting.page import Page

MOST_UNREAD = 10
_UNITS = ("B", "KB", "MB", "GB", "TB")


def lines(page: Page, result: ScanResult) -> Iterator[str]:
    """Yield the verdict first and what limits it after."""
    said = page.plain(verdict(page, result))
    yield from (page.paint(line, _style(result)) for line in page.hang("", said) if line)
    if result.open:
        yield from page.hang("", page.plain(page.say("total.read", read=read(page, result.stats))))
    if counts := live_text.counted(page, result.open):
        yield from page.hang("", counts)
    yield from rest(page, result)


def rest(page: Page, result: ScanResult) -> Iterator[str]:
    """Yield what limits a verdict: what is not shown, was left out, not opened or not read."""
    for line in limits(page, result):
        yield from page.hang("", page.plain(line))
    yield from opaque(page, result)
    yield from _unread(page, result)


def verdict(page: Page, result: ScanResult) -> str:
    """Return in one sentence what was found; nothing where too little was read to say so."""
    say = page.say
    if result.open:
        far = Counter(finding.exposure for finding in result.open)
        by = [say(f"total.{each.value}", n=far[each]) for each in reversed(Exposure) if far[each]]
        return say("total.found", n=len(result.open), by=say.listed(by))
    if is_empty(result.stats):
        return say("total.nothing") if result.complete else ""
    kind = "clean-hidden" if result.hidden or result.revoked else "clean"
    return say(f"total.{kind if result.complete else 'clean-but'}", read=read(page, result.stats))


def _style(result: ScanResult) -> str:
    if result.open:
        return "bold red"
    return "bold green" if result.complete else "bold yellow"


def is_empty(stats: Stats) -> bool:
    """Whether nothing at all was read."""
    return not (stats.files or stats.blobs or stats.commits or stats.tags or stats.bytes)


def read(page: Page, stats: Stats) -> str:
    """Return what was read, precisely: counts, size and time."""
    say = page.say
    counts = {"files": stats.files, "blobs": stats.blobs, "commits": stats.commits, "tags": stats.tags}
    what = [say(f"count.{name}", n=number) for name, number in counts.items() if number] or [say("count.text")]
    seconds = say("count.seconds", n=f"{stats.seconds:.1f}" if stats.seconds >= 0.1 else f"{stats.seconds:.2f}")
    read = say("count.read", what=say.listed(what), size=_size(page, stats.bytes), seconds=seconds)
    return read + say("count.remembered", n=stats.remembered) if stats.remembered else read


def _size(page: Page, count: int) -> str:
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    shown = f"{amount:.1f}" if unit and amount < 10 else f"{amount:.0f}"
    return page.say("count.size", amount=shown, unit=_UNITS[unit])


def limits(page: Page, result: ScanResult) -> Iterator[str]:
    """Yield what is not shown or was left out on purpose."""
    say = page.say
    if result.weaker:
        yield say("total.weaker", n=result.weaker)
    if further := sum(each.further for each in result.findings):
        yield say("total.further", n=further)
    if result.revoked:
        yield say("incident.revoked", n=len(result.revoked))
    paths = len({each.what for each in result.omitted if each.by_repository})
    if result.hidden or paths:
        findings = say("total.hidden-findings", n=result.hidden)
        yield say("total.hidden", findings=findings, paths=say("total.hidden-paths", n=paths))
    left = {"ignored": result.stats.ignored, "sparse": result.stats.sparse}
    yield from (say(f"total.{name}", n=number) for name, number in left.items() if number)
    left_out: dict[str, list[str]] = {}
    for each in result.omitted:
        if not each.by_repository:
            left_out.setdefault(each.why, []).append(each.what)
    for why, many in left_out.items():
        what = page.data(many[0]) if len(many) == 1 else say("total.omitted-paths", n=len(many))
        yield say("total.omitted", what=what, why=page.data(say.phrase(why)))


def opaque(page: Page, result: ScanResult) -> Iterator[str]:
    """Say which archives could not be opened; that alone does not make the verdict incomplete."""
    if result.opaque:
        yield from page.hang("", page.plain(page.say("total.opaque", n=len(result.opaque))))
        yield from _reasons(page, result.opaque)


def _unread(page: Page, result: ScanResult) -> Iterator[str]:
    """Say what could not be read, why, and how to mend it; the same reason once for many things."""
    if result.complete:
        return
    say = page.say
    head = page.plain(say("total.incomplete", n=len(result.unread)))
    yield from (page.paint(line, "bold yellow") for line in page.hang("", head))
    yield from _reasons(page, result.unread)
    for line in mends(page, result.unread):
        yield from page.hang("  ", page.plain(line))


def mends(page: Page, items: Sequence[Unread]) -> Iterator[str]:
    """Yield what can be done about things that could not be read, each once."""
    for mend in dict.fromkeys(each.mend for each in items if each.mend):
        yield page.say("total.mend", mend=page.data(page.say.phrase(mend)))


def reason(page: Page, each: Unread | Opaque) -> str:
    """Return what could not be read or opened, and why."""
    say = page.say
    return say("total.unread", what=page.data(say.phrase(each.what)), why=page.data(say.phrase(each.why)))


def _reasons(page: Page, items: Sequence[Unread | Opaque]) -> Iterator[str]:
    say = page.say
    for each in items[:MOST_UNREAD]:
        yield from page.hang("  - ", page.plain(reason(page, each)))
    rest = len(items) - MOST_UNREAD
    if rest > 0:
        yield "  - " + page.plain(say("total.more-unread", n=rest))
