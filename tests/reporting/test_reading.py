"""What is taken from a report that somebody hands in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import UsageError
from keyguard.reporting import json_report
from keyguard.reporting.reading import reported
from tests.reporting.samples import finding, guide, local, place, result, secret
from tests.support.anything import damaged, spelled, tables, values


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", "[" * 100_000, "\xff", '{"schema": "other", "findings": []}',
        '{"schema": "keyguard.report.v1"}', '{"schema": "keyguard.report.v1", "findings": {}}',
        '{"schema": "keyguard.report.v1", "findings": [1]}', '{"schema": "keyguard.report.v1", "findings": [{}]}',
        '{"schema": "keyguard.report.v1", "findings": [{"fingerprint": "kg1-0"}]}',
        '{"schema": "keyguard.report.v1", "findings": [{"fingerprint": ["kg1-0"]}]}',
    ],
)  # fmt: skip
def test_what_is_no_report(tmp_path: Path, text: str):
    (tmp_path / "r").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError):
        reported(tmp_path / "r")


def test_a_report_that_is_not_there(tmp_path: Path):
    with pytest.raises(UsageError):
        reported(tmp_path / "r")


def test_what_does_not_end_or_never_answers_is_not_read(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "link", "."):
        with pytest.raises(UsageError, match="not a regular file"):
            reported(tmp_path / name)


def test_what_it_names(tmp_path: Path):
    found = [finding(local("a.env"), local("b/../c"), place("stored"), secret=secret(1)), finding(local("a.env"))]
    (tmp_path / "r").write_text(json_report.render(result(*found), guide))
    assert reported(tmp_path / "r") == ([each.fingerprint for each in found], ["a.env"])


REPORT = json_report.render(result(finding(local("a.env"), secret=secret(1))), guide).encode()


@given(st.data())
@settings(max_examples=80)
def test_any_file_is_a_report_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    file = tmp_path_factory.getbasetemp() / "report.json"
    places = values() | st.lists(tables(["where", "path"], ["file", "/x", "../y", "a"]) | values(), max_size=3)
    fingerprint = st.just("kg1-" + "0" * 32)
    findings = st.lists(st.fixed_dictionaries({"fingerprint": fingerprint}, optional={"locations": places}), max_size=2)
    tabled = st.fixed_dictionaries({"schema": st.just(json_report.SCHEMA), "findings": findings | values()})
    file.write_bytes(data.draw(damaged([REPORT]) | tabled.map(spelled) | st.binary(max_size=20)))
    try:
        fingerprints, paths = reported(file)
    except UsageError:
        return
    assert all(each.startswith("kg1") for each in fingerprints)
    assert not any(each.startswith("/") or ".." in each.split("/") for each in paths)
