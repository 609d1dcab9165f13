"""The hook blocks what a commit would bring in: run through real `git commit`, and on named files."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from keyguard.hooks import quick
from keyguard.rules import built
from tests.conftest import Ran, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(1))
OTHER = keys.project_key(random.Random(2))
LINE = f"OPENAI_API_KEY={KEY}\n"


@pytest.fixture
def hook(repo: Repo, run_here: RunKeyguard, of_wheel: Path, monkeypatch: pytest.MonkeyPatch):
    """The hook; whatever its first look lets through has to be what the whole check says nothing about."""
    monkeypatch.setattr(built.gate, "__defaults__", (built.OWN, of_wheel))

    def run(*files: str, cwd: Path | None = None) -> Ran:
        ran = run_here("hook", "run", "--type", "pre-commit", *files, cwd=cwd or repo.top)
        assert KEY not in ran.stdout + ran.stderr
        assert (ran.code, ran.stdout, ran.stderr) == (0, "", "") or not quick.is_clean(files)
        return ran

    return run


@pytest.fixture
def guarded(repo: Repo, run_here: RunKeyguard) -> Repo:
    """A repository with the hook installed for plain git."""
    assert run_here("hook", "install", cwd=repo.top).code == 0
    return repo


def commit(repo: Repo, *options: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run `git commit` as a user would."""
    return subprocess.run(["git", "commit", "-m", "x", *options], cwd=cwd or repo.top, capture_output=True, check=False)


class TestOneRun:
    def test_nothing_staged_is_clean_and_silent(self, repo: Repo, hook):
        assert (hook().code, hook().stdout, hook().stderr) == (0, "", "")

    def test_a_clean_change_is_silent(self, repo: Repo, hook):
        repo.write("a", "x")
        repo.stage("a")
        assert (hook().code, hook().stdout) == (0, "")

    @pytest.mark.parametrize(("lang", "said"), [("en", "nothing is committed"), ("zh", "没有提交任何内容")])
    def test_the_last_line_says_what_became_of_the_commit(
        self, repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
    ):
        repo.write("a", LINE)
        repo.stage("a")
        ran = run_here("hook", "run", "--lang", lang, cwd=repo.top)
        assert (ran.code, said in ran.stderr) == (1, True)
        monkeypatch.setenv("PRE_COMMIT", "1")
        assert run_here("hook", "run", "--lang", lang, cwd=repo.top).stderr == ""

    def test_the_first_commit_of_a_repository(self, repo: Repo, hook):
        repo.write("a", LINE)
        repo.stage("a")
        assert hook().code == 1

    def test_what_the_file_had_in_head_does_not_block(self, repo: Repo, hook):
        repo.save("a", LINE)
        repo.write("a", LINE + "# more\n")
        repo.stage("a")
        ran = hook()
        assert (ran.code, ran.stdout) == (0, "")
        assert "1 key before" in ran.stderr
        assert hook("a").code == 0

    def test_another_key_in_the_same_file_blocks(self, repo: Repo, hook):
        repo.save("a", LINE)
        repo.write("a", LINE + OTHER)
        repo.stage("a")
        assert hook().code == hook("a").code == 1

    def test_the_same_key_in_another_file_blocks(self, repo: Repo, hook):
        repo.save("a", LINE)
        repo.write("b", "other\n" * 9 + LINE)
        repo.stage("b")
        assert hook().code == 1

    def test_a_renamed_file_does_not_block(self, repo: Repo, hook):
        repo.save("a", LINE + "more\n" * 9)
        repo.rename("a", "b")
        assert hook().code == 0

    def test_a_renamed_and_changed_file_blocks_on_what_is_new(self, repo: Repo, hook):
        repo.save("a", LINE + "more\n" * 20)
        repo.rename("a", "b")
        repo.write("b", LINE + "more\n" * 20 + OTHER)
        repo.stage("b")
        ran = hook()
        assert ran.code == 1

    def test_what_a_merge_brings_from_the_other_side_does_not_block(self, repo: Repo, hook):
        repo.save("a", "a\n")
        repo.branch("side")
        repo.save("b", LINE)
        repo.checkout("main")
        repo.save("c", "c")
        repo.git("merge", "--no-commit", "--no-ff", "side")
        assert hook().code == 0
        repo.write("d", LINE)
        repo.stage("d")
        assert hook().code == 1

    def test_a_named_path_with_nothing_staged_blocks_on_all_that_it_holds(self, repo: Repo, hook):
        repo.save("a", LINE)
        repo.save("b", "b")
        assert hook("a", "b").code == 1
        assert hook("b").code == 0

    def test_a_named_path_is_read_from_the_index_and_not_from_the_work_tree(self, repo: Repo, hook):
        repo.save("a", "x")
        repo.write("a", LINE)
        assert hook("a").code == 0
        repo.stage("a")
        repo.write("a", "x")
        assert hook("a").code == 1

    def test_a_named_path_that_git_does_not_know_is_read_as_it_lies_there(self, repo: Repo, hook):
        repo.write("new", LINE)
        assert hook("new").code == 1

    def test_a_named_path_that_is_nowhere_is_not_called_clean(self, repo: Repo, hook):
        assert hook("missing").code == 3

    def test_a_named_path_that_is_no_file_is_read_or_told(self, repo: Repo, hook):
        repo.write("new/a", LINE)
        assert hook("new").code == 1
        os.mkfifo(repo.top / "pipe")
        assert hook("pipe").code == 3

    def test_named_from_a_subfolder(self, repo: Repo, hook):
        repo.write("sub/a", LINE)
        repo.stage("sub/a")
        assert hook("a", cwd=repo.top / "sub").code == 1

    def test_an_intent_to_add_holds_nothing_yet(self, repo: Repo, hook):
        repo.write("a", LINE)
        repo.git("add", "--intent-to-add", "a")
        assert hook().code == 0

    def test_a_staged_link_is_read_as_text(self, repo: Repo, hook):
        (repo.top / "link").symlink_to(KEY)
        repo.stage("link")
        assert hook().code == 1

    def test_a_deleted_file_does_not_block(self, repo: Repo, hook):
        repo.save("a", LINE)
        repo.remove("a")
        assert hook().code == 0

    def test_a_submodule_that_moves_is_judged_where_it_is_committed(self, repo: Repo, hook, tmp_path: Path):
        inner = Repo(tmp_path / "inner")
        inner.save("a", LINE)
        repo.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", inner.top, "sub")
        assert hook().code == hook("sub").code == 0
        repo.write("b", LINE)
        repo.stage("b")
        assert hook("sub", "b").code == 1

    def test_the_path_of_a_repository_in_this_one_is_read(self, repo: Repo, hook):
        Repo(repo.top / KEY).save("a", "x")
        repo.git("add", "--force", KEY)
        assert hook().code == hook(KEY).code == 1

    def test_a_name_that_was_there_does_not_block(self, repo: Repo, hook):
        repo.save(f"{KEY}/a", "x")
        repo.write(f"{KEY}/a", "y")
        repo.stage()
        assert hook().code == 0
        repo.write(f"{KEY}/b", "y")
        repo.stage()
        assert hook().code == 1

    def test_another_index_is_the_one_that_counts(self, repo: Repo, hook, monkeypatch: pytest.MonkeyPatch):
        repo.save("a", "x")
        monkeypatch.setenv("GIT_INDEX_FILE", str(repo.git_dir / "other"))
        repo.write("a", LINE)
        repo.stage("a")
        assert hook().code == 1
        monkeypatch.delenv("GIT_INDEX_FILE")
        assert hook().code == 0

    def test_an_allow_comment_lets_it_through(self, repo: Repo, hook):
        repo.write("a", f"k = '{KEY}'  # keyguard: allow\n")
        repo.stage("a")
        assert hook().code == 0


