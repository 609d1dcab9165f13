"""The hooks of a push block what it would bring, and nothing else; that of a message blocks what is recorded."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.hooks import moving, updates
from tests.conftest import Copied, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(5))
OTHER = keys.project_key(random.Random(6))
LINE = f"OPENAI_API_KEY={KEY}\n"


def push(repo: Repo, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Push as a user would; nothing printed holds a key."""
    done = subprocess.run(["git", "push", *arguments], cwd=repo.top, capture_output=True, check=False)
    assert KEY.encode() not in done.stdout + done.stderr
    return done


def publish(repo: Repo) -> None:
    repo.save("a", "x")
    repo.push()


@pytest.fixture
def guarded(copied: Copied, run_here: RunKeyguard) -> Repo:
    """A repository with a remote, one commit that is there, and the hook of a push."""
    repo = copied(publish)
    assert run_here("hook", "install", "--type", "pre-push", cwd=repo.top).code == 0
    return repo


@pytest.fixture
def server(repo: Repo, run_here: RunKeyguard) -> Repo:
    """A bare repository that guards itself, to which another one pushes."""
    repo.save("a", "x")
    other = repo.remote()
    assert run_here("hook", "install", "--type", "pre-receive", cwd=other.top).code == 0
    return other


class TestPrePush:
    def test_nothing_and_clean_commits_go(self, guarded: Repo):
        assert push(guarded, "origin", "main").returncode == 0
        guarded.save("b", "y")
        done = push(guarded, "origin", "main")
        assert (done.returncode, done.stdout) == (0, b"")

    def test_a_key_stays_here_until_no_commit_has_it(self, guarded: Repo):
        guarded.save("b", LINE)
        guarded.save("b", "gone")
        assert push(guarded, "origin", "main").returncode == 1
        guarded.git("reset", "--soft", "origin/main")
        guarded.commit()
        assert push(guarded, "origin", "main").returncode == 0

    @pytest.mark.parametrize("what", ["message", "name", "tag", "merge", "branch"])
    def test_wherever_it_is(self, guarded: Repo, what: str):
        if what == "message":
            guarded.write("b", "y")
            guarded.stage()
            guarded.commit(f"Use {KEY}")
        elif what == "name":
            guarded.save(KEY, "y")
        elif what == "tag":
            guarded.tag("v1", message=f"with {KEY}")
        elif what == "merge":
            guarded.branch("side")
            guarded.save("c", "z")
            guarded.checkout("main")
            guarded.evil_merge("side", {"d": LINE})
        else:
            guarded.branch(KEY)
        assert push(guarded, "origin", "HEAD", "--tags").returncode == 1

    def test_what_the_remote_has_does_not_block(self, guarded: Repo):
        guarded.save("b", LINE)
        guarded.push()
        guarded.save("c", "z")
        assert push(guarded, "origin", "main").returncode == 0
        guarded.branch("other")
        assert push(guarded, "origin", "other").returncode == 0

    def test_what_stays_does_not_block(self, guarded: Repo):
        guarded.branch("private")
        guarded.save("b", LINE)
        guarded.checkout("main")
        guarded.save("c", "z")
        assert push(guarded, "origin", "main").returncode == 0
        assert push(guarded, "origin", "main", "private").returncode == 1

    def test_another_remote_has_not_what_the_first_has(self, guarded: Repo):
        guarded.save("b", LINE)
        guarded.push()
        second = guarded.remote("second")
        assert push(guarded, "second", "main").returncode == 1
        assert push(guarded, second.top, "main").returncode == 1

    def test_a_remote_whose_name_begins_with_this_one_s(self, guarded: Repo):
        guarded.git("remote", "add", "origin/private", guarded.git("remote", "get-url", "origin"))
        guarded.save("b", LINE)
        guarded.git("update-ref", "refs/remotes/origin/private/main", "HEAD")
        assert push(guarded, "origin", "main").returncode == 1
        guarded.git("remote", "remove", "origin/private")
        guarded.git("update-ref", "refs/remotes/origin/private/main", "HEAD")
        assert push(guarded, "origin", "main").returncode == 0, "now it is a branch of origin's"

    def test_what_is_fetched_from_elsewhere_was_not_pushed(self, guarded: Repo):
        guarded.save("b", LINE)
        guarded.push()
        here = guarded.git("remote", "get-url", "origin")
        second = guarded.remote("second")
        guarded.git("remote", "set-url", "--push", "origin", here)
        assert push(guarded, "origin", "HEAD:other").returncode == 0
        guarded.git("remote", "set-url", "--push", "origin", second.top)
        assert push(guarded, "origin", "main").returncode == 1

    def test_of_several_addresses_the_first_alone_is_fetched_from(self, guarded: Repo):
        guarded.save("b", LINE)
        guarded.push()
        second = Repo(guarded.top.with_name("mirror"), bare=True)
        guarded.git("remote", "set-url", "--add", "origin", str(second.top))
        assert push(guarded, "origin", "HEAD:other").returncode == 1

    @pytest.mark.parametrize("to", ["push", "fetch"])
    def test_an_address_that_git_writes_anew_counts_as_it_is_then(self, guarded: Repo, to: str):
        guarded.save("b", LINE)
        guarded.push()
        here = guarded.git("remote", "get-url", "origin")
        second = Repo(guarded.top.with_name("second"), bare=True)
        if to == "push":
            guarded.git("config", f"url.{second.top}.pushInsteadOf", here)
        else:
            guarded.git("remote", "set-url", "origin", "short:er")
            guarded.git("config", "url.nowhere.insteadOf", "short")
            guarded.git("config", f"url.{here}.insteadOf", "short:er")
        assert push(guarded, "origin", "HEAD:other").returncode == (to == "push")

    def test_a_remote_without_the_main_branch_that_it_had_is_another(self, guarded: Repo):
        guarded.git("branch", "trunk")
        guarded.git("push", "--quiet", "--no-verify", "origin", "trunk")
        guarded.save("b", LINE)
        guarded.push()
        second = Repo(guarded.top.with_name("second"), bare=True)
        guarded.git("remote", "set-url", "origin", str(second.top))
        assert push(guarded, "origin", "HEAD:refs/tags/new").returncode == 0, "nothing says that it is another"
        assert push(guarded, "origin", "main").returncode == 1
        assert push(guarded, "origin", "HEAD:trunk").returncode == 0, "a branch that was deleted there may come back"
        guarded.git("remote", "set-head", "origin", "trunk")
        guarded.git("push", "--quiet", "--no-verify", "origin", ":trunk")
        guarded.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
        assert push(guarded, "origin", "HEAD:trunk").returncode == 1

    def test_deleting_a_branch_and_forcing_one(self, guarded: Repo):
        guarded.branch("gone")
        guarded.save("b", "y")
        assert push(guarded, "origin", "gone").returncode == 0
        assert push(guarded, "origin", "--delete", "gone").returncode == 0
        guarded.git("commit", "--amend", "--quiet", "--message", "again")
        assert push(guarded, "--force", "origin", "gone").returncode == 0

    def test_a_hook_that_was_there_hears_the_same(self, repo: Repo, run_here: RunKeyguard, tmp_path: Path):
        repo.save("a", "x")
        repo.push()
        hook, heard = repo.git_dir / "hooks" / "pre-push", tmp_path / "heard"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho \"$@\" > '{heard}'\ncat >> '{heard}'\n")
        hook.chmod(0o755)
        assert run_here("hook", "install", "--type", "pre-push", cwd=repo.top).code == 0
        repo.save("b", LINE)
        assert push(repo, "origin", "main").returncode == 1
        assert f"refs/heads/main {repo.head} refs/heads/main" in heard.read_text()
        assert heard.read_text().endswith("\n")


