from __future__ import annotations

import pytest

from keyguard.errors import SourceError
from keyguard.git import commits, objects
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

ABSENT = "12" * 20


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def read_all(repo: Repo, ids: list[str]) -> list[tuple[str, str, bytes | None]]:
    read = objects.read(opened(repo).git, ids)
    return [(header.id, header.type, None if body is None else body.read()) for header, body in read]


def spoil(repo: Repo, identity: str, keep: int) -> None:
    """Cut a loose object's file after some bytes."""
    path = repo.git_dir / "objects" / identity[:2] / identity[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:keep])


def test_nothing_is_read_of_nothing(repo):
    assert read_all(repo, []) == []
    assert list(objects.headers(opened(repo).git, [])) == []
    assert objects.reachable(opened(repo).git, objects.EVERYTHING) == objects.Listed([], [])
    assert objects.stored(opened(repo).git) == objects.Listed([], [])


def test_more_ids_are_taken_than_a_command_line_has_room_for(repo):
    old, new = repo.save("a", "a"), repo.save("a", "b")
    git, many = opened(repo).git, 60_000
    assert new in objects.reachable(git, [new] * many).ids
    beyond = objects.reachable(git, [*[new] * many, "--not", *[old] * many], [repo.blob("c")])
    assert beyond.failure is None
    assert (old in beyond.ids, new in beyond.ids, repo.blob("c") in beyond.ids) == (False, True, True)
    assert new in objects.reachable(git, ["--not", old, "--not", new]).ids
    assert objects.commits(git, [*[new] * many, "--not", *[old] * many], ["a"]).ids == [new]
    assert objects.commits(git, [new], ["b"]).ids == []


def test_missing_object_is_told_and_reading_goes_on(repo):
    one, two = repo.blob("one"), repo.blob("two")
    assert read_all(repo, [one, ABSENT, "odd name", two]) == [
        (one, "blob", b"one"),
        (ABSENT, "missing", None),
        ("odd", "missing", None),
        (two, "blob", b"two"),
    ]
    kinds = [header.type for header in objects.headers(opened(repo).git, [one, ABSENT, two])]
    assert kinds == ["blob", "missing", "blob"]


@pytest.mark.parametrize("keep", [0, 2, 10, 40])
def test_corrupt_object_is_told_and_reading_goes_on(repo, keep):
    content = "".join(f"{number * 7919 % 1000}" for number in range(400))
    first, bad, last = repo.blob("first"), repo.blob(content), repo.blob("last")
    spoil(repo, bad, keep)
    seen = {}
    for header, body in objects.read(opened(repo).git, [first, bad, bad, last]):
        try:
            seen[header.id] = body.read() if body else None
        except SourceError:
            seen[header.id] = None
    assert seen == {first: b"first", bad: None, last: b"last"}


def test_object_that_says_it_is_another_is_not_read_as_such(repo):
    good, bad = repo.blob("good"), repo.blob("bad!")
    folder = repo.git_dir / "objects"
    path = folder / bad[:2] / bad[2:]
    path.unlink()
    path.write_bytes((folder / good[:2] / good[2:]).read_bytes())
    last = repo.blob("last")
    listed = read_all(repo, [bad, last])
    assert listed[-1] == (last, "blob", b"last")


def test_what_was_not_read_of_a_body_is_skipped(repo):
    ids = [repo.blob("x" * 3_000_000), repo.blob(""), repo.blob("tail\n")]
    read = [(header.size, body and body.read(2)) for header, body in objects.read(opened(repo).git, ids)]
    assert read == [(3_000_000, b"xx"), (0, b""), (5, b"ta")]


def test_body_is_read_piece_by_piece(repo):
    read = objects.read(opened(repo).git, [repo.blob("abcdef")])
    _header, body = next(read)
    assert body is not None
    assert [body.read(4), body.read(4), body.read(4), body.read()] == [b"abcd", b"ef", b"", b""]


def test_more_ids_than_a_pipe_holds(repo):
    blob = repo.blob("x" * 100)
    assert sum(1 for _ in objects.read(opened(repo).git, [blob] * 20_000)) == 20_000
    assert sum(1 for _ in objects.headers(opened(repo).git, [blob] * 20_000)) == 20_000


def test_everything_reaches_stash_logs_index_and_other_work_trees(repo, tmp_path):
    repo.save("a", "first")
    repo.write("a", "stashed")
    repo.stash()
    lost = repo.save("a", "reset away")
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    repo.write("b", "staged")
    repo.stage()
    linked = repo.worktree(tmp_path / "linked")
    (linked / "c").write_text("staged elsewhere")
    repo.git("-C", linked, "add", "c")
    repo.git("-C", linked, "checkout", "--quiet", "--detach")
    detached = repo.git("-C", linked, "commit-tree", "HEAD^{tree}", "-m", "only a detached head")
    repo.git("-C", linked, "reset", "--quiet", "--soft", detached)
    hidden = repo.blob("dangling")
    listed = set(objects.reachable(opened(repo).git, objects.EVERYTHING).ids)
    contents = ["first", "stashed", "reset away", "staged", "staged elsewhere"]
    assert {repo.blob(content) for content in contents} | {lost, detached} <= listed
    assert hidden not in listed
    assert hidden in objects.stored(opened(repo).git).ids


def test_missing_objects_are_listed(repo):
    repo.save("a", "one")
    repo.save("b", "two")
    blob = repo.git("rev-parse", "HEAD:a")
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    listed = objects.reachable(opened(repo).git, ["HEAD"])
    assert listed.missing == [blob]
    assert listed.failure is None
    assert repo.git("rev-parse", "HEAD:b") in listed.ids


def test_listing_that_fails_keeps_what_it_has_and_says_so(repo):
    repo.save("a", "one")
    listed = objects.reachable(opened(repo).git, ["no-such-ref"])
    assert listed.ids == []
    assert listed.failure is not None


def test_commits_of_paths_come_children_first(repo):
    first, second, third = repo.save("a", "1"), repo.save("b", "2"), repo.save("a", "3")
    git = opened(repo).git
    assert objects.commits(git, ["HEAD"]).ids == [third, second, first]
    assert objects.commits(git, ["HEAD"], ["a"]).ids == [third, first]
    assert objects.commits(git, ["HEAD"], [":(top)*"]).ids == []


def test_objects_of_an_alternate_store_are_read(repo, tmp_path):
    blob = repo.blob("borrowed")
    other = Repo(tmp_path / "other")
    other.write(".git/objects/info/alternates", f"{repo.git_dir / 'objects'}\n")
    assert objects.stored(opened(other).git).ids == [blob]
    assert read_all(other, [blob]) == [(blob, "blob", b"borrowed")]


def test_sha256_repository(tmp_path):
    repo = Repo(tmp_path / "new", object_format="sha256")
    commit = repo.save("a", "one")
    repository = opened(repo)
    assert (repository.object_format, len(repository.zero), len(commit)) == ("sha256", 64, 64)
    blob = repo.git("rev-parse", "HEAD:a")
    assert {commit, blob} <= set(objects.reachable(repository.git, ["HEAD"]).ids)
    assert read_all(repo, [blob, "12" * 32]) == [(blob, "blob", b"one"), ("12" * 32, "missing", None)]
    assert repo.git("cat-file", "-t", repository.empty_tree(), check=False) in ("tree", "")


def test_the_graph_of_more_ids_than_a_command_line_has_room_for(repo):
    old, new = repo.save("a", "a"), repo.save("a", "b")
    assert commits.parents(opened(repo), [*[new] * 60_000, "--not", *[old] * 60_000]) == {new: [old]}
