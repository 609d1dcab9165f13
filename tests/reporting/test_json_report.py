"""The report is the contract that other programs rely on: names, order and types of version 1."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from keyguard import __version__
from keyguard.model import Exposure, Omitted, PolicyChange, PolicyPart, ScanResult, Status, Unread, Where
from keyguard.reporting import json_report
from tests.reporting.samples import HOSTILE, finding, guide, hostile_everywhere, local, place, result, secret, typical

OPTIONAL = (str, type(None))
NUMBER = (int, type(None))
REPORT = {
    "schema": str, "tool": dict, "complete": bool, "incomplete": list, "opaque": list, "stats": dict,
    "policy_changes": list, "findings": list,
}  # fmt: skip
STATS = {
    "files": int, "blobs": int, "commits": int, "tags": int, "bytes": int, "opaque": int, "remembered": int,
    "ignored": int, "sparse": int,
    "hidden": int, "hidden_findings": int, "hidden_paths": int, "revoked": int, "weaker": int, "seconds": float,
}  # fmt: skip
FINDING = {
    "rule": str, "provider": str, "title": str, "confidence": str, "severity": str, "secret": str, "fingerprint": str,
    "candidates": list, "exposure": str, "evidence": list, "decoded_via": list, "locations": list,
    "further_locations": int, "live": OPTIONAL, "check": (dict, type(None)), "status": str,
    "incident": (dict, type(None)), "guide": dict,
}  # fmt: skip
LOCATION = {
    "where": str, "path": OPTIONAL, "member": OPTIONAL, "cell": NUMBER, "output": NUMBER,
    "line": int, "column": int, "end_line": int, "end_column": int,
    "commit": OPTIONAL, "blob": OPTIONAL, "author": OPTIONAL, "date": OPTIONAL, "refs": list,
}  # fmt: skip
STEP = {"title": str, "text": str, "url": OPTIONAL, "command": OPTIONAL}


def rendered(found: ScanResult) -> Any:
    return json.loads(json_report.render(found, guide))


def check(value: Mapping[str, Any], shape: Mapping[str, Any]) -> None:
    assert list(value) == list(shape)
    for name, kind in shape.items():
        assert isinstance(value[name], kind), name


def test_names_order_and_types_are_those_of_version_1():
    found = result(
        finding(place(), local(), place(None, where=Where.COMMIT_MESSAGE), candidates=("a", "b"), decoded_via=("hex",)),
        unread=(Unread("blob 1", "missing", "fetch it"), Unread("x", "y")),
    )
    found = replace(found, policy_changes=(PolicyChange(PolicyPart.COMMENT, "a.py", 3, counts=False),))
    report = rendered(found)
    (edit,) = report["policy_changes"]
    assert edit == {"part": "allow-comment", "path": "a.py", "line": 3, "counts": False}
    check(report, REPORT)
    assert report["schema"] == "keyguard.report.v1"
    assert report["tool"] == {"name": "keyguard", "version": __version__}
    assert report["complete"] is False
    assert report["incomplete"][0] == {"what": "blob 1", "why": "missing", "mend": "fetch it", "accept": None}
    check(report["stats"], STATS)
    (told,) = report["findings"]
    check(told, FINDING)
    assert (told["confidence"], told["severity"], told["exposure"]) == ("high", "critical", "pushed")
    assert (told["live"], told["status"], told["secret"]) == (None, "open", secret().masked)
    for location in told["locations"]:
        check(location, LOCATION)
    for step in told["guide"]["steps"]:
        check(step, STEP)


@pytest.mark.parametrize("exposure", Exposure)
def test_each_exposure_has_its_word(exposure):
    assert rendered(result(typical(exposure)))["findings"][0]["exposure"] == exposure.value


@pytest.mark.parametrize("status", Status)
def test_findings_are_there_whatever_their_status(status):
    report = rendered(result(finding(status=status)))
    assert report["findings"][0]["status"] == status.value
    assert report["stats"]["hidden_findings"] == (not status.blocks)


def test_what_the_repository_hides_is_counted_each_path_once():
    hidden = Omitted("a", "excluded", by_repository=True)
    again = Omitted("a", "excluded again", by_repository=True)
    found = result(finding(status=Status.BASELINE), omitted=(hidden, again, Omitted("b", "a pipe")))
    stats = rendered(found)["stats"]
    assert (stats["hidden"], stats["hidden_findings"], stats["hidden_paths"]) == (2, 1, 1)


def test_the_order_of_places_is_kept():
    paths = ["z", "a", "m"]
    assert [each["path"] for each in rendered(result(finding(*map(place, paths))))["findings"][0]["locations"]] == paths


@pytest.mark.parametrize("value", [*HOSTILE, "端点"])
def test_any_bytes_become_ascii_json_that_every_reader_takes(value):
    text = json_report.render(hostile_everywhere(value), guide)
    assert text.isascii()
    assert text.endswith("\n")
    path = json.loads(text)["findings"][0]["locations"][0]["path"]
    path.encode("utf-8")
    if "\udcff" not in value:
        assert path == value


def test_bytes_that_are_no_text_stay_readable():
    report = rendered(result(finding(place("caf\udce9/é.py"))))
    assert report["findings"][0]["locations"][0]["path"] == "caf\\xe9/é.py"


def test_an_empty_result_is_a_report_too():
    assert rendered(result())["findings"] == []
