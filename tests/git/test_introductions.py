from __future__ import annotations

import pytest

from keyguard.git.commits import BLOBS_ASKED_FOR, Introduction, introductions
from keyguard.git.repository import Repository, discover
from tests.git.test_index import ODD_NAMES
from tests.support.repository import Repo

ABSENT = "12" * 20


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def brought(repo: Repo, *ids: str, **options: list[str]) -> list[tuple[str, str]]:
    found = list(introductions(opened(repo), ids, **options))
    for blob in {each.blob for each in found}:  # git is asked for few blobs, and for many it is told them all
        others = [f"{number:040x}" for number in range(BLOBS_ASKED_FOR)]
        for asked in ([blob], [blob, *others]):
            wanted = introductions(opened(repo), ids, **(options | {"blobs": asked}))
            assert list(wanted) == [each for each in found if each.blob == blob]
    return sorted((each.commit, each.path) for each in found)


def test_no_commit_brings_in_nothing(repo):
    assert brought(repo) == []
    assert brought(repo, repo.commit()) == []


def test_deletion_brings_in_nothing(repo):
    repo.save("a", "one")
    repo.remove("a")
    assert brought(repo, repo.commit()) == []


def test_submodule_brings_in_no_blob(repo, tmp_path):
    inner = Repo(tmp_path / "inner")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.top, "sub")
    commit = repo.commit()
    assert brought(repo, commit) == [(commit, ".gitmodules")]


def test_clean_merge_brings_in_nothing(repo):
    base = repo.save("a", "".join(f"{n}\n" for n in range(20)))
    repo.branch("side")
    repo.save("b", "two")
    repo.checkout("main")
    repo.save("c", "three")
    assert brought(repo, repo.merge("side")) == []
    assert brought(repo, base) == [(base, "a")]


def test_merge_of_two_changed_sides_brings_in_what_neither_has(repo):
    lines = [f"{n}\n" for n in range(20)]
    repo.save("a", "".join(lines))
    repo.branch("side")
    repo.save("a", "".join(["side\n", *lines]))
    repo.checkout("main")
    repo.save("a", "".join([*lines, "main\n"]))
    merge = repo.merge("side")
    assert brought(repo, merge) == [(merge, "a")]


def test_evil_merge_brings_in_its_own_content(repo):
    repo.save("a", "one")
    repo.branch("side")
    repo.save("b", "two")
    repo.checkout("main")
    repo.save("c", "three")
    merge = repo.evil_merge("side", {"evil": "secret", "a": "changed"})
    assert brought(repo, merge) == [(merge, "a"), (merge, "evil")]
    found = {each.path: each for each in introductions(opened(repo), [merge])}
    assert found["evil"] == Introduction(merge, "evil", repo.blob("secret"))


def test_octopus_brings_in_only_what_no_parent_has(repo):
    repo.save("a", "one")
    for name in ("x", "y", "z"):
        repo.branch(name, "main")
        repo.save(name, name)
    repo.checkout("main")
    merge = repo.merge("x", "y", "z")
    assert len(repo.git("rev-parse", f"{merge}^@").split()) == 4
    assert brought(repo, merge) == []
    repo.write("evil", "secret")
    repo.stage()
    tree = repo.git("write-tree")
    parents = [option for parent in ("main^1", "x", "y", "z") for option in ("-p", parent)]
    evil = repo.git("commit-tree", tree, *parents, "-m", "evil octopus")
    assert brought(repo, evil) == [(evil, "evil")]


def test_root_commits_bring_in_all_they_have(repo):
    first = repo.save("a", "one")
    repo.git("checkout", "--quiet", "--orphan", "other")
    second = repo.save("b", "two")
    assert brought(repo, first, second) == sorted([(first, "a"), (second, "a"), (second, "b")])


def test_wanted_blobs_and_paths_narrow_the_answer(repo):
    repo.write("a", "one")
    repo.write("b", "two")
    repo.stage()
    commit = repo.commit()
    assert brought(repo, commit, blobs=[repo.blob("two")]) == [(commit, "b")]
    assert brought(repo, commit, paths=["a"]) == [(commit, "a")]
    assert brought(repo, commit, paths=["*"]) == []
    assert brought(repo, commit, blobs=[ABSENT]) == []


def test_moved_content_counts_as_brought_in(repo):
    first = repo.save("a", "one")
    repo.rename("a", "b")
    second = repo.commit()
    assert brought(repo, first, second, blobs=[repo.blob("one")]) == sorted([(first, "a"), (second, "b")])


@pytest.mark.parametrize("name", [*ODD_NAMES, b":100644 100644 a b M", b"12" * 20])
def test_odd_names_stay_as_they_are(repo, name):
    first = repo.save("a", "one")
    repo.write(name, "two")
    repo.git("--literal-pathspecs", "add", "--", name)
    second = repo.commit()
    path = name.decode(errors="surrogateescape")
    assert brought(repo, first, second) == sorted([(first, "a"), (second, path)])
    assert brought(repo, first, second, paths=[path]) == [(second, path)]


def test_commit_that_is_missing_does_not_stand_in_for_the_next(repo):
    commit = repo.save("a", "one")
    assert brought(repo, ABSENT, commit, ABSENT) == [(commit, "a")]
