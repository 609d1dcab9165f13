"""A change does not decide on its own verdict: what its base says counts, and what it edits of that is told."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(11))
OTHER = keys.anthropic_key(random.Random(12))
ALLOWED = f"k = '{KEY}'  # keyguard: allow\n"
CODE = f"k = '{KEY}'\n"


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    def run(*arguments: str) -> tuple[int, dict[str, Any], str]:
        ran: Ran = run_here("scan", "--format", "json", "--no-cache", *arguments, cwd=repo.top)
        assert KEY not in ran.stdout + ran.stderr
        return ran.code, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr

    return run


def edits(found: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(each["part"], each["path"], each["counts"]) for each in found["policy_changes"]]


@pytest.fixture
def change(repo: Repo) -> Repo:
    """A branch that has nothing of its own yet."""
    repo.save("a", "x")
    repo.branch("side")
    return repo


def test_change_that_edits_nothing_of_it_tells_nothing(change: Repo, scan: Any):
    change.write("pyproject.toml", '[project]\nname = "x"\n[tool.ruff]\n')
    change.write(".pre-commit-config.yaml", "repos:\n  - repo: https://a.example\n    hooks: []\n")
    change.save("b", "y")
    change.stage()
    change.commit()
    code, found, said = scan("--range", "main..HEAD")
    assert (code, found["policy_changes"], said) == (0, [], "")


@pytest.mark.parametrize(
    ("path", "text", "part"),
    [
        (".keyguard.toml", 'exclude-paths = ["k.py"]\n', "configuration"),
        (".keyguard.toml", 'exclude-rules = ["openai-project-key"]\n', "configuration"),
        ("pyproject.toml", '[tool.keyguard]\nexclude-paths = ["k.py"]\n', "configuration"),
    ],
)
def test_own_configuration_does_not_count_but_is_told(change: Repo, scan: Any, path: str, text: str, part: str):
    change.write(path, text)
    change.save("k.py", CODE)
    change.stage()
    change.commit()
    for arguments in (["--range", "main..HEAD"], ["--range", "main...HEAD"]):
        code, found, said = scan(*arguments)
        assert (code, edits(found)) == (1, [(part, path, False)])
        assert f"this change edits the configuration in {path}, which does not count" in said
    assert scan("--config-from", "main")[0] == 1
    assert scan("--history", "--config-from", "main")[0] == 1
    code, found, said = scan("--range", "main..HEAD", "--config-from", "HEAD")
    assert (code, edits(found)) == (0, [(part, path, True)])


def test_own_baseline_does_not_count_but_is_told(change: Repo, scan: Any, run_here: RunKeyguard):
    change.save("k.py", CODE)
    assert run_here("baseline", "create", cwd=change.top).code == 0
    change.stage()
    change.commit()
    code, found, _ = scan("--range", "main..HEAD")
    assert (code, edits(found)) == (1, [("baseline", ".keyguard/baseline.toml", False)])
    code, found, _ = scan("--range", "main..HEAD", "--baseline", ".keyguard/baseline.toml")
    assert (code, edits(found)) == (0, [("baseline", ".keyguard/baseline.toml", True)])  # it was asked for as it is


def test_baseline_that_went_before_the_change_counts(change: Repo, scan: Any, run_here: RunKeyguard):
    change.save("k.py", CODE)
    run_here("baseline", "create", cwd=change.top)
    text = (change.top / ".keyguard/baseline.toml").read_text()
    change.checkout("main")
    change.save(".keyguard/baseline.toml", text)
    change.git("clean", "-dfq")
    change.checkout("side")
    code, found, _ = scan("--range", "main..HEAD")
    assert (code, found["stats"]["hidden"], found["findings"][0]["status"]) == (0, 1, "baseline")


def test_files_that_the_user_names_count_and_only_those_of_the_repository_are_watched(
    change: Repo, scan: Any, tmp_path: Path
):
    outside = tmp_path / "outside.toml"
    outside.write_text('exclude-paths = ["k.py"]\n')
    change.write("ci/own.toml", 'exclude-paths = ["k.py"]\n')
    change.save("k.py", CODE)
    change.stage()
    change.commit()
    code, found, _ = scan("--range", "main..HEAD", "--config", str(outside))
    assert (code, edits(found)) == (0, [])
    code, found, said = scan("--range", "main..HEAD", "--config", "ci/own.toml")
    assert (code, edits(found)) == (0, [("configuration", "ci/own.toml", True)])
    assert "this change edits the configuration in ci/own.toml: look at it as at code" in said


def test_own_comment_does_not_count_but_is_told(change: Repo, scan: Any):
    change.save("k.py", "\n" + ALLOWED)
    code, found, said = scan("--range", "main..HEAD")
    assert (code, edits(found)) == (1, [("allow-comment", "k.py", False)])
    assert found["policy_changes"][0]["line"] == 2
    assert "k.py:2: this change adds an allow comment, which does not count" in said
    assert scan("--range", "main..HEAD", "--config-from", "HEAD")[0] == 0
    code, found, _ = scan("--range", "main..HEAD", "--config-from", "HEAD")
    assert edits(found) == [("allow-comment", "k.py", True)]


def test_comment_that_the_base_has_counts_in_its_file_and_in_no_other(repo: Repo, scan: Any):
    repo.save("k.py", ALLOWED + "x = 1\n" * 30)
    repo.branch("side")
    repo.save("k.py", "# moved down\n" + ALLOWED + "x = 1\n" * 30)
    code, found, _ = scan("--range", "main..HEAD")
    assert (code, found["stats"]["hidden"], edits(found)) == (0, 1, [])
    repo.rename("k.py", "new/k.py")
    repo.save("new/k.py", ALLOWED + "x = 2\n" + "x = 1\n" * 30)
    assert scan("--range", "main..HEAD")[0] == 0
    repo.checkout("main")
    assert scan("--range", "main..side")[0] == 0
    repo.checkout("side")
    repo.save("copy.py", "# a copy\n" + ALLOWED)
    assert scan("--range", "main..HEAD")[0] == 1


def test_comment_beside_a_key_that_the_base_reports_does_not_count(repo: Repo, scan: Any):
    repo.save("k.py", CODE)
    repo.branch("side")
    repo.save("k.py", ALLOWED)
    for arguments in (["--range", "main..HEAD"], ["--config-from", "main"]):
        assert scan(*arguments)[0] == 1


def test_comments_of_old_commits_count_where_the_named_commit_follows_them(repo: Repo, scan: Any):
    repo.save("k.py", ALLOWED)
    repo.remove("k.py")
    repo.commit()
    repo.commit(f"why {OTHER}  keyguard: allow")
    repo.branch("side")
    repo.save("l.py", f"k = '{OTHER}'  # keyguard: allow\n")
    assert scan("--history", "--config-from", "main")[0] == 1
    repo.checkout("main")
    repo.git("branch", "--quiet", "-D", "side")
    repo.git("reflog", "expire", "--expire=all", "--all")
    assert scan("--history", "--config-from", "main")[0] == 0


def test_change_from_nothing_is_judged_by_nothing_of_its_own(repo: Repo, scan: Any):
    repo.write(".keyguard.toml", 'exclude-paths = ["k.py"]\n')
    repo.save("k.py", ALLOWED)
    repo.stage()
    repo.commit()
    code, found, said = scan("--range", f"{'0' * 40}..HEAD")
    assert (code, edits(found)) == (1, [("configuration", ".keyguard.toml", False)])
    assert "starts from nothing" in said


def test_what_is_staged_counts_and_is_told(change: Repo, scan: Any, run_here: RunKeyguard):
    change.write(".keyguard.toml", 'lang = "en"\n')
    change.write("pyproject.toml", '[tool.keyguard]\nlang = "zh"\n')
    change.write(".pre-commit-config.yaml", "repos:\n  - repo: /x/keyguard\n    hooks: [{id: keyguard}]\n")
    change.write("k.py", ALLOWED)
    change.stage()
    code, found, _ = scan("--staged")
    assert code == 0
    assert set(edits(found)) == {
        ("configuration", ".keyguard.toml", True), ("configuration", "pyproject.toml", True),
        ("hook", ".pre-commit-config.yaml", True), ("allow-comment", "k.py", True),
    }  # fmt: skip
    ran = run_here("hook", "run", cwd=change.top)
    assert ran.code == 0
    assert "k.py:1: this change adds an allow comment: look at it as at code" in ran.stderr
    change.commit()
    assert scan("--staged")[1]["policy_changes"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--config-from", "nowhere"], "no such commit in this clone"),
        (["--config-from", "main", "--config", "x"], "--config and --config-from contradict each other"),
        (["--config-from", "main", "--baseline", "x"], "--baseline and --config-from contradict each other"),
        (["--config-from", "main", "--no-repo-config"], "--no-repo-config and --config-from contradict each other"),
        (["--config-from", "main", "--stdin"], "no git repository"),
    ],
)
def test_unfit_commits_and_options_are_refused(change: Repo, scan: Any, options: list[str], message: str):
    code, found, said = scan(*options)
    assert (code, found) == (2, {})
    assert message in said


def test_configuration_of_the_base_with_a_mistake_is_told_by_commit_and_line(repo: Repo, scan: Any):
    base = repo.save(".keyguard.toml", '\nexclude-rules = [\n  "openai-projekt-key",\n]\n')
    repo.save("a", "x")
    code, _, said = scan("--range", f"{base}..HEAD")
    assert code == 2
    assert f"{base[:12]}:.keyguard.toml:3: exclude-rules names a rule that does not exist" in said
    assert "did you mean openai-project-key?" in said


def test_jobs_of_a_ci_system_go_by_the_target_of_the_request(change: Repo, scan: Any, monkeypatch: pytest.MonkeyPatch):
    change.write(".keyguard.toml", 'exclude-paths = ["k.py"]\n')
    change.stage()
    first = change.commit()
    change.save("k.py", CODE)
    change.push()
    change.git("fetch", "--quiet", "origin")
    request = {"CI_COMMIT_SHA": change.head, "CI_MERGE_REQUEST_DIFF_BASE_SHA": change.git("rev-parse", "main")}
    push = {"CI_COMMIT_SHA": change.head, "CI_COMMIT_BEFORE_SHA": first, "CI_COMMIT_BRANCH": "side"}
    push["CI_DEFAULT_BRANCH"] = "main"
    for environ in (request, push):  # the second push of a branch is judged by the default branch, not by the first
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            assert scan("--range", "auto")[0] == 1
    own = {"CI_COMMIT_SHA": change.head, "CI_COMMIT_BEFORE_SHA": first, "CI_COMMIT_BRANCH": "side"}
    for name, value in {**own, "CI_DEFAULT_BRANCH": "side"}.items():
        monkeypatch.setenv(name, value)
    assert scan("--range", "auto")[0] == 0
