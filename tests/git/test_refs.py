from __future__ import annotations

import os
import random
import time

import pytest

from keyguard.errors import SourceError
from keyguard.git import commits, reflogs
from keyguard.git.commits import Ref, introductions, refs_reaching
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

ABSENT = "12" * 20


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def brought(repo: Repo, *ids: str, **options: list[str]) -> list[tuple[str, str]]:
    return sorted((each.commit, each.path) for each in introductions(opened(repo), ids, **options))


def generated(repo: Repo, seed: int) -> list[str]:
    """Make a graph of commits with up to three parents, and branches and tags all over it."""
    chance = random.Random(seed)
    tree = repo.git("write-tree")
    made: list[str] = []
    for number in range(25):
        count = min(len(made), chance.choice([0, 1, 1, 1, 2, 3]))
        parents = [option for parent in chance.sample(made, count) for option in ("-p", parent)]
        made.append(repo.git("commit-tree", tree, *parents, "-m", str(number)))
    for number in range(12):
        target = chance.choice(made)
        if number % 3:
            repo.git("update-ref", f"refs/{chance.choice(['heads', 'remotes/origin'])}/r{number}", target)
        else:
            repo.tag(f"t{number}", target, message="A tag" if number % 2 else None)
    return made


@pytest.mark.parametrize("seed", range(6))
def test_refs_reaching_agrees_with_git(repo, seed):
    made = generated(repo, seed)
    repository = opened(repo)
    tips = commits.refs(repository)
    reaching = refs_reaching(commits.parents(repository), tips, made)
    for commit in made:
        printed = repo.git("for-each-ref", "--contains", commit, "--format=%(refname)").split()
        assert [ref.name for ref in reaching.get(commit, [])] == printed


@pytest.mark.parametrize("seed", range(3))
def test_pushed_agrees_with_git(repo, seed):
    made = generated(repo, seed)
    repository = opened(repo)
    expected = repo.git("rev-list", "--remotes").split()
    assert (
        commits.pushed(repository, commits.parents(repository), commits.refs(repository)) == set(expected) <= set(made)
    )


def test_nothing_is_pushed_without_a_remote(repo):
    repo.commit()
    repository = opened(repo)
    assert commits.pushed(repository, commits.parents(repository), commits.refs(repository)) == set()


def test_a_log_of_any_size_or_kind_is_read_in_part(repo):
    head = repo.save("a", "a")
    repo.push("main")
    repository = opened(repo)
    log = repo.git_dir / "logs/refs/remotes/origin/main"
    os.truncate(log, 1 << 40)
    os.mkfifo(log.with_name("pipe"))
    assert commits._logged(repository) == {head}  # git itself reads the whole of it for a list of commits
    assert reflogs.arrival(repository, head) is not None


def test_very_many_refs_to_one_commit_are_told_without_a_bit_for_each(repo, monkeypatch):
    head = repo.save("a", "a")
    tips = [commits.Ref(f"refs/heads/{number}", head, "commit", head, "commit") for number in range(50_000)]
    started = time.process_time()
    assert commits.refs_reaching({head: []}, tips, [head]) == {head: tips}
    assert time.process_time() - started < 1


def test_what_a_forced_push_replaced_stays_pushed(repo):
    base = repo.commit()
    leaked = repo.save("a", "secret")
    repo.push("main")
    repo.git("reset", "--quiet", "--hard", base)
    kept = repo.save("a", "clean")
    unpushed = ""
    repo.push("main", force=True)
    unpushed = repo.commit()
    repository = opened(repo)
    assert commits.pushed(repository, commits.parents(repository), commits.refs(repository)) == {base, leaked, kept}
    assert unpushed not in commits.pushed(repository, commits.parents(repository), commits.refs(repository))


def test_log_that_names_lost_commits_does_no_harm(repo):
    commit = repo.commit()
    repo.push("main")
    log = repo.git_dir / "logs/refs/remotes/origin/main"
    log.write_bytes(log.read_bytes() + f"{ABSENT} {'0' * 40} A <a> 1 +0000\tx\n\nx\n \xff\n".encode("latin-1"))
    repository = opened(repo)
    known = commits.pushed(repository, commits.parents(repository), commits.refs(repository))
    assert known - {ABSENT} == {commit}


