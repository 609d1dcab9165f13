"""What the scanners print is read right, and what goes wrong with one is told and not counted."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.detection.corpus import Corpus
from benchmarks.detection.scoring import fingerprint
from benchmarks.detection.tools import PEERS, Alarm, KeyGuard, ToolFailedError, run
from benchmarks.detection.tools.model import output_of
from benchmarks.detection.tools.peers import Program
from tests.support import keys


class Broken:
    """A scanner that stops in the second folder."""

    name, reads_history = "broken", True

    def version(self) -> str:
        return "1"

    def folder(self, path: Path) -> Iterator[Alarm]:
        if path.name == "001":
            raise ToolFailedError("exit code 3")
        yield Alarm("000001/.env", "a", "b")

    def repository(self, path: Path) -> Iterator[Alarm]:
        raise AssertionError


def test_a_scanner_that_fails_is_reported_as_failed(tmp_path):
    for name in ("000", "001"):
        (tmp_path / "files" / name).mkdir(parents=True)
    report = run(Broken(), Corpus(tmp_path))
    assert (report.failed, report.version) == ("exit code 3", "1")


def test_keyguard_tells_fingerprints_and_doubts(tmp_path):
    key = keys.project_key(keys.fresh())
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={key}\n")
    (alarm,) = KeyGuard().folder(tmp_path)
    assert alarm == Alarm(".env", "openai-project-key", "", fingerprint(key), frozenset({"openai"}), counts=True)


def test_what_keyguard_cannot_read_is_told(repo):
    repo.write("a.txt", "text\n")
    repo.commit()
    (repo.git_dir / "index").write_bytes(b"damaged")
    own = KeyGuard()
    assert list(own.repository(repo.top)) == []
    assert any("index" in line for line in own.unread)


REPORTS = {
    "gitleaks": [{"File": "a", "RuleID": "r", "Secret": "s"}],
    "betterleaks": {
        "scan": {"state": "complete"},
        "findings": [{"rule_id": "r", "match": {"value": "s"}, "location": {"path": "a"}}],
    },
    "kingfisher": {"findings": [{"rule": {"id": "r"}, "finding": {"snippet": "s", "path": "a"}}]},
}


def fake(tmp_path: Path, name: str, report: object, code: int) -> Program:
    """The peer of this name, its program replaced by one that writes a report and ends with a code."""
    program = tmp_path / name
    text = f"""#!{sys.executable}
import pathlib, sys
file = next(each.split("=", 1)[1] for each in sys.argv if each.startswith(("--report-path=", "--output=")))
pathlib.Path(file).write_text({json.dumps(json.dumps(report))})
sys.exit({code})
"""
    program.write_text(text)
    program.chmod(0o755)
    tool = PEERS[name][1](tmp_path, tmp_path)
    assert isinstance(tool, Program)
    return tool


@pytest.mark.parametrize("name", REPORTS)
def test_reports_of_peers(tmp_path, name):
    tool = fake(tmp_path, name, REPORTS[name], code=200 if name == "kingfisher" else 9)
    assert list(tool.folder(tmp_path)) == [Alarm("a", "r", "s")]


@pytest.mark.parametrize("name", REPORTS)
def test_a_peer_that_ends_badly_has_failed(tmp_path, name):
    tool = fake(tmp_path, name, REPORTS[name], code=1)
    with pytest.raises(ToolFailedError, match="exit code 1"):
        list(tool.folder(tmp_path))


def test_a_peer_that_did_not_finish_has_failed(tmp_path):
    tool = fake(tmp_path, "betterleaks", {"scan": {"state": "partial"}, "findings": []}, code=0)
    with pytest.raises(ToolFailedError, match="did not finish: partial"):
        list(tool.folder(tmp_path))


def test_a_report_that_cannot_be_read_has_failed(tmp_path):
    tool = fake(tmp_path, "gitleaks", [], code=0)
    tool.program.write_text(f"#!{sys.executable}\n")
    with pytest.raises(ToolFailedError, match="report cannot be read"):
        list(tool.folder(tmp_path))


def test_a_program_that_is_not_there_has_failed(tmp_path):
    with pytest.raises(ToolFailedError, match="No such file"):
        output_of([tmp_path / "nothing"])
