"""The action of GitHub Actions: its scripts run for real in bash, in an environment as the runner makes it."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyguard.cli.output import Format
from tests.ci.conftest import KEY
from tests.ci.test_snippets import check, parsed
from tests.conftest import PROJECT
from tests.reporting.forms import read
from tests.support import keys
from tests.support.repository import Repo

ACTION = parsed((PROJECT / "action.yml").read_text("utf-8"))
STEPS: dict[str, Any] = {each.get("id") or each["name"]: each for each in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


@dataclass
class Runner:
    """Runs the steps of the action as GitHub's runner does, in a clone of `repo` that is checked out for one event."""

    folder: Path
    environ: dict[str, str]
    job: Repo

    def run(self, step: str, inputs: dict[str, str], outputs: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run one step, its expressions filled in where the runner fills them in: in the environment alone."""
        values = {f"inputs.{name}": inputs.get(name, given["default"]) for name, given in ACTION["inputs"].items()}
        values |= outputs
        given = {
            name: EXPRESSION.sub(lambda found: values[found[1]], text) for name, text in STEPS[step]["env"].items()
        }
        script = self.folder / "script.sh"
        script.write_text(STEPS[step]["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.job.top,
            env=os.environ | self.environ | given,
            capture_output=True,
            text=True,
            check=False,
        )

    def scan(self, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        """Run the scan, and return what it gave to the steps after it."""
        named = {name.replace("_", "-"): value for name, value in inputs.items()}
        done = self.run("scan", named, {})
        pairs = (line.partition("=") for line in Path(self.environ["GITHUB_OUTPUT"]).read_text().splitlines())
        outputs = {f"steps.scan.outputs.{name}": value for name, _, value in pairs}
        verdict = self.run("Verdict", named, outputs)
        assert verdict.returncode == int(outputs["steps.scan.outputs.exit-code"])
        return done, outputs


def runner(origin: Repo, python: str, folder: Path, event: str, *, depth: int = 0) -> Runner:
    """Check out what a job for this event gets, and say of it what GitHub says."""
    folder.mkdir()
    side, main, base = (origin.git("rev-parse", each) for each in ("side", "main", "main~1"))
    job = Repo(folder / "job")
    job.git("remote", "add", "origin", f"file://{origin.top.with_name('repo-origin.git')}")
    limit = [f"--depth={depth}"] if depth else []
    job.git("fetch", "--quiet", *limit, "origin", "+refs/heads/*:refs/remotes/origin/*")
    job.git("checkout", "--quiet", "--detach", side)
    if event == "pull_request":
        job.git("checkout", "--quiet", "--detach", "origin/main")
        job.git("merge", "--quiet", "--no-edit", *(["--allow-unrelated-histories"] if depth else []), side)
    payload = {
        "pull_request": {"pull_request": {"head": {"sha": side}, "base": {"sha": main}}},
        "push": {"before": base, "after": side, "repository": {"default_branch": "main"}},
    }[event]
    (folder / "event.json").write_text(json.dumps(payload))
    bin_folder = folder / "temp/keyguard/bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "keyguard").write_text(f'#!/bin/sh\nexec "{python}" -P -m keyguard "$@"\n')
    (bin_folder / "keyguard").chmod(0o755)
    (bin_folder / "python").symlink_to(sys.executable)
    environ = {
        "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_SHA": job.head, "GITHUB_EVENT_NAME": event,
        "GITHUB_REF": "refs/pull/7/merge" if event == "pull_request" else "refs/heads/side",
        "GITHUB_BASE_REF": "main" if event == "pull_request" else "",
        "GITHUB_HEAD_REF": "side" if event == "pull_request" else "",
        "GITHUB_EVENT_PATH": str(folder / "event.json"), "GITHUB_WORKSPACE": str(job.top),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "GITHUB_OUTPUT": str(folder / "output"),
        "RUNNER_TEMP": str(folder / "temp"), "GITHUB_ACTION_PATH": str(PROJECT),
    }  # fmt: skip
    return Runner(folder, environ, job)


def test_it_is_a_composite_action_as_github_takes_it():
    check("vendor.github-actions", ACTION)
    assert ACTION["runs"]["using"] == "composite"


def test_no_expression_reaches_a_shell():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("event", ["pull_request", "push"])
def test_a_key_that_the_change_brings_in_fails_the_job_and_is_shown(
    origin: Repo, installed_python: str, tmp_path: Path, event: str
):
    job = runner(origin, installed_python, tmp_path / "run", event)
    done, outputs = job.scan()
    assert outputs["steps.scan.outputs.exit-code"] == "1"
    (error,) = [each for each in read(Format.GITHUB, done.stdout) if each["command"] == "error"]
    assert (error["file"], error["line"]) == ("config,x:y%.py", "1")
    report = read(Format.SARIF, Path(outputs["steps.scan.outputs.sarif-file"]).read_text())
    (location,) = report["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "config%2Cx%3Ay%25.py"
    assert "1 key found" in (tmp_path / "run/summary.md").read_text()
    assert KEY[20:40] not in done.stdout + done.stderr


def test_a_change_without_a_key_succeeds_although_the_repository_has_one(
    origin: Repo, installed_python: str, tmp_path: Path
):
    origin.checkout("side")
    origin.save("harmless", "x")
    origin.push()
    job = runner(origin, installed_python, tmp_path / "run", "push")
    payload = {"before": origin.git("rev-parse", "side~1"), "after": origin.head}
    (tmp_path / "run/event.json").write_text(json.dumps(payload))
    _, outputs = job.scan()
    assert outputs["steps.scan.outputs.exit-code"] == "0"
    assert read(Format.SARIF, Path(outputs["steps.scan.outputs.sarif-file"]).read_text())["results"] == []


def test_what_is_accepted_is_reported_and_not_uploaded_as_an_alert(origin: Repo, installed_python: str, tmp_path: Path):
    origin.checkout("side")
    origin.save("b.py", f"key = '{keys.project_key(random.Random(9))}'  # keyguard: allow\n")
    origin.push()
    _, outputs = runner(origin, installed_python, tmp_path / "run", "push").scan(
        range=""
    )  # a range goes by the comments of its base
    whole, still_open = (Path(outputs[f"steps.scan.outputs.{name}-file"]).read_text() for name in ("sarif", "open"))
    assert ["suppressions" in each for each in read(Format.SARIF, whole)["results"]] == [False, True]
    assert ["suppressions" in each for each in read(Format.SARIF, still_open)["results"]] == [False]


def test_a_shallow_checkout_ends_without_a_verdict_and_with_what_mends_it(
    origin: Repo, installed_python: str, tmp_path: Path
):
    done, outputs = runner(origin, installed_python, tmp_path / "run", "pull_request", depth=1).scan()
    assert outputs == {"steps.scan.outputs.exit-code": "3"}
    (error,) = read(Format.GITHUB, done.stdout)
    assert error["data"].startswith("There is no verdict (exit code 3).")
    assert "fetch-depth: 0" in done.stderr


def test_inputs_are_options_and_never_code(origin: Repo, installed_python: str, tmp_path: Path):
    job = runner(origin, installed_python, tmp_path / "run", "push")
    hostile = "$(touch pwned) `touch pwned`; touch pwned --stdin"
    done, outputs = job.scan(range=hostile, config=hostile)
    assert f"{hostile} is not a range" in done.stderr
    assert outputs["steps.scan.outputs.exit-code"] == "2"
    assert not (job.job.top / "pwned").exists()
    done, outputs = job.scan(range="", language="zh", allow_incomplete="true")
    assert outputs["steps.scan.outputs.exit-code"] == "1"
    assert "发现 1 个密钥" in done.stdout
