"""The results as tables and lists, and as text for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.detection import kinds, surroundings
from benchmarks.detection.corpus import Cell, Corpus, Plan
from benchmarks.detection.scoring import OVERALL, WORST, Score, place_of

Table = list[list[str]]


@dataclass(frozen=True)
class Results:
    """Everything that a page of results says."""

    day: str
    plan: Plan
    corpus: Corpus
    scores: Sequence[Score]
    unread: Sequence[str]


def share(value: float | None) -> str:
    """Return a share as people read it; never 100 % for less than all."""
    if value is None:
        return "–"
    return "100 %" if value == 1 else f"{min(100 * value, 99.99):.2f} %"


def overview(results: Results) -> Table:
    """Return the row of each scanner."""
    head = ["scanner", "version", "recall", "worst kind", "worst surrounding", "false alarms", "seconds"]
    return [head, *(_row(score) for score in results.scores)]


def _row(score: Score) -> list[str]:
    if score.failed:
        return [score.name, score.version or "?", f"failed: {score.failed}", "", "", "", ""]
    worst = (f"{share(value)} {name}" for name, value in map(_worst, (score.by_kind, score.by_surrounding)))
    return [
        score.name,
        score.version,
        share(score.share()),
        *worst,
        str(len(score.false_alarms)),
        f"{score.seconds:.0f}",
    ]


def _worst(shares: Mapping[str, float]) -> tuple[str, float | None]:
    name = min(shares, key=lambda each: shares[each], default="")
    return name, shares.get(name)


def by_group(results: Results) -> Iterator[tuple[str, Table]]:
    """Yield a title and a table for the groups of kinds, and for those of surroundings."""
    kind_groups = {kind.id: name for name, group in kinds.GROUPS.items() for kind in group}
    place_groups = {each.id: name for name, group in surroundings.GROUPS.items() for each in group}
    yield "Recall by group of kinds", _table(results, lambda cell: kind_groups[cell.kind.id])
    yield "Recall by group of surroundings", _table(results, lambda cell: place_groups[cell.surrounding.id])


def by_each(results: Results) -> Iterator[tuple[str, Table]]:
    """Yield a title and a table for every kind, and for every surrounding."""
    yield "Recall by kind", _table(results, lambda cell: cell.kind.id)
    yield "Recall by surrounding", _table(results, lambda cell: cell.surrounding.id)


def _table(results: Results, name: Callable[[Cell], str]) -> Table:
    count: dict[str, int] = defaultdict(int)
    for cell in results.corpus.cells:
        count[name(cell)] += 1
    columns = [_shares(score, name) for score in results.scores]
    rows = [[each, str(number), *(share(column.get(each)) for column in columns)] for each, number in count.items()]
    return [["", "keys", *(score.name for score in results.scores)], *rows]


def _shares(score: Score, name: Callable[[Cell], str]) -> Mapping[str, float]:
    if score.failed:
        return {}
    groups: dict[str, list[bool]] = defaultdict(list)
    for cell in score.cells:
        groups[name(cell)].append(cell.number not in score.misses)
    return {each: sum(found) / len(found) for each, found in groups.items()}


def misses(score: Score) -> Iterator[str]:
    """Yield what was not found, in a line for each surrounding and reason."""
    total: dict[str, set[str]] = defaultdict(set)
    missed: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    example: dict[tuple[str, str], str] = {}
    for cell in score.cells:
        total[cell.surrounding.id].add(cell.kind.id)
        if why := score.misses.get(cell.number):
            missed[cell.surrounding.id, why][cell.kind.id] += 1
            example.setdefault((cell.surrounding.id, why), cell.shown)
    for (place, why), by_kind in sorted(missed.items(), key=lambda item: -len(item[1])):
        listed = ", ".join(f"{kind} ({count}x)" if count > 1 else kind for kind, count in by_kind.items())
        of_all = f"{len(by_kind)} of {len(total[place])} kinds"
        yield f"{place}: {why}: {of_all}, for example {example[place, why]}: {listed}"


def alarms(score: Score) -> Iterator[str]:
    """Yield the false alarms, in a line for each rule and file."""
    yield from sorted(f"{alarm.rule}: {place_of(alarm)}" for alarm in score.false_alarms)


def aligned(table: Table) -> Iterator[str]:
    """Yield the lines of a table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def markdown_table(table: Table) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    head, *rows = ([text.replace("|", "\\|") for text in row] for row in table)
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(['---'] * len(head))}|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def text(results: Results) -> Iterator[str]:
    """Yield the results for a terminal."""
    corpus = results.corpus
    yield f"{results.day}, seed {results.plan.seed}, {len(corpus.cells)} cells, {len(corpus.decoys)} look-alikes"
    yield ""
    yield from aligned(overview(results))
    for title, table in by_group(results):
        yield ""
        yield title
        yield from aligned(table)
    own = results.scores[0]
    yield from _listed("KeyGuard missed", misses(own))
    yield from _listed("KeyGuard's false alarms", alarms(own))
    others = (f"{each.rule}: {each.path}" for each in own.strangers)
    yield from _listed("KeyGuard's findings beside the keys that were written", sorted(others))
    yield from _listed("KeyGuard did not read", results.unread)
    yield ""
    reached = "reached" if own.reached() else "NOT reached"
    yield f"targets (all {OVERALL:.1%}, worst kind and surrounding {WORST:.0%}, no false alarm): {reached}"


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    if lines:
        yield ""
        yield f"{title} ({len(lines)} lines)"
        yield from lines
