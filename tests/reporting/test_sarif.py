"""SARIF: what GitHub's code scanning makes of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from keyguard.cli.output import Format
from keyguard.model import Confidence, Finding, Omitted, Opaque, Origin, Severity, Status, Unread, Where
from keyguard.reporting import sarif
from tests.reporting.forms import read, render
from tests.reporting.samples import HOSTILE, finding, local, place, result, secret


def run(*findings: Finding, **changes: object) -> Any:
    return read(Format.SARIF, render(Format.SARIF, result(*findings, **changes)))


def only(*findings: Finding) -> Any:
    (told,) = run(*findings)["results"]
    return told


def spot(told: Any) -> Any:
    return told["physicalLocation"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/app.py", "src/app.py"),
        ("a b#c?d%e.py", "a%20b%23c%3Fd%25e.py"),
        ("pages/[slug].ts", "pages/%5Bslug%5D.ts"),
        ("密钥/é.py", "%E5%AF%86%E9%92%A5/%C3%A9.py"),
        ("caf\udce9.py", "caf%E9.py"),
        ("c:/x", "c%3A/x"),
        ("../outside", "../outside"),
    ],
)
def test_paths_become_relative_uris(path: str, uri: str):
    assert spot(only(finding(local(path)))["locations"][0])["artifactLocation"] == {"uri": uri, "uriBaseId": "SRCROOT"}


def test_an_absolute_path_has_no_base():
    assert spot(only(finding(local("/tmp/a b")))["locations"][0])["artifactLocation"] == {"uri": "file:///tmp/a%20b"}


def test_the_region_is_that_of_the_secret_and_its_snippet_masked():
    told = only(finding(place(line=3, column=17, end_line=3, end_column=73)))
    assert spot(told["locations"][0])["region"] == {
        "startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 73, "snippet": {"text": secret().masked},
    }  # fmt: skip


@pytest.mark.parametrize("where", set(Where) - {Where.FILE, Where.BLOB, Where.GIT_CONFIG, Where.REFLOG})
def test_what_is_no_line_of_a_file_stands_at_the_first_line(where: Where):
    path = "refs/heads/x" if where is Where.REF_NAME else None
    told = spot(only(finding(place(path, where=where, line=7)))["locations"][0])
    assert told["region"]["startLine"] == (7 if where is Where.STDIN else 1)
    assert told["artifactLocation"]["uri"].startswith("stdin" if where is Where.STDIN else ".git/")


def test_what_lies_inside_a_file_stands_at_its_first_line_and_is_said_in_words():
    inside = dataclasses.replace(local("a.zip"), origin=Origin(Where.FILE, "a.zip", member="b/.env"), line=9)
    told = only(finding(inside))["locations"][0]
    assert spot(told)["region"]["startLine"] == 1
    assert told["message"]["text"] == "a.zip!/b/.env:9:17"


def test_one_secret_is_one_result_where_a_checkout_has_it():
    old, new = place("a.py", date="2026-01-01"), place("a.py", line=8, date="2026-02-01")
    told = only(finding(old, place("b.py", date="2026-01-15"), new, place(None, where=Where.COMMIT_MESSAGE)))
    assert spot(told["locations"][0])["artifactLocation"]["uri"] == "a.py"
    assert spot(told["locations"][0])["region"]["startLine"] == 8
    assert [each["id"] for each in told["relatedLocations"]] == [1, 2]
    assert "[1](1), [2](2)" in told["message"]["text"]


def test_of_a_file_that_lies_on_disk_that_line_is_shown():
    told = only(finding(place("a.py", date="2026-01-01"), local("a.py"), place("a.py", line=9, date="2026-02-01")))
    assert spot(told["locations"][0])["region"]["startLine"] == 3


def test_many_places_stay_within_what_github_shows():
    told = only(finding(*(place(f"{number}.py") for number in range(300))))
    assert len(told["relatedLocations"]) == 99
    assert "and 289 more" in told["message"]["text"]


def test_fingerprints_stay_when_lines_move_and_differ_between_secrets_of_one_line():
    before, after = only(finding(place(line=3))), only(finding(place(line=40, column=1)))
    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert before["partialFingerprints"]["keyguardSecret/v1"] == secret().fingerprint
    other = only(finding(secret=secret(1)))["partialFingerprints"]
    assert not set(other.values()) & set(before["partialFingerprints"].values())


def test_there_is_one_rule_for_each_kind_and_results_point_at_it():
    findings = [finding(secret=secret(n), rule=rule) for n, rule in enumerate(["b-key", "a-key", "b-key"])]
    told = run(*findings)
    rules = told["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == ["b-key", "a-key"]
    assert [rules[each["ruleIndex"]]["id"] for each in told["results"]] == ["b-key", "a-key", "b-key"]


def test_a_rule_has_the_guide_as_help_and_what_github_sorts_by():
    (rule,) = run(finding(severity=Severity.HIGH, confidence=Confidence.MEDIUM))["tool"]["driver"]["rules"]
    assert rule["help"]["markdown"].startswith("Summary.\n\n## 1. Title\n")
    assert "https://example.org/" in rule["help"]["text"]
    assert rule["helpUri"] == "https://example.org/"
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["properties"]["precision"] == "medium"
    assert rule["defaultConfiguration"]["level"] == "error"
    assert len(rule["properties"]["tags"]) <= 20


@pytest.mark.parametrize(
    ("status", "allowed", "kind"),
    [(Status.BASELINE, False, "external"), (Status.ALLOWED, True, "inSource"), (Status.ALLOWED, False, "external")],
)
def test_what_is_accepted_is_suppressed(status: Status, allowed: bool, kind: str):
    (suppression,) = only(finding(place(allowed=allowed), status=status))["suppressions"]
    assert suppression["kind"] == kind


def test_an_open_finding_is_not_suppressed():
    assert "suppressions" not in only(finding())


def test_a_scan_that_could_not_read_all_was_not_successful():
    (invocation,) = run(
        unread=(Unread("blob 1", "it is missing", "fetch it"),), opaque=(Opaque("a.zip", "it is encrypted"),),
        omitted=(Omitted("vendor", "excluded", by_repository=True),),
    )["invocations"]  # fmt: skip
    assert invocation["executionSuccessful"] is False
    told = [(each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]]
    assert told[0] == ("error", "blob 1: it is missing; to mend: fetch it")
    assert told[1] == ("warning", "a.zip: it is encrypted")
    assert told[2][0] == "note"
    assert run()["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_more_results_than_github_takes_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    told = run(*(finding(secret=secret(number)) for number in range(3)))
    assert len(told["results"]) == 2
    assert "1 more finding" in told["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


@pytest.mark.parametrize("value", [*HOSTILE, "[click](https://evil.example)", "\\[x\\](y)"])
def test_nothing_that_a_repository_chose_becomes_a_link(value: str):
    told = only(finding(place(value, author=value, refs=(value,)), evidence=(value,), title=value))
    text = told["message"]["text"].replace("\\\\", "").replace("\\[", "").replace("\\]", "")
    assert "[" not in text
    assert "]" not in text
