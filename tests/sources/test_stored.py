"""Objects are read in pieces, whatever they say they are."""

from __future__ import annotations

import pytest

from keyguard.git import objects
from keyguard.git.repository import discover
from keyguard.model import Chunk, Stats, Where
from keyguard.sources import stored, windows
from keyguard.sources.stored import ObjectReader
from tests.support.repository import Repo

REACH = 64


def chunks(repo: Repo, *ids: str) -> list[Chunk]:
    repository = discover(repo.top)
    assert repository is not None
    return [each for each in ObjectReader(repository, Stats(), REACH).read(ids) if isinstance(each, Chunk)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(windows, "WINDOW", 1 << 12)
    monkeypatch.setattr(stored, "WINDOW", 1 << 12)
    return 1 << 12


def test_lines_of_a_message_are_counted_from_its_first(repo: Repo):
    commit, tag = repo.save("a", "a", "one\ntwo"), repo.tag("t", message="three")
    found = {(each.origin.where, each.data): each.line for each in chunks(repo, commit, tag)}
    assert found[Where.COMMIT_MESSAGE, b"one\ntwo"] == 1
    assert found[Where.TAG_MESSAGE, b"three"] == 1


@pytest.mark.parametrize("kind", ["commit", "tag"])
def test_a_message_of_any_size_is_read_in_pieces(repo: Repo, small: int, kind: str):
    message = "".join(f"line {number}\n" for number in range(5000))
    commit = repo.save("a", "a", message if kind == "commit" else "short")
    found = chunks(repo, commit if kind == "commit" else repo.tag("t", message=message))
    assert len(found) > 10
    assert max(len(each.data) for each in found) <= small + REACH + 4
    for number in range(5000):
        assert any(b"line %d\n" % number in each.data for each in found)
    (last,) = [each for each in found if each.data.endswith(b"line 4999\n")]
    assert last.line + last.data[: -len(b"line 4999\n")].count(b"\n") == 5000, "counted from the message's first"


def test_what_more_is_left_over_than_is_looked_up_is_read_with_all_that_is_stored(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
):
    first = repo.save("a", "a", "first")
    repo.save("a", "b", "gone")
    fetched = f"{first}\tbranch\n" + repo.git("rev-parse", "HEAD") + "\tbranch\n"
    repo.git("reset", "--quiet", "--hard", first)
    repo.git("reflog", "expire", "--expire=now", "--all")
    (repo.git_dir / "ORIG_HEAD").unlink()
    (repo.git_dir / "FETCH_HEAD").write_text(fetched)
    monkeypatch.setattr("keyguard.git.leftovers.MOST", len(first))
    repository = discover(repo.top)
    assert repository is not None
    read = ObjectReader(repository, Stats(), REACH).everything(objects.EVERYTHING)
    assert b"gone" in [each.data for each in read if isinstance(each, Chunk)]