class TestGit:
    def test_a_commit_is_blocked_until_the_key_is_gone(self, guarded: Repo):
        guarded.write("a.py", f"key = '{KEY}'\n")
        guarded.stage("a.py")
        blocked = commit(guarded)
        assert blocked.returncode == 1
        assert KEY.encode() not in blocked.stdout + blocked.stderr
        guarded.write("a.py", "import os\nkey = os.environ['OPENAI_API_KEY']\n")
        assert commit(guarded).returncode == 1, "the index still has the key"
        guarded.stage("a.py")
        assert commit(guarded).returncode == 0

    def test_commit_all(self, guarded: Repo):
        guarded.write("a", "x")
        guarded.stage("a")
        assert commit(guarded).returncode == 0
        guarded.write("a", LINE)
        assert commit(guarded, "--all").returncode == 1

    def test_a_commit_of_some_paths_is_judged_by_these(self, guarded: Repo):
        for name in "ab":
            guarded.write(name, "x")
        guarded.stage()
        assert commit(guarded).returncode == 0
        guarded.write("a", LINE)
        guarded.write("b", "clean")
        guarded.stage()
        assert commit(guarded, "b").returncode == 0
        assert commit(guarded, "a").returncode == 1

    def test_in_a_linked_work_tree(self, guarded: Repo, tmp_path: Path):
        guarded.write("a", "x")
        guarded.stage("a")
        assert commit(guarded).returncode == 0
        linked = guarded.worktree(tmp_path / "linked")
        (linked / "b").write_text(LINE)
        subprocess.run(["git", "add", "b"], cwd=linked, check=True)
        assert commit(guarded, cwd=linked).returncode == 1

    def test_amending(self, guarded: Repo):
        guarded.write("a", "x")
        guarded.stage("a")
        assert commit(guarded).returncode == 0
        guarded.write("a", LINE)
        guarded.stage("a")
        assert commit(guarded, "--amend").returncode == 1
