"""Files that are read in several processes give what they give one by one, in the same order."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from keyguard.git.repository import discover
from keyguard.model import Item, Match, Stats
from keyguard.pipeline import processes, trees, wire
from keyguard.pipeline.scan import Scan
from keyguard.pipeline.setup import Settings, prepare
from keyguard.pipeline.trees import TreeReader
from keyguard.sources.files import FileReader
from tests.conftest import RunKeyguard
from tests.support import archives, keys
from tests.support.repository import Repo

KEYS = [keys.project_key(random.Random(seed)) for seed in range(9)]
OWN = "acme-" + keys.text(random.Random(10), keys.ALNUM, 24)
OWN_RULE = (
    "[[rule]]\nid = 'acme'\npattern = 'acme-[A-Za-z0-9]{24}'\nliterals = ['acme-']\nrefuse = [{words = ['000']}]\n"
)
LEFT_OUT = keys.project_key(random.Random(9))


@pytest.fixture
def tree(repo: Repo, tmp_path: Path) -> Repo:
    """Files of every sort, some of them not to be read, in a repository with others inside."""
    for number, key in enumerate(KEYS):
        repo.write(f"src/{number}.py", f"# {'text ' * 50}\nkey = '{key}'\n" if number % 3 else "nothing\n" * 99)
    repo.write("wide.txt", f"key = {KEYS[0]}".encode("utf-16"))
    repo.write("a.zip", archives.zipped({"b.env": f"OPENAI_API_KEY={KEYS[3]}\n".encode()}))
    repo.write("closed.zip", archives.encrypted(archives.zipped({"x": b"y"})))
    repo.write(f"{KEYS[4]}.txt", "")
    repo.write("left/out.py", f"key = '{LEFT_OUT}'\n")
    repo.write(".keyguard.toml", 'exclude-paths = ["left/**"]\n' + OWN_RULE)
    repo.write("own.txt", f"{OWN}\nacme-{'0' * 24}\n")
    (repo.top / "link").symlink_to(KEYS[6])
    os.mkfifo(repo.top / "pipe")
    repo.stage("src", "wide.txt")
    inner = Repo(repo.top / "inner")
    inner.save("deep/x.py", f"key = '{KEYS[7]}'\n")
    Repo(inner.top / "deep" / "most").save("y.py", f"key = '{KEYS[8]}'\n")
    return repo


def scan_of(repo: Repo) -> Scan:
    return prepare(Settings(), discover(repo.top))


def told(items: Iterable[Item | Match]) -> list[Any]:
    return [wire.packed(each) for each in items]


def one_by_one(repo: Repo, scan: Scan) -> tuple[list[Any], Stats]:
    repository = discover(repo.top)
    reader = FileReader(Stats(), scan.engine.reach, "sha1", repository)
    return told(scan.searched(reader.named(repo.top, repository))), reader.stats


def together(repo: Repo, scan: Scan, jobs: int = 2) -> tuple[list[Any], Stats]:
    repository = discover(repo.top)
    reader = FileReader(Stats(), scan.engine.reach, "sha1", repository)
    tree = TreeReader(reader, scan.searched, lambda: scan.engine.prepare(bulk=True), jobs)
    return told(scan.searched(tree.named(repo.top, repository))), reader.stats


@pytest.mark.parametrize(("jobs", "start"), [(2, "fork"), (3, "fork"), (2, "spawn")])
def test_both_ways_tell_the_same(tree: Repo, jobs: int, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "WORTH", 0)
    monkeypatch.setattr(processes, "START", start)
    scan = scan_of(tree)
    found, stats = one_by_one(tree, scan)
    assert {each[1] for each in found if each[0] == "match"} == {*KEYS, OWN}
    assert together(tree, scan, jobs) == (found, stats)


def test_nothing_is_told_of_nothing(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "WORTH", 0)
    assert together(repo, scan_of(repo)) == ([], Stats())


def test_what_a_process_that_died_had_is_read_all_the_same(tree: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "WORTH", 0)
    scan = scan_of(tree)
    expected = one_by_one(tree, scan)
    searched, parent = Scan.searched, os.getpid()

    def dies(self: Scan, items: Iterable[Item | Match]) -> Iterator[Item | Match]:
        for number, item in enumerate(searched(self, items)):
            if number == 1 and os.getpid() != parent:
                os.kill(os.getpid(), 9)
            yield item

    monkeypatch.setattr(Scan, "searched", dies)
    assert together(tree, scan) == expected


def test_an_interrupt_costs_nothing_that_was_found(tree: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "WORTH", 0)
    scan = scan_of(tree)

    def interrupted(work: Any, parts: int, *_: object) -> Iterator[tuple[int, Any]]:
        yield parts - 1, work(parts - 1, [0, 0], 0)
        raise KeyboardInterrupt

    monkeypatch.setattr(trees, "together", interrupted)
    repository = discover(tree.top)
    reader = FileReader(Stats(), scan.engine.reach, "sha1", repository)
    found = scan.collect(TreeReader(reader, scan.searched, lambda: None, 2).named(tree.top, repository))
    assert found.interrupted
    assert KEYS[0] in {each.reveal() for each in found.matches}  # of the last file


@pytest.mark.parametrize("worth", [0, 1 << 40])
def test_little_is_read_in_this_process(tree: Repo, worth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    real = processes.together

    def counted(work: Any, parts: int, *others: Any) -> Any:
        begun.append(parts)
        return real(work, parts, *others)

    monkeypatch.setattr(trees, "together", counted)
    monkeypatch.setattr(trees, "WORTH", worth)
    together(tree, scan_of(tree))
    assert bool(begun) is not bool(worth)
    together(tree, scan_of(tree), jobs=1)
    assert len(begun) <= 1


def test_the_report_does_not_depend_on_the_number_of_processes(
    tree: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "WORTH", 0)
    run_here("scan", cwd=tree.top)  # the second time its incidents are known
    reports = []
    for jobs in "1", "2", "5":
        ran = run_here("scan", "--format", "json", "--jobs", jobs, cwd=tree.top)
        report = json.loads(ran.stdout)
        del report["stats"]["seconds"]
        reports.append((ran.code, report))
    assert reports[0] == reports[1] == reports[2]
    assert reports[0][1]["stats"]["files"] == asdict(one_by_one(tree, scan_of(tree))[1])["files"]


@pytest.mark.parametrize(("files", "expected"), [(1, []), (2, [2])])
def test_no_more_processes_are_begun_than_there_are_parts(
    repo: Repo, files: int, expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    real = processes.together

    def counted(work: Any, parts: int, jobs: int, *others: Any) -> Any:
        begun.append(jobs)
        return real(work, parts, jobs, *others)

    monkeypatch.setattr(trees, "together", counted)
    monkeypatch.setattr(trees, "WORTH", 0)
    for number in range(files):
        repo.write(f"{number}.txt", f"key = '{KEYS[number]}'\n")
    found, _ = together(repo, scan_of(repo), jobs=64)
    assert [each[1] for each in found] == KEYS[:files]
    assert begun == expected
