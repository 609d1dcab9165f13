"""The whole program on real repositories: what it finds, where, how exposed, and with which exit code."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(1))
OTHER = keys.anthropic_key(random.Random(2))
LINE = f"OPENAI_API_KEY={KEY}\n"


def report(ran: Ran) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(ran.stdout)
    return loaded


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    """Scan the repository as JSON, and check that the secret is nowhere in what was printed."""

    def run(*arguments: str, cwd: Path | None = None, **options: Any) -> tuple[int, dict[str, Any]]:
        ran = run_here("scan", "--format", "json", *arguments, cwd=cwd or repo.top, **options)
        assert KEY not in ran.stdout + ran.stderr
        return ran.code, report(ran)

    return run


def only(found: dict[str, Any]) -> dict[str, Any]:
    (finding,) = found["findings"]
    assert finding["rule"] == "openai-project-key"
    return finding  # type: ignore[no-any-return]


class TestClean:
    def test_an_empty_repository(self, scan: Any):
        code, found = scan()
        assert (code, found["findings"], found["complete"]) == (0, [], True)

    def test_a_repository_without_keys(self, repo: Repo, scan: Any):
        repo.save("a.py", "print('sk-proj-your-key-here')\n")
        for options in ([], ["--history"], ["--staged"], ["--range", "HEAD~0..HEAD"], ["--worktree", "--history"]):
            assert scan(*options)[0] == 0

    def test_an_empty_range_says_that_there_was_nothing(self, repo: Repo, run_here: RunKeyguard):
        repo.save("a.py", LINE)
        ran = run_here("scan", "--range", "HEAD..HEAD", cwd=repo.top)
        assert ran.code == 0
        assert "nothing to scan" in ran.stdout.lower()


class TestSources:
    def test_the_work_tree(self, repo: Repo, scan: Any):
        repo.write("src/a.py", f"x = 1\nkey = '{KEY}'\n")
        code, found = scan()
        place = only(found)["locations"][0]
        assert code == 1
        assert (place["where"], place["path"], place["line"], place["column"]) == ("file", "src/a.py", 2, 8)
        assert place["end_column"] == 8 + len(KEY)

    def test_a_key_only_in_the_work_tree_is_not_staged(self, repo: Repo, scan: Any):
        repo.save("a", "x")
        repo.write("a", LINE)
        assert scan("--staged")[0] == 0

    def test_a_key_only_in_the_index_is_staged(self, repo: Repo, scan: Any):
        repo.save("a", "x")
        repo.write("a", LINE)
        repo.stage("a")
        repo.write("a", "x")
        assert scan()[0] == 0
        assert scan("--staged")[0] == 1

    def test_the_index_before_the_first_commit(self, repo: Repo, scan: Any):
        repo.write("a", LINE)
        repo.stage("a")
        code, found = scan("--staged")
        assert code == 1
        assert only(found)["exposure"] == "staged"

    def test_the_history_holds_what_was_deleted(self, repo: Repo, scan: Any):
        first = repo.save(".env", LINE)
        repo.remove(".env")
        repo.commit()
        assert scan()[0] == 0
        code, found = scan("--history")
        place = only(found)["locations"][0]
        assert code == 1
        assert (place["commit"], place["path"], place["line"]) == (first, ".env", 1)
        assert place["author"] == "Ada Example"
        assert place["date"].startswith("2026-01-01T00:01")

    def test_the_earliest_commit_comes_first(self, repo: Repo, scan: Any):
        commits = [repo.save("a", LINE), repo.save("a", f"# more\n{LINE}"), repo.save("b", LINE + "#")]
        places = only(scan("--history")[1])["locations"]
        assert [place["commit"] for place in places] == commits

    def test_what_only_a_merge_holds(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.branch("side")
        repo.save("b", "b")
        repo.checkout("main")
        repo.save("c", "c")
        merge = repo.evil_merge("side", {"m": LINE})
        repo.remove("m")
        repo.commit()
        assert only(scan("--history")[1])["locations"][0]["commit"] == merge

    def test_a_stash(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.write("a", LINE)
        repo.stash()
        code, found = scan("--history")
        assert code == 1
        assert "stash" in only(found)["locations"][0]["refs"]

    def test_the_untracked_part_of_a_stash_and_an_older_stash(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.write("new", LINE)
        repo.stash(untracked=True)
        repo.write("a", "second")
        repo.stash()
        assert scan("--history")[0] == 1

    def test_a_commit_that_only_the_reflog_remembers(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.save("b", LINE)
        repo.git("reset", "--quiet", "--hard", "HEAD~1")
        code, found = scan("--history")
        assert code == 1
        assert only(found)["exposure"] == "unpushed"

    def test_an_object_that_nothing_reaches(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.blob(LINE)
        assert scan("--history")[0] == 0
        code, found = scan("--history", "--unreachable")
        assert code == 1
        assert only(found)["exposure"] == "unreachable"

    def test_a_commit_message(self, repo: Repo, scan: Any):
        repo.commit(f"Set up\n\nuse {KEY} for now\n")
        place = only(scan("--history")[1])["locations"][0]
        assert (place["where"], place["line"], place["commit"]) == ("commit-message", 3, repo.head)

    def test_a_tag_message(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.tag("v1", message=f"release\n{KEY}\n")
        place = only(scan("--history")[1])["locations"][0]
        assert (place["where"], place["line"], place["refs"]) == ("tag-message", 2, ["v1"])

    def test_a_note(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.git("notes", "add", "-m", LINE)
        assert only(scan("--history")[1])["locations"][0]["where"] == "note"

    def test_a_tag_of_a_blob(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.git("tag", "odd", repo.blob(LINE))
        assert only(scan("--history")[1])["locations"][0]["refs"] == ["odd"]

    def test_a_hidden_ref(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.branch("side")
        repo.save("b", LINE)
        repo.git("update-ref", "refs/odd/place", "HEAD")
        repo.checkout("main")
        repo.git("branch", "-D", "side")
        assert "odd/place" in only(scan("--history")[1])["locations"][0]["refs"]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "gb18030"])
    def test_text_in_other_encodings(self, repo: Repo, scan: Any, encoding: str):
        repo.save("密钥.txt", f"说明\r\n密钥是{KEY}。\r\n".encode(encoding))
        for source in ([], ["--history"]):
            code, found = scan(*source)
            assert code == 1
            assert only(found)["locations"][0]["line"] == 2

    def test_a_binary_file(self, repo: Repo, scan: Any):
        repo.save("a.bin", bytes(range(256)) * 20 + KEY.encode() + bytes(range(256)))
        assert scan()[0] == scan("--history")[0] == 1

    def test_standard_input(self, scan: Any):
        code, found = scan("--stdin", stdin=LINE.encode())
        assert code == 1
        assert only(found)["locations"][0]["where"] == "stdin"
        assert only(found)["exposure"] == "unknown"

    def test_a_range_has_what_its_commits_bring_in_and_nothing_else(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        old = repo.save("b", "b")
        repo.save("c", f"k={OTHER}\n")
        code, found = scan("--range", f"{old}..HEAD")
        assert code == 1
        assert [each["provider"] for each in found["findings"]] == ["anthropic"]

    def test_a_range_has_no_names_of_other_branches(self, repo: Repo, scan: Any):
        old = repo.save("a", "a")
        repo.save("b", "b")
        repo.git("branch", f"try/{KEY}", old)
        assert scan("--range", f"{old}..HEAD")[0] == 0

    @pytest.mark.parametrize("form", ["{}..inner", "{}...inner", "inner...{}", "{}..outer"])
    def test_a_range_has_the_message_of_the_tag_that_it_ends_in(self, repo: Repo, scan: Any, form: str):
        old = repo.save("a", "a")
        repo.save("b", "b")
        tag = repo.tag("inner", message=f"with {KEY}")
        repo.tag("outer", "inner", message="around it")
        (place,) = only(scan("--range", form.format(old))[1])["locations"]
        assert (place["where"], place["blob"]) == ("tag-message", tag)
        assert scan("--range", f"inner..{repo.save('c', 'c')}")[0] == 0, "where it begins it is not what came"

    def test_a_range_has_merges(self, repo: Repo, scan: Any):
        base = repo.save("a", "a")
        repo.branch("side")
        repo.save("b", "b")
        repo.checkout("main")
        repo.save("c", "c")
        repo.evil_merge("side", {"m": LINE})
        repo.remove("m")
        repo.commit()
        assert scan("--range", f"{base}..HEAD")[0] == 1

    def test_a_range_from_zeros_is_everything_that_the_new_branch_has(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        repo.save("b", "b")
        assert scan("--range", f"{'0' * 40}..HEAD")[0] == 1

    def test_a_linked_work_tree_sees_the_whole_history(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.save("a", LINE)
        repo.remove("a")
        repo.commit()
        linked = repo.worktree(tmp_path / "linked")
        assert scan("--history", cwd=linked)[0] == 1

    def test_from_a_subfolder_the_whole_index_and_history_are_read(self, repo: Repo, scan: Any):
        repo.save("sub/a", "a")
        repo.write("top", LINE)
        repo.stage("top")
        for source in ("--staged", "--history"):
            assert scan(source, cwd=repo.top / "sub")[0] == 1

    def test_several_paths_in_different_repositories_are_one_report(self, repo: Repo, scan: Any, tmp_path: Path):
        other = Repo(tmp_path / "other")
        repo.write("a", LINE)
        other.write("b", LINE)
        code, found = scan(str(repo.top), str(other.top))
        assert code == 1
        assert {place["path"] for place in only(found)["locations"]} == {"a", "b"}

    def test_a_sha256_repository(self, tmp_path: Path, scan: Any):
        other = Repo(tmp_path / "other", object_format="sha256")
        first = other.save("a", LINE)
        assert only(scan("--history", str(other.top))[1])["locations"][0]["commit"] == first


class TestExposure:
    def exposure(self, scan: Any, *options: str, cwd: Path | None = None) -> str:
        value: str = only(scan(*options, cwd=cwd)[1])["exposure"]
        return value

    def test_untracked_is_in_the_work_tree(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.write("b", LINE)
        assert self.exposure(scan) == "worktree"

    def test_staged_and_seen_in_the_work_tree_is_staged(self, repo: Repo, scan: Any):
        repo.write("b", LINE)
        repo.stage("b")
        assert self.exposure(scan) == "staged"

    def test_committed_without_a_remote_is_unpushed(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        assert self.exposure(scan, "--history") == self.exposure(scan) == "unpushed"

    def test_on_a_remote_is_pushed_whichever_source_found_it(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        repo.push()
        assert self.exposure(scan, "--history") == self.exposure(scan) == "pushed"

    def test_committed_after_the_last_push_is_unpushed(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.push()
        repo.save("b", LINE)
        assert self.exposure(scan, "--history") == self.exposure(scan) == "unpushed"

    def test_a_forced_push_does_not_bring_it_home(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.save("b", LINE)
        repo.push()
        repo.git("reset", "--quiet", "--hard", "HEAD~1")
        repo.push(force=True)
        assert self.exposure(scan, "--history") == "pushed"

    def test_a_staged_key_whose_file_had_it_in_a_pushed_commit_is_pushed(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        repo.push()
        repo.write("a", LINE + "# more\n")
        repo.stage("a")
        assert self.exposure(scan, "--staged") == "pushed"

    def test_a_pushed_key_in_a_file_that_is_being_renamed_is_pushed(self, repo: Repo, scan: Any):
        repo.save("a", LINE + "text\n" * 20)
        repo.push()
        repo.rename("a", "sub/b")
        assert self.exposure(scan, "--staged") == self.exposure(scan) == "pushed"

    def test_a_pushed_key_in_a_submodule_is_pushed(self, repo: Repo, scan: Any, tmp_path: Path):
        inner = Repo(tmp_path / "inner")
        inner.save("sub/a", LINE)
        repo.save("a", "a")
        repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.top, "mod")
        finding = only(scan()[1])
        assert (finding["exposure"], finding["locations"][0]["path"]) == ("pushed", "mod/sub/a")
        assert finding["locations"][0]["commit"] == inner.head

    def test_a_folder_outside_git_asks_the_repositories_in_it(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        assert self.exposure(scan, cwd=repo.top.parent) == "unpushed"
        assert self.exposure(scan, str(repo.top.parent), cwd=Path("/")) == "unpushed"

    def test_a_tag_that_only_another_tag_holds_is_reachable(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.tag("inner", message=LINE)
        repo.tag("outer", "inner", message="outer")
        repo.git("tag", "--delete", "inner")
        assert self.exposure(scan, "--history") == "unpushed"

    def test_what_a_lost_commit_would_have_told_is_unknown(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        lost = repo.save("b", LINE)
        repo.save("c", "c")
        (repo.git_dir / "objects" / lost[:2] / lost[2:]).unlink()
        assert self.exposure(scan) == self.exposure(scan, "--history") == "unknown"

    def test_what_only_a_tag_reaches_may_have_been_pushed(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.push()
        repo.branch("side")
        repo.save("b", LINE)
        repo.tag("v1")
        repo.checkout("main")
        repo.git("branch", "-D", "side")
        assert self.exposure(scan, "--history") == "unknown"

    def test_all_that_a_bare_clone_has_was_pushed(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.save("a", LINE)
        repo.git("clone", "--quiet", "--bare", repo.top, tmp_path / "bare.git")
        assert self.exposure(scan, "--history", str(tmp_path / "bare.git")) == "pushed"

    def test_a_ci_checkout_was_pushed(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        _, found = scan("--history", environ={"GITHUB_WORKSPACE": str(repo.top)})
        assert only(found)["exposure"] == "pushed"

    def test_outside_git_nothing_carries_it(self, scan: Any, tmp_path: Path):
        (tmp_path / "plain").mkdir()
        (tmp_path / "plain" / ".env").write_text(LINE)
        assert self.exposure(scan, str(tmp_path / "plain")) == "none"


class TestIncomplete:
    def test_a_shallow_clone(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.save("a", LINE)
        repo.remove("a")
        repo.commit()
        repo.git("clone", "--quiet", "--depth=1", f"file://{repo.top}", tmp_path / "shallow")
        code, found = scan("--history", str(tmp_path / "shallow"))
        assert (code, found["complete"]) == (3, False)
        assert "shallow" in found["incomplete"][0]["why"]

    def test_a_range_within_a_shallow_clone_is_complete(self, repo: Repo, scan: Any, tmp_path: Path):
        for number in range(4):
            repo.save("a", str(number))
        repo.git("clone", "--quiet", "--depth=3", f"file://{repo.top}", tmp_path / "shallow")
        assert scan("--range", "HEAD~1..HEAD", str(tmp_path / "shallow"))[0] == 0

    def test_a_partial_clone(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.config("uploadpack.allowFilter", "true")
        repo.save("a", LINE)
        repo.save("a", "clean")
        source = f"file://{repo.top}"
        repo.git("clone", "--quiet", "--filter=blob:none", source, tmp_path / "partial")
        code, found = scan("--history", str(tmp_path / "partial"))
        assert (code, found["complete"]) == (3, False)
        assert "missing" in found["incomplete"][0]["why"]

    def test_a_damaged_object_is_told_and_the_rest_is_read(self, repo: Repo, scan: Any):
        repo.save("a", "some text to damage")
        repo.save("b", LINE)
        blob = repo.git("rev-parse", "HEAD:a")
        path = repo.git_dir / "objects" / blob[:2] / blob[2:]
        path.chmod(0o644)
        path.write_bytes(b"damaged")
        code, found = scan("--history")
        assert (code, found["complete"]) == (1, False)
        assert any(blob in each["what"] for each in found["incomplete"])

    def test_a_missing_commit_is_told_and_the_rest_is_read(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        middle = repo.save("b", LINE)
        repo.save("c", "c")
        (repo.git_dir / "objects" / middle[:2] / middle[2:]).unlink()
        code, found = scan("--history")
        assert (code, found["complete"]) == (1, False)

    def test_a_damaged_index_hides_nothing(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        (repo.git_dir / "index").write_bytes(b"damaged")
        for source in ("--worktree", "--history"):
            code, found = scan(source)
            assert (code, found["complete"], len(found["findings"])) == (1, False, 1), source

    def test_a_damaged_repository_inside_hides_nothing(self, repo: Repo, scan: Any):
        repo.save("a", LINE)
        inner = Repo(repo.top / "inner")
        inner.save("b", f"k={OTHER}\n")
        (inner.git_dir / "config").write_text("[core\n")
        code, found = scan()
        assert (code, found["complete"]) == (1, False)
        assert {each["locations"][0]["path"]: each["exposure"] for each in found["findings"]} == {
            "a": "unpushed",
            "inner/b": "unknown",
        }

    def test_a_range_whose_base_has_no_tree_here(self, repo: Repo, scan: Any, run_here: RunKeyguard, tmp_path: Path):
        repo.config("uploadpack.allowFilter", "true")
        repo.save("a", "a")
        repo.save("b", LINE)
        repo.git("clone", "--quiet", "--filter=tree:0", f"file://{repo.top}", tmp_path / "treeless")
        ran = run_here("scan", "--range", "HEAD~1..HEAD", cwd=tmp_path / "treeless")
        assert (ran.code, ran.stdout) == (3, "")
        assert "where the change begins, cannot be read" in ran.stderr
        assert "--no-repo-config does without" in ran.stderr
        code, found = scan("--range", "HEAD~1..HEAD", "--no-repo-config", cwd=tmp_path / "treeless")
        assert (code, found["complete"], only(found)["locations"][0]["path"]) == (1, False, "b")
        assert "what the change edits" in found["incomplete"][-1]["what"]

    def test_allow_incomplete_is_the_users_decision(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.save("a", "a")
        repo.save("a", "b")
        repo.git("clone", "--quiet", "--depth=1", f"file://{repo.top}", tmp_path / "shallow")
        assert scan("--history", "--allow-incomplete", str(tmp_path / "shallow"))[0] == 0


class TestNames:
    def test_a_file_name(self, repo: Repo, scan: Any):
        repo.write(f"sub/{KEY}.txt", "x")
        place = only(scan()[1])["locations"][0]
        assert (place["where"], place["line"], place["column"]) == ("file-name", 1, 5)

    def test_a_staged_file_name(self, repo: Repo, scan: Any):
        repo.write(f"{KEY}.txt", "x")
        repo.stage()
        assert only(scan("--staged")[1])["exposure"] == "staged"

    def test_the_name_of_a_file_that_is_gone(self, repo: Repo, scan: Any):
        first = repo.save(f"sub/{KEY}/x", "x")
        repo.save("sub/other", "x")
        repo.remove("sub")
        repo.commit()
        (place,) = only(scan("--history")[1])["locations"]
        assert (place["where"], place["commit"]) == ("file-name", first)
        assert place["path"].startswith("sub/")

    def test_the_target_of_a_link_that_is_gone(self, repo: Repo, scan: Any):
        (repo.top / "link").symlink_to(KEY)
        repo.stage()
        first = repo.commit()
        repo.remove("link")
        repo.commit()
        for source in (["--history"], ["--range", f"{'0' * 40}..HEAD"]):
            (place,) = only(scan(*source)[1])["locations"]
            assert (place["where"], place["path"], place["commit"]) == ("symlink", "link", first)

    def test_a_tree_that_a_tag_names_without_a_commit(self, repo: Repo, scan: Any):
        repo.commit()
        inner = repo.git("mktree", stdin=f"100644 blob {repo.blob(LINE)}\ta.env\n".encode())
        repo.tag("old", repo.git("mktree", stdin=f"040000 tree {inner}\tsub\n".encode()), message="no commit")
        (place,) = only(scan("--history")[1])["locations"]
        assert (place["path"], place["refs"], place["commit"]) == ("sub/a.env", ["old"], None)
        assert only(scan("--history")[1])["exposure"] == "unpushed"

    def test_the_name_of_a_branch_and_of_a_tag(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.branch(f"try/{KEY}")
        repo.tag(KEY)
        assert {place["where"] for place in only(scan("--history")[1])["locations"]} == {"ref-name"}


class TestSize:
    def test_a_key_at_every_side_of_a_border_is_found_once_and_in_place(self, repo: Repo, scan: Any):
        border = 8 << 20
        for offset in (-len(KEY) - 1, -len(KEY) // 2, 0, -70_000):
            line = "x" * 99 + "\n"
            data = (line * (border // 100 + 20_000)).encode()
            at = (border + offset) // 100 * 100
            repo.write("big.txt", data[:at] + f" {KEY}\n".encode() + data[at:])
            place = only(scan()[1])["locations"]
            assert [(each["line"], each["column"]) for each in place] == [(at // 100 + 1, 2)]


class TestGitConfig:
    ADDRESS = f"https://build:{KEY}@git.example.org/acme/app.git"

    def test_a_plain_address_is_no_finding(self, repo: Repo, scan: Any):
        repo.save("a.py", "x = 1\n")
        repo.git("remote", "add", "origin", "https://git.example.org/acme/app.git")
        assert scan()[0] == scan("--history")[0] == 0

    @pytest.mark.parametrize("source", [(), ("--history",)])
    def test_a_key_in_the_address_of_a_remote(self, repo: Repo, scan: Any, source: tuple[str, ...]):
        repo.save("a.py", "x = 1\n")
        repo.git("remote", "add", "origin", self.ADDRESS)
        code, found = scan(*source)
        (place,) = only(found)["locations"]
        assert (code, place["where"], place["path"]) == (1, "git-config", ".git/config")

    def test_the_configuration_belongs_to_the_whole_repository(self, repo: Repo, scan: Any):
        repo.save("src/a.py", "x = 1\n")
        repo.git("remote", "add", "origin", self.ADDRESS)
        assert scan("src")[0] == scan("--staged")[0] == 0

    def test_a_linked_work_tree_shares_it(self, repo: Repo, scan: Any, tmp_path: Path):
        repo.save("a.py", "x = 1\n")
        repo.git("remote", "add", "origin", self.ADDRESS)
        assert only(scan(cwd=repo.worktree(tmp_path / "linked"))[1])["locations"][0]["where"] == "git-config"
