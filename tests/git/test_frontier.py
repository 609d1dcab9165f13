"""What is listed beyond a frontier, and with it all that is listed from the beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.git import objects
from keyguard.git.frontier import Earlier, Reached, reached
from keyguard.git.leftovers import leftovers
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

NONE: frozenset[str] = frozenset()


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def beyond(repo: Repo, before: frozenset[str] = NONE) -> Reached:
    repository = opened(repo)
    found = reached(repository, leftovers(repository), Earlier(before))
    assert found is not None
    return found


def everything(repo: Repo) -> set[str]:
    repository = opened(repo)
    return set(objects.reachable(repository.git, objects.EVERYTHING, [each.id for each in leftovers(repository)]).ids)


def test_nothing_is_reached_where_there_is_nothing(repo: Repo) -> None:
    assert beyond(repo) == Reached(NONE, NONE, [], [], [])


def test_what_is_staged_before_the_first_commit_is_beside(repo: Repo) -> None:
    repo.write("a.txt", "one")
    repo.stage()
    found = beyond(repo)
    assert (found.tips, found.within, found.beside) == (NONE, [], [repo.blob("one")])


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_nothing_is_beyond_all_of_it(tmp_path: Path, object_format: str) -> None:
    repo = Repo(tmp_path / "repo", object_format=object_format)
    repo.save("a.txt", "one")
    repo.save("b/c.txt", "two")
    first = beyond(repo)
    assert set(first.within) == everything(repo)
    assert (first.beside, first.before) == ([], NONE)
    assert beyond(repo, first.tips) == Reached(first.tips, first.tips, [], [], [])


def test_what_a_commit_brings_in_is_beyond_the_one_before(repo: Repo) -> None:
    repo.save("a.txt", "one")
    before = beyond(repo).tips
    commit = repo.save("b.txt", "two")
    found = beyond(repo, before)
    assert set(found.within) == {commit, repo.git("rev-parse", "HEAD^{tree}"), repo.blob("two")}
    assert (found.before, found.tips) == (before, before | {commit})


def test_what_is_named_by_no_commit_is_beside(repo: Repo, tmp_path: Path) -> None:
    repo.save("a.txt", "one")
    tag = repo.tag("v1", message="a message")
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"tagged")
    repo.git("tag", "of-a-blob", blob)
    repo.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    (tmp_path / "second" / "c.txt").write_text("three")
    repo.git("-C", str(tmp_path / "second"), "add", "c.txt")
    repo.write("b.txt", "two")
    repo.stage()
    first = beyond(repo)
    assert set(first.beside) >= {tag, blob, repo.blob("two"), repo.blob("three")}
    assert {*first.within, *first.beside} == everything(repo)
    assert set(beyond(repo, first.tips).beside) == set(first.beside)


def test_what_is_left_over_counts(repo: Repo) -> None:
    repo.save("a.txt", "one")
    repo.branch("side")
    lost = repo.save("b.txt", "two")
    repo.checkout("main")
    repo.git("branch", "--quiet", "-D", "side")
    repo.git("reflog", "expire", "--expire=now", "--all")
    (repo.git_dir / "FETCH_HEAD").write_text(f"{lost}\t\tbranch 'side'\n")
    assert lost in beyond(repo).tips
    assert {lost, repo.blob("two")} <= set(beyond(repo).within)


def test_from_a_branch_that_is_gone_it_is_told_from_the_beginning(repo: Repo) -> None:
    repo.save("a.txt", "one")
    repo.branch("side")
    lost = repo.save("b.txt", "two")
    before = beyond(repo).tips
    repo.checkout("main")
    repo.git("branch", "--quiet", "-D", "side")
    repo.git("reflog", "expire", "--expire=now", "--all")
    assert lost in before
    found = beyond(repo, before)
    assert found.before == NONE
    assert set(found.within) == everything(repo)


def test_a_frontier_of_commits_that_are_not_here_counts_for_nothing(repo: Repo) -> None:
    repo.save("a.txt", "one")
    found = beyond(repo, frozenset({"12" * 20}))
    assert (found.before, set(found.within)) == (NONE, everything(repo))


def test_a_branch_that_went_on_still_reaches_what_it_named(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo.git", bare=True)
    tree = repo.git("mktree", stdin=b"")
    first = repo.git("commit-tree", "-m", "one", tree)
    repo.git("update-ref", "refs/heads/main", first)
    second = repo.git("commit-tree", "-m", "two", "-p", first, tree)
    repo.git("update-ref", "refs/heads/main", second)
    found = beyond(repo, frozenset({first}))
    assert (set(found.tips), set(found.before)) == ({second}, {first})
    assert set(found.within) == {second}  # and not the tree that the first has


@pytest.mark.parametrize("broken", ["a commit", "the index"])
def test_where_git_cannot_say_it_all_there_is_no_answer(repo: Repo, broken: str) -> None:
    first = repo.save("a.txt", "one")
    repo.save("b.txt", "two")
    repository = opened(repo)
    assert reached(repository, [], Earlier()) is not None
    if broken == "a commit":
        (repo.git_dir / "objects" / first[:2] / first[2:]).unlink()
    else:
        (repo.git_dir / "index").write_bytes(b"no index")
    assert reached(repository, [], Earlier()) is None


@pytest.mark.parametrize("change", ["gone", "empty", "cut"])
@pytest.mark.parametrize("revision", ["HEAD~1", "HEAD~1^{tree}"])
def test_where_what_was_read_cannot_be_read_any_more_it_is_told_from_the_beginning(
    repo: Repo, revision: str, change: str
) -> None:
    for name in range(400):
        repo.write(f"{name}.txt", "one")
    repo.stage()
    repo.commit("".join(map(str, range(9_999))))
    repo.save("0.txt", "two")
    identity = repo.git("rev-parse", revision)
    tips = beyond(repo).tips
    earlier = Earlier(tips, frozenset({identity}))
    repository = opened(repo)
    assert reached(repository, [], earlier) == Reached(tips, tips, [], [], [])
    file = repo.git_dir / "objects" / identity[:2] / identity[2:]
    data = file.read_bytes()
    file.unlink()
    if change != "gone":
        file.write_bytes(data[: len(data) // 2] if change == "cut" else b"")
    found = reached(repository, [], earlier)
    assert found is None or found.before == NONE


def test_a_blob_that_is_gone_since_it_was_read_is_told(repo: Repo) -> None:
    repo.save("a.txt", "one")
    blob = repo.blob("one")
    repo.save("a.txt", "two")
    tips = beyond(repo).tips
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    found = reached(opened(repo), [], Earlier(tips, frozenset({blob})))
    assert found is not None
    assert (found.before, found.missing) == (NONE, [blob])


def test_what_came_back_is_beyond_only_if_it_is_known_by_name(repo: Repo) -> None:
    repo.save("a.txt", "one")
    repo.save("a.txt", "two")
    repo.git("repack", "-adq")
    (pack,) = (repo.git_dir / "objects/pack").glob("*.pack")
    tips = beyond(repo).tips
    repo.git("read-tree", "HEAD~1")
    repository = opened(repo)
    packs = frozenset({str(repository.git_dir / "objects/pack" / pack.name)})
    for unnamed, beside in ((NONE, [repo.blob("one")]), (packs, []), (packs | {"one that is not here"}, [])):
        found = reached(repository, [], Earlier(tips, unnamed=unnamed))
        assert found is not None
        assert set(found.beside) >= set(beside)
        assert bool(found.beside) == bool(beside)


def test_what_is_new_is_beyond_though_not_all_is_known_by_name(repo: Repo) -> None:
    repo.save("a.txt", "one")
    repo.git("repack", "-adq")
    tips = beyond(repo).tips
    commit = repo.save("a.txt", "two")
    unnamed = frozenset(map(str, (repo.git_dir / "objects/pack").glob("*.pack")))
    found = reached(opened(repo), [], Earlier(tips, unnamed=unnamed))
    assert found is not None
    assert set(found.within) == {commit, repo.git("rev-parse", "HEAD^{tree}"), repo.blob("two")}


def test_what_is_missing_twice_is_told_once(repo: Repo, tmp_path: Path) -> None:
    repo.save("a.txt", "one")
    repo.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    repo.save("a.txt", "two")
    blob = repo.blob("one")
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    assert beyond(repo).missing == [blob]


def test_what_is_missing_is_told(repo: Repo) -> None:
    repo.save("a.txt", "one")
    blob = repo.blob("one")
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    found = beyond(repo)
    assert found.missing == [blob]
