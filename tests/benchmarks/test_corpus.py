"""The corpus is the same for the same plan, its keys are distinct, and what has no place is told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.detection import corpus as corpora
from benchmarks.detection.corpus import Corpus, Plan, chosen, leak, summary
from benchmarks.detection.kinds import KINDS
from benchmarks.detection.model import Where
from benchmarks.detection.surroundings import SURROUNDINGS

PLAN = Plan(
    kinds="openai-project-74,mistral,pem-ed25519",
    surroundings="env,zip,line,file-name,symlink-target,branch-name,tag-name,commit-message,tag-message,removed-file,git-remote",
    samples=2,
)


@pytest.fixture(autouse=True)
def few_decoys(monkeypatch):
    monkeypatch.setattr(corpora, "decoys", lambda seed: iter(()))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.write(PLAN, tmp_path)


def content(root: Path) -> dict[str, bytes]:
    """Every file of the corpus; of the repository what git shows of it."""
    files = {str(path.relative_to(root)): path.read_bytes() for path in (root / "files").rglob("*") if path.is_file()}
    return files | {"log": git(root, "log", "--all", "--format=%H %B", "-p"), "refs": git(root, "for-each-ref")}


def git(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", root / "repository", *arguments], capture_output=True, check=True)
    return done.stdout


def test_same_plan_gives_the_same_bytes(corpus, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    corpora.write(PLAN, again)
    assert content(corpus.root) == content(again)


def test_another_seed_gives_other_keys(corpus, tmp_path_factory):
    other = corpora.write(Plan(PLAN.kinds, PLAN.surroundings, PLAN.samples, seed=7), tmp_path_factory.mktemp("other"))
    assert not {cell.secret for cell in corpus.cells} & {cell.secret for cell in other.cells}


def test_cells_are_numbered_and_their_keys_distinct(corpus):
    assert [cell.number for cell in corpus.cells] == list(range(len(corpus.cells)))
    assert len({cell.secret for cell in corpus.cells}) == len(corpus.cells)


def test_every_file_is_where_its_cell_says(corpus):
    for cell in corpus.cells:
        if cell.surrounding.where is Where.FILE:
            assert f"/{cell.folder}/" in cell.path
            assert (corpus.root / cell.path).is_file()
    places = {cell.surrounding.where for cell in corpus.cells}
    assert places == set(Where)


def test_repository_holds_what_only_a_repository_can(corpus):
    shown = content(corpus.root)
    everything = shown["log"] + shown["refs"] + git(corpus.root, "cat-file", "--batch-all-objects", "--batch")
    everything += (corpus.root / "repository" / ".git" / "config").read_bytes()
    for cell in corpus.cells:
        if cell.surrounding.where.in_repository:
            assert cell.secret.encode() in everything, cell
    assert git(corpus.root, "ls-files").strip().count(b"deploy/.env") == 0


def test_no_repository_without_need(tmp_path):
    assert corpora.write(Plan("mistral", "env", 1), tmp_path).repository is None


def test_what_is_left_out_is_told(corpus):
    lines = list(summary(corpus.left_out))
    bare = "line, file-name, symlink-target, branch-name, tag-name, git-remote"
    assert f"mistral in {bare}: it needs a name or an address beside it" in lines
    assert len(corpus.left_out) + len({(cell.kind.id, cell.surrounding.id) for cell in corpus.cells}) == 3 * 11


def test_patterns_choose():
    kinds, surroundings = chosen(Plan("openai-*,mistral", "env*"))
    assert {kind.provider for kind in kinds} == {"openai", "mistral"}
    assert {each.id for each in surroundings} == {each.id for each in SURROUNDINGS if each.id.startswith("env")}


def test_a_key_that_is_taken_is_made_again():
    kind, surrounding = KINDS[0], SURROUNDINGS[0]
    taken: set[str] = set()
    first = leak(1, kind, surrounding, 0, taken)
    assert leak(1, kind, surrounding, 0, taken).key != first.key
    assert len(taken) == 2
