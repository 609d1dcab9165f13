"""A key leaks, is revoked, and comes back: what scans say of it, and what the commands on incidents show."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from keyguard.incidents.state import place
from keyguard.model import Secret
from tests.conftest import Copied, Ran, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(31))
OTHER = keys.anthropic_key(random.Random(32))
TEXT = f"import os\nkey = '{KEY}'\n"
MARK = Secret(KEY).fingerprint[:12]
PROOF = ["--revoked", "--by", "Ada", "--proof", "ticket 4711: the dashboard says so"]


class Here:
    """The command line in one repository."""

    def __init__(self, repo: Repo, run: RunKeyguard) -> None:
        self.repo = repo
        self.run = run

    def __call__(self, *arguments: str) -> Ran:
        ran = self.run(*arguments, cwd=self.repo.top)
        assert KEY not in ran.stdout + ran.stderr
        assert "internal error" not in ran.stderr
        return ran

    def scan(self, *arguments: str) -> tuple[int, list[str], dict[str, Any]]:
        """Return exit code, statuses and the whole report."""
        ran = self("scan", "--format", "json", *arguments)
        report = json.loads(ran.stdout)
        return ran.code, [each["status"] for each in report["findings"]], report

    def status(self, *arguments: str) -> tuple[int, list[str]]:
        return self.scan(*arguments)[:2]

    def open(self, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("incidents", "list", "--format", "json", *arguments).stdout)[
            "incidents"
        ]
        return found

    def resolve(self, *arguments: str) -> Ran:
        ran = self("incidents", "resolve", MARK, *arguments)
        assert ran.code == 0, ran.stderr
        return ran


@pytest.fixture
def here(copied: Copied, run_here: RunKeyguard) -> Here:
    return Here(copied(publish), run_here)


def publish(repo: Repo) -> None:
    repo.save("a.py", TEXT)
    repo.push()


@pytest.fixture
def closed(here: Here) -> Here:
    """The key is known to be dead, and its incident closed and committed."""
    here("scan")
    here.resolve(*PROOF, "--close")
    here.repo.stage()
    here.repo.commit("Close it")
    return here


def test_no_incident_is_open_where_nothing_was_found(repo: Repo, run_here: RunKeyguard):
    repo.save("a", "a")
    ran = run_here("scan", cwd=repo.top)
    assert ran.code == 0
    assert run_here("incidents", "list").stdout == "No open incident.\n"
    assert not place().exists()
    assert run_here("incidents", "show", "kg1-12").code == 2


@pytest.mark.parametrize("variables", [{}, {"CI": "true"}])
def test_a_scan_opens_an_incident_but_not_in_ci(here: Here, monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert here("scan", "--no-cache").code == 1
    assert not place().exists()
    assert here("scan").code == 1
    monkeypatch.delenv("CI", raising=False)
    found = here.open()
    assert len(found) == (0 if variables else 1)
    for each in found:
        assert (each["exposure"], each["rule"]) == ("pushed", "openai-project-key")
        assert (each["commit"], each["since"][:10]) == (here.repo.head, "2026-01-01")
        assert each["detected"]["at"].endswith("Z")
        assert each["revoked"] is None


def test_what_is_accepted_is_no_incident_any_more(here: Here):
    here("scan")
    here("baseline", "create")
    here("scan")
    assert here.open() == []


def test_an_incident_is_not_closed_before_the_key_is_revoked(here: Here):
    here("scan")
    for steps in (["--close"], ["--replaced", "--close"]):
        ran = here("incidents", "resolve", MARK, *steps)
        assert (ran.code, "cannot be closed" in ran.stderr) == (2, True)
        assert "keyguard guide" in ran.stderr
    assert here.open()[0]["replaced"] is None


def test_what_was_revoked_without_a_proof_is_still_reported(here: Here):
    here("scan")
    assert "still reports it" in here.resolve("--revoked").stdout
    assert here.status() == (1, ["open"])


def test_a_known_and_revoked_key_does_not_block_and_is_counted(here: Here):
    here("scan")
    here.resolve(*PROOF)
    code, statuses, report = here.scan("--history")
    assert (code, statuses) == (0, ["revoked"])
    assert (report["stats"]["revoked"], report["stats"]["hidden"]) == (1, 0)
    assert report["findings"][0]["incident"]["revoked"]["by"] == "Ada"
    assert "1 key is known and revoked" in here("scan").stdout


def test_a_closed_incident_is_a_file_of_the_repository(closed: Here):
    text = (closed.repo.top / ".keyguard" / "incidents.toml").read_text()
    assert KEY not in text
    assert (closed.repo.top / ".keyguard" / ".gitattributes").read_text() == "/incidents.toml merge=union\n"
    assert closed.open() == []
    assert closed.open("--all")[0]["closed"]
    code, statuses, report = closed.scan("--worktree", "--history")
    assert (code, statuses, report["stats"]["hidden"]) == (0, ["revoked"], 1)
    assert closed.status("--no-repo-config") == (1, ["open"])
    assert closed.open() == []


def test_an_edit_around_the_key_or_a_new_branch_is_no_comeback(closed: Here):
    closed.repo.save("a.py", f"# more\n{TEXT}")
    closed.repo.branch("other")
    closed.repo.save("b.py", "b")
    for source in (["--worktree"], ["--history"], ["--worktree", "--history"]):
        assert closed.status(*source) == (0, ["revoked"]), source


def back_by_revert(repo: Repo) -> None:
    repo.git("revert", "--no-edit", "HEAD")


def back_in_the_work_tree(repo: Repo) -> None:
    repo.write("a.py", TEXT)


def back_under_another_path(repo: Repo) -> None:
    repo.save("new.py", f"k = '{KEY}'\n")


def back_in_a_message(repo: Repo) -> None:
    repo.save("c.py", "c", message=f"Use {KEY}")


def back_in_a_branch(repo: Repo) -> None:
    repo.git("branch", f"x/{KEY}")


@pytest.mark.parametrize("back", [back_by_revert, back_in_the_work_tree])
def test_a_revoked_key_that_comes_back_to_its_place_is_an_alarm(closed: Here, back):
    closed.repo.save("a.py", "import os\n", message="Take it out")
    assert closed.status("--worktree", "--history") == (0, ["revoked"])
    back(closed.repo)
    assert closed.status() == (1, ["reappeared"])
    assert closed.status("--worktree", "--history") == (1, ["reappeared"])


def test_a_revoked_key_that_comes_elsewhere_is_an_alarm_each_time(closed: Here):
    for back in (back_under_another_path, back_in_a_message, back_in_a_branch):
        back(closed.repo)
        assert "ALARM: revoked on" in closed("scan", "--worktree", "--history").stdout, back
        assert [each["revoked"]["by"] for each in closed.open()] == ["Ada"]
        closed.resolve("--close")
        assert closed.open() == []
    assert closed.status("--worktree", "--history") == (0, ["revoked"])


def test_the_hook_blocks_a_comeback(closed: Here):
    closed.repo.save("a.py", "import os\n")
    back_in_the_work_tree(closed.repo)
    closed.repo.stage()
    ran = closed("hook", "run")
    assert (ran.code, "ALARM" in ran.stdout + ran.stderr) == (1, True)


def test_the_baseline_does_not_hide_a_comeback(closed: Here):
    closed("baseline", "create", "--no-repo-config")
    assert closed.status() == (0, ["baseline"])
    back_under_another_path(closed.repo)
    assert closed.status() == (1, ["reappeared"])


def test_a_shallow_clone_does_not_cry_wolf(closed: Here, tmp_path: Path, run_here: RunKeyguard):
    closed.repo.save("b", "b")
    closed.repo.push()
    origin = closed.repo.git("remote", "get-url", "origin")
    closed.repo.git("clone", "--quiet", "--depth=1", f"file://{origin}", tmp_path / "shallow")
    ran = run_here("scan", "--format", "json", cwd=tmp_path / "shallow")
    assert [each["status"] for each in json.loads(ran.stdout)["findings"]] == ["revoked"]


def test_in_a_range_the_ledger_of_the_base_counts(here: Here):
    here("scan")
    here.resolve(*PROOF, "--close")
    here.repo.branch("change")
    here.repo.stage(".keyguard")
    here.repo.commit("Say that it is dead")
    back_under_another_path(here.repo)
    code, statuses, report = here.scan("--range", "main..HEAD")
    assert (code, statuses) == (1, ["open"])
    assert [each["part"] for each in report["policy_changes"]] == ["ledger"]
    assert report["policy_changes"][0]["counts"] is False


def test_what_a_ledger_says_on_two_branches_is_merged(closed: Here):
    closed.repo.branch("other", "HEAD~1")
    closed.repo.save("b.py", f"k = '{OTHER}'\n")
    (closed.repo.top / ".keyguard").mkdir(exist_ok=True)
    closed("scan")
    fingerprint = closed.open()[0]["fingerprint"]
    assert closed("incidents", "resolve", fingerprint, *PROOF, "--close").code == 0
    closed.repo.stage()
    closed.repo.commit("Close the other one")
    closed.repo.merge("main")
    assert closed.status("--worktree", "--history") == (0, ["revoked", "revoked"])


def test_show_and_drop(here: Here):
    here("scan")
    ran = here("incidents", "show", MARK)
    assert (ran.code, "[x] detected" in ran.stdout, "[ ] revoked" in ran.stdout) == (0, True, True)
    assert "待办" not in ran.stdout
    assert "[x] 发现" in here("incidents", "show", MARK, "--lang", "zh").stdout
    assert here("incidents", "drop", MARK).code == 0
    assert here.open() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "sk-nonsense"], "not a fingerprint"),
        (["show", "kg1-00"], "no incident"),
        (["resolve", "kg1-00", "--replaced"], "no secret"),
        (["resolve", MARK], "nothing says what was done"),
        (["resolve", MARK, "--proof", "x"], "--proof goes with"),
        (["resolve", MARK, "--revoked", "--proof", "a\nb"], "one line"),
        (["report", "kg1-00"], "no secret"),
    ],
)
def test_usage(here: Here, arguments: list[str], said: str):
    ran = here("incidents", *arguments)
    assert (ran.code, said in ran.stderr) == (2, True), ran.stderr


def test_a_beginning_of_several_names_them(repo: Repo, run_here: RunKeyguard):
    made = (keys.project_key(random.Random(seed)) for seed in range(1000))
    twins = [KEY, next(each for each in made if Secret(each).fingerprint[:5] == MARK[:5] and each != KEY)]
    repo.save("a.py", "".join(f"k{number} = '{each}'\n" for number, each in enumerate(twins)))
    here = Here(repo, run_here)
    assert here("scan").code == 1
    for arguments in (["incidents", "show"], ["incidents", "report"], ["guide"], ["purge", "--dry-run"]):
        ran = here(*arguments, MARK[:5])
        assert ran.code == 2
        assert all(Secret(each).fingerprint[:16] in ran.stderr for each in twins)
    repo.remove("a.py")
    assert all(Secret(each).fingerprint[:16] in here("guide", MARK[:5]).stderr for each in twins)


def test_a_key_in_the_proof_is_masked(here: Here):
    here.resolve("--revoked", "--proof", f"I pasted {KEY}")
    assert KEY not in "".join(each.read_text() for each in place().iterdir())


def test_the_account_has_the_timeline_and_never_the_key(here: Here, tmp_path: Path):
    here("scan")
    first = here.repo.head
    here.resolve(*PROOF, "--usage-reviewed", "--spend", "12 USD")
    text = here("incidents", "report", MARK).stdout
    order = ["first committed", "detected", "revoked, by Ada", "12 USD"]
    at = [text.index(each) for each in order]
    assert at == sorted(at)
    assert first[:12] in text
    assert "pushed from this clone to origin/main" in text
    assert "exposed for: " in text
    out = tmp_path / "out.md"
    assert here("incidents", "report", MARK, "--lang", "zh", "--output", str(out)).stdout == ""
    assert "时间线" in out.read_text("utf-8")
    assert out.stat().st_mode & 0o777 == 0o600


def test_the_account_says_what_is_unknown(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", TEXT)
    here = Here(repo, run_here)
    assert "not pushed, as far as this clone can tell" in here("incidents", "report", MARK).stdout
    repo.remote()
    text = here("incidents", "report", MARK).stdout
    assert "pushed: when is unknown" in text
    assert "unknown, nobody has reviewed the usage yet" in text
    assert "not known to be revoked" in text


def test_what_is_found_no_more_can_still_be_resolved_and_accounted_for(repo: Repo, run_here: RunKeyguard):
    here = Here(repo, run_here)
    repo.save("x", "x")
    repo.write("a.py", TEXT)
    here("scan")
    (repo.top / "a.py").unlink()
    here.resolve(*PROOF, "--history-cleaned", "--close")
    assert "it is found no more" in here("incidents", "report", MARK).stdout
    repo.write("a.py", TEXT)
    assert here.status() == (1, ["reappeared"])


def test_questions_on_a_terminal(here: Here, monkeypatch: pytest.MonkeyPatch):
    from keyguard.cli import incidents_resolve

    here("scan")
    answers = iter(["y", "ticket 1", "Ada", "n", "n", "y", "3 USD", "", "n", "y"])
    monkeypatch.setattr(incidents_resolve, "can_be_talked_to", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))
    monkeypatch.setattr(sys, "stdin", None)
    ran = here("incidents", "resolve", MARK)
    assert (ran.code, next(answers, None)) == (0, None)
    found = here.open("--all")[0]
    assert (found["revoked"]["note"], found["revoked"]["by"], found["usage_reviewed"]["note"]) == (
        "ticket 1",
        "Ada",
        "3 USD",
    )
    assert found["closed"]
    assert found["replaced"] is None
