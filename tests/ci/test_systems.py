"""A pull request in each CI system: its variables, the clone that it makes, and the reports that it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from keyguard.cli.output import Format
from tests.ci.conftest import KEY
from tests.conftest import RunKeyguard
from tests.reporting.forms import read
from tests.support.repository import Repo

REPORTS: Mapping[str, Format] = {
    "GITHUB": Format.SARIF,
    "GITLAB": Format.GITLAB,
    "AZURE": Format.JUNIT,
    "BITBUCKET": Format.JUNIT,
    "CIRCLECI": Format.JUNIT,
    "JENKINS": Format.JUNIT,
}


def variables(system: str, folder: Path, head: str, side: str, main: str, base: str) -> dict[str, str]:
    """Return what this system says of a pull request from `side` to `main`, under the names that it documents."""
    event = {"pull_request": {"head": {"sha": side}, "base": {"sha": main}}, "repository": {"default_branch": "main"}}
    (folder / "event.json").write_text(json.dumps(event))
    return {
        "GITHUB": {
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": head,
            "GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "side",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
        },
        "GITLAB": {
            "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_SHA": side,
            "CI_COMMIT_BEFORE_SHA": "0" * 40, "CI_MERGE_REQUEST_IID": "7", "CI_DEFAULT_BRANCH": "main",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "side", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_REF_NAME": "side",
        },
        "AZURE": {
            "TF_BUILD": "True", "BUILD_REASON": "PullRequest", "BUILD_SOURCEVERSION": head,
            "BUILD_SOURCEBRANCH": "refs/pull/7/merge", "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": side, "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/side",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
        },
        "BITBUCKET": {
            "CI": "true", "BITBUCKET_COMMIT": side[:12], "BITBUCKET_BRANCH": "side", "BITBUCKET_PR_ID": "7",
            "BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_PR_DESTINATION_COMMIT": main[:12],
        },
        "CIRCLECI": {"CIRCLECI": "true", "CIRCLE_SHA1": side, "CIRCLE_BRANCH": "side", "CIRCLE_BASE_REVISION": base},
        "JENKINS": {
            "JENKINS_URL": "https://jenkins.example/", "GIT_COMMIT": head, "GIT_BRANCH": "PR-7", "BRANCH_NAME": "PR-7",
            "CHANGE_ID": "7", "CHANGE_TARGET": "main", "CHANGE_BRANCH": "side",
        },
    }[system]  # fmt: skip


@pytest.mark.parametrize("system", REPORTS)
def test_a_pull_request_that_brings_in_a_key(
    origin: Repo, run_here: RunKeyguard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
):
    side, main, base = (origin.git("rev-parse", each) for each in ("side", "main", "main~1"))
    job = Repo(tmp_path / "job")
    job.git("remote", "add", "origin", f"file://{origin.top.with_name('repo-origin.git')}")
    job.git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
    job.git("checkout", "--quiet", "--detach", "origin/main")
    if system in ("GITHUB", "AZURE", "JENKINS"):
        job.git("merge", "--quiet", "--no-edit", side)
    else:
        job.git("checkout", "--quiet", "--detach", side)
    for name, value in variables(system, tmp_path, job.head, side, main, base).items():
        monkeypatch.setenv(name, value)
    report = tmp_path / "report"
    ran = run_here("scan", "--range", "auto", f"--output={REPORTS[system]}={report}", cwd=job.top)
    assert ran.code == 1, ran
    assert "config,x:y%.py:1:8" in ran.stdout
    assert read(REPORTS[system], report.read_text("utf-8")) is not None
    assert KEY[:10] in report.read_text("utf-8")
    assert KEY[20:40] not in ran.stdout + ran.stderr + report.read_text("utf-8")