class TestFramework:
    def test_every_branch_and_tag_that_the_remote_has_not(self, guarded: Repo, run_here: RunKeyguard):
        environ = {"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_TO_REF": guarded.head}
        ran = run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ)
        assert (ran.code, ran.stdout) == (0, "")
        assert "all branches and tags that origin does not have" in ran.stderr
        guarded.branch("other")
        guarded.save("b", LINE)
        guarded.checkout("main")
        assert run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ).code == 1
        guarded.push("other")
        assert run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ).code == 0
        environ["PRE_COMMIT_REMOTE_URL"] = "https://example.org/elsewhere"
        assert run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ).code == 1
        environ["PRE_COMMIT_REMOTE_URL"] = guarded.git("remote", "get-url", "origin")
        assert run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ).code == 0
        environ["PRE_COMMIT_TO_REF"] = guarded.blob(OTHER)
        assert run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ).code == 1
        environ["PRE_COMMIT_TO_REF"] = "12" * 20
        missing = run_here("hook", "run", "--type", "pre-push", cwd=guarded.top, environ=environ)
        assert "bad object" in missing.stdout, "then everything that is stored is read, and it is not complete"


class TestPreReceive:
    def test_it_takes_what_is_clean_and_refuses_a_key(self, repo: Repo, server: Repo):
        assert push(repo, "origin", "main").returncode == 0
        repo.save("b", LINE)
        refused = push(repo, "origin", "main")
        assert refused.returncode == 1
        assert b"pre-receive hook declined" in refused.stderr
        said = refused.stderr.decode()
        assert f"b:1:16  {repo.head[:8]}" in said
        assert "In a push that is refused" in said
        assert "git commit --amend" in said
        assert "Whoever runs the server" in said
        assert server.git("log", "--format=%s", "main") == "A change"

    def test_what_is_there_already_does_not_block(self, repo: Repo, server: Repo):
        repo.save("b", LINE)
        (server.top / "hooks" / "pre-receive").rename(server.top / "hooks" / "off")
        assert push(repo, "origin", "main").returncode == 0
        (server.top / "hooks" / "off").rename(server.top / "hooks" / "pre-receive")
        repo.branch("more")
        repo.save("c", "z")
        assert push(repo, "origin", "more").returncode == 0
        assert push(repo, "origin", "--delete", "more").returncode == 0

    def test_the_pushed_files_allow_nothing(self, repo: Repo, server: Repo):
        repo.write(".keyguard.toml", 'exclude = ["*"]\n')
        repo.write("b", f"k = '{OTHER}'  # keyguard: allow\n")
        repo.stage()
        repo.commit()
        assert push(repo, "origin", "main").returncode == 1

    def test_what_the_client_says_of_the_past_proves_nothing(self, repo: Repo, server: Repo, run_here):
        repo.save("b", LINE)
        before = repo.head
        repo.save("b", "gone")
        server.git("fetch", "--quiet", repo.top, "main")
        (server.git_dir / "FETCH_HEAD").unlink()
        for lines in (f"{before} {before} a\n", f"{before} {repo.head} a\n{'0' * 40} {before} b\n"):
            told = run_here("hook", "run", "--type", "pre-receive", cwd=server.top, stdin=lines.encode())
            assert told.code == 1

    @pytest.mark.parametrize("given", [b"", b"\n \n"])
    def test_nothing_said_is_not_clean(self, server: Repo, run_here: RunKeyguard, given: bytes):
        assert run_here("hook", "run", "--type", "pre-receive", cwd=server.top, stdin=given).code == 2

    def test_what_cannot_be_read_does_not_pass(self, repo: Repo, server: Repo, run_here: RunKeyguard):
        lines = f"{'0' * 40} {'12' * 20} refs/heads/x\n".encode()
        assert run_here("hook", "run", "--type", "pre-receive", cwd=server.top, stdin=lines).code == 3


