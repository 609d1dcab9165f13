"""Nothing that a repository's own files say hides what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.git import commits, index, objects
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo


def found(folder: Path) -> Repository:
    repository = discover(folder)
    assert repository is not None
    return repository


def secret_history(repo: Repo) -> tuple[str, str, str]:
    repo.save("a", "first")
    secret = repo.save("secret", "hidden")
    blob = repo.git("rev-parse", "HEAD:secret")
    repo.remove("secret")
    return secret, blob, repo.commit("clean")


def hide_by_replacing(repo: Repo, secret: str, head: str) -> None:
    tree = repo.git("rev-parse", f"{secret}~^{{tree}}")
    clean = repo.git("commit-tree", tree, "-m", "clean")
    repo.git("replace", secret, clean)


def hide_by_replacing_the_head(repo: Repo, secret: str, head: str) -> None:
    repo.git("replace", "--graft", head)


def hide_by_graft(repo: Repo, secret: str, head: str) -> None:
    repo.write(".git/info/grafts", f"{head}\n")


def hide_by_false_graph(repo: Repo, secret: str, head: str) -> None:
    repo.git("commit-graph", "write", "--reachable")
    path = repo.git_dir / "objects/info/commit-graph"
    graph = bytearray(path.read_bytes())
    table = {
        bytes(graph[at : at + 4]): int.from_bytes(graph[at + 4 : at + 12]) for at in range(8, 8 + 12 * graph[6], 12)
    }
    for commit in range(3):
        parent = table[b"CDAT"] + 36 * commit + 20
        graph[parent : parent + 4] = b"\x70\0\0\0"  # no parent
    path.chmod(0o644)
    path.write_bytes(graph)
    assert repo.git("rev-list", "HEAD") == head, "the graph does not lie, so that this test proves nothing"


def hide_by_attributes(repo: Repo, secret: str, head: str) -> None:
    repo.write(".git/info/attributes", "* -diff -text export-ignore linguist-generated\n")
    repo.write(".git/info/exclude", "*\n")


def hide_by_settings(repo: Repo, secret: str, head: str) -> None:
    settings = {"color.ui": "always", "log.showRoot": "false", "diff.noprefix": "true", "diff.renames": "copies"}
    settings |= {"core.quotePath": "true", "diff.orderFile": "/dev/null", "diff.ignoreSubmodules": "all"}
    settings |= {"core.useReplaceRefs": "true", "log.follow": "true", "diff.relative": "true", "core.abbrev": "4"}
    settings |= {"transfer.hideRefs": "refs/", "log.excludeDecoration": "*", "core.warnAmbiguousRefs": "false"}
    for key, value in settings.items():
        repo.config(key, value)


@pytest.mark.parametrize(
    "hide",
    [
        hide_by_replacing,
        hide_by_replacing_the_head,
        hide_by_graft,
        hide_by_false_graph,
        hide_by_attributes,
        hide_by_settings,
    ],
    ids=lambda hide: hide.__name__,
)
def test_nothing_is_hidden(repo, hide):
    secret, blob, head = secret_history(repo)
    hide(repo, secret, head)
    repository = found(repo.top)
    listed = objects.reachable(repository.git, ["HEAD"])
    assert listed.failure is None
    assert {secret, blob, head} <= set(listed.ids)
    graph = commits.parents(repository, ["HEAD"])
    assert list(graph) == [head, secret, graph[secret][0]]
    assert graph[head] == [secret]
    brought = list(commits.introductions(repository, list(graph), blobs={blob}))
    assert brought == [commits.Introduction(secret, "secret", blob)]
    assert [body and body.read() for _, body in objects.read(repository.git, [blob])] == [b"hidden"]
    repo.write("staged", "new")
    repo.stage("staged")
    assert [entry.path for entry in index.changed(repository)] == ["staged"]
