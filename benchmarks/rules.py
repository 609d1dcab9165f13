"""`python -m benchmarks.rules`: what it costs to have twice as many rules.

Scans one corpus with the catalogue as it is and with every rule doubled, in turn, several times. The copy of a rule
looks for other literals, of the same form and as frequent in the corpus, so that it opens the gate as often as the
rule itself does. What is compared is the processor time of whole scans, which other programs disturb less than they
disturb the clock.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import statistics
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import click

from keyguard.detection.engine import Engine
from keyguard.detection.gate import distinct
from keyguard.detection.hyperscan_gate import HyperscanGate
from keyguard.pipeline.request import Request, run
from keyguard.pipeline.setup import Settings
from keyguard.rules import gate, loader, patterns
from keyguard.rules.catalogue import Catalogue, Kind, Rule
from keyguard.rules.entries import GateEntry

TARGET = 1.15
SAMPLE, EACH = 32 << 20, 64 << 10
"""How many bytes of the corpus are counted to learn how frequent a literal is, and how many of one file at most."""
PROPOSING = 2 << 20
"""How many of them propose texts that may be as frequent."""
PROPOSED = 40
DRAWS = 1000
"""How many random texts are tried: what has neither letters nor digits is of a form of its own."""
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_LEFT_OUT = ("site-packages", "__pycache__", "config-*")
"""What lies in the folder of the standard library and is not of it."""


@dataclass(frozen=True)
class Stranger:
    """Gives each literal another one, of the same form and about as frequent in a sample of the corpus."""

    sample: bytes
    taken: set[str] = field(default_factory=set)
    given: dict[tuple[str, bool], str] = field(default_factory=dict)

    @cached_property
    def _lower(self) -> bytes:
        return self.sample.lower()

    def of(self, literal: str, *, ignore_case: bool) -> str:
        """Return the other literal, the same one each time."""
        if (literal, ignore_case) not in self.given:
            sample, wanted = (self._lower, literal.lower()) if ignore_case else (self.sample, literal)
            other = self._frequent(sample, wanted) if wanted.encode() in sample else self._drawn(literal)
            self.taken.add(other.lower())
            self.given[literal, ignore_case] = other
        return self.given[literal, ignore_case]

    def _frequent(self, sample: bytes, wanted: str) -> str:
        """Return the text of the same form whose frequency comes nearest, from above if there is one.

        The form with zero bytes between the characters counts as well: the gate looks for that, too.
        """
        part = sample[:PROPOSING]
        form = "".join(_class_of(character) for character in wanted)
        found = Counter(match[1].decode() for match in re.finditer(f"(?=({form}))".encode(), part))
        share = sample.count(wanted.encode()) * len(part) / len(sample)
        others = [each for each in found if each != wanted and each.lower() not in self.taken]
        near = sorted(others, key=lambda each: (abs(found[each] - share), each))[:PROPOSED]
        plain, wide = _counts(sample, wanted)

        def distance(each: str) -> tuple[bool, bool, int]:
            own_plain, own_wide = _counts(sample, each)
            return own_wide > wide, own_plain < plain, abs(own_plain - plain)

        return min(near, key=distance) if near else self._drawn(wanted)

    def draw_again(self, literal: str, *, ignore_case: bool) -> None:
        """Give a literal another one that the sample does not hold."""
        self.given[literal, ignore_case] = self._drawn(literal)
        self.taken.add(self.given[literal, ignore_case].lower())

    def _drawn(self, literal: str) -> str:
        """Return random text of the same form that the sample does not hold; the literal itself if there is none."""
        rng = random.Random(literal)
        for _ in range(DRAWS):
            other = "".join(rng.choice(_alphabet(character)) for character in literal)
            if other.lower() not in self.taken and other != literal and not any(_counts(self._lower, other.lower())):
                return other
        return literal


def _counts(sample: bytes, text: str) -> tuple[int, int]:
    return sample.count(text.encode()), sample.count("\0".join(text).encode())


def _alphabet(character: str) -> str:
    return next((alphabet for alphabet in _CLASSES if character in alphabet), character)


def _class_of(character: str) -> str:
    alphabet = _alphabet(character)
    return f"[{alphabet[0]}-{alphabet[-1]}]" if len(alphabet) > 1 else re.escape(character)


def doubled(catalogue: Catalogue, stranger: Stranger) -> Catalogue:
    """Return a catalogue that has every rule twice: as it is, and with other literals.

    A literal that is as frequent as another may open the gate much more often, if it ends words, say, or if its form
    leaves little choice: `https://` for `redis://`. Such a one is replaced by one that the sample does not hold.
    """
    own, others = hits_of(catalogue.rules, stranger.sample), hits_of(_twins(catalogue, stranger), stranger.sample)
    for (literal, ignore_case), other in list(stranger.given.items()):
        if others[other, ignore_case] > own[literal, ignore_case]:
            stranger.draw_again(literal, ignore_case=ignore_case)
    providers = (
        replace(each, rules=(*each.rules, *(twin(rule, stranger) for rule in each.rules)))
        for each in catalogue.providers
    )
    return Catalogue(tuple(providers))


def _twins(catalogue: Catalogue, stranger: Stranger) -> list[Rule]:
    return [twin(rule, stranger) for rule in catalogue.rules]


def hits_of(rules: Iterable[Rule], sample: bytes) -> Counter[tuple[str, bool]]:
    """Return how often each literal of the rules opens the gate, by the literal and whether its case is ignored."""
    made = HyperscanGate(distinct(rule.gate for rule in rules))
    count = len(made.entries)
    found: Counter[tuple[str, bool]] = Counter()
    for number, runs in made.hits(sample).items():
        entry = made.entries[number % count]
        found[entry.literal.decode(), entry.ignore_case] += len(runs)
    return found


def twin(rule: Rule, stranger: Stranger) -> Rule:
    """Return a copy of a rule that looks for other literals: those of its gate, in its pattern, names and hosts."""
    if rule.kind is Kind.ENTROPY:
        names = tuple(" ".join(_words(name.split(), stranger)) for name in rule.names)
        hosts = tuple(stranger.of(host, ignore_case=True) for host in rule.hosts)
        return replace(rule, id=f"{rule.id}-twin", names=names, hosts=hosts, gate=gate.of_names(names, hosts))
    others = {
        each.literal.decode(): stranger.of(each.literal.decode(), ignore_case=each.ignore_case) for each in rule.gate
    }
    pattern, span = patterns.deferred(_replaced(rule.pattern.pattern.decode(), others))
    entries = tuple(_entry(each, others[each.literal.decode()]) for each in rule.gate)
    return replace(rule, id=f"{rule.id}-twin", pattern=pattern, span=span, gate=entries)


def _words(words: Iterable[str], stranger: Stranger) -> Iterator[str]:
    """Replace the words of a name but for those that every key's name has: they decide what is searched with it."""
    for word in words:
        yield word if word.lower() in gate.KEY_WORDS else stranger.of(word, ignore_case=True)