class TestMessages:
    def run(self, repo: Repo, run_here: RunKeyguard, message: str | bytes) -> int:
        file = repo.write(".git/COMMIT_EDITMSG", message)
        return run_here("hook", "run", "--type", "commit-msg", str(file), cwd=repo.top).code

    def test_a_message(self, repo: Repo, run_here: RunKeyguard):
        assert self.run(repo, run_here, "Use the key of the environment\n\n# Please enter a message\n") == 0
        assert self.run(repo, run_here, f"Use {KEY}\n") == 1
        assert self.run(repo, run_here, f"Use\n\n# {KEY}\n") == 1
        assert self.run(repo, run_here, f"Use {KEY}".encode("utf-16")) == 1

    def test_what_is_said_of_it(self, repo: Repo, run_here: RunKeyguard):
        file = repo.write(".git/COMMIT_EDITMSG", f"One\n\nUse {KEY}\n")
        said = run_here("hook", "run", "--type", "commit-msg", str(file), cwd=repo.top).stdout
        assert "message of this commit, line 3" in said
        assert "take the key out of the message" in said
        assert KEY not in said

    def test_the_change_shown_below_it_is_no_part_of_it(self, repo: Repo, run_here: RunKeyguard):
        cut = "# ------------------------ >8 ------------------------\n# Do not modify or remove the line above.\n"
        assert self.run(repo, run_here, f"Remove it\n{cut}diff --git a/a b/a\n-{LINE}") == 0
        assert self.run(repo, run_here, f"Remove it\n{cut}{KEY}\n") == 1

    def test_a_message_that_was_given_is_kept_whole(self, repo: Repo, run_here: RunKeyguard, monkeypatch):
        monkeypatch.setenv("GIT_EDITOR", ":")
        cut = "# ------------------------ >8 ------------------------\n"
        assert self.run(repo, run_here, f"One\n{cut}diff --git a/a b/a\n{KEY}\n") == 1

    def test_through_git(self, repo: Repo, run_here: RunKeyguard):
        repo.save("a", LINE)
        assert run_here("hook", "install", "--type", "commit-msg", cwd=repo.top).code == 0
        repo.write("a", "gone")
        repo.stage()
        environ = os.environ | {"GIT_EDITOR": "sed -i 1s/^/Done/"}
        ran = subprocess.run(["git", "commit", "-v"], cwd=repo.top, capture_output=True, env=environ, check=False)
        assert ran.returncode == 0, ran.stderr
        with_key = ["git", "commit", "--allow-empty", "-m", KEY]
        assert subprocess.run(with_key, cwd=repo.top, env=environ, check=False).returncode == 1

    @pytest.mark.parametrize("arguments", [(), ("a", "b"), ("missing",)])
    def test_it_takes_one_file(self, repo: Repo, run_here: RunKeyguard, arguments: tuple[str, ...]):
        ran = run_here("hook", "run", "--type", "commit-msg", *arguments, cwd=repo.top)
        assert ran.code == 2
        assert "error: " in ran.stderr


