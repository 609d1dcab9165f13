"""Files in which tools keep credentials: all in them is found, whatever the file is called and wherever it is."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from keyguard.model import Secret
from tests.conftest import RunKeyguard
from tests.support import credential_files
from tests.support.repository import Repo

FILES = [(build.__name__, build(Random(number))) for number, build in enumerate(credential_files.FILES)]
EXPECTED = {(name, Secret(secret).fingerprint) for name, file in FILES for secret in file.secrets}


def copies(folder: Path) -> None:
    """Write every file under a name that tells nothing."""
    for name, file in FILES:
        (folder / f"{name}-copy.bak").write_text(file.text, encoding="utf-8")


def found(report: str) -> dict[tuple[str, str], str]:
    """Return the rules by the file that holds the secret, and its fingerprint."""
    findings: list[dict[str, Any]] = json.loads(report)["findings"]
    return {
        (Path(place["path"]).name.removesuffix("-copy.bak"), each["fingerprint"]): each["rule"]
        for each in findings
        for place in each["locations"]
    }


def test_copies_of_the_files(tmp_path: Path, run_here: RunKeyguard):
    folder = tmp_path / "saved"
    folder.mkdir()
    copies(folder)
    ran = run_here("scan", "--format", "json", folder)
    assert ran.code == 1
    seen = found(ran.stdout)
    assert EXPECTED - seen.keys() == set()
    assert {key: seen[key] for key in seen.keys() - EXPECTED} == {}
    secrets = [secret for _, file in FILES for secret in file.secrets]
    assert not any(secret in ran.stdout + ran.stderr for secret in secrets)


def test_copies_that_only_the_history_holds(repo: Repo, run_here: RunKeyguard):
    copies(repo.top)
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "-m", "keep everything")
    repo.git("rm", "--quiet", "-r", "*.bak")
    repo.git("commit", "--quiet", "-m", "remove it again")
    ran = run_here("scan", "--history", "--format", "json", cwd=repo.top)
    assert ran.code == 1
    assert EXPECTED - found(ran.stdout).keys() == set()


def test_each_kind_of_file_has_a_rule_of_its_own_that_tells_whose_it_is(tmp_path: Path, run_here: RunKeyguard):
    copies(tmp_path)
    rules = Counter(rule for rule in found(run_here("scan", "--format", "json", tmp_path).stdout).values())
    wanted = {
        "aws-secret-access-key", "netrc-password", "npm-registry-token", "npm-registry-password", "pypirc-password",
        "docker-config-auth", "docker-identity-token", "url-password", "databricks-password", "modal-token-secret",
        "openai-codex-refresh-token", "openai-codex-refresh-token-opaque", "openai-codex-pat", "openai-agent-identity",
        "anthropic-oauth-refresh-token", "github-oauth-token", "huggingface-token", "google-oauth-refresh-token",
        "kubeconfig-token", "kubeconfig-password", "kubernetes-service-account-token", "pem-private-key-base64",
        "s3-client-secret-key", "rclone-password", "rclone-oauth-token", "pgpass-password", "terraform-state-secret",
        "terraform-cloud-token",
    }  # fmt: skip
    assert wanted <= rules.keys()