def _entry(entry: GateEntry, other: str) -> GateEntry:
    anchor = entry.anchor
    if anchor is not None:
        head = re.escape(entry.literal.decode()).replace(r"\-", "-").replace(r"\_", "_")
        anchor = (re.escape(other).replace(r"\-", "-") + anchor.decode().removeprefix(head)).encode()
    return GateEntry(other.encode(), entry.ignore_case, anchor)


def _replaced(source: str, others: Mapping[str, str]) -> str:
    for literal, other in sorted(others.items(), key=lambda each: -len(each[0])):
        source = source.replace(literal, other)
    return source


@contextmanager
def corpus_at(path: Path | None) -> Iterator[Path]:
    """Yield the folder that is scanned: the one that the user named, or a copy of the standard library's own files."""
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="keyguard-rules-") as name:
        folder = Path(name, "library")
        shutil.copytree(Path(os.__file__).parent, folder, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        yield folder


def sample_of(folder: Path) -> bytes:
    """Return the beginnings of the files of a folder, up to some megabytes."""
    parts: list[bytes] = []
    left = SAMPLE
    for file in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        with file.open("rb") as opened:
            parts.append(opened.read(min(left, EACH)))
        left -= len(parts[-1])
        if left <= 0:
            break
    return b"\n".join(parts)


def seconds(catalogue: Catalogue, request: Request) -> float:
    """Return the processor time of a scan with this catalogue, what it starts included."""
    with patch.object(loader, "load", return_value=catalogue):
        before = os.times()
        run(request, Settings(no_repo_config=True))
        after = os.times()
    return sum(after[:4]) - sum(before[:4])


def start(catalogue: Catalogue) -> float:
    """Return the processor time that a scan of much content spends before it reads: the engine is made ready."""
    before = time.process_time()
    Engine(catalogue, bulk=True)
    return time.process_time() - before


def measured(catalogues: Mapping[str, Catalogue], request: Request, times: int) -> dict[str, list[float]]:
    """Return how long scans with each catalogue took, in turn; one before them warms the caches of the machine."""
    taken: dict[str, list[float]] = {name: [] for name in catalogues}
    for turn in range(times + 1):
        for name, catalogue in catalogues.items():
            spent = seconds(catalogue, request)
            taken[name] += [spent] if turn else []
    return taken


@click.command(help=__doc__)
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--history", is_flag=True, help="PATH is a repository: read all that it has stored, too.")
@click.option("--times", default=5, show_default=True, help="How often each catalogue is used.")
def main(path: Path | None, history: bool, times: int) -> None:
    with corpus_at(path) as folder:
        sample = sample_of(folder)
        catalogues = {"as it is": loader.load(), "doubled": doubled(loader.load(), Stranger(sample))}
        taken = measured(catalogues, Request(paths=(folder,), worktree=True, history=history), times)
    medians = [statistics.median(each) for each in taken.values()]
    for (name, catalogue), median in zip(catalogues.items(), medians, strict=True):
        opened = sum(hits_of(catalogue.rules, sample).values())
        spent = f"{median:.2f} s of processor time (median of {times}), {start(catalogue):.2f} s of it to start"
        click.echo(f"{name:>9}: {len(catalogue.rules)} rules, {spent}; the gate opened {opened} times in the sample")
    ratio = medians[1] / medians[0]
    click.echo(f"    ratio: {ratio:.3f}, target below {TARGET}")
    sys.exit(0 if ratio < TARGET else 1)


if __name__ == "__main__":
    main()
