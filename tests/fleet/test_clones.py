"""Clones: fetched as far as they are new, hostile ones too, and nobody's password kept."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from keyguard.errors import SourceError
from keyguard.fleet import mirrors
from keyguard.fleet.addresses import address
from keyguard.fleet.store import Store
from keyguard.fleet.targets import of_address
from keyguard.git.transport import Transport, fetch, remote_refs
from tests.fleet.fleets import TheFleet, findings, without_times
from tests.git.test_hostile import Trap, hooks_folder
from tests.support import keys
from tests.support.repository import Repo

RNG = random.Random(12)
KEY, OTHER = keys.project_key(RNG), keys.anthropic_key(RNG)


def url(repo: Repo) -> str:
    return f"file://{repo.top}"


def test_a_clone_is_fetched_as_far_as_it_is_new(fleet: TheFleet, repo: Repo):
    repo.save("a.env", f"K={KEY}\n")
    repo.git("update-ref", "refs/pull/1/head", "HEAD")
    summary, _ = fleet.scan(url(repo))
    assert summary.read == 1
    (found,) = fleet.json()["findings"]
    assert (found["exposure"], found["fleet"]["repositories"]) == ("pushed", [url(repo)])
    assert fleet.scan(url(repo))[0].unchanged == 1
    repo.save("b.env", f"K={OTHER}\n")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 2
    (mirror,) = (fleet.folder / "clones").glob("*/mirror.git")
    assert "url" not in (mirror / "config").read_text()
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["fleet"]["gone"]) == 1


def test_a_clone_says_what_the_repository_itself_says(fleet: TheFleet, tmp_path: Path, repo: Repo):
    repo.save("a.env", f"K={KEY}\n", f"see {OTHER}")
    repo.tag("v1", message="A tag")
    bare = Repo(tmp_path / "bare.git", bare=True)
    repo.git("push", "--quiet", "--mirror", bare.top)
    fleet.scan(url(repo))
    of_clone = findings(fleet.json(), url(repo))
    fleet.db.unlink()
    fleet.scan(bare.top)
    assert findings(fleet.json(), str(bare.top)) == of_clone


def test_an_empty_one_is_clean_until_there_is_something(fleet: TheFleet, repo: Repo):
    assert fleet.scan(url(repo))[0].read == 1
    assert fleet.json()["complete"] is True
    repo.save("a.env", f"K={KEY}\n")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 1


def test_sha256_is_cloned(fleet: TheFleet, tmp_path: Path):
    repo = Repo(tmp_path / "r", object_format="sha256")
    repo.save("a.env", f"K={KEY}\n")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 1


def test_what_is_checked_out_without_a_branch_is_read(fleet: TheFleet, repo: Repo):
    repo.save("a.txt", "x\n")
    assert fleet.scan(url(repo))[0].read == 1
    repo.git("checkout", "--quiet", "--detach")
    repo.save("a.env", f"K={KEY}\n")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 1
    repo.save("b.env", f"K={OTHER}\n")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 2
    repo.git("checkout", "--quiet", "main")
    assert fleet.scan(url(repo))[0].read == 1
    assert fleet.json()["findings"] == []


def test_a_shallow_one_is_read_as_far_as_it_goes(fleet: TheFleet, tmp_path: Path, repo: Repo):
    repo.save("a.txt", "x\n")
    repo.save("a.env", f"K={KEY}\n")
    shallow = Repo(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=1", url(repo), "main:side")
    fleet.scan(url(shallow))
    assert len(fleet.json()["findings"]) == 1


def test_a_ref_that_does_not_come_is_no_clean_repository(tmp_path: Path, repo: Repo):
    repo.save("a.txt", "x\n")
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    git = Transport(mirror, url(repo))
    with pytest.raises(SourceError, match="refs/heads/odd did not come"):
        fetch(git, {**remote_refs(git), "refs/heads/odd": repo.head})


def test_locks_of_a_fetch_that_was_killed_are_taken_away(fleet: TheFleet, repo: Repo):
    repo.save("a.txt", "x\n")
    fleet.scan(url(repo))
    (mirror,) = (fleet.folder / "clones").glob("*/mirror.git")
    names = ("packed-refs.lock", "HEAD.lock", "shallow.lock", "refs/heads/main.lock", "objects/pack/tmp_pack_x")
    for name in names:
        (mirror / name).touch()
    repo.save("a.env", f"K={KEY}\n")
    assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 1
    assert not (mirror / names[-1]).exists()


def test_what_an_interrupted_fetch_left_is_taken_up(fleet: TheFleet, repo: Repo):
    repo.save("a.env", f"K={KEY}\n")
    target = of_address(address(url(repo)))
    folder = mirrors.place(fleet.folder / "clones", target.name)
    (folder / mirrors.MIRROR).mkdir()
    fleet.scan(url(repo))
    (folder / mirrors.MIRROR / "refs").rename(folder / "refs")
    (folder / mirrors.FETCHED).unlink()
    (folder / "refs").rename(folder / mirrors.MIRROR / "refs")
    before = without_times(fleet.json())
    fleet.scan(url(repo))
    assert without_times(fleet.json())["findings"][0]["locations"] == before["findings"][0]["locations"]


def test_many_small_packs_become_one_and_lose_nothing(fleet: TheFleet, repo: Repo, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("keyguard.git.transport.MOST_PACKS", 2)
    for number in range(4):
        repo.save(f"{number}.env", f"K={keys.project_key(random.Random(number))}\n")
        assert fleet.scan(url(repo))[0].read == 1
    assert len(fleet.json()["findings"]) == 4
    packs = list((fleet.folder / "clones").glob("*/mirror.git/objects/pack/*.pack"))
    assert 1 <= len(packs) <= 2


def test_what_cannot_be_cloned_is_told_and_the_rest_unharmed(fleet: TheFleet, repo: Repo, tmp_path: Path):
    repo.save("a.env", f"K={KEY}\n")
    summary, _ = fleet.scan(f"file://{tmp_path}/nowhere.git", url(repo))
    assert (summary.read, summary.failed) == (1, 1)
    (told,) = fleet.json()["incomplete"]
    assert "nowhere.git" in told["what"]
    assert "git ls-remote failed" in told["why"]


def test_no_message_has_the_password_of_an_address(tmp_path: Path):
    secret = "oauth2:" + "s3" * 9
    git = Transport(tmp_path, f"https://{secret}@127.0.0.1:1/a/b.git")
    assert secret not in " ".join(git.command("fetch", "origin"))
    with pytest.raises(SourceError) as told:
        remote_refs(git)
    assert secret not in told.value.message + (told.value.hint or "")
    assert secret.partition(":")[2] not in told.value.message


@pytest.mark.parametrize("text", ["ext::sh -c 'touch {} %S'", "fd::7", "http://127.0.0.1:1/x", "file://x/../y::z"])
def test_git_itself_refuses_every_other_transport(tmp_path: Path, text: str):
    marker = tmp_path / "marker"
    with pytest.raises(SourceError):
        remote_refs(Transport(tmp_path, text.format(marker)))
    assert not marker.exists()


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap.laid(tmp_path)


def hostile(repo: Repo, trap: Trap) -> None:
    """Let everything that git can be made to start be the trap."""
    repo.save("a.env", f"K={KEY}\n")
    repo.save("gone.txt", "x\n")
    repo.write(".git/info/attributes", "* diff=evil filter=evil merge=evil\n")
    repo.save(".gitattributes", "* diff=evil filter=evil\n")
    lost = repo.git("rev-parse", "HEAD:gone.txt")
    (repo.git_dir / "objects" / lost[:2] / lost[2:]).unlink()
    for key, value in {
        "core.fsmonitor": trap.script,
        "core.sshCommand": trap.script,
        "core.gitProxy": trap.script,
        "core.pager": trap.script,
        "core.editor": trap.script,
        "core.askPass": trap.script,
        "core.alternateRefsCommand": trap.script,
        "credential.helper": f"!{trap.script}",
        "diff.external": trap.script,
        "diff.evil.textconv": trap.script,
        "diff.evil.command": trap.script,
        "filter.evil.clean": trap.script,
        "filter.evil.smudge": trap.script,
        "filter.evil.process": trap.script,
        "gpg.program": trap.script,
        "uploadpack.packObjectsHook": trap.script,
        "remote.origin.url": f"ext::{trap.script} %S",
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": trap.script,
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "alias.rev-list": f"!{trap.script}",
        "init.templateDir": trap.script.parent,
    }.items():
        repo.config(key, str(value))
    folder = hooks_folder(trap)
    for name in ("post-checkout", "pre-push", "post-upload-pack", "pre-receive", "update", "post-merge"):
        (folder / name).symlink_to(trap.script)
    repo.config("core.hooksPath", str(folder))


def test_a_hostile_repository_runs_nothing(fleet: TheFleet, repo: Repo, trap: Trap):
    hostile(repo, trap)
    trap.marker.unlink(missing_ok=True)
    summary, _ = fleet.scan(repo.top, url(repo))
    assert not trap.sprung, trap.marker.read_text()
    assert summary.read >= 1
    assert fleet.json()["complete"] is False  # what is lost is not fetched
    assert len(fleet.json()["findings"]) == 1


def test_the_folder_that_a_run_begins_in_has_no_say(
    fleet: TheFleet, repo: Repo, trap: Trap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    repo.save("a.txt", "x\n")
    repo.config("core.gitProxy", str(trap.script))
    address = "git://127.0.0.1:1/x"
    monkeypatch.chdir(repo.top)
    repo.git("ls-remote", address, check=False)
    assert trap.sprung
    trap.marker.unlink()
    other = Repo(tmp_path / "other")
    other.save("b.txt", "y\n")
    fleet.scan(url(other))
    with Store(fleet.db) as store, store._writing() as db:  # so that it is asked before a worker gets it
        db.execute("UPDATE repositories SET name = '127.0.0.1:1/x'")
    fleet.scan(address)
    assert not trap.sprung


def test_the_trap_springs_for_git_itself(repo: Repo, trap: Trap):
    hostile(repo, trap)
    trap.marker.unlink(missing_ok=True)
    repo.git("status", check=False)
    assert trap.sprung


def test_a_mirror_takes_no_template_and_no_hook(
    fleet: TheFleet, repo: Repo, monkeypatch: pytest.MonkeyPatch, trap: Trap
):
    repo.save("a.txt", "x\n")
    template = trap.script.parent / "template"
    (template / "hooks").mkdir(parents=True)
    (template / "hooks" / "reference-transaction").symlink_to(trap.script)
    config = trap.script.parent / "gitconfig"
    config.write_text(f"[init]\n\ttemplateDir = {template}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    mirror = fleet.folder / "m.git"
    mirror.mkdir()
    git = Transport(mirror, url(repo), environ=dict(os.environ))
    fetch(git, remote_refs(git))
    assert not trap.sprung
    assert not (mirror / "hooks").exists()
