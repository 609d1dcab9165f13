"""The page of results in Markdown: what was measured and how, who found what, and what to make of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.detection.corpus import summary
from benchmarks.detection.report import Results, Table, alarms, by_each, by_group, markdown_table, overview
from benchmarks.detection.scoring import OVERALL, WORST, place_of
from benchmarks.detection.tools.peers import PEERS

_HOW = f"""\
KeyGuard and its peers read the same files: keys of every kind that the benchmark knows, made up at run time in the
shape in which they are issued (checksums hold, tokens parse), in every surrounding that it knows, and texts that are
no secret. All of it was written from the formats, not from KeyGuard's rules;
[benchmarks/README.md](../benchmarks/README.md) says how to repeat it.

- **Found** is a key whose exact text was reported: by KeyGuard as its fingerprint, at medium confidence or above; by a
  peer as a text that holds it, in base64 or percent-encoded too. Where vendors share a shape, KeyGuard has to name
  the right one, or to list it among its candidates; a peer does not have to.
- **Recall** is the share of the keys that were found; "worst" is the kind, or the surrounding, with the smallest share.
- **A false alarm** is any finding in a text that is no secret.
- Peers run with what they have for reading more switched on (archives, messages, every file) and live checks off.
  What only a repository can hold was given to each in its git mode; a peer without one has a – there, and its recall is
  of the files alone.
- KeyGuard's targets: {OVERALL:.1%} of all keys, {WORST:.0%} of each kind and in each surrounding, no false alarm.

**What this does not show.** The keys are made up, and so is the mix: a surrounding that is rare in life counts as much
as a common one. KeyGuard is developed with this benchmark at hand, its peers were not. And nothing here says how often
a scanner is wrong on ordinary code. The groups below matter more than the total.
"""


def markdown(results: Results) -> Iterator[str]:
    """Yield the lines of the page."""
    corpus, plan = results.corpus, results.plan
    pairs = len({(cell.kind.id, cell.surrounding.id) for cell in corpus.cells})
    yield "# Benchmarks\n"
    yield "## Detection\n"
    yield _HOW
    yield f"Made on {results.day} by `python -m benchmarks.detection --samples {plan.samples} --seed {plan.seed}`:"
    yield f"{len(corpus.cells)} keys ({pairs} pairs of kind and surrounding), {len(corpus.decoys)} texts that are none."
    yield ""
    yield from markdown_table(overview(results))
    yield ""
    yield f"Installed from the package index: {', '.join(f'`{package}`' for package, _ in PEERS.values())}."
    for title, table in (*by_group(results), ("False alarms", _alarms(results)), *by_each(results)):
        yield f"\n### {title}\n"
        yield from markdown_table(table)
    yield from _own_alarms(results)
    yield "\n### Left out\n"
    yield from (f"- {line}" for line in summary(corpus.left_out))


def _alarms(results: Results) -> Table:
    """Return how many texts of each sort were taken for a key, in each form."""
    sort_of = {decoy.path: f"{decoy.text.sort}, {decoy.form}" for decoy in results.corpus.decoys}
    count: dict[str, int] = defaultdict(int)
    for sort in sort_of.values():
        count[sort] += 1
    places = [{place_of(alarm) for alarm in score.false_alarms} for score in results.scores]
    flagged = [[sort_of.get(place, "") for place in each] for each in places]
    rows = [[sort, str(all_of_it), *(str(each.count(sort)) for each in flagged)] for sort, all_of_it in count.items()]
    return [["", "texts", *(score.name for score in results.scores)], *rows]


def _own_alarms(results: Results) -> Iterator[str]:
    lines = list(alarms(results.scores[0]))
    if lines:
        yield "\n### KeyGuard's false alarms\n"
        yield from (f"- {line}" for line in lines)
