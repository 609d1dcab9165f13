"""Reading a hostile repository runs none of its code."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from keyguard.errors import SourceError
from keyguard.git import commits, index, objects
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo


@dataclass(frozen=True)
class Trap:
    """A script that leaves a marker when it runs."""

    script: Path
    marker: Path

    @classmethod
    def laid(cls, folder: Path) -> Trap:
        script, marker = folder / "trap.sh", folder / "marker"
        script.write_text(f'#!/bin/sh\necho "$0 $*" >> "{marker}"\n[ -f "$1" ] && cat "$1"\nexit 0\n')
        script.chmod(0o755)
        return cls(script, marker)

    @property
    def sprung(self) -> bool:
        return self.marker.exists()


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap.laid(tmp_path)


def populated(repo: Repo) -> str:
    """Fill a repository with something for every function to read. Returns the id of a blob of HEAD."""
    repo.save("a.txt", "one\n" * 20)
    repo.branch("side")
    repo.save("b.txt", "two\n")
    repo.checkout("main")
    repo.save("gone.txt", "three\n" * 20)
    repo.evil_merge("side", {"evil.txt": "four\n"})
    repo.tag("v1", message="A tag")
    repo.push("main")
    repo.write("a.txt", "one\n" * 19 + "changed\n")
    repo.rename("gone.txt", "moved.txt")
    repo.write("moved.txt", "three\n" * 19 + "changed\n")
    repo.stage()
    return repo.git("rev-parse", "HEAD:a.txt")


def everything(repository: Repository) -> list[SourceError]:
    """Call every function that reads through git. Returns what they could not read."""
    calls: list[Callable[[], object]] = [
        repository.empty_tree,
        lambda: repository.resolve("HEAD"),
        lambda: repository.relative(repository.git.folder / "a.txt"),
        lambda: objects.reachable(repository.git, objects.EVERYTHING),
        lambda: objects.commits(repository.git, ["--all"]),
        lambda: objects.commits(repository.git, ["HEAD"], ["a.txt"]),
        lambda: list(objects.headers(repository.git, objects.stored(repository.git).ids)),
        lambda: [body and body.read() for _, body in objects.read(repository.git, known(repository))],
        lambda: commits.authorships(repository, list(commits.parents(repository))),
        lambda: list(commits.introductions(repository, list(commits.parents(repository)))),
        lambda: list(commits.introductions(repository, list(commits.parents(repository)), paths=["a.txt"])),
        lambda: commits.refs_reaching(commits.parents(repository), commits.refs(repository), ["x"]),
        lambda: commits.pushed(repository, commits.parents(repository), commits.refs(repository)),
        lambda: index.entries(repository),
        lambda: index.entries(repository, ["a.txt"]),
        lambda: index.changed(repository),
        lambda: index.blobs_at(repository, "HEAD", ["a.txt"]),
    ]
    failed = []
    for call in calls:
        try:
            call()
        except SourceError as error:
            failed.append(error)
    return failed


def known(repository: Repository) -> list[str]:
    listed = objects.reachable(repository.git, ["--all"])
    return listed.ids + listed.missing


def found(folder: Path) -> Repository:
    repository = discover(folder)
    assert repository is not None
    return repository


def lose(repo: Repo, blob: str) -> None:
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()


def hooks_folder(trap: Trap) -> Path:
    folder = trap.script.parent / "hooks"
    folder.mkdir()
    for name in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        (folder / name).symlink_to(trap.script)
    return folder


def set_fsmonitor(repo: Repo, trap: Trap) -> None:
    repo.config("core.fsmonitor", str(trap.script))


def set_hooks(repo: Repo, trap: Trap) -> None:
    repo.config("core.hooksPath", str(hooks_folder(trap)))


def set_textconv(repo: Repo, trap: Trap) -> None:
    repo.write(".git/info/attributes", "* diff=evil\n")
    repo.config("diff.evil.textconv", str(trap.script))


def set_external(repo: Repo, trap: Trap) -> None:
    repo.config("diff.external", str(trap.script))


def set_external_by_attribute(repo: Repo, trap: Trap) -> None:
    repo.write(".git/info/attributes", "* diff=evil\n")
    repo.config("diff.evil.command", str(trap.script))


def set_filter(repo: Repo, trap: Trap) -> None:
    repo.write(".git/info/attributes", "* filter=evil\n")
    repo.config("filter.evil.clean", f"{trap.script}; cat")
    repo.config("filter.evil.smudge", f"{trap.script}; cat")
    os.utime(repo.top / "a.txt", (1, 1))


def set_promisor(repo: Repo, trap: Trap, url: str) -> None:
    lose(repo, repo.git("rev-parse", "HEAD:a.txt"))
    lose(repo, repo.git("rev-parse", "HEAD:gone.txt"))
    for key, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "evil",
        "remote.evil.promisor": "true",
        "remote.evil.url": url,
        "remote.evil.uploadpack": str(trap.script),
        "core.sshCommand": str(trap.script),
        "core.gitProxy": str(trap.script),
        "protocol.allow": "always",
        **{f"protocol.{each}.allow": "always" for each in ("ssh", "ext", "file", "git")},
    }.items():
        repo.config(key, value)


def set_promisor_over_ssh(repo: Repo, trap: Trap) -> None:
    set_promisor(repo, trap, "ssh://example.invalid/x")


def set_promisor_in_a_folder(repo: Repo, trap: Trap) -> None:
    set_promisor(repo, trap, str(trap.script.parent / "repo-origin.git"))


def set_promisor_with_a_command(repo: Repo, trap: Trap) -> None:
    set_promisor(repo, trap, f"ext::{trap.script}")


PROVEN = {
    set_fsmonitor: ["ls-files"],
    set_hooks: ["update-index", "--force-remove", "b.txt"],
    set_textconv: ["log", "-p"],
    set_external: ["diff", "HEAD~1"],
    set_external_by_attribute: ["diff", "HEAD~1"],
    set_filter: ["diff", "--stat"],
    set_promisor_over_ssh: ["cat-file", "-p", "HEAD:a.txt"],
    set_promisor_in_a_folder: ["cat-file", "-p", "HEAD:a.txt"],
    set_promisor_with_a_command: ["cat-file", "-p", "HEAD:a.txt"],
}
"""Traps, and the ordinary command that springs each of them."""
LOSING = (set_promisor_over_ssh, set_promisor_in_a_folder, set_promisor_with_a_command)
"""Traps that need a lost object, which some functions then cannot read."""


@pytest.mark.parametrize("lay", PROVEN, ids=lambda lay: lay.__name__)
def test_no_trap_is_sprung(repo, trap, lay):
    populated(repo)
    lay(repo, trap)
    failed = everything(found(repo.top))
    assert not trap.sprung
    assert not failed or lay in LOSING
    repo.git(*PROVEN[lay], check=False)
    assert trap.sprung, "the trap does not work, so that this test proves nothing"


def test_no_setting_that_names_a_program_is_followed(repo, trap):
    populated(repo)
    keys = [
        "core.pager", "core.editor", "core.askPass", "core.alternateRefsCommand", "sequence.editor", "gpg.program",
        "credential.helper", "uploadpack.packObjectsHook", "diff.external", "interactive.diffFilter",
        "merge.evil.driver", "trace2.normalTarget", "core.fsmonitorHookVersion",
    ]  # fmt: skip
    commands = ["cat-file", "rev-list", "rev-parse", "ls-files", "ls-tree", "diff-tree", "diff-index", "for-each-ref"]
    for key in [*keys, *(f"pager.{each}" for each in commands)]:
        repo.config(key, str(trap.script))
    for each in commands:
        repo.config(f"alias.{each}", f"!{trap.script}")
    assert not everything(found(repo.top))
    assert not trap.sprung


def test_programs_beside_the_files_are_not_run(repo, trap, monkeypatch):
    populated(repo)
    for name in ("git", "git-cat-file", "sh", "cat", "pager"):
        (repo.top / name).symlink_to(trap.script)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    monkeypatch.chdir(repo.top)
    assert not everything(found(repo.top))
    assert not trap.sprung


def test_lost_objects_do_not_hide_what_is_staged(repo, trap):
    populated(repo)
    set_promisor_over_ssh(repo, trap)
    paths = {entry.path for entry in index.changed(found(repo.top))}
    assert {"a.txt", "moved.txt"} <= paths
