"""Reports go where they were asked to, all of each or nothing, and what cannot be written is told before the scan."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from keyguard.cli import files, step_summary
from keyguard.cli.files import write_all
from keyguard.cli.output import Format
from keyguard.errors import SourceError
from tests.conftest import RunKeyguard
from tests.reporting.forms import read
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(5))


@pytest.fixture
def leaky(repo: Repo) -> Repo:
    repo.save("a.py", f"key = '{KEY}'\n")
    return repo


@pytest.fixture
def unscanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if anything is scanned."""

    def run(*_: object) -> None:
        raise AssertionError("it was scanned")

    monkeypatch.setattr("keyguard.cli.scan.run", run)


def test_every_form_is_written_in_one_run_and_its_consumer_takes_it(leaky: Repo, run_here: RunKeyguard, tmp_path: Path):
    ran = run_here("scan", *(f"--output={form}={tmp_path / form}" for form in Format), cwd=leaky.top)
    assert ran.code == 1
    assert "1 key found" in ran.stdout
    for form in Format:
        text = (tmp_path / form).read_text("utf-8")
        assert read(form, text) is not None
        assert KEY[:10] in text


def test_a_file_without_a_form_takes_the_place_of_standard_output(leaky: Repo, run_here: RunKeyguard, tmp_path: Path):
    ran = run_here("scan", "--format", "sarif", "--output", tmp_path / "out", cwd=leaky.top)
    assert (ran.code, ran.stdout) == (1, "")
    assert read(Format.SARIF, (tmp_path / "out").read_text())["results"]


@pytest.mark.parametrize(
    "outputs",
    [("sarif=out", "json=out"), ("sarif=out", "json=./x/../out"), ("out", "json=out"), ("one", "two")],
)
@pytest.mark.usefixtures("unscanned")
def test_two_reports_do_not_take_the_place_of_each_other(leaky: Repo, run_here: RunKeyguard, outputs: tuple[str, ...]):
    (leaky.top / "x").mkdir()
    ran = run_here("scan", *(f"--output={each}" for each in outputs), cwd=leaky.top)
    assert ran.code == 2
    assert ran.stderr.startswith("keyguard: error: ")


@pytest.mark.usefixtures("unscanned")
def test_what_cannot_be_written_is_told_before_the_scan(
    leaky: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch
):
    def refused(path: Path) -> tuple[Path, int]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_part", refused)
    ran = run_here("scan", "--output=sarif=out", cwd=leaky.top)
    assert (ran.code, ran.stdout) == (2, "")
    assert "no report can be written to out: Permission denied" in ran.stderr


@pytest.mark.parametrize("name", ["a" * 300, "missing/out", "folder"])
@pytest.mark.usefixtures("unscanned")
def test_names_that_no_file_can_have_are_told_before_the_scan(leaky: Repo, run_here: RunKeyguard, name: str):
    (leaky.top / "folder").mkdir()
    assert run_here("scan", f"--output=sarif={name}", cwd=leaky.top).code == 2


def test_trying_a_file_leaves_nothing_and_changes_nothing(tmp_path: Path):
    there = tmp_path / "there"
    there.write_text("precious")
    files.check(there)
    files.check(tmp_path / "new")
    assert [each.name for each in tmp_path.iterdir()] == ["there"]
    assert there.read_text() == "precious"


def test_if_one_file_takes_nothing_none_is_changed(tmp_path: Path):
    (tmp_path / "a").write_text("precious")
    with pytest.raises(SourceError, match="cannot be written to "):
        write_all({tmp_path / "a": "new", tmp_path / "missing" / "b": "new"})
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "precious"


def test_a_file_is_not_cut_short_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no full device")
    (tmp_path / "a").write_text("precious")
    part = tmp_path / "part"
    part.touch()
    monkeypatch.setattr(files, "_part", lambda path: (part, os.open(full, os.O_WRONLY)))
    with pytest.raises(SourceError, match="No space left"):
        write_all({tmp_path / "a": "new" * 100_000})
    assert (tmp_path / "a").read_text() == "precious"
    assert not part.exists()


def test_the_markdown_report_goes_behind_what_a_step_has_in_its_summary(
    leaky: Repo, run_here: RunKeyguard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    monkeypatch.setenv(step_summary.VARIABLE, str(summary))
    run_here("scan", cwd=leaky.top)
    assert summary.read_text() == "before\n"
    ran = run_here("scan", "--format=github", cwd=leaky.top)
    assert read(Format.GITHUB, ran.stdout)[0]["command"] == "error"
    assert summary.read_text().startswith("before\n# KeyGuard\n\n1 key found")


def test_a_summary_stays_within_what_github_takes(
    leaky: Repo, run_here: RunKeyguard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    summary = tmp_path / "summary"
    monkeypatch.setenv(step_summary.VARIABLE, str(summary))
    monkeypatch.setattr(step_summary, "MOST_BYTES", 600)
    run_here("scan", "--format=github", cwd=leaky.top)
    once = summary.read_text()
    assert len(once.encode()) <= 600
    assert "1 more finding is left out" in once
    summary.write_text("x" * 590)
    ran = run_here("scan", "--format=github", cwd=leaky.top)
    assert summary.read_text() == "x" * 590
    assert "no room" in ran.stderr


@pytest.mark.usefixtures("unscanned")
def test_a_summary_that_cannot_be_written_is_told_before_the_scan(
    leaky: Repo, run_here: RunKeyguard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(step_summary.VARIABLE, str(tmp_path / "missing" / "summary"))
    ran = run_here("scan", "--format=github", cwd=leaky.top)
    assert (ran.code, ran.stdout) == (2, "")
    assert step_summary.VARIABLE in ran.stderr