def test_refs_of_an_empty_repository(repo):
    repository = opened(repo)
    assert commits.refs(repository) == []
    assert commits.parents(repository) == {}


def test_refs_tell_what_tags_stand_for(repo):
    commit = repo.save("a", "one")
    tag = repo.tag("v1", message="A tag")
    nested = repo.tag("v2", tag, message="A tag of a tag")
    blob = repo.blob("one")
    repo.git("update-ref", "refs/tags/content", blob)
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main")
    found = {ref.name: ref for ref in commits.refs(opened(repo))}
    assert found == {
        "refs/heads/main": Ref("refs/heads/main", commit, "commit", commit, "commit"),
        "refs/tags/content": Ref("refs/tags/content", blob, "blob", blob, "blob"),
        "refs/tags/v1": Ref("refs/tags/v1", tag, "tag", commit, "commit", (tag,)),
        "refs/tags/v2": Ref("refs/tags/v2", nested, "tag", commit, "commit", (nested, tag)),
    }
    assert sorted(ref.short for ref in found.values()) == ["content", "main", "v1", "v2"]


def test_odd_ref_names_stay_as_they_are(repo):
    commit = repo.commit()
    names = ["refs/heads/line\u2028break\x85", "refs/heads/latin-\udce9", "refs/tags/密钥"]
    for name in names:
        repo.git("update-ref", name, commit)
    assert sorted(ref.name for ref in commits.refs(opened(repo))) == sorted([*names, "refs/heads/main"])


def test_tag_that_names_itself_ends(repo):
    commit = repo.commit()
    tag = repo.tag("v1", message="A tag")
    text = f"object {tag}\ntype tag\ntag v1\ntagger A <a> 1 +0000\n\nx"
    other = repo.git("hash-object", "-w", "-t", "tag", "--literally", "--stdin", stdin=text.encode())
    folder = repo.git_dir / "objects"
    (folder / other[:2] / other[2:]).replace(folder / tag[:2] / tag[2:])
    assert [ref.target for ref in commits.refs(opened(repo)) if ref.type == "commit"] == [commit]


def test_detached_head_is_a_ref_of_its_own(repo):
    repo.commit()
    repo.checkout("HEAD~0")
    detached = repo.commit()
    assert [ref.name for ref in commits.refs(opened(repo))] == ["refs/heads/main", "HEAD"]
    assert commits.refs(opened(repo))[1].target == detached


def test_lost_ref_does_not_hide_the_others(repo):
    commit = repo.commit()
    repo.write(".git/refs/heads/lost", f"{ABSENT}\n")
    repository = opened(repo)
    found = {ref.name: ref for ref in commits.refs(repository)}
    assert found["refs/heads/main"].target == commit
    assert found["refs/heads/lost"].type == "missing"
    assert commits.parents(repository) == {commit: []}


def test_corrupt_object_of_a_ref_does_not_hide_the_others(repo):
    commit = repo.commit()
    tag = repo.tag("v1", message="A tag")
    path = repo.git_dir / "objects" / tag[:2] / tag[2:]
    path.chmod(0o644)
    path.write_bytes(b"no object")
    found = {ref.name: ref.type for ref in commits.refs(opened(repo))}
    assert found == {"refs/heads/main": "commit", "refs/tags/v1": "missing"}
    assert commits.refs(opened(repo))[0].target == commit


def test_lost_parent_is_told(repo):
    first = repo.commit()
    repo.commit()
    (repo.git_dir / "objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(SourceError):
        commits.parents(opened(repo))


def test_lost_tree_is_told(repo):
    first = repo.save("a/b", "one")
    tree = repo.git("rev-parse", "HEAD:a")
    (repo.git_dir / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(SourceError):
        list(introductions(opened(repo), [first]))


def test_sha256_repository(tmp_path):
    repo = Repo(tmp_path / "new", object_format="sha256")
    first = repo.save("a", "one")
    repo.push("main")
    second = repo.save("a", "two")
    repository = opened(repo)
    assert brought(repo, first, second) == sorted([(first, "a"), (second, "a")])
    assert commits.parents(repository) == {second: [first], first: []}
    assert commits.pushed(repository, commits.parents(repository), commits.refs(repository)) == {first}
    assert commits.authorships(repository, [first]).keys() == {first}