@pytest.mark.parametrize("partial", [False, True])
def test_what_is_here_of_the_past_is_known_to_be_there(repo: Repo, tmp_path: Path, partial: bool):
    old = repo.save("a", "x")
    repo.git("config", "uploadpack.allowFilter", "true")
    options = ["--filter=blob:none", "--no-checkout"] if partial else []
    repo.git("clone", "--quiet", *options, f"file://{repo.top}", tmp_path / "clone")
    repository = discover(tmp_path / "clone")
    assert repository is not None
    moved = [updates.Update("refs/heads/main", each, None) for each in ("12" * 20, old, old, None)]
    assert updates.known(repository, moved) == [old]
    assert updates.known(repository, moved[3:]) == []


@pytest.mark.parametrize("line", ["x", "refs/heads/a 12 b 34", f"a {'1' * 40} b", f"a {'g' * 40} b {'0' * 40}"])
def test_what_git_does_not_say_is_refused(repo: Repo, line: str):
    repository = discover(repo.top)
    assert repository is not None
    with pytest.raises(UsageError):
        moving.pushed(repository, ["origin"], line.encode(), {})


def test_what_is_pushed_may_have_blanks(repo: Repo):
    (update,) = updates.of_push(f":/fix a bug {'1' * 40} refs/heads/x {'0' * 40}\n".encode())
    assert update == updates.Update("refs/heads/x", None, "1" * 40)
