"""Makes the leaks of a run, and writes them to disk: folders of files, one of look-alikes, and a repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random

from benchmarks.detection.decoys import Decoy, decoys
from benchmarks.detection.kinds import KINDS
from benchmarks.detection.model import Key, Kind, Leak, Surrounding, Where
from benchmarks.detection.repository import RepositoryWriter
from benchmarks.detection.surroundings import SURROUNDINGS

BATCH = 5000
"""How many cells one folder holds, and so one run of a tool reads: reports stay small enough to be read whole."""
FILES, REPOSITORY, DECOYS = "files", "repository", "decoys"


@dataclass(frozen=True)
class Plan:
    """What is wanted: kinds and surroundings (patterns, with commas), how many samples of each cell, and the seed."""

    kinds: str = "*"
    surroundings: str = "*"
    samples: int = 3
    seed: int = 20261123


@dataclass(frozen=True, slots=True)
class Cell:
    """One sample of a kind in a surrounding, as it was written."""

    number: int
    kind: Kind
    surrounding: Surrounding
    sample: int
    secret: str
    path: str
    inner: str = ""

    @property
    def folder(self) -> str:
        """The name of the folder that holds it."""
        return f"{self.number:06d}"

    @property
    def shown(self) -> str:
        """Its path, without the key where the key is the name."""
        return self.path.replace(self.secret, "…")


@dataclass
class Corpus:
    """What was written, and what has no place."""

    root: Path
    cells: list[Cell] = field(default_factory=list)
    decoys: list[Decoy] = field(default_factory=list)
    left_out: list[tuple[Kind, Surrounding, str]] = field(default_factory=list)

    @property
    def batches(self) -> list[Path]:
        """The folders of files."""
        return sorted((self.root / FILES).glob("*"))

    @property
    def repository(self) -> Path | None:
        """The generated repository, if any cell is in it."""
        return self.root / REPOSITORY if (self.root / REPOSITORY).is_dir() else None


def chosen(plan: Plan) -> tuple[list[Kind], list[Surrounding]]:
    """Return the kinds and surroundings that match one of the patterns."""
    return (
        [each for each in KINDS if _matches(each.id, plan.kinds)],
        [each for each in SURROUNDINGS if _matches(each.id, plan.surroundings)],
    )


def _matches(name: str, patterns: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns.split(","))


def write(plan: Plan, root: Path) -> Corpus:
    """Write everything below a folder; the same plan gives the same bytes."""
    corpus = Corpus(root)
    repository = RepositoryWriter(root / REPOSITORY)
    taken: set[str] = set()
    kinds, surroundings = chosen(plan)
    for surrounding in surroundings:
        fitting = [kind for kind in kinds if not surrounding.refuses(kind)]
        corpus.left_out += [(kind, surrounding, why) for kind in kinds if (why := surrounding.refuses(kind))]
        for sample in range(plan.samples):
            leaks = [leak(plan.seed, kind, surrounding, sample, taken) for kind in fitting]
            _place(corpus, repository, surrounding, sample, leaks)
    repository.finish()
    _write_decoys(corpus, plan.seed)
    return corpus


def leak(seed: int, kind: Kind, surrounding: Surrounding, sample: int, taken: set[str]) -> Leak:
    """Return one leak; its key depends on its own cell only, and is not one of those already taken."""
    rng = Random(f"{seed}/{kind.id}/{surrounding.id}/{sample}")
    key: Key = kind.key(rng)
    while key.secret in taken:
        key = kind.key(rng)
    taken.add(key.secret)
    return Leak(kind, key, rng)


def _place(
    corpus: Corpus, repository: RepositoryWriter, surrounding: Surrounding, sample: int, leaks: Sequence[Leak]
) -> None:
    if surrounding.together is not None:
        if leaks:
            folder = _folder(corpus, len(corpus.cells))
            path = _saved(folder / surrounding.path, surrounding.together(leaks), corpus.root)
            corpus.cells += [_cell(corpus, leak, surrounding, sample, path, at) for at, leak in enumerate(leaks)]
        return
    for each in leaks:
        number = len(corpus.cells)
        assert surrounding.write is not None
        content = surrounding.write(each)
        if surrounding.where.in_repository:
            path = repository.add(number, surrounding.where, content)
        else:
            path = _file(corpus, number, surrounding, each, content)
        corpus.cells.append(_cell(corpus, each, surrounding, sample, path, 0))


def _cell(corpus: Corpus, leak: Leak, surrounding: Surrounding, sample: int, path: str, offset: int) -> Cell:
    return Cell(len(corpus.cells) + offset, leak.kind, surrounding, sample, leak.key.secret, path, leak.key.inner)


def _folder(corpus: Corpus, number: int) -> Path:
    return corpus.root / FILES / f"{number // BATCH:03d}" / f"{number:06d}"


def _file(corpus: Corpus, number: int, surrounding: Surrounding, leak: Leak, content: bytes) -> str:
    folder = _folder(corpus, number)
    if surrounding.where is Where.SYMLINK:
        folder.mkdir(parents=True)
        (folder / "link").symlink_to(content.decode())
        return str((folder / "link").relative_to(corpus.root))
    if surrounding.where is Where.FILE_NAME:
        return _saved(folder / content.decode(), b"Second quarter\n", corpus.root)
    own = leak.kind.own.path if leak.kind.own else ""
    return _saved(folder / (surrounding.path or own), content, corpus.root)


def _saved(path: Path, content: bytes, root: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path.relative_to(root))


def _write_decoys(corpus: Corpus, seed: int) -> None:
    for decoy in decoys(seed):
        corpus.decoys.append(decoy)
        _saved(corpus.root / DECOYS / decoy.path, decoy.content.encode(), corpus.root)


def summary(left_out: Iterable[tuple[Kind, Surrounding, str]]) -> Iterator[str]:
    """Yield what was left out, in a line for each reason and the surroundings that have the same kinds left out."""
    by_place: dict[tuple[str, str], list[str]] = {}
    for kind, surrounding, why in left_out:
        by_place.setdefault((surrounding.id, why), []).append(kind.id)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (surrounding_id, why), kinds in by_place.items():
        alike.setdefault((why, tuple(kinds)), []).append(surrounding_id)
    for (why, kinds_left), places in sorted(alike.items()):
        yield f"{_listed(kinds_left)} in {_listed(places)}: {why}"


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
