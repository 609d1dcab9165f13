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
import statistics
import string
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import click

from keyguard.pipeline.request import Request, run
from keyguard.pipeline.setup import Settings
from keyguard.rules import gate, loader, patterns
from keyguard.rules.catalogue import Catalogue, GateEntry, Kind, Rule

TARGET = 1.15
SAMPLE = 16 << 20
"""How many bytes of the corpus are counted to learn how frequent a literal is."""
EACH = 4 << 10
"""How many bytes of one file are counted at most, so that many files are."""
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


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
            other = self._frequent(literal, ignore_case) or self._drawn(literal)
            self.taken.add(other.lower())
            self.given[literal, ignore_case] = other
        return self.given[literal, ignore_case]

    def _frequent(self, literal: str, ignore_case: bool) -> str | None:
        """Return the text of the same form that comes nearest in frequency from above; None for one that is absent."""
        sample, wanted = (self._lower, literal.lower()) if ignore_case else (self.sample, literal)
        count = sample.count(wanted.encode())
        if not count:
            return None
        form = "".join(_class_of(character) for character in wanted)
        found = Counter(match[1].decode() for match in re.finditer(f"(?=({form}))".encode(), sample))
        others = [(number, text) for text, number in found.items() if number >= count and text not in self.taken]
        others = [each for each in others if each[1] != wanted]
        return min(others)[1] if others else None

    def _drawn(self, literal: str) -> str:
        """Return random text of the same form that the sample does not hold."""
        rng = random.Random(literal)
        while True:
            other = "".join(rng.choice(_alphabet(character)) for character in literal)
            if other.lower() not in self.taken and other != literal and other.lower().encode() not in self._lower:
                return other


def _alphabet(character: str) -> str:
    return next((alphabet for alphabet in _CLASSES if character in alphabet), character)


def _class_of(character: str) -> str:
    alphabet = _alphabet(character)
    return f"[{alphabet[0]}-{alphabet[-1]}]" if len(alphabet) > 1 else re.escape(character)


def doubled(catalogue: Catalogue, stranger: Stranger) -> Catalogue:
    """Return a catalogue that has every rule twice: as it is, and with other literals."""
    providers = (
        replace(each, rules=(*each.rules, *(twin(rule, stranger) for rule in each.rules)))
        for each in catalogue.providers
    )
    return Catalogue(tuple(providers))


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


def standard_library() -> tuple[Path, ...]:
    """Return what lies in the folder of the standard library, but for what was installed there."""
    return tuple(sorted(each for each in Path(os.__file__).parent.iterdir() if each.name != "site-packages"))


def sample_of(paths: Iterable[Path]) -> bytes:
    """Return the beginnings of the files of these folders, up to a few megabytes."""
    parts: list[bytes] = []
    left = SAMPLE
    for file in _files(paths):
        with file.open("rb") as opened:
            parts.append(opened.read(min(left, EACH)))
        left -= len(parts[-1])
        if left <= 0:
            break
    return b"\n".join(parts)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in below if each.is_file() and not each.is_symlink())


def seconds(catalogue: Catalogue, request: Request) -> float:
    """Return the processor time of a scan with this catalogue, what it starts included."""
    with patch.object(loader, "load", return_value=catalogue):
        before = os.times()
        run(request, Settings(no_repo_config=True))
        after = os.times()
    return sum(after[:4]) - sum(before[:4])


@click.command(help=__doc__)
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--history", is_flag=True, help="PATH is a repository: read all that it has stored, too.")
@click.option("--times", default=5, show_default=True, help="How often each catalogue is used.")
def main(path: Path | None, history: bool, times: int) -> None:
    paths = (path,) if path else standard_library()
    request = Request(paths=paths, worktree=True, history=history)
    plain = loader.load()
    catalogues = {"as it is": plain, "doubled": doubled(plain, Stranger(sample_of(paths)))}
    taken: dict[str, list[float]] = {name: [] for name in catalogues}
    for turn in range(times + 1):
        for name, catalogue in catalogues.items():
            spent = seconds(catalogue, request)
            if turn:  # the first turn warms the caches of the machine
                taken[name].append(spent)
    medians = [statistics.median(each) for each in taken.values()]
    for (name, catalogue), median in zip(catalogues.items(), medians, strict=True):
        click.echo(f"{name:>9}: {len(catalogue.rules)} rules, {median:.2f} s of processor time (median of {times})")
    ratio = medians[1] / medians[0]
    click.echo(f"    ratio: {ratio:.3f}, target below {TARGET}")
    sys.exit(0 if ratio < TARGET else 1)


if __name__ == "__main__":
    main()
