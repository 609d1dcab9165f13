"""One sentinel secret goes through every report and every error path, and never comes out."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import unquote

import pytest

from keyguard.cli.output import Format
from tests.conftest import Ran, RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(77))
PIECES = [KEY[start : start + 12] for start in range(len("sk-proj-") + 2, len(KEY) - 14)]


def check(ran: Ran) -> None:
    printed = ran.stdout + ran.stderr
    assert not [piece for piece in PIECES if piece in printed]


@pytest.fixture
def everywhere(repo: Repo) -> Repo:
    """A repository that has the secret wherever text can be."""
    repo.save("a.py", f"'{KEY}'\n'{KEY}'", message=f"Add {KEY}")
    repo.write("b.txt", KEY.encode("utf-16"))
    repo.write(f"{KEY}.txt", KEY)
    (repo.top / "link").symlink_to(KEY)
    repo.stage()
    repo.git("-c", f"user.name={KEY}", "commit", "--quiet", "--no-verify", f"--author={KEY} <{KEY}@x>", "-m", "x")
    repo.git("branch", f"b/{KEY}")
    repo.tag(f"t-{KEY}", message=KEY)
    repo.git("remote", "add", "origin", f"https://user:{KEY}@example.org/{KEY}.git")
    repo.write("new", f"{KEY}")
    return repo


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("source", [["--worktree", "--history"], ["--staged"], ["--range", "HEAD~1..HEAD"]])
def test_reports_in_every_form(everywhere: Repo, run_here: RunKeyguard, tmp_path: Path, lang: str, source: list[str]):
    everywhere.stage("new")
    outputs = [f"--output={form}={tmp_path / form}" for form in Format]
    summary = tmp_path / "summary"
    environ = {"GITHUB_STEP_SUMMARY": str(summary)}
    ran = run_here("scan", *outputs, "--lang", lang, *source, cwd=everywhere.top, environ=environ)
    assert ran.code == 1
    check(ran)
    check(Ran(0, summary.read_text(), ""))
    for form in Format:
        out = tmp_path / form
        check(Ran(0, unquote(out.read_text()), ""))
        assert out.stat().st_mode & 0o777 == 0o600


def test_the_hook_the_guide_and_the_baseline(everywhere: Repo, run_here: RunKeyguard):
    everywhere.stage("new")
    for arguments in (["hook", "run"], ["baseline", "create", "--history"], ["hook", "install"]):
        check(run_here(*arguments, cwd=everywhere.top))
    check(Ran(0, (everywhere.top / ".keyguard" / "baseline.toml").read_text(), ""))


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", KEY],
        ["scan", "--range", f"{KEY}..HEAD"],
        ["scan", "--range", KEY],
        ["scan", "--rule", KEY],
        ["scan", "--config", KEY],
        ["scan", "--baseline", KEY],
        ["scan", "--fingerprint", KEY],
        ["scan", "--output", f"{KEY}/x"],
        ["scan", "--format", KEY],
        ["scan", f"--{KEY}"],
        ["guide", KEY],
        ["rules", "show", KEY],
        ["hook", "run", KEY],
        [KEY],
    ],
    ids=lambda value: "-".join(each.replace(KEY, "KEY") for each in value),
)
def test_errors(repo: Repo, run_here: RunKeyguard, arguments: list[str]):
    repo.save("a", "a")
    ran = run_here(*arguments, cwd=repo.top)
    assert ran.code in (2, 3)
    check(ran)


@pytest.mark.parametrize("text", [f"{KEY} = 1", f"lang = '{KEY}'", f"lang = {KEY}", f"exclude-rules = ['{KEY}']"])
def test_errors_in_configuration(repo: Repo, run_here: RunKeyguard, text: str):
    repo.write(".keyguard.toml", text)
    ran = run_here("scan", cwd=repo.top)
    assert ran.code == 2
    check(ran)


@pytest.mark.parametrize("text", [f"{KEY} = 1", f"[accepted]\n{KEY} = {{}}", f"[accepted]\n'kg1-{KEY}' = {{}}", KEY])
def test_errors_in_the_baseline(repo: Repo, run_here: RunKeyguard, text: str):
    repo.write(".keyguard/baseline.toml", text)
    ran = run_here("scan", cwd=repo.top)
    assert ran.code == 2
    check(ran)


def test_a_folder_whose_name_is_a_key(tmp_path: Path, run_here: RunKeyguard):
    inside = tmp_path / KEY / "x"
    inside.mkdir(parents=True)
    (inside / "a").write_text(KEY)
    check(run_here("scan", "--history", cwd=inside))
    check(run_here("scan", cwd=inside))
    check(run_here("scan", str(inside)))
