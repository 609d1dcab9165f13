"""What is accepted does not block, is always counted, and can be shown again."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from keyguard.detection.candidates import MOST
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(3))
OTHER = keys.anthropic_key(random.Random(4))


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        ran = run_here("scan", "--format", "json", *arguments, cwd=repo.top)
        return ran.code, json.loads(ran.stdout)

    return run


def test_a_comment_on_another_line_allows_nothing(repo: Repo, scan: Any):
    repo.write("a.py", f"# keyguard: allow\n\nk = '{KEY}'\n")
    assert scan()[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        f"k = '{KEY}'  # keyguard: allow\n",
        f"# keyguard: allow\nk = '{KEY}'\n",
        f"k = '{KEY}'  # keyguard: allow openai-project-key\n",
        f"k = '{KEY}'  # pragma: allowlist secret\n",
        f"k = '{KEY}'  # gitleaks:allow\n",
    ],
)
def test_a_comment_allows_and_is_counted(repo: Repo, scan: Any, text: str):
    repo.save("a.py", text)
    for source in ([], ["--history"]):
        code, found = scan(*source)
        assert (code, found["stats"]["hidden"]) == (0, 1)
        assert found["findings"][0]["status"] == "allowed"
        assert scan("--no-repo-config", *source)[0] == 1


def test_a_comment_for_another_rule_allows_nothing(repo: Repo, scan: Any):
    repo.write("a.py", f"k = '{KEY}'  # keyguard: allow anthropic-api-key\n")
    assert scan()[0] == 1


ALLOWED = f"k = '{KEY}'  # keyguard: allow\n"


@pytest.mark.parametrize("source", ["--worktree", "--history"])
def test_comments_on_very_many_places_of_a_key_are_not_taken_for_all(repo: Repo, scan: Any, source: str):
    repo.save("a.py", ALLOWED * MOST)
    assert scan(source)[0] == 0
    repo.save("a.py", ALLOWED * MOST + f"k = '{KEY}'\n")
    code, found = scan(source)
    assert (code, found["complete"], found["stats"]["hidden_findings"]) == (3, False, 1)
    (told,) = found["incomplete"]
    assert told["what"].endswith(f", from line {MOST}")
    assert "allow comments" in told["why"]
    (finding,) = found["findings"]
    assert finding["further_locations"] == 1


def test_further_places_of_a_key_are_counted(repo: Repo, scan: Any, run_here: RunKeyguard):
    repo.write("a.py", f"k = '{KEY}'\n" * (MOST + 7))
    code, found = scan()
    assert (code, found["complete"], found["findings"][0]["further_locations"]) == (1, True, 7)
    assert "7 further places of keys are left out" in " ".join(run_here("scan", cwd=repo.top).stdout.split())
    assert run_here("baseline", "create", cwd=repo.top).code == 0
    code, found = scan()
    assert (code, found["complete"]) == (0, True), "a key that is accepted by itself may stand anywhere"


def test_one_place_without_a_comment_is_enough_to_block(repo: Repo, scan: Any):
    repo.write("a.py", f"k = '{KEY}'  # keyguard: allow\n")
    repo.write("b.py", f"k = '{KEY}'\n")
    assert scan()[0] == 1


def test_the_baseline_accepts_what_was_there_and_nothing_new(repo: Repo, scan: Any, run_here: RunKeyguard):
    repo.save("a", KEY)
    assert run_here("baseline", "create", cwd=repo.top).code == 0
    text = (repo.top / ".keyguard" / "baseline.toml").read_text()
    assert "kg1-" in text
    assert KEY[10:30] not in text
    code, found = scan()
    assert (code, found["stats"]["hidden"], found["findings"][0]["status"]) == (0, 1, "baseline")
    assert scan("--history")[0] == 0
    assert scan("--no-repo-config")[0] == 1
    repo.write("b", OTHER)
    code, found = scan()
    assert code == 1
    assert run_here("baseline", "create", cwd=repo.top).code == 2
    assert run_here("baseline", "update", cwd=repo.top).code == 0
    assert scan()[0] == 0


def test_the_hook_honours_the_baseline(repo: Repo, run_here: RunKeyguard):
    repo.write("a", KEY)
    repo.stage("a")
    assert run_here("hook", "run", cwd=repo.top).code == 1
    assert run_here("baseline", "create", cwd=repo.top).code == 0
    assert run_here("hook", "run", cwd=repo.top).code == 0


def test_excluded_paths_are_told(repo: Repo, scan: Any):
    repo.write(".keyguard.toml", 'exclude-paths = ["vendored/"]\n')
    repo.write("vendored/a", KEY)
    repo.save("x", "x")
    code, found = scan()
    assert (code, found["stats"]["hidden"]) == (0, 1)
    assert scan("--no-repo-config")[0] == 1
    repo.stage()
    repo.commit()
    assert scan("--history")[0] == 0
    assert scan("--history", "--no-repo-config")[0] == 1


def test_excluded_rules_and_a_higher_threshold_are_counted(repo: Repo, scan: Any):
    repo.write("a", KEY)
    repo.write(".keyguard.toml", 'exclude-rules = ["openai-project-key"]\n')
    code, found = scan()
    assert (code, found["stats"]["hidden"]) == (0, 1)


def test_rules_can_be_chosen(repo: Repo, scan: Any):
    repo.write("a", f"{KEY} {OTHER}")
    assert [each["provider"] for each in scan("--rule", "anthropic-api-key")[1]["findings"]] == ["anthropic"]
    assert [each["provider"] for each in scan("--exclude-rule", "anthropic-api-key")[1]["findings"]] == ["openai"]


def test_one_secret_can_be_looked_for(repo: Repo, scan: Any):
    repo.write("a", f"{KEY} {OTHER}")
    fingerprints = [each["fingerprint"] for each in scan()[1]["findings"]]
    for fingerprint in fingerprints:
        assert [each["fingerprint"] for each in scan("--fingerprint", fingerprint)[1]["findings"]] == [fingerprint]
        assert [each["fingerprint"] for each in scan("--fingerprint", fingerprint[:16])[1]["findings"]] == [fingerprint]


def test_an_update_that_looked_for_less_drops_nothing(repo: Repo, run_here: RunKeyguard):
    repo.save("a", f"k={KEY}\n")
    repo.write("b", f"k={OTHER}\n")
    (repo.top / "sub").mkdir()
    assert run_here("baseline", "create", cwd=repo.top).stdout.startswith("2 accepted")
    narrowed = ["--rule", "openai-project-key"]
    assert run_here("baseline", "update", "--history", *narrowed, cwd=repo.top).stdout.startswith("2 accepted")
    assert run_here("baseline", "update", "--history", "--prune", *narrowed, cwd=repo.top).code == 2
    ran = run_here("baseline", "update", "--history", "--prune", cwd=repo.top / "sub")
    assert ran.stdout.startswith("2 accepted")
    (repo.top / "b").unlink()
    assert run_here("baseline", "update", "--history", "--prune", cwd=repo.top).stdout.startswith("1 accepted")


def test_a_baseline_is_not_written_through_a_link_of_the_repository(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    repo.save("a", f"k={KEY}\n")
    (tmp_path / "elsewhere").mkdir()
    (repo.top / ".keyguard").symlink_to(tmp_path / "elsewhere")
    assert run_here("baseline", "create", cwd=repo.top).code == 2
    assert not list((tmp_path / "elsewhere").iterdir())
