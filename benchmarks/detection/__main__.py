"""`python -m benchmarks.detection`: makes the corpus, runs KeyGuard and its peers on it, prints who found what."""

from __future__ import annotations

import datetime
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from benchmarks.detection import corpus as corpora
from benchmarks.detection import page, report, scoring
from benchmarks.detection.corpus import Corpus, Plan
from benchmarks.detection.tools import PEERS, KeyGuard, Report, Tool, ToolFailedError, install, run


@click.command(help=__doc__)
@click.option("--only-keyguard", is_flag=True, help="Install and run no peers.")
@click.option("--kinds", default="*", metavar="PATTERNS", help="Kinds to make, as in 'openai-*,mistral'.")
@click.option("--surroundings", default="*", metavar="PATTERNS", help="Surroundings to make, as in 'env*,zip'.")
@click.option("--samples", default=Plan.samples, show_default=True, help="Keys of each kind in each surrounding.")
@click.option("--seed", default=Plan.seed, show_default=True, help="Decides about everything that is random.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Write the files here, and leave them.")
@click.option("--markdown", type=click.Path(path_type=Path, dir_okay=False), help="Write the page of results here.")
def main(only_keyguard: bool, keep: Path | None, markdown: Path | None, **wanted: Any) -> None:
    plan = Plan(**wanted)
    with _folder(keep) as root:
        results = measure(plan, root, [] if only_keyguard else PEERS)
    for line in report.text(results):
        click.echo(line)
    if markdown is not None:
        markdown.write_text("\n".join(page.markdown(results)) + "\n", encoding="utf-8")
    sys.exit(0 if results.scores[0].reached() else 1)


def measure(plan: Plan, root: Path, peers: Iterable[str]) -> report.Results:
    """Make the corpus below a folder, run KeyGuard and these peers on it, and score them."""
    _say("making the corpus")
    corpus = corpora.write(plan, root)
    for line in corpora.summary(corpus.left_out):
        _say(f"left out: {line}")
    own = KeyGuard()
    reports = [_ran(own, corpus), *(_peer(name, corpus) for name in peers)]
    scores = [scoring.score(corpus.cells, each) for each in reports]
    return report.Results(datetime.datetime.now(datetime.UTC).date().isoformat(), plan, corpus, scores, own.unread)


def _peer(name: str, corpus: Corpus) -> Report:
    _say(f"installing {name}")
    try:
        return _ran(install(name, corpus.root / "peers"), corpus)
    except ToolFailedError as error:
        return Report(name, failed=str(error))


def _ran(tool: Tool, corpus: Corpus) -> Report:
    _say(f"running {tool.name} on {len(corpus.cells)} cells")
    return run(tool, corpus)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Yield an empty folder, which is removed at the end unless the user named it."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="keyguard-detection-") as name:
            yield Path(name)
        return
    if keep.is_dir() and any(keep.iterdir()):
        raise click.UsageError(f"{keep} is not empty")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
