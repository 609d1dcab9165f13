"""What users copy into the configuration of their CI is what these systems take."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from ruamel.yaml import YAML

from tests.conftest import PROJECT

SYSTEMS = {
    "GitHub Actions": "vendor.github-workflows",
    "GitLab CI/CD": "vendor.gitlab-ci",
    "Azure Pipelines": "vendor.azure-pipelines",
    "Bitbucket Pipelines": "vendor.bitbucket-pipelines",
    "CircleCI": "vendor.circle-ci",
}


def snippets(system: str) -> list[Any]:
    section = (PROJECT / "docs/ci.md").read_text("utf-8").split(f"\n## {system}\n")[1].split("\n## ")[0]
    kind = "base" if system == "Azure Pipelines" else "safe"  # Azure takes every scalar for text
    return [parsed(text, kind) for text in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)]


def parsed(text: str, kind: str = "safe") -> Any:
    loaded = YAML(typ=kind, pure=True).load(text)
    return {("on" if key is True else key): value for key, value in loaded.items()}


def check(system: str, document: Any) -> None:
    schema = get_builtin_schema(SYSTEMS.get(system, system))
    jsonschema.validators.validator_for(schema)(schema).validate(document)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_snippets_in_the_documentation_are_valid_and_scan_the_change(system: str):
    found = snippets(system)
    assert found
    for each in found:
        check(system, each)
        uses = ("keyguard scan --range auto", "OWNER/keyguard@COMMIT", "keyguard.gitlab-ci.yml")
        assert [use for use in uses if use in repr(each).replace('keyguard" scan', "keyguard scan")]


def test_the_template_for_gitlab_is_valid_and_uploads_what_the_scan_writes():
    template = parsed((PROJECT / "templates/keyguard.gitlab-ci.yml").read_text("utf-8"))
    check("GitLab CI/CD", template)
    job = template["keyguard"]
    for form, kind in (("gitlab", "secret_detection"), ("junit", "junit")):
        assert f"--output {form}={job['artifacts']['reports'][kind]}" in job["script"][0]
    assert job["artifacts"]["when"] == "always"


def test_every_other_action_is_pinned_by_a_whole_commit_with_its_version_beside_it():
    for path in ("action.yml", "docs/ci.md"):
        lines = (PROJECT / path).read_text("utf-8").splitlines()
        uses = [line for line in lines if "uses: " in line and "OWNER/" not in line]
        assert uses
        for line in uses:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line), line
